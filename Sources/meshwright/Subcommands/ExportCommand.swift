public import ArgumentParser
import Documents
import Foundation
import Hardware
public import Interchange
import PlanStore
import Reports

extension ExportTarget: ExpressibleByArgument {}

/// The ways of dealing sequences to ranks that some target has.
enum ExportDealing: String, CaseIterable, ExpressibleByArgument {
    /// Rows of samples on a static mesh.
    case packed
    /// A group of ranks for every sequence.
    case hybrid
}

/// `meshwright export`: the files that make frameworks and schedulers run a plan.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the files that a framework or scheduler takes to run a plan.",
        discussion: """
            meshwright plan --model llama-3.1-8b --cluster dgx-h100 --gpus 64 --format json > plan.json
            meshwright export --plan plan.json --rank 2 --target megatron-lm --target slurm --output launch
            meshwright export --model llama-3.1-8b --cluster dgx-h100 --gpus 64 --tp 2 --target torchtitan --output launch
            meshwright export --plan plan.json --trial 3 --steps 20 --target megatron-lm --output trial
            meshwright export --list

            Without --plan, all options of plan that shape one are taken, --no-cache too, and its best plan is written, for the stack that the target runs: torchtitan, \
            megatron-deepspeed for deepspeed, fsdp for accelerate, transformers for axolotl, llama-factory and trl, torchtune for itself, and megatron-core for all others. What a target cannot express is said on standard
            error and in the header of the files.
            """)

    @Flag(help: "List the targets and what each supports.")
    var list = false

    @Option(help: "How --list is written: text or json.")
    var format: PlainFormat?

    @Option(help: ArgumentHelp("A plan to write: the JSON that plan --format json prints.", valueName: "file"), completion: .file())
    var plan: String?

    @Option(help: ArgumentHelp("Which of its plans. By default the first.", valueName: "rank"))
    var rank: Int?

    @Flag(help: "Write the fastest of its plans: the first, unless --objective memory ordered them by memory.")
    var fastest = false

    @Option(
        name: .customLong("target"),
        help: ArgumentHelp("What to write for; may be given several times. A launcher starts the framework's script.", valueName: "target"),
        completion: .list(ExportTarget.allCases.map(\.rawValue)), transform: ExportTarget.named)
    var targets: [ExportTarget] = []

    @Option(
        name: .customLong("cpus-per-task"), help: ArgumentHelp("Processor cores of every rank, for Slurm.", valueName: "cores"))
    var coresPerRank: Int?

    @OptionGroup(title: "Trial") var trial: ExportTrialOptions

    @Option(help: ArgumentHelp("The folder to write into.", valueName: "folder"), completion: .directory)
    var output = "launch"

    @Option(
        help: ArgumentHelp(
            "How sequences are dealt to ranks: packed, or hybrid, where every sequence gets ranks of its own (Megatron-LM). By default packed.",
            valueName: "way"))
    var dealing: ExportDealing?

    @Flag(name: .customLong("no-cache"), help: "Neither read nor write the cache of plans.")
    var isUncached = false

    @Flag(help: "Replace files that exist.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "A map of ranks to GPUs (meshwright.placement/1). By default ranks fill the nodes in order.", valueName: "file"),
        completion: .file())
    var placement: String?

    @Option(
        help: ArgumentHelp("The model's name or file, where it is not the plan's.", valueName: "name|path"), completion: .shipped(.model))
    var model: String?

    @OptionGroup var named: ClusterNameOption

    @Option(
        help: ArgumentHelp(
            "The stack's name or file, where it is not the plan's. Without --plan by default the one that the targets run.",
            valueName: "name|path"),
        completion: .shipped(.stack))
    var stack: String?

    @Argument(parsing: .allUnrecognized, help: ArgumentHelp("Without --plan: any options of plan.", valueName: "plan options"))
    var planArguments: [String] = []

    func validate() throws {
        if list { return }
        if format != nil { throw ValidationError("--format goes with --list; what export writes has the forms of its targets") }
        if let coresPerRank {
            guard (1...4096).contains(coresPerRank) else { throw ValidationError("--cpus-per-task \(coresPerRank): between 1 and 4096") }
            guard targets.contains(.slurm) || trial.count != nil else {
                throw ValidationError("--cpus-per-task goes with --target slurm or --trial")
            }
        }
        if trial.count != nil, targets.count > 1 { throw ValidationError("--trial tries one framework; name one --target") }
        if fastest, rank != nil { throw ValidationError("--rank and --fastest both choose a plan; give one of them") }
        if trial.count != nil, rank != nil || fastest {
            throw ValidationError("\(fastest ? "--fastest" : "--rank") chooses one plan, and --trial tries the best ones in turn")
        }
        if trial.count != nil, dealing != nil { throw ValidationError("--trial tries packed rows; leave --dealing away") }
        if trial.count != nil, placement != nil {
            throw ValidationError("--placement places one plan, and --trial tries several; leave one of them away")
        }
        if targets.isEmpty { throw ValidationError("name what to write for with --target; --list shows the targets") }
        if plan != nil, let stray = planArguments.first {
            throw ValidationError("'\(stray)' is no option of export with --plan, which states all options already")
        }
        if plan != nil, isUncached { throw ValidationError("--no-cache says where a plan is looked for, and --plan states it") }
        let isStated = planArguments.contains { $0 == "--job" || $0.hasPrefix("--job=") }
        if plan == nil, !isStated, model == nil || named.name == nil {
            throw ValidationError("give a plan with --plan, or --model, --cluster or --gpu, and any options of plan")
        }
    }

    func run() async throws {
        if list {
            guard format == .json else { return Console.print(Self.targetList, terminator: "") }
            return Console.print(try JSONText.string(of: ExportTargetList()))
        }
        let text = try await planText()
        let document = try PlanDocument.parse(text: text, file: plan ?? "the plan")
        // Planned for any stack, a plan names the one whose constants priced it.
        let named = self.named.name
        let stack = plan == nil && stack == StackOption.any ? nil : stack
        let source = try ExportPlan(document, file: plan ?? "the plan", model: model, cluster: named, stack: stack)
        let written =
            try trial.files(of: source, target: targets[0], text: text, cores: coresPerRank)
            ?? files(source.configuration(rank: chosen(source), placement: placement), cores: coresPerRank)
        try LaunchFolder.write(written.files, to: output, replaces: force)
        for warning in written.warnings { ErrorReporting.warn(warning) }
        for file in written.files { Console.print("\(output)/\(file.name)") }
    }

    /// The rank to write; where the first plan is taken unasked and another is faster, that is said.
    private func chosen(_ source: ExportPlan) -> Int {
        if let rank { return rank }
        guard let quickest = source.fastestRank else { return 1 }
        if fastest { return quickest }
        if quickest != 1, let first = source.stepTime(rank: 1), let best = source.stepTime(rank: quickest), best < 0.995 * first {
            let share = String(format: "%.0f", (1 - best / first) * 100)
            ErrorReporting.warn("plan 1 is written; plan \(quickest) is expected to be \(share) % faster, and --fastest writes it")
        }
        return 1
    }

    /// The stack to plan for where none is named: the one whose plans all the frameworks among the targets carry out.
    private func usualStack() throws -> String {
        let frameworks = targets.filter { !$0.isLauncher }
        let stacks = frameworks.map { $0.usualStack ?? StackOption.usual }
        guard let first = stacks.first else { return StackOption.usual }
        if let other = stacks.firstIndex(where: { $0 != first }) {
            throw CommandFailure(
                .usage,
                "--target \(frameworks[0].rawValue) carries out plans of the stack \(first), and --target \(frameworks[other].rawValue) "
                    + "those of \(stacks[other]); export them one at a time, or name the stack of the plan with --stack")
        }
        ErrorReporting.warn("the plan is for the stack \(first), which --target \(frameworks[0].rawValue) runs; --stack names another")
        return first
    }

    /// The files of every target, launchers starting the first framework's script.
    private func files(_ configuration: LaunchConfiguration, cores: Int?) throws -> LaunchFiles {
        var configuration = configuration
        configuration.coresPerRank = cores
        configuration.formsGroups = dealing == .hybrid
        var result = LaunchFiles(files: [])
        for target in targets.sorted(by: { !$0.isLauncher && $1.isLauncher }) {
            let written = try configuration.files(for: target)
            if !target.isLauncher, let script = written.files.first(where: \.isExecutable), result.files.isEmpty {
                configuration.command = ["bash", "./\(script.name)"]
            }
            result.files += written.files.filter { file in !result.files.contains { $0.name == file.name } }
            result.warnings += written.warnings.map { "\(target.rawValue): \($0)" }
        }
        return result
    }

    /// The JSON of a plan's file, of a remembered plan, or of the answer to the options of plan.
    private func planText() async throws -> String {
        if let plan { return try TextFile.read(path: plan) }
        let named = [("--model", model), ("--cluster", named.cluster), ("--gpu", named.gpu), ("--stack", try stack ?? usualStack())]
        // An option of the command rather than of the question.
        let (isUncached, asked) = (planArguments.contains("--no-cache"), planArguments.filter { $0 != "--no-cache" })
        let arguments = try JobFile.expanded(
            named.flatMap { name, value in value.map { [name, $0] } ?? [] } + asked + trial.planArguments(beside: asked))
        let question: PlanQuestion
        let options: PlanOptions
        do {
            try RepeatedOptions.check(arguments, of: PlanOptions.self)
            options = try PlanOptions.parse(arguments)
            question = try PlanQuestion(options, library: .installed)
        } catch  where Meshwright.exitCode(for: error) != .failure {
            throw CommandFailure(.usage, Meshwright.message(for: error))
        }
        try PinReport.check(question.request)
        var store: PlanCache? = isUncached ? nil : PlanCache(path: CacheLocation.standard(environment: ProcessInfo.processInfo.environment))
        let key = try question.key(explain: 1, comparison: nil, seed: options.search.seed)
        let report: PlanReport
        if let remembered = store?.lookup(key).flatMap({ try? JSONDecoder().decode(PlanReport.self, from: $0) }) {
            report = remembered
        } else {
            report = try await PlanAnswer(question: question, isCancelled: { false }, progress: ProgressBar())
                .report(explain: 1, comparison: nil, seed: options.search.seed)
        }
        guard !report.plans.isEmpty else { throw CommandFailure(.infeasible, PlanText.verdict(report)) }
        return JSONWriter.text(report.document(PlanReport.Run(elapsed: 0, cache: "off", threads: options.search.threadCount)))
    }

    /// A line a target, launchers last.
    private static var targetList: String {
        ExportTarget.allCases.map { "\($0.rawValue)\n    \($0.summary)\n    carries out \($0.supports)\n" }.joined()
    }
}

/// The JSON form of `export --list`.
private struct ExportTargetList: Encodable {
    struct Entry: Encodable {
        var name, summary, supports: String
        var launcher: Bool

        enum CodingKeys: String, CodingKey {
            case name, summary, launcher
            case supports = "carries_out"
        }
    }

    var schema = "meshwright.export-list/1"
    var targets = ExportTarget.allCases.map {
        Entry(name: $0.rawValue, summary: $0.summary, supports: $0.supports, launcher: $0.isLauncher)
    }
}

extension ExportTarget {
    /// The stack whose plans the target can carry out, where a user names none; nil for the default one.
    var usualStack: String? {
        switch self {
        case .torchTitan, .torchTitan03: "torchtitan"
        case .deepSpeed: "megatron-deepspeed"
        case .accelerate: "fsdp"
        case .axolotl, .llamaFactory, .trl: "transformers"
        case .torchtune: "torchtune"
        default: nil
        }
    }

    /// The target that a word names.
    static func named(_ word: String) throws -> ExportTarget { try ChoiceArgument.one(word) }
}
