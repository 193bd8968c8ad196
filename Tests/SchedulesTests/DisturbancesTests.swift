import Schedules
import Testing

@Suite struct DisturbancesTests {
    /// Mean crowding over many draws.
    private func mean(_ paths: HashedPaths, draws: Int = 40_000) -> Double {
        (0..<draws).reduce(0) { $0 + paths.crowding(seed: UInt64($1) &* 0x9E37_79B9_7F4A_7C15) } / Double(draws)
    }

    /// The expected load of the fullest path, from every way to hash.
    private func expected(flows: Int, paths: Int) -> Double {
        var ways = 1
        for _ in 0..<flows { ways *= paths }
        var sum = 0
        for way in 0..<ways {
            var (rest, loads) = (way, [Int](repeating: 0, count: paths))
            for _ in 0..<flows {
                loads[rest % paths] += 1
                rest /= paths
            }
            sum += loads.max() ?? 0
        }
        return Double(sum) / Double(ways)
    }

    @Test(arguments: [(2, 2), (4, 4), (6, 3), (3, 8)])
    func `the fullest path is as full as all ways to hash say`(flows: Int, paths: Int) {
        let hashed = HashedPaths(flows: flows, paths: paths)
        #expect(abs(mean(hashed) - expected(flows: flows, paths: paths) / Double(hashed.planned)) < 0.02)
    }

    @Test func `one path has no collisions, and many flows even out`() {
        #expect(mean(HashedPaths(flows: 7, paths: 1), draws: 10) == 1)
        #expect(mean(HashedPaths(flows: 100_000, paths: 2), draws: 20) < 1.01)
        #expect(HashedPaths(flows: 5, paths: 4).planned == 2)
    }

    private func steps(_ disturbances: Disturbances, runs: Int = 200) throws -> PerturbedSteps {
        var times = StageTimes(stages: 4, forward: 1, backwardInput: 1, backwardWeight: 1)
        times.setLinks(ranks: 4, latency: 0, transfer: 0.1)
        let order = try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 4, microBatches: 8))
        var simulator = PipelineSimulator()
        return try simulator.repeated(order, times, Perturbation(seed: 3), disturbances, runs: runs)
    }

    @Test func `nothing left to chance gives one time`() throws {
        let steps = try steps(Disturbances(), runs: 3)
        #expect(Set(steps.makespans).count == 1)
    }

    @Test func `all nodes slow is a step slower by so much, and few are in between`() throws {
        var all = Disturbances()
        (all.slowShare, all.slowdown) = (1, 0.5)
        var few = all
        few.slowShare = 0.05
        let (plain, slow, some) = (try steps(Disturbances()), try steps(all), try steps(few))
        #expect(slow.makespans.first == slow.makespans.last)
        #expect(plain.mean < some.mean && some.mean < slow.mean)
        // Four ranks: 81 % of the steps have no slow one.
        let untouched = Double(some.makespans.count { $0 == plain.makespans[0] }) / 200
        #expect(abs(untouched - 0.8145) < 0.08)
        few.nodesPerRank = 20
        #expect(try steps(few).mean > some.mean)
    }

    @Test func `crowded paths lengthen messages alone`() throws {
        var crowded = Disturbances()
        crowded.paths = HashedPaths(flows: 16, paths: 16)
        let (plain, steps) = (try steps(Disturbances()), try steps(crowded))
        #expect(steps.mean > plain.mean)
        #expect(steps.p95 >= steps.median && steps.median >= plain.mean)
        crowded.paths = HashedPaths(flows: 16, paths: 1)
        #expect(try self.steps(crowded).mean == plain.mean)
    }
}
