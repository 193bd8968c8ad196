import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import Testing
import Workload

/// Memory of sequence parallelism by ring self-attention against tensor parallelism (Li et al., arXiv:2105.13120: BERT Base on P100 of 16 GB).
@Suite struct RingSelfAttentionTests {
    static func estimate(
        _ n: Int, tensor: Bool, batch: Int, length: Int = 512, recompute: Recompute = .none, precision: Precision = .fp32
    ) throws -> StepEstimate {
        let library = CalibrationFixtures.library
        let model = TransformerModel(
            name: "bert-base", layers: 12, hidden: 768, vocabulary: 30_522,
            attention: Attention(heads: 12, keyValueHeads: 12, headDimension: 64), feedForward: FeedForward(width: 3072, isGated: false),
            norm: .layer, positions: .learned(length), hasTiedEmbeddings: true)
        var stack = try SoftwareStack.read(path: library.path(of: .stack, named: "no-overlap"))
        stack.defaults.attentionKernel = .unfused
        stack.defaults.fusedLoss = false
        stack.memory.keepsDropoutMasks = true
        let job = TrainingJob(globalBatch: batch, sequenceLength: length, precision: precision)
        let cluster = try library.cluster("dgx-a100").scaled(gpus: n <= 8 ? 8 : 64)
        let inputs = CostInputs(model: model, cluster: cluster, job: job, stack: stack)
        let s = ParallelStrategy(
            tensor: tensor ? n : 1, context: tensor ? 1 : n, contextKind: .ringSelfAttention, microBatch: batch, microBatches: 1,
            recompute: recompute, recomputeLayers: recompute == .full ? 12 : 0)
        var simulator = PipelineSimulator()
        return try StepModel(inputs).estimate(s, simulator: &simulator)
    }

    /// 64 sequences of 512 tokens a rank; whole layers are recomputed, in fp32, as memory of the published size needs.
    private static func bytes(_ n: Int, tensor: Bool, batch: Int, length: Int = 512) throws -> Double {
        try estimate(n, tensor: tensor, batch: batch, length: length, recompute: .full).memoryLow
    }

    /// 8,477, 8,479, 8,481 and 8,491 MB at 1, 2, 4 and 8 ranks.
    @Test func memoryIsFlatInRanks() throws {
        let sizes = try [1, 2, 4, 8].map { try Self.bytes($0, tensor: false, batch: 64 * $0) }
        for size in sizes {
            #expect(abs(size / sizes[0] - 1) < 0.01)
            #expect(size < Self.capacity)
        }
    }

    /// 8,477, 9,520, 12,233 MB, and out of memory at 8: the growth, which is activations that every rank holds less states that it no longer does.
    @Test func tensorParallelismGrows() throws {
        let sizes = try [1, 2, 4, 8].map { try Self.bytes($0, tensor: true, batch: 64 * $0) }
        #expect(abs(sizes[1] - sizes[0] - 1043e6) < 250e6)
        #expect(abs((sizes[2] - sizes[0]) / 3756e6 - 1) < 0.05)
        #expect(sizes[2] < Self.capacity && sizes[3] > Self.capacity)
    }

    /// The largest batch on 64 ranks is 13.7 times that of the 12 that twelve heads allow, the longest sequence 3.0 times.
    @Test func sixtyFourRanksHoldMore() throws {
        func most(_ fits: (Int) throws -> Bool) rethrows -> Int {
            var (low, high) = (1, 2)
            while try fits(high) { (low, high) = (high, 2 * high) }
            while high - low > 1 {
                let middle = (low + high) / 2
                if try fits(middle) { low = middle } else { high = middle }
            }
            return low
        }
        func batch(_ n: Int, tensor: Bool) throws -> Double {
            Double(try most { try Self.bytes(n, tensor: tensor, batch: $0) < Self.capacity })
        }
        #expect(abs(try batch(64, tensor: false) / batch(12, tensor: true) / 13.7 - 1) < 0.15)
        // At 64 sequences nothing is recomputed, in 16 bits: scores then take most of the memory, and the paper's own equations give 2.9.
        func length(_ n: Int, tensor: Bool) throws -> Double {
            Double(
                try most {
                    try Self.estimate(n, tensor: tensor, batch: 64, length: 64 * $0, precision: .fp16).memoryLow < Self.capacity
                })
        }
        #expect(abs(try length(64, tensor: false) / length(12, tensor: true) / 3.0 - 1) < 0.1)
    }

    /// The paper's tables 1 and 2 in 16 bits, twelve layers and 16 B a parameter: of what 64 sequences of 512 tokens a rank keep, scores are 4.8 of 10.9 GB. The
    /// 8.5 GB that it measured are within 9 % of the equations without them, and a third below those with them.
    @Test func theirOwnEquationsHoldNoScoresAtTheMeasuredSize() {
        let (tokens, hidden, heads, length) = (64 * 512.0, 768.0, 12.0, 512.0)
        let states = 16 * (12 * 12 * hidden * hidden + 31_000 * hidden)
        let linear = 12 * 2 * 10 * tokens * hidden
        let scores = 12 * 2 * 64 * heads * length * length
        #expect(abs((states + linear) / 8.477e9 - 1) < 0.09, "\(states + linear)")
        #expect(abs((states + linear + scores) / 8.477e9 - 1.5) < 0.05, "\(states + linear + scores)")
    }

    private static let capacity = 16e9
}
