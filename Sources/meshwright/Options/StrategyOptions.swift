import ArgumentParser
import Parallelism
import Schedules
import Search
import Workload

/// What the user pins or limits in the search; every size takes `8`, `4...16` or `1,2,4`.
struct StrategyOptions: ParsableArguments {
    /// How help heads the group, since every option takes the same forms.
    static let title = "Pins and ranges (8, 4...16 or 1,2,4)"

    @Option(name: .customLong("tp"), help: ArgumentHelp("Tensor-parallel sizes.", valueName: "sizes"), transform: DimensionArgument.parse)
    var tensor: Allowed?

    @Option(name: .customLong("pp"), help: ArgumentHelp("Pipeline-parallel sizes.", valueName: "sizes"), transform: DimensionArgument.parse)
    var pipeline: Allowed?

    @Option(
        name: .customLong("vpp"), help: ArgumentHelp("Virtual stages of a pipeline rank.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var virtualStages: Allowed?

    @Option(name: .customLong("cp"), help: ArgumentHelp("Context-parallel sizes.", valueName: "sizes"), transform: DimensionArgument.parse)
    var context: Allowed?

    @Option(name: .customLong("ep"), help: ArgumentHelp("Expert-parallel sizes.", valueName: "sizes"), transform: DimensionArgument.parse)
    var expert: Allowed?

    @Option(
        name: .customLong("etp"), help: ArgumentHelp("Tensor-parallel sizes of experts.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var expertTensor: Allowed?

    @Option(
        name: .customLong("dp"), help: ArgumentHelp("Data-parallel sizes, counted without context parallelism.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var data: Allowed?

    @Option(
        name: .customLong("micro-batch-size"), help: ArgumentHelp("Sequences of a micro-batch.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var microBatch: Allowed?

    @Option(
        help: ArgumentHelp("Recomputation: none, selective, full.", valueName: "modes"),
        transform: { try ChoiceArgument.parse($0) as Set<Recompute> })
    var recompute: Set<Recompute>?

    @Option(
        name: .customLong("recompute-layers"),
        help: ArgumentHelp("Layers of a virtual stage that full recomputation covers.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var recomputeLayers: Allowed?

    @Option(
        name: .customLong("recompute-modules"),
        help: .recomputeModules,
        transform: ModulesArgument.parse)
    var recomputeModules: RecomputeModules?

    @Option(
        help: ArgumentHelp("Pipeline schedules, such as 1f1b,interleaved.", valueName: "names"),
        transform: { try ChoiceArgument.parse($0) as Set<PipelineSchedule> })
    var schedule: Set<PipelineSchedule>?

    @Option(
        name: .customLong("optimizer-sharding"), help: ArgumentHelp("How state is sharded: none, zero1, zero2, zero3.", valueName: "modes"),
        transform: { try ChoiceArgument.parse($0) as Set<OptimizerSharding> })
    var sharding: Set<OptimizerSharding>?

    @Option(
        name: .customLong("shard-group"), help: ArgumentHelp("Data-parallel ranks that share a shard of the state.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var shardGroup: Allowed?

    @Option(
        name: .customLong("group-size"), help: ArgumentHelp("Micro-batches of a group of an interleaved schedule.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var groupSize: Allowed?

    @Option(
        name: .customLong("sequence-parallel"), help: "Sequence parallelism with tensor parallelism: on, off. By default both are tried.")
    var sequenceParallel: Switch?

    @Option(
        name: .customLong("cp-kind"),
        help: ArgumentHelp(
            "Kinds of context parallelism: \(ContextParallelKind.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "kinds"),
        transform: { try ChoiceArgument.parse($0) as Set<ContextParallelKind> })
    var contextKinds: Set<ContextParallelKind>?

    @Option(
        name: .customLong("cp-inner"),
        help: ArgumentHelp("Inner sizes of nested kinds of context parallelism, which divide cp.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var contextInner: Allowed?

    @Option(
        help: ArgumentHelp(
            "How layers are dealt to stages: even, embedding-aware, or the layers of each virtual stage such as 7,8,8,7.",
            valueName: "layout"),
        transform: LayoutArgument.parse)
    var layout: LayerLayout?

    @Option(
        help: ArgumentHelp(
            "What may live beside the GPU: auto (what makes something fit, on one node also what makes it 5 % faster), never, all, or parts that every plan moves: optimizer, parameters, storage, interleaved, activations, checkpoints, modules.",
            valueName: "parts"),
        transform: OffloadArgument.parse)
    var offload: OffloadPolicy?

    @Option(
        name: .customLong("offload-percent"),
        help: ArgumentHelp("Percent of the optimizer's state that the host holds and updates, where any moves.", valueName: "sizes"),
        transform: PercentArgument.parse)
    var offloadPercent: Allowed?

    @Option(
        name: .customLong("offload-stride"),
        help: ArgumentHelp("Of how many groups of state the GPU updates one, where the host updates the others.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var offloadStride: Allowed?

    @Option(
        name: .customLong("offload-layers"),
        help: ArgumentHelp("Layers of a virtual stage whose activations move, where any do.", valueName: "sizes"),
        transform: DimensionArgument.parse)
    var offloadLayers: Allowed?

    @Option(
        name: .customLong("offload-modules"),
        help: ArgumentHelp(
            "Modules of every layer whose inputs move, where any do: attn_norm, qkv_linear, core_attn, attn_proj, mlp_norm, expert_fc1, moe_act.",
            valueName: "modules"),
        transform: OffloadModulesArgument.parse)
    var offloadModules: OffloadModules?

    /// On or off.
    enum Switch: String, ExpressibleByArgument, CaseIterable {
        case on, off
    }

    /// The flags as constraints of a search.
    var constraints: StrategyConstraints {
        var constraints = StrategyConstraints()
        constraints.tensor = tensor ?? .any
        constraints.pipeline = pipeline ?? .any
        constraints.virtualStages = virtualStages ?? .any
        constraints.context = context ?? .any
        constraints.expert = expert ?? .any
        constraints.expertTensor = expertTensor ?? .any
        constraints.data = data ?? .any
        constraints.microBatch = microBatch ?? .any
        constraints.recompute = recompute
        constraints.recomputeLayers = recomputeLayers ?? .any
        constraints.recomputeModules = recomputeModules
        constraints.schedules = schedule
        constraints.sharding = sharding
        constraints.shardGroup = shardGroup ?? .any
        constraints.groupSize = groupSize ?? .any
        constraints.sequenceParallel = sequenceParallel.map { $0 == .on }
        constraints.contextKinds = contextKinds
        constraints.contextInner = contextInner ?? .any
        constraints.layout = layout
        constraints.offload = offload ?? .auto
        constraints.offloadPercent = offloadPercent ?? .any
        constraints.offloadStride = offloadStride ?? .any
        constraints.offloadLayers = offloadLayers ?? .any
        constraints.offloadModules = offloadModules
        return constraints
    }
}

/// What may live beside the GPU: `auto`, `never`, `all`, or parts such as `optimizer,activations`.
enum OffloadArgument {
    /// The policy that a text names.
    static func parse(_ text: String) throws -> OffloadPolicy {
        switch text {
        case "auto": return .auto
        case "never": return .never
        case "all": return .all
        default:
            var parts: Set<Offload.Part> = []
            for word in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let part = Offload.Part(rawValue: String(word)) else {
                    let legal = ["auto", "never", "all"] + Offload.Part.allCases.map(\.rawValue)
                    throw ValidationError(ChoiceArgument.unknown(String(word), among: legal))
                }
                parts.insert(part)
            }
            return .parts(parts)
        }
    }
}

/// Modules of selective recomputation, such as `core_attn,layernorm`.
enum ModulesArgument {
    /// The modules that a text names.
    static func parse(_ text: String) throws -> RecomputeModules {
        var modules: RecomputeModules = []
        for word in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let module = RecomputeModules.named.first(where: { $0.name == word })?.module else {
                throw ValidationError(ChoiceArgument.unknown(String(word), among: RecomputeModules.named.map(\.name)))
            }
            modules.insert(module)
        }
        return modules
    }
}

/// Modules whose inputs move, such as `core_attn,attn_proj`.
enum OffloadModulesArgument {
    /// The modules that a text names.
    static func parse(_ text: String) throws -> OffloadModules {
        switch OffloadModules.parse(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)) {
        case .success(let modules): return modules
        case .failure(let unknown): throw ValidationError(ChoiceArgument.unknown(unknown.name, among: OffloadModules.named.map(\.name)))
        }
    }
}

/// A layer layout: `even`, `embedding-aware` or `7,8,8,7`.
enum LayoutArgument {
    /// The layout that a text names.
    static func parse(_ text: String) throws -> LayerLayout {
        switch text {
        case "even": return .even
        case "embedding-aware": return .embeddingAware
        default:
            let counts = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            let layers = counts.compactMap { $0 }
            guard layers.count == counts.count, layers.allSatisfy({ (0...65_536).contains($0) }) else {
                throw ValidationError("'\(text)' is no layout; write even, embedding-aware, or the layers of each stage such as 7,8,8,7")
            }
            return .explicit(layers)
        }
    }
}
