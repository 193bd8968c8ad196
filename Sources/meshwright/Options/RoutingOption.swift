import Documents
import Hardware
import Search
import Workload

/// How tokens are routed, as options state it: which experts they visit, what is done with uneven visits, and where experts are.
struct RoutingOption {
    /// `balanced`, `zipf:1.1` or a file; nil where nothing was said.
    var routing: String?
    /// What is done with uneven visits.
    var treatment: RoutingTreatment?
    /// `load` or a file.
    var map: String?

    /// As the options of a job say it.
    init(_ options: JobOptions) { (routing, treatment, map) = (options.routing, options.routingTreatment, options.expertMap) }

    /// From its parts.
    init(routing: String?, treatment: RoutingTreatment?, map: String?) {
        (self.routing, self.treatment, self.map) = (routing, treatment, map)
    }

    /// The routing of a model; nil where nothing was said of it.
    func routing(of model: TransformerModel) throws -> ExpertRouting? {
        guard routing != nil || treatment != nil else { return nil }
        var result = try Self.record(routing ?? "balanced", model).routing
        if let treatment { result = result.treated(by: treatment) }
        guard let map else { return result }
        if map == "load" { return ExpertsByLoad.placed(result) }
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
