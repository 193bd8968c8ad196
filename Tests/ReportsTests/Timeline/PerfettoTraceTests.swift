import Foundation
import Schedules
import Testing

@testable import Reports

@Suite struct PerfettoTraceTests {
    private struct Trace: Decodable {
        struct Event: Decodable {
            struct Arguments: Decodable {
                var name: String?
                var chunks: Double?
            }
            var ph: String
            var pid: Int
            var tid: Int?
            var ts: Decimal?
            var dur: Decimal?
            var name: String
            var id: Int?
            var args: Arguments?

            var end: Decimal { (ts ?? 0) + (dur ?? 0) }
        }
        var traceEvents: [Event]
    }

    private func decode(_ timeline: Timeline) throws -> [Trace.Event] {
        try JSONDecoder().decode(Trace.self, from: Data(PerfettoTrace(timeline).bytes())).traceEvents
    }

    @Test func everyOperationIsASliceAndNoneOverlapOnAThread() throws {
        let timeline = ExampleTimeline.zeroBubble(4, 8)
        let slices = try decode(timeline).filter { $0.ph == "X" }
        #expect(slices.count == timeline.spans.count)
        for (_, thread) in Dictionary(grouping: slices, by: \.tid) {
            let ordered = thread.sorted { ($0.ts ?? 0) < ($1.ts ?? 0) }
            for (a, b) in zip(ordered, ordered.dropFirst()) { #expect(a.end <= b.ts ?? 0) }
        }
    }

    @Test func timesAreMicroseconds() throws {
        let first = try #require(try decode(ExampleTimeline.oneForwardOneBackward(2, 2)).first { $0.ph == "X" && $0.name == "F0" })
        #expect(first.ts == 0)
        #expect(first.dur == 10_000)
    }

    @Test func transfersThatOverlapGetThreadsOfTheirOwn() throws {
        var times = ExampleTimeline.Times()
        times.latency = 0.025  // longer than a forward: a rank's sends overlap
        let events = try decode(ExampleTimeline.oneForwardOneBackward(4, 8, times))
        let names = events.filter { $0.ph == "M" && $0.name == "thread_name" && $0.pid == 1 }.compactMap { $0.args?.name }
        #expect(names == ["compute", "send", "send 2", "send 3", "data parallel"])
    }

    /// A send between neighbours: p − 1 links, m micro-batches, two directions; each flow starts in its producer and ends in its consumer.
    @Test func flowsTieProducerSendAndConsumer() throws {
        let (p, m) = (3, 5)
        let events = try decode(ExampleTimeline.oneForwardOneBackward(p, m))
        let flows = Dictionary(grouping: events.filter { ["s", "t", "f"].contains($0.ph) }, by: \.id)
        #expect(flows.count == 2 * (p - 1) * m)
        let slices = events.filter { $0.ph == "X" }
        for (_, flow) in flows {
            #expect(flow.map(\.ph) == ["s", "t", "f"])
            let bound = flow.compactMap { point in
                slices.first { slice in slice.tid == point.tid && (slice.ts ?? 0) <= (point.ts ?? 0) && (point.ts ?? 0) < slice.end }
            }
            try #require(bound.count == 3)
            #expect(bound[0].name == bound[2].name, "activations go from F to F, gradients from B to B")
            #expect(abs(bound[0].pid - bound[2].pid) == 1)
            #expect(bound[0].end == bound[1].ts)
        }
    }

    @Test func memoryIsACounterThatReturnsToZero() throws {
        let events = try decode(ExampleTimeline.oneForwardOneBackward(4, 8)).filter { $0.ph == "C" && $0.pid == 1 }
        #expect(events.compactMap { $0.args?.chunks }.max() == 4)
        #expect(events.last?.args?.chunks == 0)
    }

    @Test func titlesAreEscaped() throws {
        var timeline = ExampleTimeline.oneForwardOneBackward(1, 1)
        timeline.title = "a \"quoted\"\\ </script> \u{1}\ttitle"
        let object = try #require(try JSONSerialization.jsonObject(with: Data(PerfettoTrace(timeline).bytes())) as? [String: Any])
        let data = try #require(object["otherData"] as? [String: String])
        #expect(data["title"] == timeline.title)
    }

    @Test func piecesAddUpToTheWhole() {
        let trace = PerfettoTrace(ExampleTimeline.zeroBubble(8, 512))
        var pieces = 0
        var bytes = 0
        trace.write {
            pieces += 1
            bytes += $0.count
        }
        #expect(pieces > 1)
        #expect(bytes == trace.bytes().count)
    }

    @Test func nonsenseTrapsNowhere() throws {
        var span = Timeline.Span(kind: .send, rank: 7, stage: .max, microBatch: 3, start: .nan, end: .infinity)
        span.waitsFor = 99
        var send = span
        send.rank = 0
        let timeline = Timeline(
            title: "", rankCount: 1, chunksPerRank: 1, spans: [span, send], memory: [[.init(time: .nan, amount: .infinity)]],
            memoryUnit: .bytes, makespan: 0)
        #expect(try decode(timeline).filter { $0.ph == "X" }.count == 1)
    }
}
