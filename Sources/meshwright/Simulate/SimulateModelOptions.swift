import ArgumentParser
import CostModels
import Documents
import Foundation
import Hardware
import Interchange
import Parallelism
import Reports
import Schedules
import Search
import Workload

/// A configuration of a model on a cluster, whose times come from the cost models instead of from options; the cluster's options stand beside it.
struct SimulateModelOptions: ParsableArguments {
    /// What a job file may state and a simulated step does not take, with the reason.
    static let withoutTime = [
        "--tokens": "one step does not depend on it", "--expert-imbalance": "experts of a simulated step are balanced",
    ]

    @Option(
        name: .customLong("job"),
        help: ArgumentHelp(
            "A YAML file that states options of job and method, as for plan. Options given beside it win.", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var job: String?

    @Option(
        help: ArgumentHelp(
            "A model: a shipped name or the path of a model file. Times then come from the cost models.", valueName: "name|path"),
        completion: .shipped(.model))
    var model: String?

    @Option(help: ArgumentHelp("The software stack. By default megatron-core.", valueName: "name|path"), completion: .shipped(.stack))
    var stack: String?

    @Option(
        help: ArgumentHelp(
            "A plan to simulate: the JSON that plan --format json prints, or a number N for the N-th of the answer remembered last.",
            discussion:
                "Model, cluster, job and strategy are read from it; --model, --cluster and --stack say where their files are, if they "
                + "are not shipped.",
            valueName: "file|N"), completion: .file(extensions: ["json"]))
    var plan: String?

    @Option(help: ArgumentHelp("Which plan of the file. By default 1.", valueName: "N"))
    var rank: Int?

    @Option(
        name: .customLong("global-batch-size"), help: ArgumentHelp("Sequences of a step.", valueName: "sequences"),
        transform: CountArgument("--global-batch-size", of: "sequence").whole)
    var globalBatch: Int?

    @Option(
        name: .customLong("seq-len"),
        help: ArgumentHelp("Tokens of a sequence, such as 8192 or 8K, which is 8 x 1,024.", valueName: "tokens"),
        transform: CountArgument("--seq-len", of: "token", kilo: .binary).whole)
    var sequenceLength: Int?

    @Option(help: "Format of the matrix products. By default bf16.")
    var precision: Precision?

    @Option(help: "The optimizer. By default adam.")
    var optimizer: Optimizer?

    @Option(
        name: .customLong("grad-dtype"),
        help: "Format in which gradients are summed and reduced: fp32, or bf16 (in fp16 training fp16). By default the stack's.")
    var gradientFormat: GradientFormat?

    @Option(
        name: .customLong("overlap-data-parallel"),
        help: "Whether gradients are reduced and parameters gathered beside compute: on, off. By default as the stack does.")
    var overlapsDataParallel: StrategyOptions.Switch?

    @OptionGroup var released: ReleaseOption
    @OptionGroup var routed: RoutingOptions
    @OptionGroup var sequences: LengthOptions

    @Option(help: "How tokens travel to experts: all-to-all, hierarchical, deep-ep, hybrid-ep or all-gather. By default as the stack does.")
    var dispatcher: ExecutionChoices.Dispatcher?

    @Option(name: .customLong("dispatch-format"), help: "Format of tokens on their way to experts: bf16 or fp8.")
    var dispatchFormat: ExecutionChoices.DispatchFormat?

    @Option(name: .customLong("route-nodes"), help: ArgumentHelp("Nodes that a token's experts may be on, at most.", valueName: "count"))
    var routedNodes: Int?

    @OptionGroup var overlap: OverlapOptions

    @Option(name: .customLong("tp"), help: ArgumentHelp("Tensor-parallel size.", valueName: "t"))
    var tensor: Int?

    @Option(name: .customLong("cp"), help: ArgumentHelp("Context-parallel size.", valueName: "c"))
    var context: Int?

    @Option(
        name: .customLong("cp-kind"), help: .contextKind, transform: { try ChoiceArgument.one($0) as ContextParallelKind })
    var contextKind: ContextParallelKind?

    @Option(
        name: .customLong("cp-kind-local"),
        help: ArgumentHelp(
            "Kind of context parallelism of layers with a window or chunks, where it is not that of the others.", valueName: "kind"),
        transform: { try ChoiceArgument.one($0) as ContextParallelKind })
    var localContextKind: ContextParallelKind?

    @Option(
        name: .customLong("cp-inner"),
        help: ArgumentHelp("Ranks of an inner group of a nested kind of context parallelism. By default the most.", valueName: "u"))
    var contextInner: Int?

    @Option(name: .customLong("ep"), help: ArgumentHelp("Expert-parallel size.", valueName: "e"))
    var expert: Int?

    @Option(name: .customLong("etp"), help: ArgumentHelp("Tensor-parallel size of experts.", valueName: "x"))
    var expertTensor: Int?

    @Option(name: .customLong("dp"), help: ArgumentHelp("Data-parallel size. By default what fills the GPUs.", valueName: "d"))
    var data: Int?

    @Option(name: .customLong("micro-batch-size"), help: ArgumentHelp("Sequences of a micro-batch. By default 1.", valueName: "b"))
    var microBatch: Int?

    @Option(help: "Recomputation: none, selective or full.")
    var recompute: String?

    @Option(name: .customLong("recompute-layers"), help: ArgumentHelp("Layers of a virtual stage that are recomputed.", valueName: "n"))
    var recomputeLayers: Int?

    @Option(help: ArgumentHelp("What lives beside the GPU, such as optimizer:50+activations:8.", valueName: "parts"))
    var offload: String?

    @Option(name: .customLong("optimizer-sharding"), help: "How state is sharded: none, zero1, zero2, zero3.")
    var sharding: String?

    @Option(help: "How layers are dealt: even, embedding-aware, or the layers of each virtual stage such as 7,8,8,7.")
    var layout: String?

    @Option(
        help: ArgumentHelp(
            "Your own configuration: \(UserConfiguration.spellings). Options given beside it win.",
            valueName: "framework:file"))
    var from: String?

    /// Whether a model's configuration is simulated rather than times from options.
    var isGiven: Bool { model != nil || plan != nil || from != nil }

    /// The files that the configuration is read from.
    func files(_ cluster: ClusterChoice) -> [String?] {
        [
            OutputFile.file(.model, model), OutputFile.file(.cluster, cluster.name), OutputFile.file(.stack, stack), plan,
            OutputFile.file(ofSpec: from), job, routed.routing, routed.map, sequences.lengths,
        ]
    }

    /// Throws where what is given of the configuration and of the cluster cannot be meant.
    func check(_ cluster: ClusterChoice) throws {
        try cluster.check()
        if rank != nil, plan == nil { throw ValidationError("--rank chooses among the plans of --plan; give that too.") }
        if from != nil {
            guard plan == nil else { throw ValidationError("--plan and --from both state a configuration; give one of them.") }
            guard cluster.name != nil else { throw ValidationError("--from needs a cluster: --cluster dgx-h100, say.") }
            return
        }
        if plan != nil {
            let besides = ["--stack", "--lengths", "--release"] + routed.given.map(\.name)
            if let stray = strays(cluster).first(where: { !besides.contains($0) }) {
                throw ValidationError("--plan states the whole configuration; \(stray) cannot be given with it.")
            }
            return
        }
        if model != nil, cluster.name == nil { throw ValidationError("--model needs a cluster: --cluster dgx-h100, say.") }
        if model == nil, let stray = strays(cluster).first { throw ValidationError("\(stray) needs --model.") }
        if model == nil, let name = cluster.givenName { throw ValidationError("\(name) needs --model.") }
    }

    /// The options given that describe a configuration, by their names.
    private func strays(_ cluster: ClusterChoice) -> [String] {
        let given: [(name: String, isGiven: Bool)] =
            [
                ("--stack", stack != nil), ("--tp", tensor != nil), ("--cp", context != nil), ("--cp-kind", contextKind != nil),
                ("--cp-kind-local", localContextKind != nil), ("--cp-inner", contextInner != nil), ("--ep", expert != nil),
                ("--etp", expertTensor != nil), ("--dp", data != nil), ("--micro-batch-size", microBatch != nil),
                ("--recompute", recompute != nil), ("--recompute-layers", recomputeLayers != nil),
                ("--optimizer-sharding", sharding != nil),
                ("--offload", offload != nil),
                ("--layout", layout != nil), ("--global-batch-size", globalBatch != nil), ("--seq-len", sequenceLength != nil),
                ("--precision", precision != nil), ("--optimizer", optimizer != nil), ("--grad-dtype", gradientFormat != nil),
                ("--overlap-data-parallel", overlapsDataParallel != nil),
                ("--dispatcher", dispatcher != nil),
                ("--dispatch-format", dispatchFormat != nil), ("--route-nodes", routedNodes != nil),
                ("--lengths", sequences.lengths != nil), ("--release", released.release != nil),
            ] + overlap.given + routed.given
        return given.filter(\.isGiven).map(\.name) + cluster.givenSizes
    }

    /// What is simulated.
    struct Configuration {
        /// Its cost models.
        var model: StepModel
        /// Its strategy.
        var strategy: ParallelStrategy
        /// What was read of the user's own file; nil where there is none.
        var echo: ConfigurationEcho?
        /// How long sequences are; nil where they all fill a row.
        var lengths: LengthOptions.Read?
        /// Why the stack's attention kernels would not run it; nil where they do.
        var refusal: KernelRefusal?
    }

    /// The cost models of the configuration, and its strategy; what was read of the user's own file is said.
    func configuration(_ schedule: SimulateScheduleOptions, _ method: MethodOptions, _ choice: ClusterChoice) throws -> Configuration {
        let library = ProfileLibrary.installed
        if let plan { return try planned(plan, choice) }
        guard let cluster = choice.name else { throw CommandFailure(.usage, "a configuration needs --cluster") }
        let own = try from.map(OwnConfiguration.init)
        guard let shape = try model.map(library.model) ?? own?.model(library) else {
            throw CommandFailure(.badInput, "--from \(from ?? ""): \(own?.withoutModel ?? "the model is not known"); name it with --model")
        }
        let whole = try library.cluster(cluster)
        AssumedCluster.say(cluster, whole)
        let profile = try choice.isSized ? choice.size.scaled(whole) : own?.sized(whole) ?? whole
        var method = method
        _ = method.take(own?.read.method)
        let kind = method.method ?? .pretrain
        let stackName = stack ?? own?.read.stack ?? StackOption.usual(for: kind)
        let stack = try SoftwareStack.read(path: library.path(of: .stack, named: stackName))
        let length = sequenceLength ?? own?.read.sequenceLength ?? shape.usualSequenceLength
        if let sequenceLength { shape.warn(of: [sequenceLength], given: "--seq-len") }
        let batch =
            globalBatch ?? own?.globalBatch(gpus: profile.gpus)
            ?? schedule.microBatches.map { Self.product($0, microBatch ?? 1, dataSize(profile, schedule)) }
        let usual = PrecisionRules.usual(on: profile, stack: stack)
        var assumed: [String] = []
        let trained = try method.method(for: shape, &assumed)
        if let problem = MethodRules.problem(trained, stack: stack) {
            throw CommandFailure(.badInput, "--method \(kind.rawValue): \(problem)")
        }
        if !assumed.isEmpty { ErrorReporting.warn("assumed: \(assumed.joined(separator: " "))") }
        let rows = batch ?? DefaultBatch.sequences(of: length, gpus: profile.gpus)
        let drawn = try sequences.read(shape, rows: rows, sequence: length, packed: own?.read.packing)
        if drawn != nil, sequences.packing == nil, let note = own?.read.packingNote { ErrorReporting.warn(note) }
        let job = TrainingJob(
            globalBatch: rows, sequenceLength: length,
            precision: precision ?? own?.read.precision ?? usual, optimizer: optimizer ?? own?.read.optimizer ?? .adam,
            gradientFormat: gradientFormat ?? own?.read.gradientFormat, method: trained,
            routing: try routed.routing(of: shape), documents: drawn?.documents)
        try PlanQuestion.check(optimizer, job, on: stack)
        if let problem = PrecisionRules.problem(job.precision, on: profile, stack: stack) {
            throw CommandFailure(.badInput, "\(precision == nil && from != nil ? "--from \(from ?? "")" : "--precision"): \(problem)")
        }
        let configuration = HandWrittenStrategy(fields: (own?.fields ?? [:]).merging(fields(schedule)) { $1 })
        let choices = released.applied(
            to: try configuration.execution(stack.defaults, on: (stack, shape), as: "simulate"), stack: stack, cluster: profile)
        let inputs = CostInputs(model: shape, cluster: profile, job: job, stack: stack, choices: choices)
        let echo = own?.echo(
            inputs, options: Set(strays(choice).map { String($0.dropFirst(2)) } + fields(schedule).keys), fields: configuration.fields)
        for line in echo?.lines ?? [] { Console.complain(line) }
        // A schedule that the stack cannot launch is simulated all the same: that is what a simulator is for.
        let request = SearchRequest(inputs: inputs, ignoresStack: true)
        let strategy = try configuration.strategy(request, as: from.map { "--from \($0)" } ?? "simulate")
        let refusal = KernelRefusal(inputs, strategy)
        let runs = SearchRequest(inputs: inputs).legality
        if let refusal {
            ErrorReporting.warn(refusal.sentence)
        } else if let rule = runs.stackViolation(of: strategy) {
            ErrorReporting.warn(
                "\(stack.name) does not run this, which is priced all the same: \(runs.describe(rule, in: strategy).problem)")
        }
        return Configuration(model: StepModel(inputs), strategy: strategy, echo: echo, lengths: drawn, refusal: refusal)
    }

    private func dataSize(_ cluster: ClusterProfile, _ schedule: SimulateScheduleOptions) -> Int {
        data ?? max(1, cluster.gpus / max(1, Self.product(tensor ?? 1, context ?? 1, schedule.ranks ?? 1)))
    }

    /// A product that stops at the largest number.
    private static func product(_ factors: Int...) -> Int {
        factors.reduce(1) { product, factor in
            let (value, isTooLarge) = product.multipliedReportingOverflow(by: factor)
            return isTooLarge ? .max : value
        }
    }
}
