import Hardware
import Parallelism
import TestInputs
import Testing

@testable import CostModels

@Suite("Collectives")
struct CollectiveTests {
    let rates = ClusterRates(Fixtures.cluster(nodes: 4))

    @Test(arguments: Collective.allCases)
    func oneRankNeedsNone(collective: Collective) {
        #expect(CollectiveTime(rates: rates, curves: []).seconds(collective, bytes: 1e9, ranks: 1) == 0)
    }

    @Test(arguments: Collective.allCases)
    func growsWithSize(collective: Collective) {
        let times = CollectiveTime(rates: rates, curves: [])
        let sizes = [1e3, 1e5, 1e7, 1e9]
        for (small, large) in zip(sizes, sizes.dropFirst()) {
            #expect(times.seconds(collective, bytes: small, ranks: 8) < times.seconds(collective, bytes: large, ranks: 8))
        }
        #expect(times.seconds(collective, bytes: 1e9, ranks: 8) <= times.seconds(collective, bytes: 1e9, ranks: 32))
    }

    /// a + f·S/B + c·√S with the fixture's constants: 15 µs, 450·1.04 GB/s, 1.03e-8 s/√B, f = 2·7/8.
    @Test func allReduceInsideANodeMatchesTheFormula() {
        let expected = 15e-6 + 1.75 * 1e8 / (450e9 * 1.04) + 1.03e-8 * 1e4
        let time = CollectiveTime(rates: rates, curves: []).seconds(.allReduce, bytes: 1e8, ranks: 8)
        #expect(abs(time / expected - 1) < 1e-12)
    }

    @Test func measuredCurvesBeatFormulas() {
        let curve = CollectiveCurve(collective: .allReduce, nodes: 1, gpus: 8, bytes: [1e6, 1e8], seconds: [1e-4, 1e-2])
        let times = CollectiveTime(rates: rates, curves: [curve])
        // Linear between the two points; beyond them the formula goes on from the nearest.
        #expect(abs(times.seconds(.allReduce, bytes: 1e6, ranks: 8) / 1e-4 - 1) < 1e-12)
        #expect(abs(times.seconds(.allReduce, bytes: 1e7, ranks: 8) / 1e-3 - 1) < 1e-9)
        let formula = CollectiveTime(rates: rates, curves: [])
        for (size, end, seconds) in [(1e9, 1e8, 1e-2), (1e3, 1e6, 1e-4)] {
            let growth = formula.seconds(.allReduce, bytes: size, ranks: 8) / formula.seconds(.allReduce, bytes: end, ranks: 8)
            #expect(abs(times.seconds(.allReduce, bytes: size, ranks: 8) / (seconds * growth) - 1) < 1e-9)
        }
        #expect(times.seconds(.allReduce, bytes: 1e7, ranks: 4) == formula.seconds(.allReduce, bytes: 1e7, ranks: 4))
        #expect(times.isMeasured(.allReduce, bytes: 1e7, ranks: 8))
        #expect(!times.isMeasured(.allReduce, bytes: 1e9, ranks: 8))
        #expect(!times.isMeasured(.allGather, bytes: 1e7, ranks: 8))
    }

    @Test func gathersAndScattersStandForEachOther() {
        let curve = CollectiveCurve(collective: .allGather, nodes: 1, gpus: 8, bytes: [1e6, 1e8], seconds: [1e-4, 1e-2])
        let times = CollectiveTime(rates: rates, curves: [curve])
        #expect(times.seconds(.reduceScatter, bytes: 1e7, ranks: 8) == times.seconds(.allGather, bytes: 1e7, ranks: 8))
        #expect(times.isMeasured(.reduceScatter, bytes: 1e7, ranks: 8))
        #expect(!times.isMeasured(.allReduce, bytes: 1e7, ranks: 8))
    }

    @Test func pricesSayWhereCurvesDoNotReach() {
        let curve = CollectiveCurve(collective: .allReduce, nodes: 1, gpus: 8, bytes: [1e6, 1e8], seconds: [1e-4, 1e-2])
        let tensor = TensorExchange(collectives: CollectiveTime(rates: rates, curves: [curve]), constants: .fitted)
        #expect(!tensor.isExtrapolated(bytes: 1e7, tensor: 8, sequenceParallel: false))
        #expect(tensor.isExtrapolated(bytes: 1e9, tensor: 8, sequenceParallel: false))
        #expect(tensor.isExtrapolated(bytes: 1e7, tensor: 4, sequenceParallel: false))
        #expect(tensor.isExtrapolated(bytes: 1e7, tensor: 8, sequenceParallel: true))
        #expect(!tensor.isExtrapolated(bytes: 1e9, tensor: 1, sequenceParallel: false))
        // A profile without curves has nothing to leave.
        let bare = TensorExchange(collectives: CollectiveTime(rates: rates, curves: []), constants: .fitted)
        #expect(!bare.isExtrapolated(bytes: 1e9, tensor: 8, sequenceParallel: false))
    }

    @Test func oversubscribedTiersSlowWhatCrossesThem() {
        var cluster = Fixtures.cluster(nodes: 64)
        cluster.tiers = [Tier(name: "leaf", nodes: 8, oversubscription: 2)]
        let rates = ClusterRates(cluster)
        #expect(rates.networkRate(acrossNodes: 8) == 2 * rates.networkRate(acrossNodes: 9))
    }

    /// Eight experts a token over eight ranks of one domain: a plain all-to-all sends 8 copies, de-duplication 8·(1 − (7/8)⁸) of them.
    @Test func deduplicationSendsFewerCopies() {
        let exchange = ExpertExchange(rates: rates, constants: .fitted)
        func time(_ dispatcher: ExecutionChoices.Dispatcher) -> Double {
            exchange.seconds(
                tokens: 4096, rowBytes: 8192, expertsPerToken: 8, expert: 8, expertTensor: 1, dispatcher: dispatcher, imbalance: 1)
                - SharedConstants.fitted.exchangeLatency
        }
        let copies = 8 * (1 - 0.343_608_915_805_816_65)
        #expect(abs(time(.hybridEP) / time(.allToAll) - copies / 8) < 1e-9)
    }

    @Test func ringExchangeShowsWhatAttentionDoesNotHide() {
        let exchange = ContextExchange(rates: rates, constants: .fitted)
        func time(_ kind: ContextParallelKind, over context: Int, beside attention: Double = 0) -> (forward: Double, backward: Double) {
            let work = ContextWork(
                kind: kind, context: context, tensor: 2, keyValueBytes: 1e8, queryBytes: 1e8, forward: attention, backward: 2 * attention)
            return (exchange.seconds(work, .forward).visible, exchange.seconds(work, .backward).visible)
        }
        func ring(beside attention: Double) -> (forward: Double, backward: Double) { time(.ring, over: 4, beside: attention) }
        let gathered = time(.allGather, over: 4)
        // Alone, three sends of a quarter take as long as gathering three quarters, and three latencies.
        let constants = SharedConstants.fitted
        let sends = gathered.forward + 3 * constants.transferLatency
        #expect(abs(ring(beside: 0).forward - sends) < 1e-12)
        #expect(abs(ring(beside: 0).backward - 2 * sends) < 1e-12)
        // Beside attention of a second a share of each send shows; beside attention as long as half of a send, the other half of it and a share
        // of the first.
        #expect(abs(ring(beside: 1).forward - constants.visibleRingShare * sends) < 1e-12)
        #expect(abs(ring(beside: 4 * sends / 6).forward - (0.5 + 0.5 * constants.visibleRingShare) * sends) < 1e-12)
        #expect(time(.ring, over: 1).forward == 0)
    }
}
