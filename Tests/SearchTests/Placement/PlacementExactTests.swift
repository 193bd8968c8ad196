import Testing

@testable import Search

@Suite struct PlacementExactTests {
    @Test(arguments: 1...6 as ClosedRange<UInt64>) func branchAndBoundEqualsBruteForce(_ seed: UInt64) {
        let shapes = [(6, 3), (6, 2), (6, 1), (6, 6), (7, 7)]
        let problems =
            shapes.map { PlacementFixtures.grid(nodes: $0.0, stages: $0.1, seed: seed) } + [PlacementFixtures.crowded(seed: seed)]
        for problem in problems {
            var search = PlacementBranchAndBound(problem, start: problem.identity)
            let found = search.run()
            #expect(found.isProven)
            let best = PlacementFixtures.bruteForce(problem)
            #expect(abs(problem.cost(found.position).total - best) < 1e-12, "seed \(seed), \(problem.count) nodes")
        }
    }

    @Test func branchAndBoundEqualsBruteForceOnEightNodes() {
        let problem = PlacementFixtures.grid(nodes: 8, stages: 4, seed: 11)
        let found = problem.solved(exact: true, seed: 1, moves: 1000)
        #expect(abs(problem.cost(found.position).total - PlacementFixtures.bruteForce(problem)) < 1e-12)
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>) func noPlacementBeatsTheLowerBound(_ seed: UInt64) {
        for problem in [
            PlacementFixtures.crowded(seed: seed), PlacementFixtures.grid(nodes: 6, stages: 3, seed: seed),
            PlacementFixtures.grid(nodes: 6, stages: 1, seed: seed), PlacementFixtures.grid(nodes: 6, stages: 6, seed: seed),
        ] {
            let best = PlacementFixtures.bruteForce(problem)
            #expect(problem.lowerBound <= best * (1 + 1e-12), "seed \(seed)")
            #expect(problem.lowerBound > 0.5 * best, "a bound this weak says nothing")
        }
    }

    @Test func turningIsSeenOnlyWhereItIsASymmetry() {
        let grid = PlacementFixtures.grid(nodes: 6, stages: 3, seed: 1)
        #expect(grid.canTurn)
        #expect(!PlacementFixtures.crowded(seed: 1).canTurn)
        var uneven = grid
        uneven.setCompute(0, seconds: 1)
        #expect(!uneven.canTurn)
    }

    @Test func givesUpItsProofAtTheLimit() {
        let problem = PlacementFixtures.grid(nodes: 8, stages: 4, seed: 2)
        var search = PlacementBranchAndBound(problem, start: problem.identity, limit: 3)
        #expect(!search.run().isProven)
    }

    @Test func exactSearchReachesTenNodes() {
        let problem = PlacementFixtures.grid(nodes: 10, stages: 10, seed: 4)
        let found = problem.solved(exact: true, seed: 1, moves: 2000)
        #expect(found.isProven)
        #expect(problem.cost(found.position).total >= problem.lowerBound)
    }
}
