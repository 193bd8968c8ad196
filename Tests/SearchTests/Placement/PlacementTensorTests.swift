import Hardware
import Parallelism
import Testing

@testable import Search

/// Tensor parallelism inside nodes whose GPUs' links were measured.
@Suite struct PlacementTensorTests {
    /// Links of 375 GB/s between eight GPUs, but for those that `isSlow` names at a share of it.
    private func cluster(_ share: Double, _ isSlow: (Int, Int) -> Bool) -> ClusterProfile {
        let values = (0..<64).map { 375e9 * (isSlow($0 / 8, $0 % 8) ? share : 1) }
        var cluster = PlacementFixtures.cluster(nodes: [2])
        cluster.gpuBandwidth = BandwidthMatrix(names: (0..<8).map { "\($0)" }, values: values)
        return cluster
    }

    private func seconds(_ cluster: ClusterProfile, tensor: Int) throws -> Double {
        var traffic = PlacementTraffic(stages: 1)
        traffic.stageSeconds = [0.01]
        traffic.tensorSecondsInside = [0.004]
        let strategy = ParallelStrategy(tensor: tensor, pipeline: 1, data: 16 / tensor)
        return try Placement.place(strategy: strategy, cluster: cluster, traffic: traffic).objective
    }

    @Test func theSlowestPairOfAGroupIsItsRate() throws {
        #expect(try abs(seconds(cluster(1) { _, _ in false }, tensor: 8) - 0.01) < 1e-12)
        // 0.01 + 0.004 · (1 / 0.65 − 1), whichever group holds GPU 5.
        for tensor in [2, 4, 8] {
            let slow = try seconds(cluster(0.65) { $0 == 5 || $1 == 5 }, tensor: tensor)
            #expect(abs(slow - (0.01 + 0.004 * (1 / 0.65 - 1))) < 1e-12)
        }
        #expect(try abs(seconds(cluster(0.65) { $0 == 5 || $1 == 5 }, tensor: 1) - 0.01) < 1e-12)
    }

    /// A bad pair is kept out of groups where that can be.
    @Test func aSlowPairIsAvoided() throws {
        let isSlow = { (a: Int, b: Int) in (a, b) == (0, 1) || (a, b) == (1, 0) }
        #expect(try abs(seconds(cluster(0.5, isSlow), tensor: 2) - 0.01) < 1e-12)
        #expect(try abs(seconds(cluster(0.5, isSlow), tensor: 8) - 0.014) < 1e-12)
        #expect(!cluster(0.5, isSlow).isEven && cluster(0.5, isSlow).hasEvenNodes)
        #expect(cluster(0.96, isSlow).isEven)
    }
}
