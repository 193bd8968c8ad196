import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Rates of collectives from measured curves; hand-computed on a cluster of 8 GPUs and 8 adapters of 50 GB/s a node.
@Suite struct CurveRatesTests {
    /// A collective whose time is so many seconds a byte, fixed times and ramps of the formula included.
    private func curve(
        _ collective: Collective, nodes: Int, gpus: Int, groups: Int = 1, secondsPerByte: Double, to largest: Double = 8.589934592e9
    ) -> CollectiveCurve {
        let sizes = [largest / 64, largest]
        return CollectiveCurve(
            collective: collective, nodes: nodes, gpus: gpus, groupsAtOnce: groups, bytes: sizes, seconds: sizes.map { $0 * secondsPerByte }
        )
    }

    /// A cluster without latencies, so that times are bandwidths.
    private func rates(_ curves: [CollectiveCurve], nodes: Int = 16, _ change: (inout ClusterProfile) -> Void = { _ in }) -> ClusterRates {
        var cluster = Fixtures.cluster(nodes: nodes)
        cluster.groups[0].fabric.collectives.latency = .zero
        cluster.groups[0].fabric.collectives.rootCoefficient = 0
        cluster.curves = curves
        change(&cluster)
        return ClusterRates(cluster)
    }

    /// Ring over 4 nodes of 8: bus bandwidth 31/32 ÷ t is the node's, an eighth of it a GPU's.
    @Test(arguments: [Collective.allGather, .reduceScatter, .allReduce])
    func ringsLeaveANodeOnce(collective: Collective) {
        let rates = rates([curve(collective, nodes: 4, gpus: 32, secondsPerByte: 1e-11)])
        let bus = collective.busFactor(32) * 1e11
        #expect(abs(rates.networkRate(collective, nodes: 4) / (bus / 8) - 1) < 1e-12)
    }

    /// An all-to-all of 32 ranks sends 24/32 of every message to other nodes.
    @Test func allToAllsSendWhatIsForOtherNodes() {
        let rates = rates([curve(.allToAll, nodes: 4, gpus: 32, secondsPerByte: 2e-11)])
        #expect(abs(rates.networkRate(.allToAll, nodes: 4) / (24.0 / 32 * 5e10) - 1) < 1e-12)
    }

    /// One GPU a node has its adapter alone; eight such groups at once show what it has of the shared node.
    @Test func groupsAtOnceShareAdapters() {
        let alone = rates([curve(.allGather, nodes: 4, gpus: 4, secondsPerByte: 2e-11)])
        #expect(abs(alone.networkRate(.allGather, nodes: 4) / (0.75 * 5e10) - 1) < 1e-12)
        let together = rates([curve(.allGather, nodes: 4, gpus: 4, groups: 8, secondsPerByte: 4e-11)])
        #expect(abs(together.networkRate(.allGather, nodes: 4) / (0.75 * 2.5e10) - 1) < 1e-12)
        // Of both, those at once keep more GPUs busy.
        let both = rates([
            curve(.allGather, nodes: 4, gpus: 4, secondsPerByte: 2e-11),
            curve(.allGather, nodes: 4, gpus: 4, groups: 8, secondsPerByte: 4e-11),
        ])
        #expect(both.networkRate(.allGather, nodes: 4) == together.networkRate(.allGather, nodes: 4))
        // Two GPUs an adapter: alone the one fills it, together each has half.
        let shared = rates([curve(.allGather, nodes: 4, gpus: 4, secondsPerByte: 2e-11)]) { $0.groups[0].network.adaptersPerNode = 4 }
        #expect(abs(shared.networkRate(.allGather, nodes: 4) / (0.75 * 2.5e10) - 1) < 1e-12)
    }

    /// Between 2 and 8 nodes the time of a byte is linear in log₂; beyond 8 the rate holds, and switch levels divide it.
    @Test func sizesBetweenAndBeyond() {
        let curves = [
            curve(.allGather, nodes: 2, gpus: 16, secondsPerByte: 15 / 16 * 1e-11),
            curve(.allGather, nodes: 8, gpus: 64, secondsPerByte: 63 / 64 * 3e-11),
        ]
        let rates = rates(curves, nodes: 64) { $0.tiers = [Tier(name: "leaf", nodes: 32, oversubscription: 2)] }
        #expect(abs(rates.networkRate(.allGather, nodes: 2) / (1e11 / 8) - 1) < 1e-12)
        #expect(abs(rates.networkRate(.allGather, nodes: 4) / (5e10 / 8) - 1) < 1e-12)
        #expect(abs(rates.networkRate(.allGather, nodes: 8) / (1e11 / 3 / 8) - 1) < 1e-12)
        #expect(rates.networkRate(.allGather, nodes: 32) == rates.networkRate(.allGather, nodes: 8))
        #expect(abs(rates.networkRate(.allGather, nodes: 33) / rates.networkRate(.allGather, nodes: 8) - 0.5) < 1e-12)
        #expect(rates.measuredNodes(short: 8, of: .allGather) == nil)
        #expect(rates.measuredNodes(short: 9, of: .allGather) == 8)
        #expect(rates.measuredNodes(short: 2, of: .allToAll) == 0)
    }

    /// A collective that nobody measured goes over the same adapters as those that were, and no faster than the line.
    @Test func othersStandForWhatWasNotMeasured() {
        let slow = rates([curve(.allReduce, nodes: 4, gpus: 32, secondsPerByte: 2 * 31 / 32 * 1e-10)])
        for collective in Collective.allCases {
            #expect(abs(slow.networkRate(collective, nodes: 4) / (1e10 / 8) - 1) < 1e-12)
        }
        let reducing = rates([curve(.allReduce, nodes: 4, gpus: 32, secondsPerByte: 2 * 31 / 32 * 1e-12)])
        #expect(abs(reducing.networkRate(.allReduce, nodes: 4) / (1e12 / 8) - 1) < 1e-12)
        #expect(reducing.networkRate(.allGather, nodes: 4) == 50e9)
        // Measured links go before another collective's curve.
        let links = rates([curve(.allReduce, nodes: 2, gpus: 16, secondsPerByte: 1e-10)], nodes: 2) {
            $0.nodeBandwidth = BandwidthMatrix(names: ["a", "b"], values: [0, 80e9, 80e9, 0])
        }
        #expect(links.networkRate(.allGather, nodes: 2) == 10e9)
    }

    /// Stacks reach of a measured rate what they reach of a well-tuned network's, and never more than all of it.
    @Test func sharesAreThoseOfAWellTunedNetwork() {
        let rates = rates([curve(.allGather, nodes: 4, gpus: 32, secondsPerByte: 31 / 32 * 1e-11)])
        let constants = SharedConstants.fitted
        let half = rates.networkRate(.allGather, nodes: 4, share: 0.46, constants: constants)
        #expect(abs(half / (0.5 * 1e11 / 8) - 1) < 1e-12)
        #expect(rates.networkRate(.allGather, nodes: 4, share: 1, constants: constants) == rates.networkRate(.allGather, nodes: 4))
        let nominal = self.rates([])
        #expect(nominal.networkRate(.allGather, nodes: 4, share: 0.5, constants: constants) == 25e9)
    }

    /// What the largest message of a short curve holds beside bandwidth is taken off, but never more than half.
    @Test func shortCurvesHoldLatency() {
        let bytes = 1e6
        let fixed = 0.7 * (15e-6 + 1.03e-8 * 1e3)
        func rate(_ seconds: Double) -> Double {
            var cluster = Fixtures.cluster(nodes: 4)
            cluster.curves = [CollectiveCurve(collective: .allGather, nodes: 4, gpus: 32, bytes: [bytes], seconds: [seconds])]
            return ClusterRates(cluster).networkRate(.allGather, nodes: 4)
        }
        #expect(abs(rate(100e-6) / (31.0 / 32 * bytes / (100e-6 - fixed) / 8) - 1) < 1e-12)
        #expect(abs(rate(20e-6) / (31.0 / 32 * bytes / 10e-6 / 8) - 1) < 1e-12)
    }

    /// Groups inside a domain: the curve of eight GPUs, and between two and eight the logarithm's middle.
    @Test func domainsHaveCurvesToo() {
        let rates = rates([
            curve(.allGather, nodes: 1, gpus: 8, secondsPerByte: 7 / 8 * 1e-11),
            curve(.allReduce, nodes: 1, gpus: 8, secondsPerByte: 2 * 7 / 8 * 2e-11),
        ])
        #expect(abs(rates.domainRate(.allGather, ranks: 8) / 1e11 - 1) < 1e-12)
        #expect(abs(rates.domainRate(.reduceScatter, ranks: 4) / 1e11 - 1) < 1e-12)
        #expect(abs(rates.domainRate(.allReduce, ranks: 8) / 5e10 - 1) < 1e-12)
        #expect(rates.domainRate(.allToAll, ranks: 8) == rates.gatherRate)
    }

    /// No strategy gets faster when any curve, link or matrix gets slower.
    @Test func pricesGrowWithEveryMeasuredTime() throws {
        var random = Seeded(20_261_127)
        let strategies = [
            ParallelStrategy(data: 32), ParallelStrategy(tensor: 8, data: 4), ParallelStrategy(tensor: 16, data: 2),
            ParallelStrategy(data: 32, sharding: .zero3), ParallelStrategy(tensor: 2, context: 16, contextKind: .allGather),
            ParallelStrategy(tensor: 2, context: 16, contextKind: .ulysses), ParallelStrategy(tensor: 4, context: 8, contextKind: .ring),
            ParallelStrategy(tensor: 4, pipeline: 4, data: 2), ParallelStrategy(expert: 32, data: 32),
            ParallelStrategy(expert: 8, data: 32),
        ].map { strategy in
            var s = strategy
            s.microBatches = 64 / s.data
            return s
        }
        var grew = 0
        for round in 0..<200 {
            var cluster = Fixtures.cluster(nodes: 4)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let nodes = [1, 2, 4].randomElement(using: &random) ?? 4
                let gpus = nodes == 1 ? 8 : nodes * ([1, 8].randomElement(using: &random) ?? 8)
                let collective = Collective.allCases.randomElement(using: &random) ?? .allReduce
                let sizes = [1e4, 1e6, 1e8, 1e10]
                let bandwidth = Double.random(in: 1e9...5e11, using: &random)
                cluster.curves.append(
                    CollectiveCurve(
                        collective: collective, nodes: nodes, gpus: gpus, bytes: sizes, seconds: sizes.map { 3e-5 + $0 / bandwidth }))
            }
            if round.isMultiple(of: 3) {
                cluster.nodeBandwidth = BandwidthMatrix(
                    names: ["a", "b", "c", "d"], values: (0..<16).map { $0 % 5 == 0 ? 0 : Double.random(in: 1e9...4e11, using: &random) })
            }
            var slower = cluster
            let place = Int.random(in: 0..<cluster.curves.count, using: &random)
            let factor = Double.random(in: 1.05...20, using: &random)
            if round.isMultiple(of: 6) {
                slower.nodeBandwidth?.values = cluster.nodeBandwidth?.values.map { $0 / factor } ?? []
            } else {
                // One point or the whole curve.
                for index in cluster.curves[place].seconds.indices where round.isMultiple(of: 2) || index == round % 4 {
                    slower.curves[place].seconds[index] *= factor
                }
            }
            let model = round.isMultiple(of: 2) ? Fixtures.tiny : Fixtures.mixture
            let job = TrainingJob(globalBatch: 64, sequenceLength: 4096, precision: .bf16)
            let before = StepModel(CostInputs(model: model, cluster: cluster, job: job, stack: Fixtures.stack))
            let after = StepModel(CostInputs(model: model, cluster: slower, job: job, stack: Fixtures.stack))
            for strategy in strategies where strategy.expert == 1 || model.experts != nil {
                var simulator = PipelineSimulator()
                let one = try before.estimate(strategy, simulator: &simulator).stepTime
                let other = try after.estimate(strategy, simulator: &simulator).stepTime
                #expect(other >= one * (1 - 1e-12), "round \(round), \(strategy)")
                if other > one * 1.001 { grew += 1 }
            }
        }
        #expect(grew > 100, "measurements decide prices")
    }
}
