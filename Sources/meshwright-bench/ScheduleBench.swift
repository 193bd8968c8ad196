import Schedules

/// Times the pipeline simulator: operations a second of a fixed order on one core.
func benchSchedules() throws -> [(name: String, value: Double, unit: String)] {
    let clock = ContinuousClock()
    var rows: [(name: String, value: Double, unit: String)] = []
    var simulator = PipelineSimulator()
    for (schedule, p, m, v) in [
        (PipelineSchedule.zbH1, 64, 2048, 1), (.oneForwardOneBackward, 64, 2048, 1), (.interleaved, 64, 2048, 4), (.zbV, 64, 4096, 2),
        (.dualPipeV, 64, 2048, 2), (.zbH1, 8, 64, 1),
    ] {
        let order = try schedule.order(ScheduleShape(ranks: p, microBatches: m, chunksPerRank: v))
        var times = StageTimes(stages: order.chainLength, forward: 1.0e-3, backwardInput: 1.2e-3, backwardWeight: 0.8e-3)
        times.setLinks(ranks: p, latency: 1e-5)
        var best = Duration.seconds(1000)
        let repeats = max(5, 2_000_000 / order.operations.count)
        for _ in 0..<repeats {
            best = min(best, try clock.measure { _ = try simulator.run(order, times) })
        }
        let seconds = best / .seconds(1)
        let name = "simulate \(schedule.rawValue) p=\(p) m=\(m) v=\(v)"
        rows.append((name, seconds * 1e3, "ms"))
        rows.append(("\(name), \(order.operations.count) operations", Double(order.operations.count) / seconds / 1e6, "M operations/s"))
        let generation = try clock.measure { _ = try schedule.order(ScheduleShape(ranks: p, microBatches: m, chunksPerRank: v)) }
        rows.append(("\(name), making the order", generation / .milliseconds(1), "ms"))
    }
    return rows
}
