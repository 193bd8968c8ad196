import ArgumentParser
import Documents
import Hardware
import Workload

/// A model and which of its experts tokens visit.
struct RoutedModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A shipped name, or the path of a model file.", valueName: "name|path"), completion: .shipped(.model))
    var model: String

    @Option(
        help: ArgumentHelp(
            "Which experts tokens visit: balanced, zipf:S such as zipf:1.1, or a file (CSV, .npy, JSON; docs/experts.md).",
            valueName: "file|zipf:S|balanced"), completion: .file())
    var routing: String

    /// What the run reads.
    var files: [String?] { [OutputFile.file(.model, model), routing] }

    /// The model's mixtures and their routing.
    func read() throws -> (grid: MixtureGrid, record: RoutingRecord) {
        let shape = try ProfileLibrary.installed.model(model)
        let record = try RoutingOptions.record(routing, shape)
        return (try MixtureGrid(shape), record)
    }
}
