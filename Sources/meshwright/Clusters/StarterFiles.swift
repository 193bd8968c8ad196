import Documents
import Foundation
import Hardware
import Interchange
import Parallelism
import Quantities
import Reports
import Workload

/// The files that `init` leaves: a job, a cluster, and the command that plans with them.
struct StarterFiles {
    /// Where they go.
    let folder: String

    private var job: String { "\(folder)/job.yaml" }
    private var cluster: String { "\(folder)/cluster.yaml" }

    /// Refuses to take the place of anything.
    func check() throws {
        for path in [job, cluster] where FileManager.default.fileExists(atPath: path) {
            throw CommandFailure(.badInput, "\(path) exists, and nothing is replaced; use another folder with --dir, or move it away")
        }
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), !isFolder.boolValue {
            throw CommandFailure(.badInput, "\(folder) is no folder; name one with --dir")
        }
    }

    /// Writes both files and prints the command; nothing is written before everything was read.
    func write(_ answers: StarterAnswers, _ library: ProfileLibrary) throws {
        guard let name = answers.model, let place = answers.cluster else { return }
        let model = try library.model(name)
        let method = answers.method ?? .pretrain
        let stackName = answers.stack ?? StackOption.usual(for: method)
        let stack = try SoftwareStack.read(path: library.path(of: .stack, named: stackName))
        if let problem = MethodRules.problem(TrainingMethod(method), stack: stack) {
            throw CommandFailure(.badInput, "--method \(method.rawValue): \(problem)")
        }
        let whole = try library.cluster(place)
        AssumedCluster.say(place, whole, remedy: false)
        var profile = try answers.gpus.map { try whole.scaled(gpus: $0) } ?? whole
        if ProfileLibrary.usualGPU(place) != nil { profile.name = profile.first.gpu.name }
        let length = answers.sequenceLength ?? model.usualSequenceLength
        let jobText = text(of: answers, model, method, length)
        let clusterText = profile.text(
            comment: [
                "The cluster of \(job.split(separator: "/").last ?? "job.yaml"). Change what differs on yours: docs/profiles.md explains each key.",
                "Numbers with 'unverified: true' are second-hand; 'meshwright cluster detect' on a node, or 'cluster import', put measured ones in their place.",
            ], gpuReference: { Self.reference($0, place) })
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try AtomicFile.write(Array(clusterText.utf8), to: cluster)
        try AtomicFile.write(Array(jobText.utf8), to: job)
        ErrorReporting.warn("wrote \(job) and \(cluster)")
        let change = folder == "." ? "" : "cd \(ShellWord.quoted(folder)) && "
        Console.print("\(change)meshwright plan --job job.yaml --cluster ./cluster.yaml --stack \(ShellWord.quoted(stackPath(stackName)))")
    }

    /// A path from the folder that the command runs in.
    private func stackPath(_ name: String) -> String { name.contains("/") ? URL(filePath: name).standardizedFileURL.path : name }

    private static func reference(_ gpu: GPU, _ place: String) -> String {
        guard let own = ProfileLibrary.usualGPU(place), own.contains("/") else { return gpu.name }
        return URL(filePath: own).standardizedFileURL.path
    }

    private func text(of answers: StarterAnswers, _ model: TransformerModel, _ method: TrainingMethod.Kind, _ length: Int) -> String {
        let name = answers.model ?? model.name
        let isFile = name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
        let reference = isFile ? URL(filePath: name).standardizedFileURL.path : name
        return """
            # A job for 'meshwright plan --job' and 'simulate --job': each key is an option of plan without its hyphens.
            # What the command line says too, the command line decides.

            # The model: a name of 'meshwright model list', or the path of a model file ('model import' writes one).
            \(YAMLWriter.text(["model": .text(reference)]).dropLast())

            # What is trained: pretrain, full, lora, qlora, frozen (with freeze:), distil (with teacher:) or zeroth-order.
            method: \(method.rawValue)
            \(method == .lora || method == .qlora ? "lora: {rank: 16, targets: all-linear}" : "# lora: {rank: 16, targets: all-linear}   # with method: lora or qlora")

            # Tokens of a sequence, and sequences of an optimizer step; without the latter about 4 Mi tokens are taken.
            seq-len: \(length)
            # global-batch-size: 512

            # Tokens of the whole training: adds days, GPU-hours and what failures cost.
            # tokens: 1T

            # Number formats and optimizer; these are what is taken without them.
            # precision: bf16
            # optimizer: adam

            """
    }
}
