import Reports
import Schedules

/// One measurement of the benchmark.
struct ScheduleMeasurement {
    /// What was done.
    var name: String
    /// How much, in `unit`.
    var value: Double
    var unit: String
}

/// Times the pipeline simulator on one core: fixed orders of all sizes, the making of orders, a timeline and its trace.
func benchSchedules() throws -> [ScheduleMeasurement] {
    var rows: [ScheduleMeasurement] = []
    for (schedule, p, m, v) in [
        (PipelineSchedule.zbH1, 64, 2048, 1), (.oneForwardOneBackward, 64, 2048, 1), (.interleaved, 64, 2048, 4), (.zbV, 64, 4096, 2),
        (.dualPipeV, 64, 2048, 2), (.zbH1, 8, 64, 1),
    ] {
        rows += try benchOrder(schedule, ScheduleShape(ranks: p, microBatches: m, chunksPerRank: v))
    }
    return try rows + benchDeep() + benchTrace()
}

/// A step of 67 million operations: alone, and with the chart that people see.
private func benchDeep() throws -> [ScheduleMeasurement] {
    let order = try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 512, microBatches: 65536))
    var times = StageTimes(stages: 512, forward: 1.0e-3, backwardInput: 1.2e-3, backwardWeight: 0.8e-3)
    times.setLinks(ranks: 512, latency: 1e-5)
    var simulator = PipelineSimulator()
    let (running, _) = try bestOf(3) { try simulator.run(order, times) }
    let (charting, _) = try bestOf(3) { try simulator.charted(order, times, columns: 160) }
    let name = "1f1b p=512 m=65536, \(order.operationCount) operations"
    return [
        ScheduleMeasurement(name: "simulate \(name)", value: running, unit: "s"),
        ScheduleMeasurement(name: "simulate and chart \(name)", value: charting, unit: "s"),
    ]
}

/// The best of several runs of one order, without the making of the order.
private func benchOrder(_ schedule: PipelineSchedule, _ shape: ScheduleShape) throws -> [ScheduleMeasurement] {
    var simulator = PipelineSimulator()
    let (making, order) = try bestOf(3) { try schedule.order(shape) }
    var times = StageTimes(stages: order.chainLength, forward: 1.0e-3, backwardInput: 1.2e-3, backwardWeight: 0.8e-3)
    times.setLinks(ranks: shape.ranks, latency: 1e-5)
    let count = Double(order.operationCount)
    let (seconds, _) = try bestOf(max(5, 2_000_000 / order.operationCount)) { try simulator.run(order, times) }
    let name = "\(schedule.rawValue) p=\(shape.ranks) m=\(shape.microBatches) v=\(shape.chunksPerRank), \(Int(count)) operations"
    return [
        ScheduleMeasurement(name: "simulate \(name)", value: seconds * 1e3, unit: "ms"),
        ScheduleMeasurement(name: "simulate \(name)", value: count / seconds / 1e6, unit: "M operations/s"),
        ScheduleMeasurement(name: "make order \(name)", value: making * 1e3, unit: "ms"),
    ]
}

/// A timeline of about 400,000 slices and the trace that Perfetto opens.
private func benchTrace() throws -> [ScheduleMeasurement] {
    var simulator = PipelineSimulator()
    let order = try PipelineSchedule.zbH1.order(ScheduleShape(ranks: 64, microBatches: 1229))
    var times = StageTimes(stages: 64, forward: 1.0e-3, backwardInput: 1.2e-3, backwardWeight: 0.8e-3)
    times.setLinks(ranks: 64, latency: 1e-5)
    let (building, timeline) = try bestOf(2) { try simulator.timeline(order, times).timeline }
    let (writing, bytes) = bestOf(2) {
        var bytes = 0
        PerfettoTrace(timeline).write { bytes += $0.count }
        return bytes
    }
    let name = "\(timeline.spans.count) slices"
    return [
        ScheduleMeasurement(name: "timeline of \(name)", value: building * 1e3, unit: "ms"),
        ScheduleMeasurement(name: "trace of \(name)", value: writing * 1e3, unit: "ms"),
        ScheduleMeasurement(name: "trace of \(name)", value: Double(bytes) / 1e6, unit: "MB"),
    ]
}

/// The shortest of several runs in seconds, and what the last one returned.
private func bestOf<Value>(_ runs: Int, _ body: () throws -> Value) rethrows -> (seconds: Double, value: Value) {
    let clock = ContinuousClock()
    var start = clock.now
    var value = try body()
    var best = start.duration(to: clock.now)
    for _ in 1..<max(2, runs) {
        start = clock.now
        value = try body()
        best = min(best, start.duration(to: clock.now))
    }
    return (best / .seconds(1), value)
}
