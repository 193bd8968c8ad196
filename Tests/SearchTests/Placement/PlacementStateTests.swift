import Quantities
import Testing

@testable import Search

@Suite struct PlacementStateTests {
    private func problems(_ seed: UInt64) -> [PlacementProblem] {
        [
            PlacementFixtures.crowded(seed: seed), PlacementFixtures.grid(nodes: 12, stages: 3, seed: seed),
            PlacementFixtures.grid(nodes: 8, stages: 1, seed: seed), PlacementFixtures.grid(nodes: 6, stages: 6, seed: seed),
            steady(nodes: 12, stages: 4, seed: seed),
        ]
    }

    /// Pipelines whose steady state waits for their sends, stages of different length among them.
    private func steady(nodes: Int, stages: Int, seed: UInt64) -> PlacementProblem {
        var problem = PlacementFixtures.grid(nodes: nodes, stages: stages, seed: seed)
        problem.steadyShare = 0.7
        problem.steadyRounds = 5
        problem.fillShare = 0.5
        for cell in 0..<nodes { problem.setCompute(cell, seconds: 0.002 + 0.0004 * Double(cell % 3), period: 0.0018) }
        return problem
    }

    private func pair(_ count: Int, _ random: inout SeededRandom) -> (Int, Int) {
        let first = random.below(count)
        let second = random.below(count - 1)
        return (first, second >= first ? second + 1 : second)
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>) func deltaEqualsFullEvaluationAfterRandomSwaps(_ seed: UInt64) {
        for problem in problems(seed) {
            var state = PlacementState(problem, position: problem.identity)
            var random = SeededRandom(seed: seed)
            for _ in 0..<300 {
                let (a, b) = pair(problem.count, &random)
                state.begin()
                state.swap(a, b)
                let full = problem.cost(state.snapshot).total
                #expect(abs(state.seconds + problem.fixedSeconds - full) < 1e-11 * full, "seed \(seed)")
            }
        }
    }

    @Test func rollbackRestoresEveryBit() {
        for problem in problems(5) {
            var state = PlacementState(problem, position: problem.identity)
            var random = SeededRandom(seed: 5)
            for round in 0..<200 {
                let before = (state.seconds, state.energy(softness: 1), state.snapshot)
                state.begin()
                for _ in 0...(round % 5) {
                    let (a, b) = pair(problem.count, &random)
                    state.swap(a, b)
                }
                state.rollback()
                #expect(state.seconds == before.0)
                #expect(state.energy(softness: 1) == before.1)
                #expect(state.snapshot == before.2)
                let (a, b) = pair(problem.count, &random)
                state.begin()
                state.swap(a, b)
            }
        }
    }

    @Test func hopelessMovesAreReallyAboveTheLimit() {
        for problem in problems(8) {
            var state = PlacementState(problem, position: problem.identity)
            var random = SeededRandom(seed: 8)
            var hopeless = 0
            for _ in 0..<2000 {
                let (a, b) = pair(problem.count, &random)
                let limit = state.energy(softness: 0.7) * (0.97 + 0.1 * random.unit())
                let claim = state.isHopeless(a, b, limit: limit, softness: 0.7)
                state.begin()
                state.swap(a, b)
                if claim {
                    hopeless += 1
                    #expect(state.energy(softness: 0.7) > limit * (1 - 1e-12))
                }
                if random.unit() < 0.7 { state.rollback() }
            }
            #expect(hopeless > 40 || problem.hasStageTerms, "\(hopeless)")
        }
    }
}
