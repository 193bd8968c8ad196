import CostModels
import Hardware
public import Parallelism
import Workload

/// What a search may move beside the GPU.
public enum OffloadPolicy: Hashable, Sendable {
    /// Whatever makes something fit; on a single node also what makes the step a twentieth faster.
    case auto
    /// Nothing.
    case never
    /// Whatever is fastest.
    case all
    /// These parts, in every plan, and no others but those without which the stack cannot move them.
    case parts(Set<Offload.Part>)
}

/// What a request lets the search move beside the GPU.
struct OffloadChoices: Sendable {
    private let support: OffloadSupport?
    private let policy: OffloadPolicy
    private let percents: Allowed
    private let strides: Allowed
    private let hasStorage: Bool
    private let hasGradients: Bool
    /// Whether activations of whole layers may move, and inputs of recomputed ones.
    let allowsLayers, allowsCheckpoints: Bool
    /// The numbers of layers that are pinned.
    let layers: Allowed
    /// The sets of modules of every layer whose inputs may move; none where they may not.
    let modules: [OffloadModules]

    /// The choices of a request; none where `isPriced` says that the cluster's hosts are not known.
    init(_ request: SearchRequest, isPriced: Bool) {
        let constraints = request.constraints
        policy = constraints.offload
        let support = policy == .never || policy == .auto || !isPriced ? nil : request.inputs.stack.launches.offload
        self.support = support
        percents = constraints.offloadPercent
        strides = constraints.offloadStride
        layers = constraints.offloadLayers
        hasGradients = request.inputs.job.method.hasGradients
        hasStorage = request.inputs.cluster.groups.allSatisfy { $0.host.storage != nil }
        func allows(_ part: Offload.Part) -> Bool {
            guard support?.parts.contains(part) ?? false else { return false }
            if case .parts(let wanted) = constraints.offload { return wanted.contains(part) }
            return true
        }
        allowsLayers = allows(.activations)
        allowsCheckpoints = allows(.checkpoints)
        modules = allows(.modules) ? Self.moduleSets(of: request.inputs.divisions.movable, pinned: constraints.offloadModules) : []
    }

    /// Every set of modules that a model has, or the one that is pinned.
    private static func moduleSets(of movable: OffloadModules, pinned: OffloadModules?) -> [OffloadModules] {
        if let pinned { return pinned.isSubset(of: movable) && !pinned.isEmpty ? [pinned] : [] }
        guard !movable.isEmpty else { return [] }
        return (1...movable.rawValue).lazy.map(OffloadModules.init).filter {
            movable.isSuperset(of: $0) && $0.left(recomputing: []) == $0
        }
    }

    /// The ways in which states may lie under a sharding: on the GPU alone, and every way that the stack has.
    func states(_ sharding: OptimizerSharding) -> [Offload] {
        guard let support else { return [.none] }
        var shares = (support.takesShares ? [25, 50, 75, 100] : [100]).filter(percents.contains)
        if case .values(let own) = percents, support.takesShares { shares = own.filter { (1...100).contains($0) } }
        var ways: [Offload] = [.none]
        switch support.method {
        case .hybridDevice: if sharding == .zero1 { ways += shares.map { Offload(optimizerPercent: $0) } }
        case .hostAdam:
            guard sharding != .none else { break }
            let isWhole = sharding == .zero3
            ways += shares.filter { isWhole || $0 == 100 }.map { Offload(optimizerPercent: $0) }
            if isWhole {
                ways += ([0] + shares).map { Offload(optimizerPercent: $0, parameters: true) }
                if hasStorage { ways += [false, true].map { Offload(optimizerPercent: 100, parameters: $0, place: .storage) } }
            }
            ways += [2, 3, 4, 5].filter(strides.contains).map { Offload(optimizerPercent: 100, stride: $0) }
        case .sharded:
            if sharding == .zero3 || (sharding == .none && !hasGradients) { ways.append(Offload(optimizerPercent: 100, parameters: true)) }
        }
        return ways.filter { offload in
            guard offload.parts.isSubset(of: support.parts) else { return false }
            if percents.isPinned, offload.movesStates, !percents.contains(offload.optimizerPercent) { return false }
            if strides.isPinned, !strides.contains(offload.stride) { return false }
            guard case .parts(let wanted) = policy else { return true }
            let states = wanted.intersection([.optimizer, .parameters, .storage, .interleaved])
            return states.isSubset(of: offload.parts) && offload.parts.isSubset(of: Self.companions(of: states, support))
        }
    }

    /// Whether every plan has to move inputs of modules.
    var demandsModules: Bool {
        guard case .parts(let wanted) = policy else { return false }
        return wanted.contains(.modules)
    }

    /// Whether a plan that moves this is an answer: where parts are named, each of them moves.
    func permits(_ offload: Offload) -> Bool {
        guard case .parts(let wanted) = policy else { return true }
        return wanted.isSubset(of: offload.parts)
    }

    /// Parts of states with those without which a stack cannot move them.
    private static func companions(of states: Set<Offload.Part>, _ support: OffloadSupport) -> Set<Offload.Part> {
        guard !states.isEmpty else { return [] }
        if support.method == .sharded { return states.union([.optimizer, .parameters]) }
        // Weights leave by themselves too (DeepSpeed, `offload_param`).
        return states == [.parameters] ? states : states.union([.optimizer])
    }
}

extension SearchRequest {
    /// Whether the search tries what may move where something fits without it, too.
    var offloadsAtOnce: Bool { inputs.cluster.nodes == 1 }
}
