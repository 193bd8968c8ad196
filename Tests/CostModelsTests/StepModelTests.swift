import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import CostModels

@Suite("Step model")
struct StepModelTests {
    /// Strategies of many kinds for a model of ten layers on 32 GPUs.
    static let strategies: [ParallelStrategy] = {
        var result: [ParallelStrategy] = []
        for (t, p, v, c) in [(1, 1, 1, 1), (2, 2, 1, 1), (4, 2, 5, 1), (1, 5, 2, 1), (2, 4, 1, 2), (1, 10, 1, 1), (2, 3, 2, 1)] {
            for recompute in [Recompute.none, .full] {
                for sharding in [OptimizerSharding.none, .zero1] {
                    let d = p == 5 || p == 10 || p == 3 ? 2 : 32 / (t * p * c)
                    let layout: LayerLayout = 10 % (p * v) == 0 ? .even : 12 % (p * v) == 0 ? .embeddingAware : .even
                    result.append(
                        ParallelStrategy(
                            tensor: t, pipeline: p, virtualStages: v, context: c, data: d, shardGroup: sharding == .none ? 1 : d,
                            microBatch: 1, microBatches: 3 * p, sequenceParallel: t > 1, sharding: sharding, recompute: recompute,
                            recomputeLayers: recompute == .full ? 1 : 0,
                            schedule: v > 1 ? .interleaved : .oneForwardOneBackward, layout: layout))
                }
            }
        }
        return result
    }()

    let model = StepModel(Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 64, sequence: 4096))

    @Test(arguments: strategies)
    func theBoundNeverExceedsTheSimulation(s: ParallelStrategy) throws {
        var simulator = PipelineSimulator()
        let stages = try #require(model.stages(for: s))
        let table = model.table(for: s)
        let exact = try model.estimate(s, simulator: &simulator)
        let bound = model.timeBound(s, table, stages)
        #expect(bound <= exact.stepTime * (1 + 1e-12))
        #expect(bound >= 0.8 * exact.stepTime)
    }

    @Test(arguments: strategies)
    func theBreakdownAddsUp(s: ParallelStrategy) throws {
        var simulator = PipelineSimulator()
        let estimate = try model.estimate(s, simulator: &simulator)
        #expect(abs(estimate.breakdown.total / estimate.stepTime - 1) < 1e-12)
        for term in StepBreakdown.Term.allCases { #expect(estimate.breakdown[term] >= -1e-12) }
        #expect(estimate.memoryLow <= estimate.memoryExpected && estimate.memoryExpected <= estimate.memoryHigh)
    }

    /// Prices with expert exchange exposed and hidden, made together, are those of the two tables made apart.
    @Test(arguments: [1, 8], [1, 4])
    func pricesMadeTogetherAreThoseMadeApart(expert: Int, tensor: Int) {
        var mixture = Fixtures.tiny
        mixture.experts = Experts(count: 8, perToken: 2, width: 1024, firstDenseLayers: 1)
        let model = StepModel(Fixtures.inputs(mixture, nodes: 4, batch: 64, sequence: 4096))
        var s = ParallelStrategy(tensor: tensor, expert: expert, data: 32 / tensor, sequenceParallel: tensor > 1)
        let both = model.layers.bothTimes(LayerShape(s))
        for times in [both.exposed, both.hidden] {
            #expect(times == model.table(for: s).times)
            s.schedule = .combined1F1B
        }
        #expect((both.hidden[1].forward < both.exposed[1].forward) == (expert > 1))
        #expect(both.hidden[0] == both.exposed[0])
    }

    /// Every parameter of the model lives on some rank exactly once (t = 1, no experts).
    @Test(arguments: [1, 2, 5, 10])
    func ranksHoldTheWholeModel(pipeline: Int) throws {
        let s = ParallelStrategy(pipeline: pipeline, data: 1, microBatches: 8)
        let table = model.table(for: s)
        let stages = try #require(model.stages(for: s))
        var held = 0.0
        for layers in stages.layers { held += layers * table.memory[0].denseParameters }
        held += table.ends.parameters.embedding + table.ends.parameters.head
        let padded = LayerCostModel.paddedVocabulary(Fixtures.tiny.vocabulary, tensor: 1)
        let expected = Double(Fixtures.tiny.parameters.total - Fixtures.tiny.hidden) + 2 * (padded - 32_000) * 2048
        #expect(held == expected)
    }

    @Test func recomputationTradesTimeForMemory() throws {
        var simulator = PipelineSimulator()
        let plain = ParallelStrategy(tensor: 2, pipeline: 2, data: 8, microBatches: 8, sequenceParallel: true)
        var full = plain
        full.recompute = .full
        full.recomputeLayers = 5
        let a = try model.estimate(plain, simulator: &simulator)
        let b = try model.estimate(full, simulator: &simulator)
        #expect(b.stepTime > a.stepTime)
        #expect(b.memoryHigh < a.memoryHigh)
        // A second forward of every layer: its matrix products, attention and the rest are between a fifth and half of a step.
        #expect(b.breakdown[.recompute] / a.stepTime > 0.2 && b.breakdown[.recompute] / a.stepTime < 0.5)
    }

    @Test func shardingStateSavesWhatItShould() throws {
        var simulator = PipelineSimulator()
        var s = ParallelStrategy(data: 32, microBatches: 2)
        let table = model.table(for: s)
        let parameters =
            10 * table.memory[0].denseParameters + table.ends.parameters.embedding + table.ends.parameters.head
        let unsharded = try model.estimate(s, simulator: &simulator).memoryParts.states
        #expect(unsharded == 18 * parameters)
        s.sharding = .zero1
        s.shardGroup = 32
        #expect(try model.estimate(s, simulator: &simulator).memoryParts.states == (6 + 12.0 / 32) * parameters)
        s.sharding = .zero2
        #expect(try model.estimate(s, simulator: &simulator).memoryParts.states == (2 + 16.0 / 32) * parameters)
    }

    @Test func moreMicroBatchesShrinkTheBubble() throws {
        var simulator = PipelineSimulator()
        var shares: [Double] = []
        for m in [4, 8, 16, 64] {
            let s = ParallelStrategy(pipeline: 4, data: 1, microBatches: m, layout: .embeddingAware)
            shares.append(try model.estimate(s, simulator: &simulator).bubbleShare)
        }
        #expect(shares == shares.sorted(by: >))
    }

    @Test func fasterNetworksNeverSlowAStep() throws {
        var simulator = PipelineSimulator()
        var fast = Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 64, sequence: 4096)
        fast.cluster.groups[0].network.adapterBandwidth = .gigabitsPerSecond(1600)
        for s in Self.strategies {
            let slow = try model.estimate(s, simulator: &simulator).stepTime
            #expect(try StepModel(fast).estimate(s, simulator: &simulator).stepTime <= slow)
        }
    }

    @Test func balancedLayersRelieveTheHead() throws {
        let s = ParallelStrategy(pipeline: 3, data: 1, microBatches: 9)
        let counts = try #require(model.balancedLayers(s))
        #expect(counts.reduce(0, +) == 10)
        #expect(counts[2] <= counts[0] && counts[2] <= counts[1])
    }
}

@Suite("Layer memory")
struct LayerMemoryTests {
    /// Korthikanti et al., arXiv:2205.05198, eq. 2: s·b·h·(10 + 24/t + 5·a·s/(h·t)) with the paper's GPT layer: two dropouts, GELU of width 4h,
    /// softmax kept with its mask and dropped copy, inputs of column-parallel layers whole.
    @Test(arguments: [1, 2, 4, 8])
    func matchesKorthikantisClosedForm(t: Int) {
        let gpt = TransformerModel(
            name: "gpt", layers: 2, hidden: 4096, vocabulary: 51_200,
            attention: Attention(heads: 32, keyValueHeads: 32, headDimension: 128), feedForward: FeedForward(width: 16_384, isGated: false),
            norm: .layer)
        var inputs = Fixtures.inputs(gpt, nodes: 1, batch: 8, sequence: 2048)
        inputs.choices.attentionKernel = .fusedSoftmax
        inputs.stack.memory.keepsDropoutMasks = true
        let shape = LayerShape(
            tensor: t, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 2, sequenceParallel: false)
        let memory = LayerMemoryModel(inputs).memory(0, shape, recomputing: [])
        let (s, b, h, a) = (2048.0, 2.0, 4096.0, 32.0)
        let tt = Double(t)
        #expect(memory.saved == s * b * h * (10 + 24 / tt + 5 * a * s / (h * tt)))
        #expect(memory.input == 2 * s * b * h)
    }

    /// With sequence parallelism everything divides by t (eq. 4).
    @Test func sequenceParallelismDividesEverything() {
        let inputs = Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 8, sequence: 4096)
        func saved(_ t: Int) -> Double {
            let shape = LayerShape(
                tensor: t, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 1, sequenceParallel: t > 1)
            return LayerMemoryModel(inputs).memory(0, shape, recomputing: []).saved
        }
        #expect(saved(8) == saved(1) / 8)
    }
}
