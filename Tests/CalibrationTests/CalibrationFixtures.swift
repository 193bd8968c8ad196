import Documents
import Foundation
import Hardware
import Parallelism
import Workload

@testable import Calibration

/// Shipped data, tables written in tests, and the measured runs beside the repository where they exist.
enum CalibrationFixtures {
    /// The repository's folder.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let library = ProfileLibrary(root: root.path)

    /// The path of a measured table beside the repository; nil where there is none.
    static func measured(_ path: String) -> String? {
        let file = root.deletingLastPathComponent().appendingPathComponent("shared/data/\(path)").path
        return FileManager.default.fileExists(atPath: file) ? file : nil
    }

    /// The published runs that the repository keeps.
    static let published = root.appendingPathComponent("Tests/CalibrationTests/PublishedRuns.yaml").path

    static func resolver() throws -> RunResolver {
        let aliases = try RunAliases.read(path: root.appendingPathComponent("ClusterProfiles/Runs/aliases.yaml").path)
        return RunResolver(
            aliases: aliases, cluster: { try library.cluster($0) }, gpu: { try library.gpu($0) },
            stack: { try SoftwareStack.read(path: library.path(of: .stack, named: $0)) },
            model: { try ModelDocument.read(path: library.path(of: .model, named: $0)) }, modelNames: library.names(of: .model),
            clusterNames: library.names(of: .cluster), gpuNames: library.names(of: .gpu), stackNames: library.names(of: .stack))
    }

    /// Predictions for all measured runs beside the repository, made once for all tests; nil where there are none.
    static let measuredPredictions: Result<[RunPrediction], any Error>? = measured("training/measured_runs.csv").map { path in
        Result { try predictions(RunsTable.read(path: path)) }
    }

    /// Predictions for all runs.
    static func predictions(_ runs: [RunRecord]) throws -> [RunPrediction] {
        var predictor = RunPredictor(resolver: try resolver())
        return try runs.map { try predictor.predict($0) }
    }

    /// A run by hand: a small dense model on one DGX A100, with columns replaced or added.
    static func run(
        id: String = "test-1", framework: String = "Megatron-LM 3", gpu: String = "A100-80G-SXM", _ numbers: [String: Double] = [:],
        _ change: (inout RunRecord) -> Void = { _ in }
    ) -> RunRecord {
        var run = RunRecord(location: SourceLocation(file: "test", line: 1))
        run.id = id
        run.framework = framework
        run.model = "gpt"
        run.gpu = gpu
        run.precision = "bf16"
        run.numbers = [
            "layers": 24, "hidden": 2048, "heads": 16, "seq_len": 2048, "n_gpus": 8, "gbs": 64, "mbs": 2, "tp": 2, "pp": 2, "dp": 2,
            "vocab": 50_000,
        ].merging(numbers) { $1 }
        change(&run)
        return run
    }

    /// A prediction whose measured time is known, for statistics.
    static func prediction(_ key: String, predicted: Double, measured: Double, id: String = "test-1") -> RunPrediction {
        RunPrediction(
            run: run(id: id, ["step_time_s": measured]), stepTime: predicted, memory: nil, predictedOutOfMemory: nil, isRecommended: nil,
            assumptions: [], skipped: nil, layoutKey: key)
    }
}
