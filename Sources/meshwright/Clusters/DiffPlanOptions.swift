import ArgumentParser
import Hardware
import Parallelism
import Workload

/// The plan whose cost `cluster diff` counts: a file, or a model with what decides its plan.
struct DiffPlanOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("A plan to price on both profiles: the JSON that plan --format json prints.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var plan: String?

    @Option(help: ArgumentHelp("Which plan of the file. By default 1.", valueName: "N"))
    var rank: Int?

    @Option(
        help: ArgumentHelp(
            "A model whose best plan on the first profile is priced on both, in place of --plan: a shipped name or a path.",
            valueName: "name|path"), completion: .shipped(.model))
    var model: String?

    @Option(
        help: ArgumentHelp("The configuration to price in place of the best plan, such as tp=8,pp=4.", valueName: "key=value,…"),
        transform: HandWrittenStrategy.parse)
    var configuration: HandWrittenStrategy?

    @Option(
        name: .customLong("global-batch-size"), help: ArgumentHelp("Sequences of a step.", valueName: "sequences"),
        transform: CountArgument("--global-batch-size", of: "sequence").whole)
    var globalBatch: Int?

    @Option(
        name: .customLong("seq-len"), help: ArgumentHelp("Tokens of a sequence, such as 8K.", valueName: "tokens"),
        transform: CountArgument("--seq-len", of: "token", kilo: .binary).whole)
    var sequenceLength: Int?

    @Option(help: "Format of the matrix products. By default bf16.")
    var precision: Precision?

    @Option(
        help: ArgumentHelp("Tokens of the whole training, such as 15T; adds days with failures.", valueName: "count"),
        transform: CountArgument("--tokens", of: "token").number)
    var tokens: Double?

    /// Whether a plan is to be priced.
    var isGiven: Bool { plan != nil || model != nil }

    /// Options that go with a model, by their names.
    private var ofModel: [String] {
        let given: [(String, Bool)] = [
            ("--configuration", configuration != nil), ("--global-batch-size", globalBatch != nil), ("--seq-len", sequenceLength != nil),
            ("--precision", precision != nil), ("--tokens", tokens != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    /// Throws where the options cannot be meant together with those of the size, the stack and the method.
    func check(_ others: [String]) throws {
        if plan != nil, model != nil { throw ValidationError("--plan and --model both say which plan; give one of them") }
        if rank != nil, plan == nil { throw ValidationError("--rank chooses among the plans of --plan; give that too") }
        if let configuration, configuration.source != nil {
            throw ValidationError("--configuration takes sizes such as tp=8,pp=4; a file of your own is priced by simulate --from")
        }
        if let stray = (ofModel + others).first, model == nil {
            throw ValidationError(
                plan == nil ? "\(stray) needs --model" : "--plan states the whole configuration; \(stray) goes with --model")
        }
    }

    /// The question that `plan` would ask of a cluster.
    func planOptions(cluster: String, size: ClusterSizeOption, stack: StackOption, method: MethodOptions) throws -> PlanOptions {
        var options = try PlanOptions.parse(["--model", model ?? "", "--cluster", cluster])
        (options.size, options.software, options.method) = (size, stack, method)
        (options.job.globalBatch, options.job.sequenceLength) = (globalBatch, sequenceLength)
        (options.job.precision, options.job.tokens) = (precision, tokens)
        try options.job.validate()
        return options
    }
}
