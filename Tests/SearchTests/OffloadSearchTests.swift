import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import Search

/// Offload as a part of the search: what is left out by bounds is never an answer, and answers are what was asked for.
@Suite("Offload in the search")
struct OffloadSearchTests {
    /// A small dense model on one node whose stack moves everything that a method can.
    static func request(
        _ method: OffloadSupport.Method, _ model: TransformerModel = Fixtures.tiny, hostGigabytes: Double = 2000
    ) -> SearchRequest {
        var inputs = Fixtures.inputs(model, nodes: 1, batch: 16, sequence: 2048)
        inputs.stack.launches.shardings = Set(OptimizerSharding.allCases)
        inputs.stack.launches.offload = OffloadSupport(
            parts: Set(Offload.Part.allCases), method: method, takesShares: method != .sharded, updateRate: 6.7e8, updatesTogether: false)
        inputs.cluster.groups[0].host = Host(
            memory: Bytes(hostGigabytes * 1e9),
            link: .init(toDevice: .gigabytesPerSecond(50), fromDevice: .gigabytesPerSecond(50), both: .gigabytesPerSecond(80)),
            storage: .init(capacity: Bytes(30e12), read: .gigabytesPerSecond(25), write: .gigabytesPerSecond(12)))
        var request = SearchRequest(inputs: inputs, top: 6)
        request.constraints.tensor = .values([1, 2])
        request.constraints.pipeline = .values([1, 2])
        request.constraints.context = .values([1])
        request.constraints.microBatch = .values([1, 2])
        request.constraints.offload = .all
        return request
    }

    /// Bytes at which about half of the candidates do not fit, and at which hardly any does.
    @Test(arguments: OffloadSupport.Method.allCases, [79.0, 4, 2.5])
    func prunedIsAsEverythingPriced(method: OffloadSupport.Method, limit: Double) async {
        var request = Self.request(method)
        request.memoryLimit = .gibibytes(limit)
        let pruned = await Planner(request).search()
        request.prunes = false
        let everything = await Planner(request).search()
        #expect(pruned.plans.map(\.strategy) == everything.plans.map(\.strategy))
        #expect(pruned.plans.map(\.estimate) == everything.plans.map(\.estimate))
    }

    /// Every set of modules, of experts too, in stages of as little as one layer of a class.
    @Test(arguments: [79.0, 16, 12, 9, 7, 5])
    func everySetOfModulesIsTried(limit: Double) async {
        var request = Self.request(.hybridDevice, Fixtures.mixture)
        request.constraints.pipeline = .values([1, 2, 4])
        request.constraints.offload = .parts([.modules])
        request.memoryLimit = .gibibytes(limit)
        let pruned = await Planner(request).search()
        request.prunes = false
        let everything = await Planner(request).search()
        #expect(pruned.plans.map(\.estimate) == everything.plans.map(\.estimate))
        #expect(pruned.plans.allSatisfy { !$0.strategy.offload.modules.isEmpty })
    }

    /// Plans move the parts that are named, and with them only what their stack cannot leave behind.
    @Test func namedPartsMove() async {
        for (method, wanted, companions) in [
            (OffloadSupport.Method.hybridDevice, Set<Offload.Part>([.optimizer]), Set<Offload.Part>()),
            (.hybridDevice, [.activations], []), (.hostAdam, [.parameters], []), (.hostAdam, [.storage], [.optimizer]),
            (.hostAdam, [.interleaved], [.optimizer]), (.sharded, [.optimizer], [.parameters]), (.sharded, [.checkpoints], []),
        ] {
            var request = Self.request(method)
            request.constraints.offload = .parts(wanted)
            let plans = await Planner(request).search().plans
            #expect(!plans.isEmpty, "\(method) \(wanted)")
            for plan in plans {
                let parts = plan.strategy.offload.parts
                #expect(wanted.isSubset(of: parts) && parts.isSubset(of: wanted.union(companions)), "\(method) \(parts)")
            }
        }
    }

    /// Nothing moves where that is said, or where nobody knows the hosts; left open it moves where nothing fits without.
    @Test func itMovesOnlyWhereItMust() async {
        var request = Self.request(.sharded)
        request.constraints.offload = .never
        #expect(await Planner(request).search().plans.allSatisfy { $0.strategy.offload.isNone })
        request.constraints.offload = .auto
        request.memoryLimit = .gibibytes(2.5)
        let forced = await Planner(request).search()
        #expect(!forced.plans.isEmpty && forced.plans.allSatisfy { !$0.strategy.offload.isNone })
        request.inputs.cluster.groups[0].host = Host()
        #expect(await Planner(request).search().plans.isEmpty)
    }

    /// Fewer bytes on the GPU are more in the host, of which no plan takes more than there is.
    @Test func hostsHoldWhatTheyAreGiven() async {
        for gigabytes in [2000.0, 30, 12, 3] {
            let request = Self.request(.hybridDevice, hostGigabytes: gigabytes)
            for plan in await Planner(request).search().plans {
                #expect(8 * plan.estimate.hostMemory <= 0.85 * gigabytes * 1e9)
                #expect((plan.estimate.hostMemory > 0) == !plan.strategy.offload.isNone)
            }
        }
    }
}
