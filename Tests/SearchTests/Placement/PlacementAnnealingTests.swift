import Quantities
import Testing

@testable import Search

@Suite struct PlacementAnnealingTests {
    @Test func findsTheOptimumOfSmallProblems() {
        for seed in 1...3 as ClosedRange<UInt64> {
            let problem = PlacementFixtures.grid(nodes: 6, stages: 2, seed: seed)
            let found = problem.solved(seed: seed, moves: 4000)
            #expect(problem.cost(found.position).total <= PlacementFixtures.bruteForce(problem) * 1.001)
        }
    }

    @Test func isDeterministicForASeed() {
        let problem = PlacementFixtures.grid(nodes: 24, stages: 4, seed: 3)
        let first = problem.solved(seed: 5, moves: 6000)
        #expect(first.position == problem.solved(seed: 5, moves: 6000).position)
        func anneal(_ seed: UInt64) -> [Int32] {
            var state = PlacementState(problem, position: problem.identity)
            var random = SeededRandom(seed: seed)
            _ = PlacementAnnealing(moves: 3000).run(&state, active: problem.activeCount, &random)
            return state.snapshot
        }
        #expect(anneal(1) != anneal(2))
    }

    @Test func neverLosesToRankOrder() {
        for moves in [0, 1, 50, 2000] {
            let problem = PlacementFixtures.grid(nodes: 16, stages: 4, seed: 9)
            let found = problem.solved(seed: 1, moves: moves)
            #expect(problem.cost(found.position).total <= problem.cost(problem.identity).total)
            #expect(found.position.sorted() == problem.identity)
        }
    }

    @Test func beatsAnnealingWithFullEvaluationOnTheSameMoves() {
        let problem = PlacementFixtures.grid(nodes: 32, stages: 8, seed: 7)
        var random = SeededRandom(seed: 1)
        var position = problem.identity
        var least = problem.cost(position).total
        for _ in 0..<3000 {
            let (a, b) = (random.below(32), random.below(32))
            position.swapAt(a, b)
            let seconds = problem.cost(position).total
            if seconds <= least { least = seconds } else { position.swapAt(a, b) }
        }
        let found = problem.solved(seed: 1, moves: 20000)
        #expect(problem.cost(found.position).total < least)
        #expect(problem.cost(found.position).total >= problem.lowerBound)
    }
}
