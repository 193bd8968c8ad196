import Quantities
import Testing

@testable import Search

@Suite struct PlacementConstructionTests {
    /// Pipelines whose steady state waits for their sends.
    private func steady(nodes: Int, stages: Int, seed: UInt64) -> PlacementProblem {
        var problem = PlacementFixtures.grid(nodes: nodes, stages: stages, seed: seed)
        problem.steadyShare = 0.7
        problem.steadyRounds = 5
        for cell in 0..<nodes { problem.setCompute(cell, seconds: 0.002) }
        return problem
    }

    private func caps(_ problem: PlacementProblem, share: Double) -> PlacementCaps {
        let sorted = problem.ringInverse.sorted()
        let cap = sorted[Int(share * Double(sorted.count - 1))]
        return PlacementCaps(problem, ringInverse: cap, pipelineInverse: cap)
    }

    /// Every cell gets a place of its own, the same every time, and much better ones than rank order has.
    @Test func buildsBetterThanRankOrder() {
        for problem in [
            PlacementFixtures.grid(nodes: 60, stages: 5, seed: 2), PlacementFixtures.grid(nodes: 30, stages: 30, seed: 2),
            PlacementFixtures.grid(nodes: 30, stages: 1, seed: 3), steady(nodes: 42, stages: 6, seed: 4),
        ] {
            let build = PlacementConstruction(budget: 400_000, caps: caps(problem, share: 0.3))
            let links = PlacementLinks(problem)
            let built = build.run(problem, links)
            #expect(built.sorted() == problem.identity)
            #expect(built == build.run(problem, links))
            #expect(problem.cost(built).total < 0.9 * problem.cost(problem.identity).total)
        }
    }

    /// A ring whose good links lead around once: the beam closes it.
    @Test func findsAHiddenRing() {
        let count = 24
        var random = SeededRandom(seed: 6)
        var order = Array(0..<count)
        for index in order.indices.dropLast() { order.swapAt(index, index + random.below(count - index)) }
        var inverse = [Double](repeating: 1, count: count * count)
        for index in 0..<count { inverse[order[index] * count + order[(index + 1) % count]] = 0.5 }
        var problem = PlacementProblem(activeCount: count, positions: count, pipelineInverse: inverse)
        problem.addRing(Array(0..<count), bytes: 1)
        let caps = PlacementCaps(problem, ringInverse: 0.5, pipelineInverse: 0.5)
        #expect(caps.ring == 0.5)
        let built = PlacementConstruction(budget: 100_000, caps: caps).run(problem, PlacementLinks(problem))
        #expect(problem.cost(built).data == 0.5)
    }

    @Test func linksAreKeptBothWays() {
        let problem = PlacementFixtures.crowded(seed: 4)
        let links = PlacementLinks(problem)
        for from in 0..<7 {
            for to in 0..<7 where to != from {
                #expect(Double(links.pipelineFrom[from * links.stride + to]) == problem.pipelineInverse[from * 7 + to])
                #expect(links.pipelineTo[to * links.stride + from] == links.pipelineFrom[from * links.stride + to])
                #expect(Double(links.ringTo[to * links.stride + from]) == problem.ringInverse[from * 7 + to])
            }
            #expect(links.ringFrom[from * links.stride + 7] == .infinity)
        }
        var least = Double.infinity
        for from in 0..<7 { for to in 0..<7 where to != from { least = min(least, problem.pipelineInverse[from * 7 + to]) } }
        #expect(links.leastPipeline == least)
    }

    /// Moves and assignments keep a placement one, and at no temperature the energy that they see falls with the time of the step.
    @Test func annealingUnderCapsImproves() {
        for problem in [PlacementFixtures.grid(nodes: 48, stages: 6, seed: 5), steady(nodes: 40, stages: 4, seed: 6)] {
            func run() -> [Int32] {
                var annealing = CappedAnnealing(
                    problem, PlacementLinks(problem), caps(problem, share: 0.3), position: problem.identity)
                var random = SeededRandom(seed: 1)
                var solver = LinearAssignment()
                for _ in 0..<20 {
                    annealing.run(moves: 5000, temperature: 0, &random)
                    _ = annealing.assign(64, &solver, &random)
                    annealing.rebuild()
                }
                #expect(annealing.tried >= 100_000)
                return annealing.snapshot
            }
            let found = run()
            #expect(found.sorted() == problem.identity)
            #expect(found == run())
            #expect(problem.cost(found).total < 0.85 * problem.cost(problem.identity).total)
        }
    }
}
