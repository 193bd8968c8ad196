import Foundation
import Schedules
import Testing

@testable import Reports

@Suite struct MemoryCurveTests {
    /// One rank over 1,480 s, so that a second is a pixel: 2 from 100 s, 3 from 400 s, 1 from 700 s, 0 from 1,000 s.
    private var timeline: Timeline {
        let points = [(0.0, 0.0), (100, 2), (400, 3), (700, 1), (1000, 0)].map { Timeline.MemoryPoint(time: $0.0, amount: $0.1) }
        let span = Timeline.Span(kind: .forward, rank: 0, stage: 0, microBatch: 0, start: 0, end: 1480)
        return Timeline(
            title: "t", rankCount: 1, chunksPerRank: 1, spans: [span], memory: [points], memoryUnit: .chunks, makespan: 1480)
    }

    private func curve(_ timeline: Timeline) throws -> String {
        let text = String(decoding: TimelineSVG(timeline).bytes(), as: UTF8.self)
        let match = try #require(text.firstMatch(of: /<path class="curve" d="([^"]*)"/))
        return String(match.1)
    }

    /// What is taken and what is given back both show at their own moment.
    @Test func releasesShowWhenTheyHappen() throws {
        let path = try curve(timeline)
        // The room is 0.7 · 28 pixels high, less one: a chunk is 6.2 of it.
        let heights = path.matches(of: /H([0-9.]+)V([0-9.]+)/).map { (x: Double($0.1) ?? 0, y: Double($0.2) ?? 0) }
        #expect(heights.map(\.x) == [96, 196, 496, 796, 1096, 1576])
        let base = try #require(heights.last?.y)
        let amounts = heights.map { ((base - $0.y) / 6.2).rounded() }
        #expect(amounts == [0, 2, 3, 1, 0, 0])
    }

    /// The limit is drawn where it leaves the curve to be seen, and named wherever it lies.
    @Test func theLimitIsDrawn() throws {
        var near = timeline
        near.memoryLimit = 6
        near.facts = ["a model & a cluster"]
        let picture = String(decoding: TimelineSVG(near).bytes(), as: UTF8.self)
        #expect(picture.contains("memory limit 6 chunks") && picture.contains("a model &amp; a cluster"))
        #expect(picture.components(separatedBy: "class=\"limit\"").count == 3)
        let page = String(decoding: TimelineHTML(near).bytes(), as: UTF8.self)
        #expect(page.contains("\"memoryLimit\":6.0") && page.contains("\"drawnLimit\":6.0") && page.contains("a model &amp; a cluster"))
        var far = timeline
        far.memoryLimit = 100
        #expect(MemoryScale(far).limit == nil && MemoryScale(far).highest == 3)
        #expect(String(decoding: TimelineSVG(far).bytes(), as: UTF8.self).components(separatedBy: "class=\"limit\"").count == 2)
    }
}
