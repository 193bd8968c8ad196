import Foundation
import Quantities
import Testing

@testable import Workload

/// What of a model is trained, counted by hand and against figures that everybody knows.
@Suite struct TrainingMethodTests {
    private let llama = Self.llama(layers: 32, hidden: 4096, width: 14_336, heads: 32)
    private static func llama(layers: Int, hidden: Int, width: Int, heads: Int) -> TransformerModel {
        TransformerModel(
            name: "llama", layers: layers, hidden: hidden, vocabulary: 128_256,
            attention: Attention(heads: heads, keyValueHeads: 8, headDimension: 128), feedForward: FeedForward(width: width, isGated: true))
    }
    private func lora(_ names: [String], rank: Int, in model: TransformerModel) -> TrainingMethod {
        let targets = names.reduce(into: Set<Projection>()) { $0.formUnion(Projection.named($1) ?? []) }
        return TrainingMethod(.lora, adapters: Adapters(rank: rank, alpha: 16, targets: targets))
    }

    /// PEFT prints these for Llama-3-8B and 70B: "trainable params: 41,943,040", "207,093,760", "13,631,488", "6,815,744" and "3,407,872".
    @Test func `trained parameters are those that PEFT prints`() {
        let large = Self.llama(layers: 80, hidden: 8192, width: 28_672, heads: 64)
        #expect(llama.trainedParameters(lora(["all-linear"], rank: 16, in: llama)) == 41_943_040)
        #expect(large.trainedParameters(lora(["all-linear"], rank: 16, in: large)) == 207_093_760)
        #expect(llama.trainedParameters(lora(["q_proj", "k_proj", "v_proj", "o_proj"], rank: 16, in: llama)) == 13_631_488)
        #expect(llama.trainedParameters(lora(["q_proj", "v_proj"], rank: 16, in: llama)) == 6_815_744)
        #expect(llama.trainedParameters(lora(["q_proj", "v_proj"], rank: 8, in: llama)) == 3_407_872)
    }

    @Test func `one adapter on a fused matrix has one first matrix`() {
        // r·(h + (a + 2g)·d) a layer.
        #expect(llama.trainedParameters(lora(["linear_qkv"], rank: 16, in: llama)) == 32 * 16 * (4096 + 6144))
        // r·(h + 2f) a layer.
        #expect(llama.trainedParameters(lora(["linear_fc1"], rank: 16, in: llama)) == 32 * 16 * (4096 + 28_672))
    }

    @Test func `experts have adapters of their own`() {
        var mixture = llama
        mixture.experts = Experts(count: 8, perToken: 2, width: 1024)
        let targets = lora(["mlp"], rank: 4, in: mixture)
        // Gate and up r(h + w) each, down r(w + h), for eight experts of every layer.
        #expect(mixture.trainedParameters(targets) == 32 * 8 * 3 * 4 * (4096 + 1024))
    }

    @Test func `frozen layers are not counted, and those before the first trained one have no backward pass`() throws {
        var method = TrainingMethod(.frozen)
        method.frozen = try FrozenParts("embedding,layers:0-29")
        let classes = llama.layerClasses.trained(by: method)
        #expect(classes.classes.map(\.training) == [.still, .trained])
        #expect(classes.counts == [30, 2])
        let layer = llama.parameters(of: classes.classes[1]).total
        #expect(llama.trainedParameters(method) == 2 * layer + 128_256 * 4096)
        // With the embedding trained, gradients pass through all frozen layers.
        method.frozen = try FrozenParts("layers:0-29")
        #expect(llama.layerClasses.trained(by: method).classes.map(\.training) == [.passing, .trained])
        method.frozen = try FrozenParts("embedding,layers:4-29")
        #expect(llama.layerClasses.trained(by: method).classes.map(\.training) == [.trained, .passing])
    }

    @Test func `LoRA leaves two thirds of the products' arithmetic`() {
        // 4·P instead of 6·P, the core of attention unchanged, 6·A for the adapters.
        let method = lora(["q_proj", "v_proj"], rank: 8, in: llama)
        let forward = llama.forwardFLOPs(sequenceLength: 4096)
        let products = forward.layers.count - forward.attentionCore.count
        let expected = 2 * products + 3 * forward.attentionCore.count + 2 * forward.head.count + 6 * 3_407_872
        #expect(abs(llama.trainingFLOPs(sequenceLength: 4096, method: method).count / expected - 1) < 1e-12)
        #expect(llama.trainingFLOPs(sequenceLength: 4096, method: .pretrain) == forward.training)
    }

    @Test func `what cannot be trained is said`() throws {
        func problem(_ method: TrainingMethod) -> String? {
            do throws(MethodProblem) { try method.check(llama); return nil } catch { return error.what }
        }
        #expect(problem(lora(["q_a_proj"], rank: 8, in: llama))?.contains("has no q_a_proj; it has q_proj, k_proj") == true)
        #expect(problem(lora(["k_proj"], rank: 1025, in: llama))?.contains("1 to 1024") == true)
        #expect(problem(lora(["k_proj"], rank: 1024, in: llama)) == nil)
        var frozen = TrainingMethod(.frozen)
        frozen.frozen = try FrozenParts("embedding,head,layers:0-31")
        #expect(problem(frozen)?.contains("nothing is trained") == true)
        frozen.frozen = try FrozenParts("layers:30-32")
        #expect(problem(frozen)?.contains("layers 0 to 31") == true)
        for text in ["layer:3", "layers:5-2", "layers:-1", "", "layers:a", "embedding,"] {
            #expect(throws: FrozenPartsError.self, "\(text)") { try FrozenParts(text) }
        }
        #expect(try FrozenParts("layers:3,head,layers:5-9").text == "head,layers:3,layers:5-9")
    }

    @Test(arguments: [
        ("llama-3.1-8b", "q_proj k_proj v_proj qkv_proj o_proj gate_proj up_proj gate_up_proj down_proj"),
        ("gpt-2", "q_proj k_proj v_proj qkv_proj o_proj up_proj gate_up_proj down_proj"),
        ("mixtral-8x7b", "q_proj k_proj v_proj qkv_proj o_proj gate_proj up_proj gate_up_proj down_proj"),
        ("deepseek-v3", "o_proj gate_proj up_proj gate_up_proj down_proj q_a_proj q_b_proj kv_a_proj kv_b_proj"),
        ("deepseek-v2-lite", "q_proj o_proj gate_proj up_proj gate_up_proj down_proj kv_a_proj kv_b_proj"),
        ("nemotron-h-8b", "q_proj k_proj v_proj qkv_proj o_proj up_proj gate_up_proj down_proj in_proj out_proj"),
    ])
    func `a model has the matrices that its code has`(name: String, matrices: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Models").standardized
        let model = try ModelDocument.read(path: folder.appending(path: "\(name).yaml").path(percentEncoded: false))
        #expect(Projection.all(in: model).map(\.rawValue).joined(separator: " ") == matrices)
    }

    @Test func `queries of experts are no feed-forward`() {
        // JetMoE's experts hold queries and outputs; a target of the feed-forward means none of them.
        var block = AttentionMixture()
        (block.count, block.perToken, block.heads, block.headDimension) = (8, 2, 4, 64)
        let operators = block.operators(hidden: 256)
        #expect(operators.allSatisfy { $0.adapterPairs(Projection.feedForward).isEmpty })
        #expect(operators.flatMap { $0.adapterPairs([.query, .key, .value, .attentionOutput]) }.count == 4)
    }
}
