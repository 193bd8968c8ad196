import ArgumentParser
import CostModels
import Hardware
import Parallelism
import Reports
import Workload

/// Where the layers of a model run whose operators are timed: a cluster, a stack, and the sizes that divide a layer.
struct LayerPlaceOptions: ParsableArguments {
    @OptionGroup var named: ClusterNameOption

    @Option(help: ArgumentHelp("The software stack. By default megatron-core.", valueName: "name|path"), completion: .shipped(.stack))
    var stack: String?

    @Option(help: "Format of the matrix products. By default bf16.")
    var precision: Precision?

    @Option(name: .customLong("tp"), help: ArgumentHelp("Tensor-parallel size. By default 1.", valueName: "t"))
    var tensor: Int?

    @Option(name: .customLong("cp"), help: ArgumentHelp("Context-parallel size. By default 1.", valueName: "c"))
    var context: Int?

    @Option(
        name: .customLong("cp-kind"), help: .contextKind, transform: { try ChoiceArgument.one($0) as ContextParallelKind })
    var contextKind: ContextParallelKind?

    @Option(name: .customLong("ep"), help: ArgumentHelp("Expert-parallel size. By default 1.", valueName: "e"))
    var expert: Int?

    @Option(name: .customLong("etp"), help: ArgumentHelp("Tensor-parallel size of experts. By default 1.", valueName: "x"))
    var expertTensor: Int?

    @Option(name: .customLong("micro-batch-size"), help: ArgumentHelp("Sequences of a micro-batch. By default 1.", valueName: "b"))
    var microBatch: Int?

    @Option(
        help: ArgumentHelp("Recomputation: none, selective (with --recompute-modules) or full. By default none.", valueName: "mode"),
        transform: { try ChoiceArgument.one($0) as Recompute })
    var recompute: Recompute?

    @Option(
        name: .customLong("recompute-modules"),
        help: .recomputeModules,
        transform: ModulesArgument.parse)
    var recomputeModules: RecomputeModules?

    /// Whether any of the options was given.
    private var isGiven: Bool {
        stack != nil || recompute != nil || recomputeModules != nil || precision != nil || contextKind != nil
            || [tensor, context, expert, expertTensor, microBatch].contains { $0 != nil }
    }

    func validate() throws {
        if named.name == nil, isGiven {
            throw ValidationError(
                "--tp and its like say how layers are divided for their times and kept bytes, which need a --cluster or a --gpu")
        }
        if recompute == .selective, recomputeModules == nil {
            throw ValidationError("--recompute selective needs --recompute-modules, such as core_attn,mlp")
        }
        if let recompute, recompute != .selective, recomputeModules != nil {
            throw ValidationError("--recompute-modules are those of selective recomputation, and --recompute is \(recompute.rawValue)")
        }
        for (flag, size) in [
            ("--tp", tensor), ("--cp", context), ("--ep", expert), ("--etp", expertTensor), ("--micro-batch-size", microBatch),
        ] {
            guard let size, !(1...DimensionArgument.largest).contains(size) else { continue }
            throw ValidationError("\(flag) \(size): between 1 and \(DimensionArgument.largest)")
        }
    }

    /// The place, and what is to be said of it before any number; nil where no cluster was named.
    ///
    /// Throws where the sizes do not divide the model's layers.
    func place(of model: TransformerModel, sequenceLength: Int) throws -> (place: OperatorTable.Place, words: String)? {
        guard let name = named.name else { return nil }
        let library = ProfileLibrary.installed
        let cluster = try library.cluster(name)
        AssumedCluster.say(name, cluster)
        let profile = try SoftwareStack.read(path: library.path(of: .stack, named: stack ?? "megatron-core"))
        let usual = PrecisionRules.usual(on: cluster, stack: nil)
        let job = TrainingJob(globalBatch: 1, sequenceLength: sequenceLength, precision: precision ?? usual)
        if let problem = PrecisionRules.problem(job.precision, on: cluster, stack: nil) {
            throw CommandFailure(.badInput, "--precision \(job.precision.rawValue): \(problem)")
        }
        let inputs = CostInputs(model: model, cluster: cluster, job: job, stack: profile)
        var s = ParallelStrategy()
        s.tensor = tensor ?? 1
        s.context = context ?? 1
        s.contextKind = contextKind ?? .ring
        s.contextInner = s.contextKind.innerSizes(of: s.context).last ?? 1
        s.expert = expert ?? 1
        s.expertTensor = expertTensor ?? 1
        s.microBatch = microBatch ?? 1
        s.sequenceParallel = s.tensor > 1 && profile.launches.sequenceParallel ?? true
        let legality = Legality(model: model, divisions: inputs.divisions, job: job, stack: profile)
        if let rule = legality.shapeViolation(of: s) {
            throw CommandFailure(.badInput, "\(legality.describe(rule, in: s))")
        }
        var words =
            "on \(cluster.name) with \(profile.name): \(job.precision.rawValue), micro-batch \(s.microBatch), tp \(s.tensor)"
            + (s.sequenceParallel ? " with sequence parallelism" : "") + ", cp \(s.context)"
        if s.context > 1 { words += " (\(s.contextKind.rawValue))" }
        if inputs.divisions.hasExperts { words += ", ep \(s.expert), etp \(s.expertTensor)" }
        let mode = recompute ?? (recomputeModules == nil ? .none : .selective)
        return (OperatorTable.Place(inputs, shape: LayerShape(s), recompute: mode, modules: recomputeModules ?? []), words)
    }
}

extension ArgumentHelp {
    /// Of the option that takes modules of selective recomputation.
    static let recomputeModules = ArgumentHelp(
        "Modules that selective recomputation drops: \(RecomputeModules.named.map(\.name).joined(separator: ", ")).", valueName: "names")
    /// Of the option that takes one kind of context parallelism.
    static let contextKind = ArgumentHelp(
        "Kind of context parallelism: \(ContextParallelKind.allCases.map(\.rawValue).joined(separator: ", ")). By default ring.",
        valueName: "kind")
}
