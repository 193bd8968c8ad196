import ArgumentParser
import Documents
import Foundation
import Hardware
import Reports
import Workload

/// `meshwright experts show`: the load of every expert, and of ranks and nodes.
struct ExpertsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Draws the load of every expert of every layer, and says how much more the busiest rank has than the mean.",
        discussion: """
            meshwright experts show --model deepseek-v3 --routing counts.csv --ep 64
            meshwright experts show --model qwen3-235b-a22b --routing zipf:1.1 --svg load.svg
            """)

    @OptionGroup var routed: RoutedModelOptions

    @Option(name: .customLong("ep"), help: ArgumentHelp("Expert-parallel ranks whose loads are listed one by one.", valueName: "e"))
    var ranks: Int?

    @Option(name: .customLong("gpus-per-node"), help: ArgumentHelp("Ranks that share a node.", valueName: "count"))
    var gpusPerNode = 8

    @Option(
        name: .customLong("routing-treatment"),
        help: ArgumentHelp("What is done with uneven visits: dropless, drop:C, pad:C, aux-free or forced.", valueName: "name"))
    var treatment: RoutingTreatment?

    @Option(name: .customLong("svg"), help: ArgumentHelp("Draw the heat map into a file.", valueName: "file"), completion: .file())
    var svg: String?

    @OptionGroup var output: PlainFormatOption
    @OptionGroup var terminal: TerminalOption

    func validate() throws {
        if let ranks, ranks < 1 { throw ValidationError("--ep \(ranks): 1 or more") }
        if !(1...1024).contains(gpusPerNode) { throw ValidationError("--gpus-per-node \(gpusPerNode): between 1 and 1024") }
    }

    func run() throws {
        try OutputFile.check([OutputFile(option: "--svg", path: svg)], inputs: routed.files)
        let (grid, read) = try routed.read()
        let routing = treatment.map(read.routing.treated) ?? read.routing
        if let ranks, grid.experts % ranks != 0 {
            throw CommandFailure(.badInput, "--ep \(ranks): \(grid.experts) experts cannot be dealt to \(ranks) ranks evenly")
        }
        let report = ExpertLoadReport(routing, grid, ranks: ranks, gpusPerNode: gpusPerNode)
        if let svg { try AtomicFile.write(Array(ExpertHeatMap(routing, layers: grid.layers, columns: 256).svg.utf8), to: svg) }
        switch output.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text(width: terminal.columns, colour: terminal.colours), terminator: "")
        }
    }
}
