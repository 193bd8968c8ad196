import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import Sequences

/// Where every sample fills a row nothing is left to deal: every way costs what the plan says.
@Suite struct FullRowsTests {
    private static let row = 16_384

    /// Strategies of 32 ranks in every kind of context parallelism, in pipelines, and with several rows a micro-batch.
    private static let strategies: [ParallelStrategy] =
        ContextParallelKind.allCases.map { kind in
            ParallelStrategy(
                context: 8, contextKind: kind, contextInner: kind.innerSizes(of: 8).last ?? 1, data: 4, microBatches: 8, sharding: .none)
        } + [
            ParallelStrategy(pipeline: 4, virtualStages: 1, context: 2, data: 4, microBatches: 8),
            ParallelStrategy(
                pipeline: 4, virtualStages: 2, context: 2, data: 4, microBatches: 8, schedule: .interleaved),
            ParallelStrategy(context: 2, data: 16, microBatch: 2, microBatches: 1),
            ParallelStrategy(context: 4, data: 8, microBatch: 4, microBatches: 1),
        ]

    private static func study(_ s: ParallelStrategy) throws -> (study: LengthStudy, price: Double) {
        var model = Fixtures.tiny
        model.layers = 16
        model.attention = Attention(heads: 16, keyValueHeads: 16, headDimension: 128)
        var inputs = Fixtures.inputs(model, nodes: 4, batch: s.data * s.microBatch * s.microBatches, sequence: row)
        inputs.cluster.groups[0].gpu.memory = .gibibytes(100_000)
        var simulator = PipelineSimulator()
        let estimate = try StepModel(inputs).estimate(s, simulator: &simulator)
        let prices = try #require(SequencePrices(inputs, s, step: estimate))
        let lengths = try #require(LengthDistribution(name: "full", source: "every row", lengths: [row], weights: [1]))
        let budget = inputs.job.globalBatch * row
        return (LengthStudy(StepDealer(prices, rowTokens: row), lengths, budget: budget, draws: 1), estimate.stepTime)
    }

    @Test(arguments: strategies) func packedRowsCostThePlansPrice(s: ParallelStrategy) throws {
        let (study, price) = try Self.study(s)
        // The two rings of LoongTrain hide under steps that differ, which one sum over all steps does not tell.
        let tolerance = s.contextKind == .doubleRing ? 0.03 : 0.01
        for way in [Dealing.packed, .padded] {
            let mean = try #require(study.result(way)).mean
            #expect(abs(mean / price - 1) < tolerance, "\(s.contextKind) pp \(s.pipeline) \(way): \(mean) and \(price)")
        }
    }

    /// Groups run the plan's own kind where it runs on any number of ranks, so that nothing seems gained by a change of kind.
    @Test(arguments: strategies.filter { SequenceGroupRules.flat.contains($0.contextKind) && $0.pipeline == 1 && $0.microBatch == 1 })
    func groupsOfTheSameRanksGainNothing(s: ParallelStrategy) throws {
        let (study, price) = try Self.study(s)
        #expect(study.dealer.prices.groupKind == s.contextKind)
        for way in [Dealing.naive, .hybrid, .flexible, .balanced] {
            let mean = try #require(study.result(way)).mean
            #expect(mean / price > 0.99, "\(s.contextKind) \(way): \(mean) and \(price)")
        }
    }

    /// Ring self-attention computes the square of a row whatever documents it holds.
    @Test func keptScoresIgnoreDocuments() throws {
        var s = Self.strategies[0]
        s.contextKind = .ringSelfAttention
        let (study, price) = try Self.study(s)
        let quarters = try #require(LengthDistribution(name: "quarters", source: "", lengths: [Self.row / 4], weights: [1]))
        let packed = try #require(LengthStudy(study.dealer, quarters, budget: study.budget, draws: 1).result(.packed))
        #expect(abs(packed.mean / price - 1) < 0.01)
    }
}
