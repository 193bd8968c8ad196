import Parallelism
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Kinds of context parallelism that follow what a layer sees, and what kernels make of windows and chunks.
@Suite struct LayerContextTests {
    /// Ten layers of which every fifth sees everything.
    static func inputs(_ window: SlidingWindow = SlidingWindow(size: 1024, globalEvery: 5), rules: ContextRules = .none) -> CostInputs {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 8, sequence: 65_536)
        inputs.model.attention?.window = window
        inputs.stack.launches.contextRules = rules
        return inputs
    }

    private static func strategy(_ kind: ContextParallelKind, local: ContextParallelKind? = nil) -> ParallelStrategy {
        ParallelStrategy(context: 8, contextKind: kind, localContextKind: local, data: 4, microBatches: 2)
    }

    /// A layer of a plan with two kinds costs and holds what it does in a plan that has its kind everywhere.
    @Test func everyLayerCostsWhatItsOwnKindDoes() {
        let model = StepModel(Self.inputs())
        let classes = model.layers.classes
        let local = (0..<classes.count).filter { classes.counts[$0] == 8 }
        let whole = (0..<classes.count).filter { classes.counts[$0] == 2 }
        #expect(local.count == 1 && whole.count == 1)
        let mixed = model.table(for: Self.strategy(.ring, local: .allGather))
        let (ring, gather) = (model.table(for: Self.strategy(.ring)), model.table(for: Self.strategy(.allGather)))
        for place in whole {
            #expect(mixed.times[place] == ring.times[place] && mixed.memory[place] == ring.memory[place])
            #expect(mixed.times[place] != gather.times[place])
        }
        for place in local {
            #expect(mixed.times[place] == gather.times[place] && mixed.memory[place] == gather.memory[place])
            #expect(mixed.times[place] != ring.times[place])
        }
    }

    /// Transformer Engine runs no window as a ring; with a kind of its own for such layers, the others may be one, where the stack takes a kind a layer.
    @Test func ringsBesideWindowsAreLegalWhereStacksTakeAKindALayer() {
        var inputs = Self.inputs(rules: .transformerEngine)
        func rule(_ s: ParallelStrategy) -> LegalityRule? {
            Legality(model: inputs.model, job: inputs.job, stack: inputs.stack, worldSize: 32).stackGridViolation(of: s)
        }
        #expect(rule(Self.strategy(.ring)) == .contextWindow)
        #expect(rule(Self.strategy(.ring, local: .allGather)) == .stackContextByLayer)
        inputs.stack.launches.choosesContextByLayer = true
        #expect(rule(Self.strategy(.ring, local: .allGather)) == nil)
        #expect(rule(Self.strategy(.allGather, local: .ring)) == .contextWindow)
        #expect(rule(Self.strategy(.ring, local: .tokenRing)) == .stackContext)
    }

    /// Attention in chunks of w takes w/2 keys a query, half of what a window of w far from the beginning takes; Transformer Engine knows no chunks and
    /// computes the whole sequence.
    @Test func chunksAreHalfOfWindowsAndAllOfTheSequenceToTransformerEngine() throws {
        func seconds(_ window: SlidingWindow?, _ rules: ContextRules) -> Double {
            var inputs = Self.inputs(rules: rules)
            inputs.model.attention?.window = window
            let model = LayerCostModel(inputs)
            return model.coreSeconds(model.attentions[0], LayerShape(ParallelStrategy())).forward - model.core.constants.attentionLatency
        }
        let whole = seconds(nil, .none)
        let chunked = SlidingWindow(size: 8192, globalEvery: 0, isChunked: true)
        #expect(abs(seconds(chunked, .none) / whole - 1.0 / 8) < 1e-9)
        #expect(abs(seconds(SlidingWindow(size: 8192, globalEvery: 0), .none) / whole - (2.0 / 8 - 1.0 / 64)) < 1e-9)
        #expect(seconds(chunked, .transformerEngine) == whole)
        // A last chunk that is cut: 65,536 = 21,000 × 3 + 2,536.
        let odd = SlidingWindow(size: 21_000, globalEvery: 0, isChunked: true)
        let share = (3 * 21_000.0 * 21_000 + 2536 * 2536) / (65_536.0 * 65_536)
        #expect(abs(seconds(odd, .none) / whole - share) < 1e-9)
    }
}
