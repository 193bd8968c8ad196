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

    @Test func `a stack recomputes some layers of a stage, or every layer or none`() throws {
        func strategy(_ layers: Int, _ layout: LayerLayout = .even) -> ParallelStrategy {
            ParallelStrategy(
                pipeline: 4, data: 4, shardGroup: 4, microBatches: 16, sharding: .zero2, recompute: .full, recomputeLayers: layers,
                layout: layout)
        }
        let titan = Legality(model: LegalityTests.model, job: LegalityTests.job, stack: try stack("torchtitan"))
        // 24 layers on 4 stages are 6 each; with one layer fewer at both ends, 7 in the middle.
        #expect(titan.firstViolation(of: strategy(5)) == .stackPartialRecompute)
        #expect(titan.firstViolation(of: strategy(6)) == nil)
        #expect(titan.firstViolation(of: strategy(6, .explicit([5, 7, 7, 5]))) == .stackPartialRecompute)
        #expect(titan.firstViolation(of: strategy(7, .explicit([5, 7, 7, 5]))) == nil)
        #expect(
            titan.violations(of: strategy(2)).map(\.description) == [
                "torchtitan recomputes every layer or none, not 2 of a virtual stage; use --recompute-layers 6 or no full recomputation"
            ])
        var megatron = strategy(2)
        megatron.sharding = .zero1
        #expect(
            Legality(model: LegalityTests.model, job: LegalityTests.job, stack: try stack("megatron-core")).firstViolation(of: megatron)
                == nil)
        let partial = try Self.names.filter { try stack($0).launches.partialRecompute }
        #expect(partial == ["megatron-lm-2021", "megatron-core", "no-overlap"])
    }

    @Test func `without expert parallelism TorchTitan splits experts as the dense part`() throws {
        let legality = Legality(model: LegalityTests.mixture, job: LegalityTests.job, stack: try stack("torchtitan"))
        func strategy(_ expert: Int, _ expertTensor: Int) -> ParallelStrategy {
            ParallelStrategy(
                tensor: 2, expert: expert, expertTensor: expertTensor, data: 8, shardGroup: 8, microBatches: 8, sequenceParallel: true,
                sharding: .zero3)
        }
        #expect(legality.firstViolation(of: strategy(1, 1)) == .stackExpert)
        #expect(legality.firstViolation(of: strategy(1, 2)) == nil && legality.firstViolation(of: strategy(4, 1)) == nil)
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
        (" us, source", ", source", "has no unit"),
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
