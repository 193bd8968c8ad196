import Documents
import Hardware
import Workload

/// What `--routing` names, read.
enum RoutingOption {
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
