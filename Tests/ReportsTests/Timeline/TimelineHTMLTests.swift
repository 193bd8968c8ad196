import Foundation
import Schedules
import Testing

@testable import Reports

@Suite struct TimelineHTMLTests {
    private func page(_ timeline: Timeline) -> String { String(decoding: TimelineHTML(timeline).bytes(), as: UTF8.self) }

    private func column<Value: FixedWidthInteger>(_ name: String, _ page: String, _: Value.Type) throws -> [Value] {
        let opening = try #require(page.range(of: "data-column=\"\(name)\""))
        let start = try #require(page[opening.upperBound...].firstIndex(of: ">"))
        let end = try #require(page[start...].range(of: "</script>"))
        let data = try #require(Data(base64Encoded: String(page[page.index(after: start)..<end.lowerBound])))
        return data.withUnsafeBytes { Array($0.bindMemory(to: Value.self)).map(Value.init(littleEndian:)) }
    }

    @Test func columnsHoldEveryOperationAndItsCause() throws {
        let timeline = ExampleTimeline.zeroBubble(4, 8)
        let page = page(timeline)
        let tick = timeline.makespan / Double(UInt32.max)
        let starts = try column("start", page, UInt32.self).map { Double($0) * tick }
        let lengths = try column("length", page, UInt32.self).map { Double($0) * tick }
        let kinds = try column("kind", page, UInt8.self)
        let causes = try column("waitsFor", page, Int32.self)
        let numbers = try column("microBatch", page, Int32.self)
        #expect(starts.count == timeline.spans.count)
        let order = TimelineLanes(timeline).lanes.flatMap(\.spans).map { timeline.spans[Int($0)] }
        for (index, span) in order.enumerated() {
            #expect(abs(starts[index] - span.start) < tick)
            #expect(abs(lengths[index] - (span.end - span.start)) < 2 * tick)
            #expect(kinds[index] & 127 == span.kind.rawValue)
            #expect((kinds[index] > 127) == span.isCritical)
            #expect(numbers[index] == span.microBatch)
            if span.waitsFor >= 0 {
                let cause = timeline.spans[Int(span.waitsFor)]
                #expect(order[Int(causes[index])].start == cause.start && order[Int(causes[index])].rank == cause.rank)
            } else {
                #expect(causes[index] == -1)
            }
        }
    }

    @Test func thePageReachesForNothing() {
        let page = page(ExampleTimeline.loopedBFS(2, 4))
        #expect(page.contains("default-src 'none'"))
        for reach in ["http://", "https://", "src=", "@import", "url(", "fetch(", "import("] { #expect(!page.contains(reach), "\(reach)") }
    }

    @Test func titlesAreText() {
        var timeline = ExampleTimeline.oneForwardOneBackward(1, 1)
        timeline.title = "<b>\"a\" & </script><script>b"
        let page = page(timeline)
        #expect(page.contains("<h1>&lt;b&gt;&quot;a&quot; &amp; &lt;/script&gt;&lt;script&gt;b</h1>"))
        #expect(!page.contains("<script>b"))
    }

    @Test func emptyAndNonsenseTimelinesHaveAPage() {
        var timeline = Timeline(title: "", rankCount: 0, chunksPerRank: 0, spans: [], memory: [], memoryUnit: .bytes, makespan: .nan)
        #expect(page(timeline).contains("\"makespan\":1e-09"))
        timeline.rankCount = 1
        timeline.spans = [.init(kind: .send, rank: 0, stage: .max, microBatch: .min, start: .nan, end: .infinity)]
        timeline.memory = [[.init(time: .nan, amount: .nan)], []]
        #expect(page(timeline).contains("\"count\":1"))
    }
}
