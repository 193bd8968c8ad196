public import CostModels
public import Hardware
public import Parallelism
public import Quantities
public import Workload

/// A change to a request after which something fits.
public struct Remedy: Sendable, Hashable {
    /// What to change.
    public enum Change: Sendable, Hashable {
        /// Leave the memory limit at what the GPU has.
        case memoryLimit(Bytes)
        /// Leave a pinned dimension open, as its flag names it.
        case unpin(String)
        /// Let activations be recomputed.
        case recompute
        /// Use this many GPUs.
        case gpus(Int)
        /// Cut sequences to this many tokens.
        case sequenceLength(Int)
        /// Use a micro-batch of this many sequences.
        case microBatch(Int)
        /// Keep less optimizer state.
        case optimizer(Optimizer)
        /// Train adapters in place of every weight, with a stack by its name: the one asked for where it can.
        case method(TrainingMethod.Kind, stack: String)
        /// Let another shipped stack run it, by its name.
        case stack(String)
        /// Use as many GPUs of a type with more memory: those of a shipped cluster, by its name.
        case cluster(String, gpu: String, gpus: Int)
    }

    /// What to change.
    public let change: Change
    /// The best strategy after the change.
    public let strategy: ParallelStrategy
    /// Its price.
    public let estimate: StepEstimate
}

/// Looks for the smallest changes to a request that nothing fits.
///
/// In order: the memory limit, each pin by itself, recomputation, leaner optimizer state, adapters in place of fine-tuning all and 4-bit weights beside them, other stacks, GPUs with more memory, twice, four and
/// eight times the GPUs, half, a quarter and an eighth of the sequence, smaller micro-batches. All kinds of change that work are reported, of
/// each kind the smallest; of stacks the three fastest, and every type of GPU, that with the least memory first. Each is the answer of a search
/// of its own, so that whoever asks for it gets it.
public struct Remedies: Sendable {
    private let request: SearchRequest
    private let alternatives: Alternatives
    private let isCancelled: @Sendable () -> Bool

    /// What else there is to train with.
    public struct Alternatives: Sendable {
        /// Stacks that could run it.
        public var stacks: [SoftwareStack]
        /// Clusters whose GPUs could be used instead, at any size.
        public var clusters: [ClusterProfile]

        /// Nothing else unless given.
        public init(stacks: [SoftwareStack] = [], clusters: [ClusterProfile] = []) {
            self.stacks = stacks
            self.clusters = clusters
        }

        /// A shipped cluster of each GPU type, and the types that none of them has in the boxes in which they are sold; what cannot be read is none.
        ///
        /// That which is plain nodes of a type comes before clouds and computing centres that have it too.
        public static func clusters(_ library: ProfileLibrary) -> [ClusterProfile] {
            let shipped = library.names(of: .cluster).compactMap { try? library.cluster($0) }
            let usual = Set(shipped.compactMap { $0.first.gpu.usualNode?.like })
            var seen: Set<String> = []
            let clusters = (shipped.filter { usual.contains($0.name) } + shipped.filter { !usual.contains($0.name) })
                .filter { seen.insert($0.first.gpu.name).inserted }
            let types = Set(clusters.flatMap { $0.groups.map(\.gpu.name) })
            return clusters + library.names(of: .gpu).filter { !types.contains($0) }.compactMap { try? library.usualNode(of: $0) }
        }
    }

    /// Advice on a request.
    public init(
        _ request: SearchRequest, alternatives: Alternatives = Alternatives(), isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.request = request
        self.alternatives = alternatives
        self.isCancelled = isCancelled
    }

    /// Every kind of change that makes something fit; empty where none does.
    public func search() async -> [Remedy] {
        var remedies: [Remedy] = []
        for ladder in [memoryLadder] + pinLadders + [recomputeLadder, optimizerLadder] { remedies += await first(of: ladder) }
        for method in methods { remedies += await first(of: [method]) }
        remedies += await stacks()
        remedies += await gpuTypes()
        for ladder in [clusterLadder, sequenceLadder, microBatchLadder] { remedies += await first(of: ladder) }
        return remedies
    }

    /// Changes of one kind, each with the request after it, that starts with the smallest.
    private typealias Ladder = [(Remedy.Change, SearchRequest)]

    /// The smallest change of a kind that works, if any does.
    private func first(of ladder: Ladder) async -> [Remedy] {
        for (change, changed) in ladder {
            if isCancelled() { return [] }
            if let remedy = await attempt(change, changed) { return [remedy] }
        }
        return []
    }

    /// The other stacks that work, fastest first.
    private func stacks() async -> [Remedy] {
        var working: [Remedy] = []
        for (change, changed) in stackLadder where !isCancelled() {
            if let remedy = await attempt(change, changed) { working.append(remedy) }
        }
        return Array(working.enumerated().sorted { ($0.1.estimate.stepTime, $0.0) < ($1.1.estimate.stepTime, $1.0) }.map(\.1).prefix(3))
    }

    /// The types of GPUs with more memory that work, each in the first cluster of it.
    private func gpuTypes() async -> [Remedy] {
        var working: [Remedy] = []
        var types: Set<String> = []
        for (change, changed) in gpuLadder where !isCancelled() && !types.contains(changed.inputs.gpu.name) {
            guard let remedy = await attempt(change, changed) else { continue }
            working.append(remedy)
            types.insert(changed.inputs.gpu.name)
        }
        return working
    }

    private func attempt(_ change: Remedy.Change, _ changed: SearchRequest) async -> Remedy? {
        var changed = changed
        changed.top = 1
        changed.objective = .throughput
        // On many nodes what the changes would make of offload takes too long to find; on one it is what people do first.
        if changed.constraints.offload == .auto, !changed.offloadsAtOnce { changed.constraints.offload = .never }
        let planner = Planner(changed, isCancelled: isCancelled)
        guard planner.holdsStates else { return nil }
        let outcome = await planner.search(advises: false)
        return outcome.plans.first.map { Remedy(change: change, strategy: $0.strategy, estimate: $0.estimate) }
    }

    private func changing(_ edit: (inout SearchRequest) -> Void) -> SearchRequest {
        var changed = request
        edit(&changed)
        return changed
    }

    private var memoryLadder: Ladder {
        let whole = request.inputs.memory
        guard request.memoryLimit < whole else { return [] }
        return [(.memoryLimit(whole), changing { $0.memoryLimit = whole })]
    }

    private var pinLadders: [Ladder] {
        StrategyConstraints.pins.filter { $0.isPinned(request.constraints) }.map { pin in
            [(.unpin(pin.flag), changing { pin.clear(&$0.constraints) })]
        }
    }

    /// Only where pins forbid the strongest recomputation, and not one that leaving a single pin open allows already.
    private var recomputeLadder: Ladder {
        let constraints = request.constraints
        guard constraints.recompute != nil, constraints.recomputeLayers.isPinned else { return [] }
        return [
            (
                .recompute,
                changing {
                    $0.constraints.recompute = nil
                    $0.constraints.recomputeLayers = .any
                }
            )
        ]
    }

    private var optimizerLadder: Ladder {
        guard request.inputs.job.optimizer == .adam else { return [] }
        let known = request.ignoresStack ? Set(Optimizer.allCases) : request.inputs.stack.launches.optimizers
        return [.adamBF16Moments, .adam8Bit, .adamBF16].filter(known.contains).map { optimizer in
            (.optimizer(optimizer), changing { $0.inputs.job.optimizer = optimizer })
        }
    }

    /// Who fine-tunes all weights may do with adapters, on weights of 16 bits or of 4, and who has adapters with 4 bits; pretraining may not.
    private var methods: Ladder {
        let inputs = request.inputs
        let usual = inputs.job.method.adapters ?? Adapters.usual(for: inputs.model)
        let onFourBits = TrainingMethod(.qlora, adapters: usual, baseFormat: .nf4, frozen: inputs.job.method.frozen)
        let methods: [TrainingMethod] =
            switch inputs.job.method.kind {
            case .full: [TrainingMethod(.lora, adapters: usual), onFourBits]
            case .lora: [onFourBits]
            default: []
            }
        return methods.compactMap { method in
            let stacks = [inputs.stack] + (request.ignoresStack ? [] : alternatives.stacks)
            guard let stack = stacks.first(where: { MethodRules.problem(method, stack: $0) == nil }) else { return nil }
            return (
                .method(method.kind, stack: stack.name),
                changing {
                    var job = inputs.job
                    job.method = method
                    $0.inputs = CostInputs(
                        model: inputs.model, cluster: inputs.cluster, job: job, stack: stack, constants: inputs.constants)
                }
            )
        }
    }

    /// Where any stack will do there is no other.
    private var stackLadder: Ladder {
        guard !request.ignoresStack else { return [] }
        let inputs = request.inputs
        return alternatives.stacks.filter { stack in
            stack.name != inputs.stack.name && MethodRules.problem(inputs.job.method, stack: stack) == nil
                && OptimizerRules.problem(inputs.job.optimizer, stack: stack) == nil
        }.map { stack in
            (
                .stack(stack.name),
                changing {
                    $0.inputs = CostInputs(
                        model: inputs.model, cluster: inputs.cluster, job: inputs.job, stack: stack, constants: inputs.constants)
                }
            )
        }
    }

    /// More memory helps only where nobody has limited what there is, and where the GPUs have the job's format.
    private var gpuLadder: Ladder {
        guard request.memoryLimit == request.inputs.memory else { return [] }
        let gpus = request.inputs.cluster.gpus
        let larger = alternatives.clusters.compactMap { try? $0.scaled(gpus: gpus) }.map { ($0, CostInputs.memory(of: $0)) }
            .filter { $0.1 > request.inputs.memory && PrecisionRules.problem(request.inputs.job.precision, on: $0.0, stack: nil) == nil }
        return larger.enumerated().sorted { ($0.1.1, $0.0) < ($1.1.1, $1.0) }.map { _, entry in
            (
                .cluster(entry.0.name, gpu: entry.0.first.gpu.name, gpus: gpus),
                changing {
                    $0.inputs.cluster = entry.0
                    $0.memoryLimit = entry.1
                }
            )
        }
    }

    private var clusterLadder: Ladder {
        let whole = request.wholeCluster ?? request.inputs.cluster
        return [2, 4, 8].compactMap { factor in
            guard let cluster = try? whole.scaled(gpus: request.inputs.cluster.gpus * factor) else { return nil }
            return (
                .gpus(cluster.gpus),
                changing {
                    $0.inputs.cluster = cluster
                    // A pinned number of replicas grows with the cluster: the pin is about the rest.
                    if case .values(let values) = $0.constraints.data {
                        $0.constraints.data = .values(values + values.map { $0 * factor })
                    }
                }
            )
        }
    }

    private var sequenceLadder: Ladder {
        let length = request.inputs.job.sequenceLength
        return [2, 4, 8].filter { length % $0 == 0 && length / $0 >= 128 }.map { part in
            (.sequenceLength(length / part), changing { $0.inputs.job.sequenceLength = length / part })
        }
    }

    private var microBatchLadder: Ladder {
        guard case .values(let values) = request.constraints.microBatch, let least = values.min(), least > 1 else { return [] }
        return StrategySpace.divisors(request.inputs.job.globalBatch).filter { $0 < least }.reversed().map { size in
            (.microBatch(size), changing { $0.constraints.microBatch = .values([size]) })
        }
    }
}

extension StrategyConstraints {
    /// Whether a dimension is pinned or limited, by the name of its flag.
    public func isPinned(_ flag: String) -> Bool { Self.pins.contains { $0.flag == flag && $0.isPinned(self) } }

    /// A dimension that can be pinned and left open again.
    struct Pin: Sendable {
        let flag: String
        let isPinned: @Sendable (StrategyConstraints) -> Bool
        let clear: @Sendable (inout StrategyConstraints) -> Void
    }

    /// Every dimension that can be pinned, in the order of the flags.
    static let pins: [Pin] = [
        pin("tp", \.tensor), pin("pp", \.pipeline), pin("vpp", \.virtualStages), pin("cp", \.context), pin("ep", \.expert),
        pin("etp", \.expertTensor), pin("dp", \.data), pin("micro-batch-size", \.microBatch), pin("recompute", \.recompute),
        pin("recompute-layers", \.recomputeLayers), pin("schedule", \.schedules), pin("optimizer-sharding", \.sharding),
        pin("shard-group", \.shardGroup), pin("group-size", \.groupSize), pin("cp-kind", \.contextKinds),
        pin("cp-inner", \.contextInner),
        pin("sequence-parallel", \.sequenceParallel), pin("layout", \.layout),
        Pin(flag: "offload", isPinned: { $0.offload != .auto && $0.offload != .all }, clear: { $0.offload = .all }),
        pin("offload-percent", \.offloadPercent), pin("offload-stride", \.offloadStride), pin("offload-layers", \.offloadLayers),
        Pin(flag: "offload-modules", isPinned: { $0.offloadModules != nil }, clear: { $0.offloadModules = nil }),
    ]

    private static func pin(_ flag: String, _ path: any WritableKeyPath<StrategyConstraints, Allowed> & Sendable) -> Pin {
        Pin(flag: flag, isPinned: { $0[keyPath: path].isPinned }, clear: { $0[keyPath: path] = .any })
    }

    private static func pin<Value>(_ flag: String, _ path: any WritableKeyPath<StrategyConstraints, Value?> & Sendable) -> Pin {
        Pin(flag: flag, isPinned: { $0[keyPath: path] != nil }, clear: { $0[keyPath: path] = nil })
    }
}
