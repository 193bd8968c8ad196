import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Reports
import Testing
import Workload

/// The table of operators adds up to what the model counts, to the last digit.
@Suite struct OperatorTableTests {
    private static let llama8B = TransformerModel(
        name: "llama", layers: 32, hidden: 4096, vocabulary: 128_256,
        attention: Attention(heads: 32, keyValueHeads: 8, headDimension: 128), feedForward: FeedForward(width: 14_336, isGated: true))

    private static let mixture = TransformerModel(
        name: "mixture", layers: 4, hidden: 1024, vocabulary: 32_000,
        attention: Attention(heads: 16, keyValueHeads: 16, headDimension: 64, window: SlidingWindow(size: 512, globalEvery: 2)),
        feedForward: FeedForward(width: 4096, isGated: true),
        experts: Experts(count: 8, perToken: 2, width: 1024, sharedWidth: 2048, hasSharedGate: true, firstDenseLayers: 1))

    @Test func rowsAddUpToTheLayer() {
        for model in [Self.llama8B, Self.mixture] {
            let table = OperatorTable(model, sequenceLength: 4096)
            let classes = model.layerClasses
            #expect(table.layers.map(\.count) == classes.counts)
            for (layer, layerClass) in zip(table.layers, classes.classes) {
                #expect(layer.total.parameters == model.parameters(of: layerClass).total)
                let flops = model.forwardFLOPs(of: layerClass, sequenceLength: 4096).layers.count
                #expect(abs(layer.total.flops / flops - 1) < 1e-14)
                #expect(layer.operators.reduce(0) { $0 + $1.bytes } == layer.total.bytes)
            }
        }
    }

    /// By hand: qkv is 4096 × 6144; of a token 2·(4096 + 2048) B are kept of it, and 4·32 B of softmax statistics.
    @Test func shapesAreThoseOfTheProducts() throws {
        let layer = try #require(OperatorTable(Self.llama8B, sequenceLength: 8192).layers.first)
        let qkv = try #require(layer.operators.first { $0.name == "qkv projection" })
        #expect(qkv.shape == "4096 → 6144" && qkv.split == "outputs ÷ tp")
        #expect(qkv.parameters == 4096 * 6144 && qkv.flops == 2 * 4096 * 6144 && qkv.bytes == 2 * 6144)
        let core = try #require(layer.operators.first { $0.name == "attention core" })
        #expect(core.flops == 2 * 4096 * 32 * 256 && core.bytes == 128)
        // Korthikanti et al. (arXiv:2205.05198) with a gate, without dropout and with fused attention: norms 4h + 4h, q, k, v, output and
        // 3 × 2·f.
        let kept: [Double] = [8 * 4096, 2 * 6144, 2 * 4096, 128, 6 * 14_336]
        #expect(layer.total.bytes == kept.reduce(0, +))
    }

    @Test func textFitsTheWidth() {
        for width in [40, 80, 120] {
            let text = OperatorTable(Self.mixture, sequenceLength: 4096).text(width: width, colour: .none)
            #expect(text.split(separator: "\n").filter { !$0.hasPrefix("Operators of") }.allSatisfy { $0.count <= width })
        }
    }

    /// On a rank the bytes of all rows are the layer's memory, in every format and mode, and fp8 keeps inputs of linear layers in a byte.
    @Test func bytesAtAPlaceAreTheMemoryOfARank() throws {
        let library = ProfileLibrary(root: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized.path)
        let cluster = try library.cluster("dgx-h100")
        for (name, modules) in [
            ("megatron-core", RecomputeModules([.coreAttention, .feedForward])), ("torchtitan", .alternateMatrixProducts),
        ] {
            let stack = try SoftwareStack.read(path: library.path(of: .stack, named: name))
            for precision in [Precision.bf16, .fp8] {
                for model in [Self.llama8B, Self.mixture] {
                    let job = TrainingJob(globalBatch: 8, sequenceLength: 4096, precision: precision)
                    let inputs = CostInputs(model: model, cluster: cluster, job: job, stack: stack)
                    var strategy = ParallelStrategy(microBatch: 2)
                    (strategy.tensor, strategy.sequenceParallel) = (4, true)
                    let shape = LayerShape(strategy)
                    let memory = LayerMemoryModel(inputs)
                    for mode in Recompute.allCases {
                        let table = OperatorTable(
                            model, sequenceLength: 4096, at: .init(inputs, shape: shape, recompute: mode, modules: modules))
                        for (index, layer) in table.layers.enumerated() {
                            let kept = memory.memory(index, shape, recomputing: mode == .selective ? modules : [])
                            let expected = mode == .full ? kept.input : mode == .selective ? kept.savedSelective : kept.saved
                            #expect(abs(layer.total.bytes * 2 * 4096 / expected - 1) < 1e-12, "\(name) \(precision) \(mode)")
                            #expect(layer.operators.reduce(0) { $0 + $1.bytes } == layer.total.bytes)
                        }
                    }
                }
            }
        }
    }
}
