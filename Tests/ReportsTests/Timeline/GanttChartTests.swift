import Schedules
import Testing

@testable import Reports

@Suite struct GanttChartTests {
    /// 1F1B with p = m = 2 and F = 1 s, B = 2 s: makespan (m + p − 1) · 3 = 9 s, one column a second.
    private let small = ExampleTimeline.oneForwardOneBackward(
        2, 2, .init(forward: 1, backwardInput: 1, backwardWeight: 1, latency: 0, reduce: 0, optimizer: 0))

    private func lines(_ timeline: Timeline, _ width: Int, _ colour: TerminalColour = .none) -> [String] {
        GanttChart(timeline, width: width, colour: colour).rendered().split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    @Test func aColumnASecondShowsEveryOperation() {
        let twentySeven = lines(small, 30)
        #expect(twentySeven[0] == "1f1b, p = 2, m = 2")
        #expect(twentySeven[1].hasPrefix("makespan 9 s, a column is 333"))
        // Rank 0: F0 F1 wait B0 wait B1; rank 1: wait F0 B0 F1 B1; the path runs F0, then down rank 1, then B1.
        #expect(twentySeven[2] == " 0 F0=f1-......b0----...B1====")
        #expect(twentySeven[3] == " 1 ...F0=B0====F1=B1====......")
    }

    @Test(arguments: [24, 30, 47, 48, 63, 64, 80, 133, 400])
    func everyLineFitsTheWidth(_ width: Int) {
        for timeline in [small, ExampleTimeline.zeroBubble(12, 40), ExampleTimeline.loopedBFS(4, 8)] {
            for line in lines(timeline, width) { #expect(line.columns <= width) }
            let coloured = lines(timeline, width, .full).map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") }
            for line in coloured { #expect(line.columns <= width) }
        }
    }

    @Test func plainChartsHoldOnlyASCII() {
        for line in lines(ExampleTimeline.zeroBubble(8, 32), 100) { #expect(line.utf8.allSatisfy { (32..<127).contains($0) }) }
    }

    @Test func everyRankHasOneRow() {
        let rows = lines(ExampleTimeline.zeroBubble(16, 64), 120).filter { $0.hasPrefix("rank ") }
        #expect(rows.count == 16)
    }

    /// With far more operations than columns, a row's letters stand in the proportion of its kinds' times.
    @Test func crowdedRowsKeepTheProportions() {
        let times = ExampleTimeline.Times(forward: 1, backwardInput: 1, backwardWeight: 2, latency: 0, reduce: 0, optimizer: 0)
        let (p, m) = (4, 512)
        let row = lines(ExampleTimeline.zeroBubble(p, m, times), 110).first { $0.hasPrefix("rank 3") } ?? ""
        let chart = row.dropFirst(7).prefix(110 - 7 - 12).lowercased()
        let count = { (letter: Character) in Double(chart.filter { $0 == letter || $0 == "-" && letter == "w" }.count) / Double(chart.count)
        }
        #expect(abs(count("f") - 0.25) < 0.05)
        #expect(abs(count("i") - 0.25) < 0.05)
    }

    @Test func busyAndPeakStandOnTheRight() {
        let row = lines(ExampleTimeline.oneForwardOneBackward(4, 8, .init(latency: 0, reduce: 0, optimizer: 0)), 100)
        // 8 of 11 micro-batch times are busy on every rank; 1F1B holds min(m, p − r) activations.
        #expect(row[3].hasSuffix(" 73 %     4"))
        #expect(row[6].hasSuffix(" 73 %     1"))
    }

    @Test func emptyAndNonsenseTimelinesAreDrawn() {
        var empty = Timeline(title: "", rankCount: 0, chunksPerRank: 1, spans: [], memory: [], memoryUnit: .bytes, makespan: 0)
        #expect(!lines(empty, 80).isEmpty)
        empty.rankCount = 1
        empty.makespan = .nan
        empty.spans = [.init(kind: .forward, rank: 0, stage: 0, microBatch: 0, start: .nan, end: .infinity)]
        #expect(!lines(empty, 80, .full).isEmpty)
    }
}
