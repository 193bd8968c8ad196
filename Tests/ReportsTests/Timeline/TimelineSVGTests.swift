import Foundation
import Schedules
import Testing

@testable import Reports

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct TimelineSVGTests {
    /// Counts elements by class and keeps the places of operations.
    private final class Reader: NSObject, XMLParserDelegate {
        var operations: [(kind: String, x: Double, width: Double)] = []
        var titles = 0
        var paths: [String] = []

        func parser(
            _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String]
        ) {
            let style = attributes["class"] ?? ""
            if style.hasPrefix("operation") {
                operations.append((style, Double(attributes["x"] ?? "") ?? .nan, Double(attributes["width"] ?? "") ?? .nan))
            }
            if name == "title" { titles += 1 }
            if name == "path" { paths.append(style) }
        }
    }

    private func read(_ timeline: Timeline) throws -> Reader {
        let parser = XMLParser(data: Data(TimelineSVG(timeline).bytes()))
        let reader = Reader()
        parser.delegate = reader
        try #require(parser.parse(), "\(String(describing: parser.parserError)) in line \(parser.lineNumber)")
        return reader
    }

    @Test func everyOperationStandsWhereItsTimeIs() throws {
        let timeline = ExampleTimeline.zeroBubble(4, 8)
        let reader = try read(timeline)
        #expect(reader.operations.count == timeline.spans.count)
        #expect(reader.titles == timeline.spans.count + 1)
        let scale = SVGLayout.plotWidth / timeline.makespan
        let order = TimelineLanes(timeline).lanes.flatMap(\.spans).map { timeline.spans[Int($0)] }
        for (drawn, span) in zip(reader.operations, order) {
            #expect(drawn.kind.hasPrefix("operation k\(span.kind.rawValue)c"))
            #expect(abs(drawn.x - SVGLayout.left - span.start * scale) < 0.01)
            #expect(abs(drawn.width - (span.end - span.start) * scale) < 1)
        }
        #expect(reader.paths.filter { $0 == "curve" }.count == 4)
        #expect(reader.paths.contains("path"))
    }

    @Test func crowdedPicturesStaySmall() throws {
        let timeline = ExampleTimeline.zeroBubble(8, 1024)
        let reader = try read(timeline)
        #expect(reader.operations.isEmpty)
        #expect(TimelineSVG(timeline).bytes().count < 2_000_000)
    }

    @Test func titlesAreText() throws {
        var timeline = ExampleTimeline.oneForwardOneBackward(1, 1)
        timeline.title = "<b> & \"]]>\u{1}"
        _ = try read(timeline)
    }

    @Test func emptyAndNonsenseTimelinesAreDrawn() throws {
        var timeline = Timeline(title: "", rankCount: 0, chunksPerRank: 0, spans: [], memory: [], memoryUnit: .bytes, makespan: .nan)
        _ = try read(timeline)
        timeline.rankCount = 1
        timeline.makespan = 1
        timeline.spans = [.init(kind: .forward, rank: 0, stage: .max, microBatch: .min, start: .nan, end: .infinity)]
        timeline.memory = [[.init(time: .nan, amount: .nan), .init(time: 0.5, amount: .infinity)], []]
        #expect(try read(timeline).operations.count == 1)
    }
}

@Suite struct LaneSharesTests {
    /// A third each of three kinds, an eighth of the time idle: the shares say so in every column.
    @Test func sharesAreTheTimesOfTheKinds() {
        var spans: [Timeline.Span] = []
        let kinds: [Timeline.Kind] = [.forward, .backwardInput, .backwardWeight]
        for index in 0..<6000 {
            let start = Double(index) / 6000
            spans.append(.init(kind: kinds[index % 3], rank: 0, stage: 0, microBatch: 0, start: start, end: start + 0.875 / 6000))
        }
        let timeline = Timeline(title: "", rankCount: 1, chunksPerRank: 1, spans: spans, memory: [], memoryUnit: .chunks, makespan: 1)
        let shares = LaneShares(timeline, (0..<6000).map { Int32($0) }, columns: 500)
        for column in 5..<495 {
            let own = shares.shares[column * LaneShares.kinds..<(column + 1) * LaneShares.kinds]
            #expect(abs(own.reduce(0, +) - 0.875) < 1e-9)
            for kind in 0..<3 { #expect(abs(own[own.startIndex + kind] - 0.875 / 3) < 0.02) }
        }
    }
}
