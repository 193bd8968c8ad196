import ArgumentParser
import Reports
import Schedules

/// Files that a simulation draws its timeline into.
struct SimulatePictureOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Draw the timeline as an SVG picture.", valueName: "file"), completion: .file(extensions: ["svg"]))
    var svg: String?

    @Option(
        help: ArgumentHelp("Draw the timeline as a page to zoom into, without a network.", valueName: "file"),
        completion: .file(extensions: ["html"]))
    var html: String?

    @Option(
        help: ArgumentHelp("Write a trace for Perfetto or chrome://tracing.", valueName: "file"), completion: .file(extensions: ["json"]))
    var trace: String?

    @Flag(
        name: .customLong("cp-steps"), help: "Print the steps of attention over context ranks: bytes each way, and what hides under what.")
    var contextSteps = false

    @Option(
        name: .customLong("cp-svg"),
        help: ArgumentHelp("Draw the steps of attention over context ranks, each direction a lane.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var contextSVG: String?

    @Option(
        name: .customLong("lengths-svg"),
        help: ArgumentHelp("Draw how the first drawn step of --lengths is dealt to ranks, each way a panel.", valueName: "file"),
        completion: .file(extensions: ["svg"]))
    var lengthsSVG: String?

    /// Whether steps of attention were asked for.
    var asksForContext: Bool { contextSteps || contextSVG != nil }

    /// Whether any picture was asked for.
    var isAny: Bool { svg != nil || html != nil || trace != nil }

    /// Throws where a picture would take the place of what the simulation reads, or of another picture.
    func check(inputs: [String?]) throws {
        let files = [("--svg", svg), ("--html", html), ("--trace", trace), ("--cp-svg", contextSVG), ("--lengths-svg", lengthsSVG)].map {
            OutputFile(option: $0, path: $1)
        }
        try OutputFile.check(files, inputs: inputs)
    }

    /// Operations that a picture can hold: it takes some 200 bytes of memory for each.
    private static let mostOperations = 1 << 24

    /// Throws where pictures were asked for of more operations than they can hold.
    func check(operations: Int) throws {
        guard isAny, operations > Self.mostOperations else { return }
        throw CommandFailure(
            .badInput,
            "--svg, --html and --trace hold at most \(Self.mostOperations) operations, and this step has \(operations); "
                + "simulate fewer micro-batches, whose steady state looks the same")
    }

    /// Writes every picture asked for, each complete or not at all.
    func write(_ timeline: Timeline) throws {
        if let svg { try TimelineSVG(timeline).write(to: svg) }
        if let html { try TimelineHTML(timeline).write(to: html) }
        if let trace { try PerfettoTrace(timeline).write(to: trace) }
    }
}
