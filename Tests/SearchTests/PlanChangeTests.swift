import CostModels
import Parallelism
import TestInputs
import Testing

@testable import Search

@Suite("Changes to a plan")
struct PlanChangeTests {
    @Test func areLegalPricedAndSortedByTime() async throws {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 2, batch: 32, sequence: 2048))
        request.constraints.tensor = .values([2])
        request.constraints.pipeline = .values([2])
        let planner = Planner(request)
        let plan = try #require(await planner.search().plans.first)
        let changes = planner.changes(to: plan.strategy)
        #expect(Set(changes.map(\.dimension)).isSuperset(of: ["tp", "pp", "micro-batch-size"]))
        let times = changes.map(\.estimate.stepTime)
        #expect(times == times.sorted())
        for change in changes {
            #expect(change.strategy != plan.strategy && change.strategy.worldSize == 16)
            #expect(change.strategy.microBatch * change.strategy.data * change.strategy.microBatches == 32)
        }
    }
}
