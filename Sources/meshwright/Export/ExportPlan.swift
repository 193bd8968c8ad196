import CostModels
import Documents
import Foundation
import Hardware
import Interchange
import Parallelism
import PlanStore
import Reports
import Workload

/// A plan with the model, cluster and stack that it was made for, ready to be written.
struct ExportPlan {
    /// What to launch, by rank of the plan.
    private let document: PlanDocument
    private let model: TransformerModel
    private let cluster: ClusterProfile
    private let stack: SoftwareStack
    private let file: String

    /// Finds what a plan was made from, and checks that it is still the same.
    ///
    /// - Parameters:
    ///   - document: the plan.
    ///   - file: its name in messages.
    ///   - model: the path or name to use instead of the model's own name; likewise `cluster` and `stack`.
    init(_ document: PlanDocument, file: String, model: String?, cluster: String?, stack: String?) throws {
        let library = ProfileLibrary.installed
        let modelPath = try library.path(of: .model, named: model ?? document.model.name)
        let modelText = try TextFile.read(path: modelPath)
        guard SHA256.hexadecimal(of: modelText.utf8) == document.model.sha256 else {
            throw CommandFailure(
                .badInput,
                "\(document.model.location): the plan was made from another content of the model file than \(modelPath) has now; "
                    + "run plan again, or name the file it was made from with --model")
        }
        self.model = try ModelDocument.parse(text: modelText, file: modelPath)
        let clusterPath = try library.path(of: .cluster, named: cluster ?? document.cluster.name)
        let clusterText = try TextFile.read(path: clusterPath)
        let profile = try ClusterProfile.parse(text: clusterText, file: clusterPath, library: library)
        self.cluster = try profile.scaled(gpus: document.gpus)
        let stackPath = try library.path(of: .stack, named: stack ?? document.stack.name)
        let stackText = try TextFile.read(path: stackPath)
        self.stack = try SoftwareStack.parse(text: stackText, file: stackPath)
        self.document = document
        self.file = file
        for (path, text, source) in [(clusterPath, clusterText, document.cluster), (stackPath, stackText, document.stack)]
        where SHA256.hexadecimal(of: text.utf8) != source.sha256 {
            ErrorReporting.warn("\(path) has changed since the plan was made; its times may be others by now")
        }
    }

    /// Plans that the answer lists.
    var ranks: [Int] { document.plans.map(\.rank) }

    /// Expected seconds of a step of a rank's plan; nil where it does not say.
    func stepTime(rank: Int) -> Double? { document.plans.first { $0.rank == rank }?.stepTime }

    /// The plan of a rank as a launch, its ranks placed by the file at `placement` if there is one, else as the plan says.
    func configuration(rank: Int, placement: String?) throws -> LaunchConfiguration {
        guard let plan = document.plans.first(where: { $0.rank == rank }) else {
            let known = document.plans.isEmpty ? "it has none" : "it has 1 to \(document.plans.count)"
            throw CommandFailure(.badInput, "--rank \(rank): \(file) has no such plan; \(known)")
        }
        let legality = Legality(model: model, job: document.job, worldSize: document.gpus)
        let violations = legality.violations(of: plan.strategy)
        guard violations.isEmpty else {
            throw CommandFailure(.badInput, "\(plan.location): \(violations.map(\.description).joined(separator: "; also, "))")
        }
        var choices = stack.defaults
        choices.overlapsDataParallel = plan.overlap.dataParallel
        choices.asyncTensorParallel = plan.overlap.tensorParallel
        choices.overlapsExperts = plan.overlap.expertParallel
        let names = (0..<cluster.nodes).map(cluster.nodeName)
        let map = try placement.map { try PlacementDocument.read(path: $0, nodeNames: names) } ?? plan.placement(nodeNames: names)
        return try LaunchConfiguration(
            model: model, strategy: plan.strategy, job: document.job, choices: choices, cluster: cluster, placement: map)
    }

    /// The plan of a rank as the cost models see it.
    func priced(rank: Int) throws -> (model: StepModel, strategy: ParallelStrategy) {
        let launch = try configuration(rank: rank, placement: nil)
        let inputs = CostInputs(model: launch.model, cluster: launch.cluster, job: launch.job, stack: stack, choices: launch.choices)
        let model = StepModel(inputs)
        if let plan = document.plans.first(where: { $0.rank == rank }), plan.places != nil, let planned = plan.stepTime {
            ErrorReporting.warn(
                String(format: "the plan takes %.4g s with its links and places; links of mean speed are simulated", planned))
        }
        return (model, launch.strategy)
    }
}
