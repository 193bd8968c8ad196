public import CostModels
import Foundation
public import Hardware
public import Parallelism
import Quantities
import Schedules
public import Workload

/// A run as the cost models see it: inputs and strategy, with what had to be assumed.
public struct RunConfiguration: Sendable {
    /// Model, cluster, job, stack and choices.
    public var inputs: CostInputs
    /// The strategy.
    public var strategy: ParallelStrategy
    /// Facts that the row does not state and what was taken instead.
    public var assumptions: [String]
    /// Whether the pipeline's stages are taken to be equally long.
    public var assumesEqualStages = false
    /// How the framework counts the arithmetic of attention; nil where that is not known.
    var modelFLOPs: AttentionCounting?
    /// Whether something was offloaded that is priced as if it stayed on the GPU, since the table does not say what.
    public var ignoresOffloading = false

    /// A configuration of which everything is known.
    public init(inputs: CostInputs, strategy: ParallelStrategy, assumptions: [String] = []) {
        self.inputs = inputs
        self.strategy = strategy
        self.assumptions = assumptions
    }
}

/// Why a run cannot be predicted.
public struct RunSkip: Error, Hashable, Sendable {
    /// The reason, in words.
    public let reason: String
    /// What contradicts what in this run, with its numbers; nil where the run is only not understood.
    public let contradiction: String?

    init(reason: String, contradiction: String? = nil) {
        self.reason = reason
        self.contradiction = contradiction
    }
}

/// Turns rows of a table into configurations, with the shipped profiles at hand.
public struct RunResolver {
    let aliases: RunAliases
    let cluster: (String) throws -> ClusterProfile
    let gpu: (String) throws -> GPU
    let stack: (String) throws -> SoftwareStack
    let model: (String) throws -> TransformerModel
    let modelNames: [String]
    /// Whether runs that offload layers are refused, as fits must, rather than priced without it.
    public var refusesOffloading = false
    /// The stack of every run, whatever its framework; nil where the aliases decide.
    public var stackName: String?
    /// The cluster of every run, whatever its GPU; nil where the aliases decide.
    public var clusterName: String?
    private var clusters: [String: ClusterProfile] = [:]
    private var gpus: [String: GPU] = [:]
    private var stacks: [String: SoftwareStack] = [:]
    private var models: [String: TransformerModel] = [:]

    /// A resolver that finds profiles with the given look-ups.
    public init(
        aliases: RunAliases, cluster: @escaping (String) throws -> ClusterProfile, gpu: @escaping (String) throws -> GPU,
        stack: @escaping (String) throws -> SoftwareStack, model: @escaping (String) throws -> TransformerModel, modelNames: [String] = []
    ) {
        self.aliases = aliases
        self.cluster = cluster
        self.gpu = gpu
        self.stack = stack
        self.model = model
        self.modelNames = modelNames
    }

    /// The configuration of a run. Throws `RunSkip` with the reason where it cannot be predicted, other errors where a profile is broken.
    public mutating func configuration(of run: RunRecord) throws -> RunConfiguration {
        for family in aliases.unsupported where run.model.lowercased().hasPrefix(family.prefix) { throw RunSkip(reason: family.reason) }
        let remarks = RunRemarks(run)
        var assumptions = remarks.assumptions
        try Self.checkSizes(run)
        if recipeDropsTokens(run) { assumptions.append("tokens dropped beyond the experts' capacity, as the framework's recipe does") }
        let framework = try framework(of: run)
        var shape = try shape(of: run, framework, &assumptions)
        if let blocks = remarks.predictionBlocks { shape.predictionBlocks = blocks }
        guard let batch = run.int("gbs") else { throw RunSkip(reason: "missing gbs") }
        guard let sequence = run.int("seq_len") else { throw RunSkip(reason: "missing seq_len") }
        guard let precision = remarks.precision else { throw RunSkip(reason: "unknown precision \(run.precision)") }
        var stack = try stackProfile(framework.stack)
        adjustMemory(of: &stack, framework, run, precision)
        let cluster = try clusterProfile(of: run)
        var choices = choices(of: run, stack: stack, isMixture: shape.experts != nil, isGrace: cluster.first.host.processor == .grace)
        var job = TrainingJob(globalBatch: batch, sequenceLength: sequence, precision: precision)
        var strategy = try strategy(of: run, framework, shape, stack, &assumptions)
        let details = RunDetails(run)
        try details.apply(to: &strategy, layers: shape.layers)
        try details.apply(to: &job)
        try details.apply(to: &choices, stack: stack)
        let inputs = CostInputs(model: shape, cluster: cluster, job: job, stack: stack, choices: choices)
        let moves = Self.moves(remarks, &strategy, inputs)
        if remarks.offloads, !moves {
            guard !refusesOffloading else { throw RunSkip(reason: "offloading of which the table does not say what moves") }
            assumptions.append("nothing offloaded, although the run offloads")
        }
        var configuration = RunConfiguration(inputs: inputs, strategy: strategy, assumptions: assumptions)
        if !details.statesLayers { balance(&configuration) }
        configuration.modelFLOPs = framework.modelFLOPs
        configuration.ignoresOffloading = remarks.offloads && !moves
        return configuration
    }

    /// Moves the layers that a run says it moves; says whether that can be priced.
    private static func moves(_ remarks: RunRemarks, _ strategy: inout ParallelStrategy, _ inputs: CostInputs) -> Bool {
        guard let layers = remarks.offloadedLayers else { return false }
        var moved = strategy
        moved.offload.layers = layers
        let legality = Legality(model: inputs.model, job: inputs.job, stack: inputs.stack)
        guard StepModel(inputs).pricesOffload, legality.stackOffloadViolation(of: moved) == nil else { return false }
        strategy = moved
        return true
    }

    /// Refuses a run whose sizes do not make its GPUs.
    private static func checkSizes(_ run: RunRecord) throws {
        guard let gpus = run.int("n_gpus") else { return }
        let sizes = ["tp", "pp", "cp", "dp"].map { ($0, run.size($0)) }
        let product = sizes.reduce(1.0) { $0 * Double($1.1) }
        guard product != Double(gpus) else { return }
        let words = sizes.map { "\($0.0) \($0.1)" }.joined(separator: " · ")
        throw RunSkip(
            reason: "sizes that do not make n_gpus",
            contradiction: "\(words) = \(String(format: "%.0f", product)), and n_gpus is \(gpus)")
    }

    /// Settles how layers that do not divide were dealt, which tables do not print.
    ///
    /// Recipes of mixtures balance their virtual stages with layout strings, so equal stages are assumed; without virtual stages whole layers
    /// are dealt as evenly as they can be.
    private func balance(_ configuration: inout RunConfiguration) {
        let layers = configuration.inputs.model.layers
        let s = configuration.strategy
        guard s.pipeline > 1, layers % s.stages != 0, configuration.inputs.stack.launches.unevenLayers else { return }
        if s.virtualStages > 1, configuration.inputs.model.experts != nil {
            configuration.assumesEqualStages = true
            configuration.assumptions.append("equal stages")
        } else if case .even = s.layout, let counts = StepModel(configuration.inputs).balancedLayers(s) {
            configuration.strategy.layout = .explicit(counts)
            if s.recompute == .full { configuration.strategy.recomputeLayers = max(s.recomputeLayers, counts.max() ?? 0) }
            configuration.assumptions.append("balanced layers")
        }
    }

    // MARK: Profiles

    private func framework(of run: RunRecord) throws -> RunAliases.FrameworkAlias {
        if let file = RunDetails(run).stackFile { return .unnamed(stack: stackName ?? file) }
        if let stackName {
            if let named = aliases.framework(run.framework), named.stack == stackName { return named }
            return aliases.frameworks.first { $0.stack == stackName } ?? .unnamed(stack: stackName)
        }
        guard let alias = aliases.framework(run.framework) else {
            throw RunAliases.unknown("framework", run.framework, among: aliases.frameworks.map(\.prefix), option: "--framework-alias")
        }
        return alias
    }

    private mutating func stackProfile(_ name: String) throws -> SoftwareStack {
        if let known = stacks[name] { return known }
        let stack = try stack(name)
        stacks[name] = stack
        return stack
    }

    private mutating func clusterProfile(of run: RunRecord) throws -> ClusterProfile {
        if clusterName == nil, let file = RunDetails(run).clusterFile, let gpus = run.int("n_gpus") {
            return try cluster(file).scaled(gpus: gpus)
        }
        let named = clusterName.map { RunAliases.GPUAlias(name: run.gpu, cluster: $0, gpu: nil, adapterBandwidth: nil) }
        guard let alias = named ?? aliases.gpu(run.gpu) else {
            throw RunAliases.unknown("GPU", run.gpu, among: aliases.gpus.map(\.name), option: "--gpu-alias")
        }
        guard let gpuCount = run.int("n_gpus") else { throw RunSkip(reason: "missing n_gpus") }
        if clusters[alias.cluster] == nil { clusters[alias.cluster] = try cluster(alias.cluster) }
        guard var profile = clusters[alias.cluster] else { throw RunSkip(reason: "unknown cluster \(alias.cluster)") }
        if let name = alias.gpu {
            if gpus[name] == nil { gpus[name] = try gpu(name) }
            if let type = gpus[name] { profile.groups[0].gpu = type }
        }
        let perNode = run.int("gpus_per_node") ?? profile.first.gpusPerNode
        let isRackScale = profile.first.fabric.domainSize > profile.first.gpusPerNode
        let share = Double(perNode) / Double(profile.first.gpusPerNode)
        if let bandwidth = alias.adapterBandwidth { profile.groups[0].network.adapterBandwidth = bandwidth }
        if let network = aliases.networks.first(where: { run.network.hasPrefix($0.prefix) }) {
            // The stated rate is a whole node's.
            profile.groups[0].network.adaptersPerNode = 1
            profile.groups[0].network.adapterBandwidth = network.nodeBandwidth
            profile.groups[0].network.achievedFraction = network.achievedFraction
        } else {
            profile.groups[0].network.adaptersPerNode = max(1, Int((Double(profile.first.network.adaptersPerNode) * share).rounded()))
        }
        profile.groups[0].gpusPerNode = perNode
        if !isRackScale { profile.groups[0].fabric.domainSize = perNode }
        profile.groups[0].nodes = max(1, (gpuCount + perNode - 1) / perNode)
        profile.tiers = []
        return profile
    }

    private func adjustMemory(
        of stack: inout SoftwareStack, _ framework: RunAliases.FrameworkAlias, _ run: RunRecord, _ precision: Precision
    ) {
        if let bytes = framework.bf16ExtraGradientBytes, precision == .bf16 { stack.memory.extraGradientBytes = bytes }
        if let bytes = framework.logitBytesBefore2025, let year = run["year"], year < 2025 { stack.memory.logitBytes = bytes }
        if let bytes = framework.eagerLogitBytes, run["compile"] == 0 { stack.memory.logitBytes = bytes }
    }

    // MARK: Shape

    private mutating func shape(of run: RunRecord, _ framework: RunAliases.FrameworkAlias, _ assumptions: inout [String]) throws
        -> TransformerModel
    {
        if let file = RunDetails(run).modelFile {
            let described = try model(file)
            guard run.int("layers") == described.layers, run.int("hidden") == described.hidden else {
                throw RunSkip(reason: "\(file) has \(described.layers) layers of width \(described.hidden), and the row says otherwise")
            }
            return described
        }
        if let described = try specialities(of: run), described.stack != nil {
            // Tables have no columns for such layers, and leave those of a transformer empty.
            for (name, stated, known) in [("layers", run.int("layers"), described.layers), ("hidden", run.int("hidden"), described.hidden)]
            {
                guard stated == nil || stated == known else {
                    throw RunSkip(reason: "\(described.name) has \(known) \(name), and the row says otherwise")
                }
            }
            return described
        }
        let known = try knownModel(of: run)
        if let known, ["layers", "hidden", "heads"].contains(where: { run.int($0) == nil }) {
            let sizes = [
                ("layers", run.int("layers"), known.layers), ("hidden", run.int("hidden"), known.hidden),
                ("heads", run.int("heads"), known.attention?.heads),
            ]
            for case (let name, let stated?, let size?) in sizes where stated != size {
                throw RunSkip(reason: "\(known.name) has \(size) \(name), and the row says otherwise")
            }
            assumptions.append("the shape of \(known.name)")
            return known
        }
        guard let hidden = run.int("hidden") else { throw RunSkip(reason: "missing hidden") }
        guard let layers = run.int("layers") else { throw RunSkip(reason: "missing layers") }
        guard let heads = run.int("heads"), heads > 0 else { throw RunSkip(reason: "missing heads") }
        let catalogue = try specialities(of: run)
        let isGated = run["gated_mlp"] != 0
        var attention = catalogue?.attention ?? Attention(heads: heads, keyValueHeads: heads, headDimension: hidden / heads)
        attention.heads = heads
        // What is silent comes from the model of that name, where it is the one that the row describes.
        let twin = known.flatMap { $0.layers == layers && $0.hidden == hidden && $0.attention?.heads == heads ? $0 : nil }
        attention.keyValueHeads = run.int("kv_heads") ?? twin?.attention?.keyValueHeads ?? heads
        if catalogue == nil { attention.hasInputBias = !isGated; attention.hasOutputBias = !isGated }
        let vocabulary = run.int("vocab") ?? twin?.vocabulary ?? 51_200
        let isMixture = run.int("n_experts") != nil
        let own = twin.flatMap { $0.experts == nil && $0.feedForward.width > 0 ? $0.feedForward.width : nil }
        let width = isMixture ? (catalogue?.feedForward.width ?? run.int("ffn") ?? 0) : (run.int("ffn") ?? own ?? 4 * hidden)
        if let twin, ["vocab", "kv_heads", "ffn"].contains(where: { run.int($0) == nil && !(isMixture && $0 == "ffn") }) {
            assumptions.append("what the row does not state of the shape as in \(twin.name)")
        } else if run.int("vocab") == nil {
            assumptions.append("vocabulary 51,200")
        }
        var model = TransformerModel(
            name: run.model, layers: layers, hidden: hidden, vocabulary: vocabulary, attention: attention,
            feedForward: FeedForward(width: width, isGated: isGated, hasBias: !isGated),
            norm: isGated ? .rms : .layer, positions: framework.learnedPositions.map { .learned($0) } ?? .rotary,
            hasTiedEmbeddings: framework.tiedEmbeddings)
        if let count = run.int("n_experts") {
            guard let perToken = run.int("top_k") else { throw RunSkip(reason: "missing top_k") }
            guard let expertWidth = run.int("moe_ffn") ?? run.int("ffn") else { throw RunSkip(reason: "missing moe_ffn") }
            var experts = catalogue?.experts ?? Experts(count: count, perToken: perToken, width: expertWidth)
            experts.count = count
            experts.perToken = perToken
            experts.width = expertWidth
            experts.sharedWidth = expertWidth * (run.int("shared_experts") ?? 0)
            // Benchmarks that cut a model to four layers keep one dense layer.
            if layers == 4, experts.firstDenseLayers > 1 { experts.firstDenseLayers = 1 }
            model.experts = experts
            if attention.latent != nil, layers > 4 { model.predictionBlocks = 1 }
        }
        return model
    }

    /// The shipped model of the row's name: by its own name, or one that the aliases give it.
    private mutating func knownModel(of run: RunRecord) throws -> TransformerModel? {
        let key = RunName.modelKey(run.model)
        guard !key.isEmpty else { return nil }
        let alias = aliases.shapes.first { RunName.modelKey($0.prefix) == key }?.like
        guard let name = alias ?? modelNames.first(where: { RunName.modelKey($0) == key }) else { return nil }
        if models[name] == nil { models[name] = try model(name) }
        return models[name]
    }

    /// The shipped model whose specialities a family has.
    private mutating func specialities(of run: RunRecord) throws -> TransformerModel? {
        guard let alias = aliases.models.first(where: { run.model.lowercased().hasPrefix($0.prefix) }) else { return nil }
        if models[alias.like] == nil { models[alias.like] = try model(alias.like) }
        return models[alias.like]
    }

    // MARK: Strategy

    private func strategy(
        of run: RunRecord, _ framework: RunAliases.FrameworkAlias, _ model: TransformerModel, _ stack: SoftwareStack,
        _ assumptions: inout [String]
    ) throws -> ParallelStrategy {
        var s = ParallelStrategy()
        s.tensor = run.size("tp")
        s.pipeline = run.size("pp")
        s.context = run.size("cp")
        s.expert = run.size("ep")
        s.expertTensor = model.experts == nil ? 1 : run.size("etp")
        if model.experts == nil { s.expert = 1 }
        s.data = run.size("dp")
        s.sequenceParallel = s.tensor > 1 && (run["sequence_parallel"] ?? 0) > 0
        let batch = run.int("gbs") ?? 1
        let splitsLocalBatch = stack.launches.groupRule == .pytorch && s.pipeline > 1
        if let micro = run.int("mbs"), micro > 0 {
            s.microBatch = micro
        } else {
            // PyTorch's pipelines cut a rank's batch into as many micro-batches as there are stages.
            s.microBatch = splitsLocalBatch ? max(1, batch / (s.data * s.pipeline)) : 1
            assumptions.append("micro-batch \(s.microBatch)")
        }
        s.microBatches = max(1, batch / (s.data * s.microBatch))
        var chunks = run.size("vpp")
        if run.int("vpp") == nil, splitsLocalBatch, run.schedule.lowercased().hasPrefix("interleaved") { chunks = 2 }
        s.virtualStages = s.pipeline > 1 ? chunks : 1
        s.groupSize = s.pipeline
        s.schedule = s.virtualStages > 1 ? .interleaved : .oneForwardOneBackward
        if s.virtualStages > 1 { settleGroups(&s, stack) }
        s.layout = layout(s, layers: model.layers)
        if let stage = run.int("fsdp_or_zero"), (0...3).contains(stage) {
            s.sharding = [.none, .zero1, .zero2, .zero3][stage]
        } else {
            s.sharding = framework.sharding
            assumptions.append("sharding \(framework.sharding.rawValue)")
        }
        s.shardGroup = s.sharding == .none ? 1 : s.data
        setRecompute(&s, run, model, stack, &assumptions)
        return s
    }

    /// The layers as the run dealt them: evenly, else with embedding and loss counted, else the remainder in the middle.
    private func layout(_ s: ParallelStrategy, layers: Int) -> LayerLayout {
        if layers % s.stages == 0 { return .even }
        if (layers + 2) % s.stages == 0, (layers + 2) / s.stages >= 2 { return .embeddingAware }
        guard layers < s.stages else { return .even }
        // Fewer layers than stages: the last stages hold nothing.
        return .explicit((0..<s.stages).map { $0 < layers ? 1 : 0 })
    }

    /// A legal group size, or plain 1F1B with chunks merged where micro-batches are too few to interleave.
    private func settleGroups(_ s: inout ParallelStrategy, _ stack: SoftwareStack) {
        let m = s.microBatches
        if stack.launches.groupRule == .pytorch {
            let rounds = max(1, m / s.pipeline)
            s.groupSize = m / rounds
            if m % rounds == 0 { return }
        } else if let group = (s.pipeline...max(s.pipeline, m)).first(where: { $0 <= m && (m % $0 == 0 || m % $0 >= s.pipeline) }) {
            s.groupSize = group
            return
        }
        s.virtualStages = 1
        s.schedule = .oneForwardOneBackward
        s.groupSize = s.pipeline
    }

    private func setRecompute(
        _ s: inout ParallelStrategy, _ run: RunRecord, _ model: TransformerModel, _ stack: SoftwareStack, _ assumptions: inout [String]
    ) {
        let perStage = StageLayers(layers: model.layers, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout)
        let most = perStage?.counts.max() ?? model.layers
        let stated = run.recompute
        if stated == "full" {
            s.recompute = .full
            s.recomputeLayers = most
        } else if stated.hasPrefix("full("), let number = Int(stated.dropFirst(5).prefix { $0.isNumber }) {
            s.recompute = .full
            s.recomputeLayers = min(most, number)
        } else if stated == "selective" {
            s.recompute = .selective
            s.recomputeModules = modules(run, stack)
        } else if stated.isEmpty {
            assumptions.append("no recomputation")
        }
    }

    private func modules(_ run: RunRecord, _ stack: SoftwareStack) -> RecomputeModules {
        if stack.launches.recomputeModules.contains(.alternateMatrixProducts) { return .alternateMatrixProducts }
        if let range = run.notes.range(of: "recompute_modules=") {
            let list = run.notes[range.upperBound...].prefix { $0 != "]" && $0 != ";" }
            var modules: RecomputeModules = []
            for (name, module) in RecomputeModules.named where list.contains("\"\(name)\"") || list.contains("'\(name)'") {
                if module != .feedForward { modules.insert(module) }
            }
            return modules
        }
        return stack.defaults.attentionKernel.isFlash ? [] : .coreAttention
    }

    // MARK: Choices

    /// Whether a run that says nothing of it drops tokens, since its framework's recipe of the model does.
    private func recipeDropsTokens(_ run: RunRecord) -> Bool {
        run["drops_tokens"] == nil && aliases.dropsTokens(framework: run.framework, model: run.model)
    }

    private func choices(of run: RunRecord, stack: SoftwareStack, isMixture: Bool, isGrace: Bool) -> ExecutionChoices {
        var choices = stack.defaults
        switch run.attentionKernel {
        case "flash2": choices.attentionKernel = .flash2
        case "flash1": choices.attentionKernel = .flash1
        case "fused_softmax": choices.attentionKernel = .fusedSoftmax
        case "unfused": choices.attentionKernel = .unfused
        default: break
        }
        if let fused = run["fused_norm"] { choices.fusedNorm = fused > 0 }
        if let compiled = run["compile"], stack.defaults.compiled { choices.compiled = compiled > 0 }
        if let async = run["async_tp"] { choices.asyncTensorParallel = async > 0 }
        RunOverlap(
            run, isMixture: isMixture, isGrace: isGrace, usesMegatronCore: stack.name == "megatron-core",
            recipeDropsTokens: recipeDropsTokens(run)
        ).apply(to: &choices)
        return choices
    }
}

extension RunRecord {
    /// A whole number of the row.
    func int(_ column: String) -> Int? {
        guard let value = self[column], value.rounded() == value, abs(value) < 1e15 else { return nil }
        return Int(value)
    }

    /// A parallel size: at least 1, and 1 where the row is silent.
    func size(_ column: String) -> Int { max(1, int(column) ?? 1) }
}
