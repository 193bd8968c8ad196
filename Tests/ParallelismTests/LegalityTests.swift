import Hardware
import Schedules
import Testing
import Workload

@testable import Parallelism

@Suite("Legality")
struct LegalityTests {
    static let model = TransformerModel(
        name: "test", layers: 24, hidden: 2048, vocabulary: 32_000, attention: Attention(heads: 32, keyValueHeads: 8, headDimension: 64),
        feedForward: FeedForward(width: 5632, isGated: true))
    static let mixture: TransformerModel = {
        var mixture = model
        mixture.experts = Experts(count: 64, perToken: 8, width: 1024)
        return mixture
    }()
    static let job = TrainingJob(globalBatch: 64, sequenceLength: 4096)

    /// A legal strategy on 32 GPUs with one thing changed.
    static func strategy(_ change: (inout ParallelStrategy) -> Void) -> ParallelStrategy {
        var s = ParallelStrategy(
            tensor: 2, pipeline: 4, data: 4, shardGroup: 4, microBatch: 1, microBatches: 16, sequenceParallel: true, sharding: .zero1)
        change(&s)
        return s
    }

    @Test func acceptsALegalStrategy() {
        let legality = Legality(model: Self.model, job: Self.job, worldSize: 32)
        #expect(legality.firstViolation(of: Self.strategy { _ in }) == nil)
        #expect(legality.violations(of: Self.strategy { _ in }).isEmpty)
    }

    @Test(arguments: [
        (LegalityRule.worldSize, strategy { $0.data = 8 }),
        (
            .headsByTensor,
            strategy {
                $0.tensor = 3; $0.data = 4
            }
        ),
        (
            .keyValueHeadsByTensor,
            strategy {
                $0.tensor = 16; $0.pipeline = 1; $0.data = 2; $0.shardGroup = 2; $0.microBatches = 32
            }
        ),
        (.expertWithoutExperts, strategy { $0.expert = 2 }),
        (
            .sequenceParallelAlone,
            strategy {
                $0.tensor = 1; $0.data = 8; $0.shardGroup = 8; $0.microBatches = 8
            }
        ),
        (.batch, strategy { $0.microBatches = 15 }),
        (
            .layers,
            strategy {
                $0.pipeline = 4; $0.layout = .explicit([6, 6, 6])
            }
        ),
        (
            .interleavingNeedsPipeline,
            strategy {
                $0.pipeline = 1; $0.data = 16; $0.shardGroup = 16; $0.microBatches = 4; $0.virtualStages = 2
            }
        ),
        (
            .schedule,
            strategy {
                $0.virtualStages = 2; $0.schedule = .oneForwardOneBackward
            }
        ),
        (.shardGroup, strategy { $0.shardGroup = 3 }),
        (
            .recomputeLayers,
            strategy {
                $0.recompute = .full; $0.recomputeLayers = 40
            }
        ),
    ])
    func namesTheRule(rule: LegalityRule, s: ParallelStrategy) {
        // Sixteen tensor ranks need sixteen heads' worth of key/value heads: 8 divide 16, so the rule is tested with 6.
        var model = Self.model
        if rule == .keyValueHeadsByTensor { model.attention?.keyValueHeads = 6 }
        let world = rule == .worldSize ? 32 : s.worldSize
        let legality = Legality(model: model, job: Self.job, worldSize: world)
        #expect(legality.firstViolation(of: s) == rule)
        let violation = legality.describe(rule, in: s)
        #expect(!violation.problem.isEmpty)
        #expect(legality.violations(of: s).contains { $0.rule == rule })
    }

    @Test func mixturesNeedTheirGridAndSequenceParallelism() {
        let legality = Legality(model: Self.mixture, job: Self.job, worldSize: 32)
        #expect(legality.firstViolation(of: Self.strategy { $0.expert = 8 }) == nil)
        #expect(legality.firstViolation(of: Self.strategy { $0.expert = 16 }) == .expertGrid)
        #expect(legality.firstViolation(of: Self.strategy { $0.sequenceParallel = false }) == .mixtureNeedsSequenceParallel)
        // EP need not divide DP: 8 experts ranks over 2 tensor and 4 data ranks of a stage.
        #expect(Self.strategy { $0.expert = 8 }.expertData == 1)
    }

    @Test func contextCutsTheSequenceInTwicePieces() {
        let job = TrainingJob(globalBatch: 64, sequenceLength: 4100)
        let legality = Legality(model: Self.model, job: job)
        let s = Self.strategy {
            $0.context = 2; $0.sequenceParallel = false
        }
        #expect(legality.firstViolation(of: s) == nil)
        #expect(
            Legality(model: Self.model, job: TrainingJob(globalBatch: 64, sequenceLength: 4102)).firstViolation(of: s) == .sequenceByContext
        )
    }

    @Test func stagesAreDealtAsTheLayoutSays() {
        #expect(StageLayers(layers: 10, pipeline: 4, virtualStages: 1, layout: .even)?.counts == [2, 3, 3, 2])
        #expect(
            StageLayers(layers: 126, pipeline: 8, virtualStages: 1, layout: .embeddingAware)?.counts == [15, 16, 16, 16, 16, 16, 16, 15])
        #expect(StageLayers(layers: 126, pipeline: 8, virtualStages: 1, layout: .even)?.counts.reduce(0, +) == 126)
        #expect(StageLayers(layers: 3, pipeline: 4, virtualStages: 1, layout: .even) == nil)
        #expect(StageLayers(layers: 24, pipeline: 4, virtualStages: 1, layout: .embeddingAware) == nil)
        #expect(StageLayers(layers: 5, pipeline: 2, virtualStages: 1, layout: .explicit([2, 3]))?.firstLayers == [0, 2])
    }
}
