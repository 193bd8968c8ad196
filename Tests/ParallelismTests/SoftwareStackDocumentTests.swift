import Documents
import Foundation
import Parallelism
import Schedules
import Testing

/// Stacks load from files, and what calibration writes reads back the same.
@Suite struct SoftwareStackDocumentTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("ClusterProfiles/Stacks").path
    private static let names = ["megatron-lm-2021", "megatron-core", "megatron-deepspeed", "torchtitan", "fsdp", "no-overlap"]

    private func stack(_ name: String) throws -> SoftwareStack { try SoftwareStack.read(path: "\(Self.folder)/\(name).yaml") }

    @Test func everyShippedStackLoads() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder)
        #expect(Set(Self.names).isSubset(of: files.map { String($0.dropLast(5)) }))
        for file in files {
            let stack = try stack(String(file.dropLast(5)))
            #expect("\(stack.name).yaml" == file)
            #expect(stack.provenance["costs.visible_tensor_share"] != nil)
            #expect(stack.provenance["memory.logit_bytes"] != nil)
        }
    }

    @Test func capabilitiesAreThoseOfTheFrameworks() throws {
        let megatron = try stack("megatron-core").launches
        #expect(megatron.schedules.contains(.interleaved) && !megatron.schedules.contains(.zbV))
        #expect(megatron.expertTensor == .any && megatron.sequenceParallel == nil && !megatron.shardsGradientsInPipeline)
        let titan = try stack("torchtitan").launches
        #expect(titan.groupRule == .pytorch && titan.sequenceParallel == true && titan.expertTensor == .oneOrTensor)
        #expect(titan.shardings == [.zero2, .zero3] && titan.shardsGradientsInPipeline)
        let fsdp = try stack("fsdp").launches
        #expect(!fsdp.tensorParallel && !fsdp.pipelineParallel && fsdp.schedules.isEmpty)
        #expect(try stack("megatron-deepspeed").launches.sequenceParallel == false)
        #expect(try stack("megatron-lm-2021").launches.contextKinds.isEmpty)
    }

    @Test(arguments: names) func writtenStacksReadBackTheSame(name: String) throws {
        let stack = try stack(name)
        let text = YAMLWriter.text(stack.document)
        let again = try YAMLDocument.parse(text: text, file: "again.yaml").object(as: "a stack") { reader throws(DocumentError) in
            try SoftwareStack(reader)
        }
        #expect(YAMLWriter.text(again.document) == text)
        #expect(again.launches == stack.launches)
        #expect(again.defaults == stack.defaults)
        #expect(again.costs == stack.costs)
        #expect(again.memory == stack.memory)
        #expect(again.accuracy == stack.accuracy)
        #expect(!stack.accuracy.isEmpty && stack.accuracy.values.allSatisfy { $0 > 0.01 && $0 < 0.2 })
    }

    @Test(arguments: [
        ("group_rule: megatron", "group_rule: megatrons", "did you mean 'megatron'?"),
        ("[none, selective, full]", "[none, selected, full]", "unknown value 'selected'"),
        ("core_attn", "core_atn", "unknown value 'core_atn'; did you mean 'core_attn'?"),
        ("visible_tensor_share:", "visible_tensor_shard:", "unknown key 'visible_tensor_shard'; did you mean 'visible_tensor_share'?"),
        ("value: 200.2 us", "value: 200.2", "'200.2' has no unit"),
        ("expected: {value: 1.05", "expected: {value: 1.5", "do not ascend"),
        ("fused_norm: true", "fused_norm: maybe", "found 'maybe', expected true or false"),
    ]) func mistakesAreNamed(original: String, replacement: String, message: String) throws {
        let text = try TextFile.read(path: "\(Self.folder)/megatron-core.yaml")
        let changed = text.replacing(original, with: replacement, maxReplacements: 1)
        #expect(changed != text)
        let error = #expect(throws: DocumentError.self) {
            try YAMLDocument.parse(text: changed, file: "s.yaml").object(as: "a stack") { reader throws(DocumentError) in
                try SoftwareStack(reader)
            }
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
