import Foundation
import Quantities
import Reliability
import Testing

@Suite struct GoodputSimulationTests {
    private func mean(_ times: [Double]) -> Double { times.reduce(0, +) / Double(times.count) }

    @Test(arguments: [0.001, 0.01, 0.1], [0.5, 1, 2])
    func `drawn trainings agree with the closed form`(ratio: Double, factor: Double) throws {
        let mtbf = 10_000.0
        let stall = ratio * mtbf
        let interval = factor * CheckpointInterval.optimum(stall: stall, mtbf: mtbf)
        let work = 2000 * interval
        let simulation = GoodputSimulation(
            work: work, interval: interval, checkpoint: CheckpointCost(stall: stall, load: 100), recovery: 500, hardware: 0,
            software: 1 / mtbf)
        let times = try #require(simulation.times(runs: 200, seed: 1))
        let expected = CheckpointInterval.stretch(interval: interval, stall: stall, recovery: 600, mtbf: mtbf)
        #expect(abs(work / mean(times) - 1 / expected) < 0.003)
    }

    @Test func `a checkpoint that is not safe yet costs as much as a longer recovery`() throws {
        let (mtbf, interval) = (10_000.0, 900.0)
        let simulation = GoodputSimulation(
            work: 2000 * interval, interval: interval, checkpoint: CheckpointCost(stall: 20, pending: 700), recovery: 500, hardware: 0,
            software: 1 / mtbf)
        let times = try #require(simulation.times(runs: 200, seed: 2))
        let expected = CheckpointInterval.stretch(interval: interval, stall: 20, recovery: 1200, mtbf: mtbf)
        #expect(abs(simulation.work / mean(times) - 1 / expected) < 0.003)
    }

    @Test(arguments: [0, 1, 3])
    func `waiting for repair is Erlang's loss`(spares: Int) throws {
        // Two nodes out in the mean.
        let (mtbf, repair) = (10_000.0, 20_000.0)
        let simulation = GoodputSimulation(
            work: 2e7, interval: .infinity, checkpoint: CheckpointCost(stall: 0), recovery: 0, hardware: 1 / mtbf, software: 0,
            spares: spares, repair: repair)
        var safe = simulation
        // An interval so short that nothing is lost.
        safe.interval = 1
        let times = try #require(safe.times(runs: 100, seed: 3))
        let waiting = SpareNodes.waiting(spares: spares, load: repair / mtbf)
        #expect(abs(safe.work / mean(times) - (1 - waiting)) < 0.005)
    }

    @Test func `one seed gives one answer, and too many failures none`() throws {
        let simulation = GoodputSimulation(
            work: 1e6, interval: 600, checkpoint: CheckpointCost(stall: 10), recovery: 300, hardware: 1e-4, software: 1e-4)
        #expect(simulation.times(runs: 20, seed: 9) == simulation.times(runs: 20, seed: 9))
        #expect(simulation.times(runs: 20, seed: 9) != simulation.times(runs: 20, seed: 10))
        #expect(simulation.times(runs: 20, seed: 9, most: 100) == nil)
    }

    @Test func `without failures a training takes its work and its checkpoints`() {
        let simulation = GoodputSimulation(
            work: 1000, interval: 100, checkpoint: CheckpointCost(stall: 1), recovery: 300, hardware: 0, software: 0)
        #expect(simulation.times(runs: 1, seed: 0) == [1009])
    }
}
