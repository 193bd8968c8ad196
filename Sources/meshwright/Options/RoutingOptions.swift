import ArgumentParser
import Documents
import Hardware
import Search
import Workload

/// How tokens are routed: which experts they visit, what is done with uneven visits, and where experts are.
struct RoutingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Which experts tokens visit: balanced, zipf:S such as zipf:1.1, or a file of counts per layer and expert (CSV, .npy, JSON; docs/experts.md). By default balanced.",
            valueName: "file|zipf:S|balanced"), completion: .file())
    var routing: String?

    @Option(
        name: .customLong("routing-treatment"),
        help: ArgumentHelp(
            "What is done with uneven visits: dropless, drop:C or pad:C to a capacity of C times the mean, aux-free, or forced balance. By default dropless.",
            valueName: "name"))
    var treatment: RoutingTreatment?

    @Option(
        name: .customLong("expert-map"),
        help: ArgumentHelp(
            "Which rank holds which experts: a file of experts place, or load or affinity to place them so for every number of ranks. By default in their order.",
            valueName: "load|affinity|file"), completion: .file())
    var map: String?

    /// The options that were given.
    var given: [(name: String, isGiven: Bool)] {
        [("--routing", routing != nil), ("--routing-treatment", treatment != nil), ("--expert-map", map != nil)]
    }

    func validate() throws {
        if map != nil, routing == nil {
            throw ValidationError("--expert-map needs --routing: balanced experts load ranks alike wherever they are")
        }
    }

    /// The routing of a model; nil where nothing was said of it.
    func routing(of model: TransformerModel) throws -> ExpertRouting? {
        guard routing != nil || treatment != nil else { return nil }
        let record = try Self.record(routing ?? "balanced", model)
        var result = record.routing
        if let treatment { result = result.treated(by: treatment) }
        guard let map else { return result }
        if map == "load" { return ExpertsByLoad.placed(result) }
        if map == "affinity" {
            guard let affinity = record.affinity else {
                throw CommandFailure(
                    .badInput,
                    "--expert-map affinity needs pairs of experts of successive layers, which --routing \(routing ?? "") does not have (docs/experts.md)"
                )
            }
            return ExpertsByAffinity.placed(result, affinity)
        }
        let grid = try MixtureGrid(model)
        let read = try ExpertMapDocument.read(path: map, ranks: 1, for: grid)
        guard let placed = result.placed(by: read, named: map) else {
            throw CommandFailure(
                .badInput,
                "--expert-map \(map): \(read.slots) slots a layer hold copies of \(grid.experts) experts, which no training framework keeps alike; "
                    + "give a map without copies")
        }
        return placed
    }

    /// The routing of a model's mixtures that a word or a file states; what was made of the file is said.
    static func record(_ text: String, _ model: TransformerModel) throws -> RoutingRecord {
        do {
            let grid = try MixtureGrid(model)
            if let synthetic = try ExpertRouting.synthetic(text, for: grid) { return RoutingRecord(synthetic) }
            return try read(text, grid)
        } catch let error as RoutingProblem {
            throw CommandFailure(.badInput, "--routing \(text): \(error)")
        }
    }

    private static func read(_ path: String, _ grid: MixtureGrid) throws -> RoutingRecord {
        let record = try RoutingDocument.read(path: path, for: grid)
        for note in record.notes { ErrorReporting.warn("\(path): \(note)") }
        return record
    }
}
