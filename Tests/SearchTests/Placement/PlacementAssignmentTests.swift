import Quantities
import Testing

@testable import Search

@Suite struct PlacementAssignmentTests {
    /// The least sum over all permutations, one by one.
    private func bruteForce(_ count: Int, _ cost: [Float]) -> Float {
        var columns = Array(0..<count)
        var best = Float.infinity
        func visit(_ row: Int, _ sum: Float) {
            if row == count { return best = min(best, sum) }
            for place in row..<count {
                columns.swapAt(row, place)
                visit(row + 1, sum + cost[row * count + columns[row]])
                columns.swapAt(row, place)
            }
        }
        visit(0, 0)
        return best
    }

    @Test func assignmentsAreTheBestOfAll() {
        var random = SeededRandom(seed: 5)
        var solver = LinearAssignment()
        for count in 1...7 {
            for spread in [3, 1000] {
                // Small spreads give ties.
                let cost = (0..<count * count).map { _ in Float(random.below(spread)) }
                let columns = solver.columns(count, cost)
                #expect(Set(columns) == Set(0..<Int32(count)))
                let sum = columns.enumerated().reduce(Float(0)) { $0 + cost[$1.offset * count + Int($1.element)] }
                #expect(sum == bruteForce(count, cost), "\(count) \(cost)")
            }
        }
    }

    /// Rounds never leave a placement worse, keep it a permutation, and are the same for a seed; on large problems they beat annealing.
    @Test func roundsOnlyImprove() {
        for (nodes, stages) in [(12, 3), (64, 8)] {
            let problem = PlacementFixtures.grid(nodes: nodes, stages: stages, seed: 3)
            func run(_ seed: UInt64) -> [Int32] {
                var state = PlacementState(problem, position: problem.identity)
                var random = SeededRandom(seed: seed)
                var assignment = PlacementAssignment(rounds: 12)
                let seconds = assignment.run(&state, &random)
                #expect(abs(seconds + problem.fixedSeconds - problem.cost(state.snapshot).total) < 1e-9 * seconds)
                return state.snapshot
            }
            let found = run(1)
            #expect(Set(found) == Set(problem.identity))
            #expect(found == run(1))
            #expect(problem.cost(found).total < problem.cost(problem.identity).total)
        }
        let large = PlacementFixtures.grid(nodes: 128, stages: 16, seed: 9)
        var state = PlacementState(large, position: large.identity)
        var random = SeededRandom(seed: 1)
        var assignment = PlacementAssignment(rounds: 24)
        _ = assignment.run(&state, &random)
        #expect(large.cost(state.snapshot).total < large.cost(large.annealed(seed: 1, moves: 50_000)).total)
    }

    /// Nodes of two kinds that cannot talk: a placement that keeps them apart is not given up.
    @Test func nodesThatCannotTalkStayApart() {
        var inverse = PlacementFixtures.bandwidth(16, seed: 4).map { 1 / $0 }
        for a in 0..<8 { for b in 8..<16 { (inverse[a * 16 + b], inverse[b * 16 + a]) = (.infinity, .infinity) } }
        var problem = PlacementProblem(activeCount: 16, positions: 16, pipelineInverse: inverse)
        for start in [0, 4, 8, 12] { problem.addPath(Array(start..<start + 4), bytes: [25e6, 25e6, 25e6]) }
        for stage in 0..<4 { problem.addRing([stage, stage + 4], bytes: 90e6) }
        var state = PlacementState(problem, position: problem.identity)
        let before = state.seconds
        var random = SeededRandom(seed: 1)
        var assignment = PlacementAssignment(rounds: 12)
        #expect(assignment.run(&state, &random) <= before)
        #expect(problem.cost(problem.solved(seed: 1, moves: 20_000).position).total <= before)
    }

    /// Where stages' times depend on their places nothing is moved, since terms join more than two cells there.
    @Test func crowdedProblemsAreLeftAlone() {
        let problem = PlacementFixtures.crowded(seed: 2)
        var state = PlacementState(problem, position: problem.identity)
        var random = SeededRandom(seed: 1)
        var assignment = PlacementAssignment(rounds: 4)
        _ = assignment.run(&state, &random)
        #expect(state.snapshot == problem.identity)
    }
}
