public import ArgumentParser
import CostModels
import Foundation
import Hardware
public import Parallelism
import Reports
import Workload

extension OverlapTechnique: ExpressibleByArgument {}

/// `meshwright overlap`: what each way of hiding tensor-parallel collectives makes of a layer.
struct OverlapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "overlap",
        abstract: "Runs a layer's compute and tensor-parallel collectives on two lanes, as each technique lets them overlap.",
        discussion: """
            meshwright overlap --model llama-3.1-70b --cluster dgx-h100 --tp 8
            meshwright overlap --model llama-3.1-70b --cluster dgx-h100 --tp 8 --technique ladder --svg lanes.svg
            """)

    @Option(help: ArgumentHelp("A shipped name, or the path of a model file.", valueName: "name|path"), completion: .shipped(.model))
    var model: String

    @Option(
        name: .customLong("seq-len"), help: "Tokens of a sequence. By default the model's longest, at most 8192.",
        transform: CountArgument("--seq-len", of: "token", kilo: .binary).whole)
    var sequenceLength: Int?

    @OptionGroup(title: "Where its layers run") var placed: LayerPlaceOptions

    @Option(
        help:
            "The technique whose lanes are drawn: none, user-buffers, async-tp, fused, split-batch, ladder, parallel-blocks or no-exchange. By default user-buffers."
    )
    var technique: OverlapTechnique = .userBuffers

    @Option(
        help: ArgumentHelp(
            "Pieces into which user buffers and async TP cut collectives. By default the tensor-parallel size.", valueName: "count"))
    var pieces: Int?

    @Option(name: .customLong("svg"), help: ArgumentHelp("Draw the lanes into a file.", valueName: "file"), completion: .file())
    var svg: String?

    @OptionGroup var output: PlainFormatOption
    @OptionGroup var terminal: TerminalOption

    func validate() throws {
        try ModelLimits.check(sequenceLength: sequenceLength)
        if let pieces, !(1...1024).contains(pieces) { throw ValidationError("--pieces \(pieces): between 1 and 1024") }
        if placed.named.name == nil { throw ValidationError("Name the cluster with --cluster, or a GPU type with --gpu") }
    }

    func run() throws {
        try OutputFile.check([OutputFile(option: "--svg", path: svg)], inputs: [OutputFile.file(.model, model)])
        let shown = try ProfileLibrary.installed.model(model)
        guard let (place, words) = try placed.place(of: shown, sequenceLength: sequenceLength ?? shown.usualSequenceLength) else {
            throw CommandFailure(.usage, "overlap needs --cluster or --gpu")
        }
        guard place.shape.tensor > 1 || place.shape.expert > 1 else {
            throw CommandFailure(
                .badInput, "--tp 1: without tensor parallelism there are no collectives to hide; give --tp 2 or more, or --ep of a mixture")
        }
        let costs = place.model
        // The class that most layers have.
        let counts = costs.classes.counts
        let layer = counts.indices.max { counts[$0] < counts[$1] } ?? 0
        let report = OverlapReport(
            costs, layer, place.shape, name: shown.name, place: words.prefix(1).uppercased() + words.dropFirst() + ".",
            pieces: pieces ?? place.shape.tensor)
        if let svg { try AtomicFile.write(Array(report.svg(showing: technique).utf8), to: svg) }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text(showing: technique, width: terminal.columns, colour: terminal.colours), terminator: "")
        }
    }
}
