import Testing

@testable import Search

/// The published case: L = 64, h = 3072, s = 2048, b = 1, t = 8 on 16 measured nodes (Yim et al., Pipette, DATE 2024).
@Suite struct PipetteCostTests {
    private func problem(_ bandwidth: [Double], stages: Int) -> PlacementProblem {
        let gradients = 2 * (51200 * 3072 + 64 / Double(stages) * 16 * 3072 * 3072) / 8
        return .pipette(
            bandwidth: bandwidth, stages: stages, replicas: 16 / stages, boundaryBytes: 2 * 2048 * 3072, gradientBytes: gradients)
    }

    @Test func costOfTwoByTwoByHand() {
        // Four nodes, all links 2 GB/s but 0 → 1 (1 GB/s) and 2 → 0 (0.5 GB/s).
        var bandwidth = [Double](repeating: 2e9, count: 16)
        bandwidth[1] = 1e9
        bandwidth[2 * 4] = 0.5e9
        let problem = PlacementProblem.pipette(bandwidth: bandwidth, stages: 2, replicas: 2, boundaryBytes: 1e6, gradientBytes: 4e6)
        // Pipeline 2·10⁶/10⁹; ring 2·(1/2)·4·10⁶/0.5·10⁹.
        let cost = problem.cost(problem.identity)
        #expect(abs(cost.pipeline - 0.002) < 1e-9)
        #expect(abs(cost.data - 0.008) < 1e-9)
    }

    @Test(
        .enabled(if: PlacementFixtures.pipetteMatrix != nil, "needs ../shared/data/papers/pipette_bandwidth_16x16.csv"),
        arguments: [(8, 0.028853, 0.02727), (4, 0.057123, 0.0548), (16, 0.021969, 0.01976)])
    func reproducesThePublishedGains(_ stages: Int, _ identity: Double, _ target: Double) throws {
        let problem = problem(try #require(PlacementFixtures.pipetteMatrix), stages: stages)
        #expect(abs(problem.cost(problem.identity).total - identity) < 1e-6)
        let found = problem.solved(seed: 1, moves: 40000)
        #expect(problem.cost(found.position).total <= target)
        #expect(problem.lowerBound <= problem.cost(found.position).total)
    }
}
