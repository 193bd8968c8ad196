import Foundation
import Hardware
import Quantities

@testable import Search

/// Problems and clusters that several placement tests share.
enum PlacementFixtures {
    /// Links of 12 to 24 GB/s, drawn evenly.
    static func bandwidth(_ nodes: Int, seed: UInt64) -> [Double] {
        var random = SeededRandom(seed: seed)
        return (0..<nodes * nodes).map { _ in 12e9 + 12e9 * random.unit() }
    }

    /// Pipelines of `stages` cells with a ring over each stage, on random links.
    static func grid(nodes: Int, stages: Int, seed: UInt64) -> PlacementProblem {
        var problem = PlacementProblem(
            activeCount: nodes, positions: nodes, pipelineInverse: bandwidth(nodes, seed: seed).map { 1 / $0 })
        let replicas = nodes / stages
        for replica in 0..<replicas {
            problem.addPath(Array(replica * stages..<(replica + 1) * stages), bytes: [Double](repeating: 25e6, count: stages - 1))
        }
        for stage in 0..<stages { problem.addRing((0..<replicas).map { $0 * stages + stage }, bytes: 90e6) }
        return problem
    }

    /// A problem with everything: stragglers, idle positions, wrapped pipelines, two-cell collectives, hidden time.
    static func crowded(seed: UInt64) -> PlacementProblem {
        var random = SeededRandom(seed: seed)
        let positions = 7
        var problem = PlacementProblem(
            activeCount: 6, positions: positions, pipelineInverse: bandwidth(positions, seed: seed).map { 1 / $0 },
            ringInverse: bandwidth(positions, seed: seed &+ 99).map { 1 / $0 },
            slowness: (0..<positions).map { _ in 1 + random.unit() })
        problem.fixedSeconds = 0.001
        problem.fillShare = 0.7
        problem.steadyRounds = 3
        problem.steadyShare = 0.4
        problem.addPath([0, 1, 2], bytes: [2e7, 3e7], wrapBytes: 1e7)
        problem.addPath([3, 4, 5], bytes: [2e7, 3e7], wrapBytes: 1e7)
        for cell in 0..<6 { problem.setCompute(cell, seconds: 0.001 + 0.001 * random.unit(), period: 0.0008) }
        problem.addRing([0, 3], bytes: 8e7, hidden: 0.002)
        problem.addRing([1, 4], bytes: 9e7)
        problem.addRing([2, 5], bytes: 5e7, hidden: 0.1)
        problem.collectives.append(.init(shape: .ring, members: [0, 3], bytes: 1e6, hidden: 0.00002))
        problem.collectives.append(.init(shape: .allToAll, members: [1, 4, 5], bytes: 2e6, hidden: 0))
        return problem
    }

    /// The least time over all permutations.
    static func bruteForce(_ problem: PlacementProblem) -> Double {
        var position = problem.identity
        var best = Double.infinity
        func visit(_ start: Int) {
            if start == position.count { return best = min(best, problem.cost(position).total) }
            for index in start..<position.count {
                position.swapAt(start, index)
                visit(start + 1)
                position.swapAt(start, index)
            }
        }
        visit(0)
        return best
    }

    /// Eight-GPU nodes like those of a DGX, one group or more.
    static func cluster(
        nodes: [Int], kinds: [Network.Kind] = [.infiniband], gpusPerNode: Int = 8, tiers: [Tier] = [], matrix: BandwidthMatrix? = nil,
        speedFactors: [String: Double] = [:], peaks: [Double] = [312]
    ) -> ClusterProfile {
        let groups = nodes.enumerated().map { index, count in
            let kernels = KernelConstants(
                gemmLatency: .microseconds(4), gemmEfficiency: 0.8, gemmRampDepth: 150, lowPrecisionRampDepth: 300,
                gemmMemoryEfficiency: 0.9, lowPrecisionEfficiency: 0.6, attentionEfficiency: 0.6, attentionRampLength: 900,
                narrowHeadEfficiency: 0.8, attentionBackwardRatio: 1.2, sustainedDerate: 1.1, fourBitGain: 1)
            let gpu = GPU(
                name: "gpu-\(index)", architecture: "ampere", memory: .gibibytes(80), memoryBandwidth: .gigabytesPerSecond(2000),
                multiprocessors: 108,
                peak: PeakRates(half: .teraFLOPsPerSecond(peaks[index % peaks.count]), single: .teraFLOPsPerSecond(156)),
                linkBandwidth: .gigabytesPerSecond(300), kernels: kernels)
            return NodeGroup(
                gpu: gpu, nodes: count, gpusPerNode: gpusPerNode,
                fabric: Fabric(kind: .nvswitch, bandwidth: .gigabytesPerSecond(240), domainSize: gpusPerNode),
                network: Network(
                    kind: kinds[index % kinds.count], adaptersPerNode: 8, adapterBandwidth: .gigabitsPerSecond(200), achievedFraction: 0.8),
                speedFactors: speedFactors)
        }
        return ClusterProfile(name: "test", groups: groups, tiers: tiers, nodeBandwidth: matrix)
    }

    /// The measured 16-node matrix of Pipette in B/s (snapshot 0, send), or nil where the data is not at hand.
    static let pipetteMatrix: [Double]? = {
        let path = "../shared/data/papers/pipette_bandwidth_16x16.csv"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        var values: [Double] = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: ",")
            guard fields.count == 5, fields[0] == "0", fields[1] == "send", let value = Double(fields[4]) else { continue }
            values.append(value * 1e6)
        }
        return values.count == 256 ? values : nil
    }()
}
