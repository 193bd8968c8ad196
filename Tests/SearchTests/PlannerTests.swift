import CostModels
import Parallelism
import Schedules
import Testing

@testable import Search

@Suite("Planner")
struct PlannerTests {
    /// The pruned search must return what pricing everything returns.
    @Test(arguments: [(2, 32, 2048), (4, 64, 4096)])
    func matchesPricingEverything(nodes: Int, batch: Int, sequence: Int) async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: nodes, batch: batch, sequence: sequence), top: 8)
        request.constraints.tensor = .values([1, 2, 4])
        let pruned = await Planner(request).search()
        request.prunes = false
        let everything = await Planner(request).search()
        #expect(pruned.plans.map(\.estimate.stepTime) == everything.plans.map(\.estimate.stepTime))
        #expect(pruned.plans.map(\.strategy) == everything.plans.map(\.strategy))
        #expect(everything.counts.pruned == 0)
        #expect(pruned.counts.evaluated < everything.counts.evaluated)
    }

    @Test func isTheSameForAnyNumberOfThreads() async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 4, batch: 64, sequence: 2048))
        let one = await Planner(request).search()
        request.threads = 3
        let three = await Planner(request).search()
        #expect(one.plans == three.plans)
        #expect(one.counts == three.counts)
    }
}
