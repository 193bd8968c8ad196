public import ArgumentParser
import Documents
import Foundation
import Hardware
import Reports
import Search
public import Workload

extension ExpertMapDocument.Form: ExpressibleByArgument {}

/// `meshwright experts place`: which rank holds which experts.
struct ExpertsPlaceCommand: ParsableCommand {
    /// What a placement is good at.
    enum Method: String, ExpressibleByArgument, CaseIterable {
        /// Tokens stay where they are from layer to layer.
        case affinity
        /// No rank has much more to do than the mean.
        case load
    }

    static let configuration = CommandConfiguration(
        commandName: "place",
        abstract: "Places experts on ranks, by the steps of tokens between layers or by load with copies of hot experts.",
        discussion: """
            meshwright experts place --model mixtral-8x7b --routing pairs.csv --by affinity --ep 4 --output map.json --form megatron
            meshwright experts place --model deepseek-v3 --routing counts.json --by load --ep 64 --slots 320 --output map.json

            The map says which expert stands in each slot of each rank; docs/experts.md has its forms.
            """)

    @OptionGroup var routed: RoutedModelOptions

    @Option(help: "What decides: affinity or load.")
    var by: Method

    @Option(name: .customLong("ep"), help: ArgumentHelp("Expert-parallel ranks.", valueName: "e"))
    var ranks: Int

    @Option(name: .customLong("gpus-per-node"), help: ArgumentHelp("Ranks that share a node.", valueName: "count"))
    var gpusPerNode = 8

    @Option(
        help: ArgumentHelp("Experts of a layer over all ranks, copies among them. By default as many as there are.", valueName: "count"))
    var slots: Int?

    @Option(help: ArgumentHelp("Groups of experts that stay in a node, as node-limited routing has them.", valueName: "count"))
    var groups: Int?

    @Option(name: .customLong("seed"), help: ArgumentHelp("Seed of the starts that are drawn.", valueName: "number"))
    var seed = 0

    @Option(help: ArgumentHelp("Write the map into a file.", valueName: "file"), completion: .file())
    var output: String?

    @Option(help: "Who reads the map: sglang, eplb or megatron.")
    var form: ExpertMapDocument.Form = .sglang

    @OptionGroup var force: ForceOption
    @OptionGroup var printed: PlainFormatOption
    @OptionGroup var terminal: TerminalOption

    func validate() throws {
        if !(1...65_536).contains(ranks) { throw ValidationError("--ep \(ranks): between 1 and 65536") }
        if !(1...1024).contains(gpusPerNode) { throw ValidationError("--gpus-per-node \(gpusPerNode): between 1 and 1024") }
        if seed < 0 { throw ValidationError("--seed \(seed): 0 or more") }
        if by == .affinity, let stray = slots.map({ _ in "--slots" }) ?? groups.map({ _ in "--groups" }) {
            throw ValidationError("\(stray) goes with --by load; copies of an expert have no one place")
        }
        if let slots, !(1...1_048_576).contains(slots) { throw ValidationError("--slots \(slots): between 1 and 1048576") }
        if let groups, !(1...65_536).contains(groups) { throw ValidationError("--groups \(groups): between 1 and 65536") }
    }

    func run() throws {
        try OutputFile.check([OutputFile(option: "--output", path: output, replaces: force.force)], inputs: routed.files)
        let (grid, record) = try routed.read()
        let (report, map) = try by == .affinity ? affinity(grid, record) : load(grid, record)
        if let output {
            guard let text = ExpertMapDocument.text(map, grid, as: form) else {
                throw CommandFailure(.badInput, "--form megatron: Megatron holds no copies; leave --slots out")
            }
            try AtomicFile.write(Array(text.utf8), to: output)
        }
        switch printed.format {
        case .json: Console.print(try JSONText.string(of: report))
        case .text: Console.print(report.text(width: terminal.columns, colour: terminal.colours), terminator: "")
        }
    }

    private func affinity(_ grid: MixtureGrid, _ record: RoutingRecord) throws -> (ExpertPlacementReport, ExpertMap) {
        guard let affinity = record.affinity else {
            throw CommandFailure(
                .badInput,
                "--routing \(routed.routing): --by affinity needs pairs of experts of successive layers, which this does not have (docs/experts.md)"
            )
        }
        guard let found = AffinityProblem(affinity, ranks: ranks, ranksPerNode: gpusPerNode)?.solved(seed: UInt64(seed)) else {
            throw CommandFailure(
                .badInput,
                "--ep \(ranks): \(grid.experts) experts cannot be dealt to \(ranks) ranks in nodes of \(gpusPerNode) evenly")
        }
        return (ExpertPlacementReport(found, record, grid, ranksPerNode: gpusPerNode), found.map)
    }

    private func load(_ grid: MixtureGrid, _ record: RoutingRecord) throws -> (ExpertPlacementReport, ExpertMap) {
        let slots = slots ?? grid.experts
        guard
            let problem = LoadProblem(record.routing, ranks: ranks, slots: slots, ranksPerNode: gpusPerNode, groups: groups ?? 1),
            let found = problem.solved()
        else {
            throw CommandFailure(
                .badInput,
                "--ep \(ranks): \(slots) slots for \(grid.experts) experts cannot be dealt to \(ranks) ranks evenly; --slots takes at least "
                    + "\(grid.experts), a multiple of \(ranks)")
        }
        if groups != nil, !problem.keepsGroups {
            ErrorReporting.warn("--groups \(groups ?? 1): nodes cannot share them evenly, so experts may go anywhere")
        }
        return (
            ExpertPlacementReport(found, record, grid, ranksPerNode: gpusPerNode, keepsGroups: problem.keepsGroups), found.map
        )
    }
}
