import Schedules
import Testing

@testable import Reports

@Suite struct ProportionChartTests {
    /// The chart of columns looks as the one of a timeline does where operations are narrower than columns.
    @Test func looksAsTheChartOfATimeline() throws {
        var simulator = PipelineSimulator()
        let order = try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 4, microBatches: 256))
        var times = StageTimes(stages: 4, forward: 1, backwardInput: 1, backwardWeight: 1)
        times.setLinks(ranks: 4, latency: 0.5)
        let timeline = try simulator.timeline(order, times, title: "t").timeline
        let usual = GanttChart(timeline, width: 80, colour: .none).rendered().split(separator: "\n")
        let chart = ProportionChart(
            ranks: 4, peaks: order.peakInFlight().map(Double.init), unit: .chunks, width: 80, colour: .none)
        let (step, columns) = try simulator.charted(order, times, columns: chart.columns)
        let lines = chart.rendered(title: "t", columns, step).split(separator: "\n")
        // Letters tell the critical path in the one; the rest is the same, up to what the columns' edges cut.
        for line in [0, 1, 2, 7] { #expect(lines[line] == usual[line]) }
        for (line, other) in zip(lines[3...6], usual[3...6]) {
            let same = zip(line.lowercased(), other.lowercased()).count { $0 == $1 || $1 == "=" || $1 == "-" }
            #expect(same >= line.count - 6, "\(line)\n\(other)")
        }
        #expect(lines.last?.contains("capitals") == false)
    }
}
