import CostModels
import Parallelism
import TestInputs
import Testing
import Workload

@testable import Search

/// Plans whose rows add to their price: none that is left out of the finalists may be among the answers.
@Suite struct UnevenRowsSearchTests {
    /// A layout's rows add up to twice its own step, by its sizes alone, so that the order of plans is turned over.
    @Sendable private static func added(_ inputs: CostInputs, _ s: ParallelStrategy, _ step: StepEstimate) -> Double {
        let mixed = (s.tensor * 7 + s.pipeline * 11 + s.context * 13 + s.microBatch * 5) % 17
        return step.stepTime * Double(mixed) / 8
    }

    @Test(arguments: [1, 5]) func nothingLeftOutCouldBeAmongTheAnswers(top: Int) async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 32, sequence: 4096))
        request.top = 10_000
        let all = await Planner(request).search().plans.map { $0.estimate.stepTime + Self.added(request.inputs, $0.strategy, $0.estimate) }
        request.top = top
        request.unevenRows = Self.added
        let found = await Planner(request).search().plans
        #expect(all.count > 40)
        #expect(found.map(\.estimate.stepTime) == Array(all.sorted().prefix(top)))
        for plan in found {
            #expect(abs(plan.estimate.breakdown.total - plan.estimate.stepTime) < 1e-9 * plan.estimate.stepTime)
            #expect(plan.estimate.breakdown[.unevenRows] >= 0)
        }
    }
}
