import ArgumentParser
import Foundation
import Hardware
import Parallelism
import Reports
import Workload

/// `meshwright init`: a job file, a cluster file and the command to run, from at most five answers.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract: "Asks at most five questions and writes a job file, a cluster file and the command to run.",
        discussion: """
            meshwright init
            meshwright init --model llama-3.1-8b --gpu h100-80gb-sxm --gpus 64 --yes

            On a terminal what is not given as an option is asked; --yes takes what is usual instead. Nothing that exists is replaced.
            """)

    @Option(help: ArgumentHelp("The folder to write to.", valueName: "folder"), completion: .directory)
    var dir = "."

    @Option(
        help: ArgumentHelp("The model: a shipped name or the path of a model file.", valueName: "name|path"), completion: .shipped(.model))
    var model: String?

    @OptionGroup var named: ClusterNameOption

    @Option(help: "GPUs to use.", transform: CountArgument("--gpus", of: "GPU").whole)
    var gpus: Int?

    @Option(help: "What is trained: \(Self.methods.map(\.rawValue).joined(separator: ", ")). By default pretrain.")
    var method: TrainingMethod.Kind?

    @Option(
        name: .customLong("seq-len"),
        help: ArgumentHelp("Tokens of a sequence, such as 8K. By default the model's usual.", valueName: "tokens"),
        transform: CountArgument("--seq-len", of: "token", kilo: .binary).whole)
    var sequenceLength: Int?

    @Option(
        help: ArgumentHelp("The software stack. By default what is usual for the method.", valueName: "name|path"),
        completion: .shipped(.stack))
    var stack: String?

    @Flag(help: "Take what is usual for everything that is not given, and ask nothing.")
    var yes = false

    /// Methods that need no further options.
    static let methods: [TrainingMethod.Kind] = [.pretrain, .full, .lora, .qlora, .zerothOrder]

    func validate() throws {
        if let method, !Self.methods.contains(method) {
            throw ValidationError("--method \(method.rawValue) needs more than init asks; write it into the job file")
        }
        if named.gpu != nil, gpus == nil, yes { throw ValidationError("--gpu says which GPUs and not how many; add --gpus") }
        if let gpus, !(1...ClusterProfile.largest).contains(gpus) {
            throw ValidationError("--gpus is \(gpus); it must be 1 to \(ClusterProfile.largest)")
        }
        try ModelLimits.check(sequenceLength: sequenceLength)
    }

    func run() throws {
        let files = StarterFiles(folder: dir)
        try files.check()
        var answers = StarterAnswers(
            model: model, cluster: named.name, gpus: gpus, method: method, sequenceLength: sequenceLength, stack: stack)
        if !yes, !answers.isWhole, isatty(STDIN_FILENO) == 1 {
            try StarterQuestions(library: .installed).complete(&answers)
        }
        let missing = answers.missing
        guard missing.isEmpty else {
            throw CommandFailure(
                .usage,
                "there is no terminal to ask on; add \(missing.joined(separator: " and ")), such as --model llama-3.1-8b --gpu h100-80gb-sxm --gpus 64"
            )
        }
        try files.write(answers, .installed)
    }
}
