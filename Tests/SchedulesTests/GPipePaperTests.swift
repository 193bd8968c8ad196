import Schedules
import Testing

/// Huang et al., GPipe, arXiv:1811.06965, table 2: normalized throughput of Transformer-48 over K accelerators with M micro-batches.
@Suite struct GPipePaperTests {
    /// Throughput at M = 32, where the batch is large enough that only the bubble tells the rows apart.
    static let throughput = [2: 1.8, 4: 3.4, 8: 6.3]

    /// The model cut into K equal stages; the backward recomputes, so it costs three forwards. Only the ratio of steps counts.
    static func step(_ accelerators: Int, _ simulator: inout PipelineSimulator) throws -> Double {
        let order = try PipelineSchedule.gpipe.order(ScheduleShape(ranks: accelerators, microBatches: 32))
        let share = 48 / Double(accelerators)
        return try simulator.run(order, StageTimes(order, forward: share, input: 2 * share, weight: share)).makespan
    }

    @Test(arguments: [(4, 0.03), (8, 0.05)])
    func throughputGrowsAsPublished(_ accelerators: Int, _ tolerance: Double) throws {
        var simulator = PipelineSimulator()
        let simulated = try Self.step(2, &simulator) / Self.step(accelerators, &simulator)
        let published = try #require(Self.throughput[accelerators]) / #require(Self.throughput[2])
        #expect(abs(simulated / published - 1) <= tolerance, "\(simulated) against \(published)")
    }
}
