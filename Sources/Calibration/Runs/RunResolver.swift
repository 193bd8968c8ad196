import CostModels
import Foundation
public import Hardware
public import Parallelism
import Quantities
import Schedules
public import Workload

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
    var clusters: [String: ClusterProfile] = [:]
    var gpus: [String: GPU] = [:]
    var stacks: [String: SoftwareStack] = [:]
    var models: [String: TransformerModel] = [:]

    /// A resolver that finds profiles with the given look-ups; the names are those of shipped profiles, which rows may use as they are.
    public init(
        aliases: RunAliases, cluster: @escaping (String) throws -> ClusterProfile, gpu: @escaping (String) throws -> GPU,
        stack: @escaping (String) throws -> SoftwareStack, model: @escaping (String) throws -> TransformerModel, modelNames: [String] = [],
        clusterNames: [String] = [], gpuNames: [String] = [], stackNames: [String] = []
    ) {
        var aliases = aliases
        aliases.add(shippedClusters: clusterNames, gpuTypes: gpuNames, stacks: stackNames)
        self.aliases = aliases
        self.cluster = cluster
        self.gpu = gpu
        self.stack = stack
        self.model = model
        self.modelNames = modelNames
    }

    /// The configuration of a run. Throws `RunSkip` with the reason where it cannot be predicted, other errors where a profile is broken.
    public mutating func configuration(of row: RunRecord) throws -> RunConfiguration {
        let run = row.withoutNoExperts
        let family = RunName.key(run.model)
        for other in aliases.unsupported where family.hasPrefix(RunName.key(other.prefix)) { throw RunSkip(reason: other.reason) }
        let remarks = RunRemarks(run)
        var assumptions = remarks.assumptions
        try RunSizes.check(run)
        if run.int("dp") == nil, run.dataParallel > 1 { assumptions.append("dp \(run.dataParallel), what the GPUs leave") }
        if recipeDropsTokens(run) { assumptions.append("tokens dropped beyond the experts' capacity, as the framework's recipe does") }
        let framework = try framework(of: run)
        var shape = try shape(of: run, framework, &assumptions)
        if let blocks = remarks.predictionBlocks { shape.predictionBlocks = blocks }
        if remarks.dropsTokens, shape.experts != nil { assumptions.append("every token priced, although some are dropped") }
        guard let batch = run.int("gbs") else { throw RunSkip(reason: "missing gbs") }
        guard let sequence = run.int("seq_len") else { throw RunSkip(reason: "missing seq_len") }
        guard let precision = remarks.precision else {
            throw RunSkip(reason: "unknown precision \(run.precision); it is \(Precision.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if run.precision.isEmpty { assumptions.append("precision bf16") }
        var stack = try stackProfile(framework.stack)
        adjustMemory(of: &stack, framework, run, precision)
        let cluster = try clusterProfile(of: run)
        if let problem = PrecisionRules.problem(precision, on: cluster, stack: nil) { throw RunSkip(reason: problem) }
        var choices = choices(of: run, stack: stack, isMixture: shape.experts != nil, isGrace: cluster.first.host.processor == .grace)
        var job = TrainingJob(globalBatch: batch, sequenceLength: sequence, precision: precision)
        var strategy = try strategy(of: run, framework, shape, stack, &assumptions)
        let details = RunDetails(run)
        try details.apply(to: &strategy, layers: shape.layers)
        try RunSizes.check(run, shape, strategy, &assumptions)
        try details.apply(to: &job)
        try details.apply(to: &choices, stack: stack)
        if framework.isUnmeasured {
            try price(&stack, asUnmeasured: run.framework)
            assumptions.append("\(framework.prefix) unmeasured: halfway between \(framework.stack) and the median of all measured stacks")
        }
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
        try RunFigures.check(run, configuration, &configuration.assumptions)
        return configuration
    }

    /// Moves the layers that a run says it moves; says whether that can be priced.
    static func moves(_ remarks: RunRemarks, _ strategy: inout ParallelStrategy, _ inputs: CostInputs) -> Bool {
        guard let layers = remarks.offloadedLayers else { return false }
        var moved = strategy
        moved.offload.layers = layers
        let legality = Legality(model: inputs.model, job: inputs.job, stack: inputs.stack)
        guard StepModel(inputs).pricesOffload, legality.stackOffloadViolation(of: moved) == nil else { return false }
        strategy = moved
        return true
    }

    /// Settles how layers that do not divide were dealt, which tables do not print.
    ///
    /// Recipes of mixtures balance their virtual stages with layout strings, so equal stages are assumed; without virtual stages whole layers
    /// are dealt as evenly as they can be.
    func balance(_ configuration: inout RunConfiguration) {
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

    func framework(of run: RunRecord) throws -> RunAliases.FrameworkAlias {
        if let file = RunDetails(run).stackFile { return .unnamed(stack: stackName ?? file) }
        if let stackName {
            if let named = aliases.framework(of: run), named.stack == stackName { return named }
            return aliases.frameworks.first { $0.stack == stackName } ?? .unnamed(stack: stackName)
        }
        guard let alias = aliases.framework(of: run) else {
            throw RunAliases.unknown("framework", run.framework, among: aliases.frameworkNames, option: "--framework-alias")
        }
        return alias
    }

    /// Why a row is not of the stack that all rows are asked to have: its framework means another measured one, or none is known by its name.
    mutating func otherStack(of run: RunRecord) -> String? {
        guard let stackName, RunDetails(run).stackFile == nil, let stack = try? stackProfile(stackName),
            aliases.frameworks.contains(where: { $0.stack == stack.lineage })
        else { return nil }
        guard let alias = aliases.framework(of: run) else {
            return
                "framework '\(run.framework)' is not known to mean \(stack.lineage) (--framework-alias \"\(run.framework)=\(stack.lineage)\" says so)"
        }
        return [alias.stack, alias.withoutOverlap].contains(stack.lineage)
            ? nil : "framework '\(run.framework)' means the stack \(alias.stack)"
    }

    mutating func stackProfile(_ name: String) throws -> SoftwareStack {
        if let known = stacks[name] { return known }
        let stack = try stack(name)
        stacks[name] = stack
        return stack
    }

    /// Prices a stack as one that no run was measured of, under the framework's own name.
    mutating func price(_ stack: inout SoftwareStack, asUnmeasured framework: String) throws {
        var measured: [StackConstants] = []
        for name in Set(aliases.frameworks.map(\.stack)).sorted() {
            let other = try stackProfile(name)
            if !other.measured.isEmpty { measured.append(other.costs) }
        }
        stack.costs = stack.costs.unmeasured(among: measured)
        stack.name = framework
        stack.measured = [:]
    }

    mutating func clusterProfile(of run: RunRecord) throws -> ClusterProfile {
        if clusterName == nil, let file = RunDetails(run).clusterFile, let gpus = run.int("n_gpus") {
            return try cluster(file).scaled(gpus: gpus)
        }
        let named = clusterName.map { RunAliases.GPUAlias(name: run.gpu, cluster: $0, gpu: nil, adapterBandwidth: nil) }
        guard let alias = named ?? aliases.gpu(run.gpu) else {
            throw RunAliases.unknown("GPU", run.gpu, among: aliases.gpuNames, option: "--gpu-alias")
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

    func adjustMemory(
        of stack: inout SoftwareStack, _ framework: RunAliases.FrameworkAlias, _ run: RunRecord, _ precision: Precision
    ) {
        if let bytes = framework.bf16ExtraGradientBytes, precision == .bf16 { stack.memory.extraGradientBytes = bytes }
        if let bytes = framework.logitBytesBefore2025, let year = run["year"], year < 2025 { stack.memory.logitBytes = bytes }
        if let bytes = framework.eagerLogitBytes, run["compile"] == 0 { stack.memory.logitBytes = bytes }
    }

    /// Whether a run that says nothing of it drops tokens, since its framework's recipe of the model does.
    func recipeDropsTokens(_ run: RunRecord) -> Bool {
        run["drops_tokens"] == nil && aliases.dropsTokens(framework: run.framework, model: run.model)
    }

    func choices(of run: RunRecord, stack: SoftwareStack, isMixture: Bool, isGrace: Bool) -> ExecutionChoices {
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
            run, isMixture: isMixture, isGrace: isGrace, usesMegatronCore: stack.lineage == "megatron-core",
            recipeDropsTokens: recipeDropsTokens(run)
        ).apply(to: &choices)
        return choices
    }
}
