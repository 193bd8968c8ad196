import ArgumentParser
import Reports
import Schedules

/// Files that a simulation draws its timeline into.
struct SimulatePictureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Write a trace for Perfetto or chrome://tracing.", valueName: "file"), completion: .file(extensions: ["json"]))
    var trace: String?

    /// Whether any picture was asked for.
    var isAny: Bool { trace != nil }

    /// Writes every picture asked for, each complete or not at all.
    func write(_ timeline: Timeline) throws {
        if let trace { try PerfettoTrace(timeline).write(to: trace) }
    }
}
