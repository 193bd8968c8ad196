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

    @Test(arguments: 1...12 as ClosedRange<UInt64>) func laddersStayUnderTheBestPlacement(_ seed: UInt64) {
        for (nodes, stages) in [(6, 2), (6, 3), (8, 2), (8, 4)] {
            let problem = PlacementFixtures.grid(nodes: nodes, stages: stages, seed: seed)
            let best = problem.solved(exact: true, seed: 1, moves: 1000)
            #expect(best.isProven && problem.lowerBound <= problem.cost(best.position).total * (1 + 1e-12), "seed \(seed)")
            #expect(problem.lowerBound >= problem.separateBound)
        }
    }

    @Test func laddersTellMoreThanTheBestLinksOfEach() {
        let grid = PlacementFixtures.grid(nodes: 96, stages: 8, seed: 5)
        #expect(grid.lowerBound > grid.separateBound * 1.002)
        // An arc that no ring carries to the next pipeline is no rung.
        var broken = grid
        broken.addPath([0, 9], bytes: [25e6])
        #expect(broken.lowerBound == broken.separateBound)
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
