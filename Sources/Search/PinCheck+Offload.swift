import CostModels
import Hardware
import Parallelism
import Workload

/// What pins of offload cannot have.
extension PinCheck {
    /// Parts that are named for offload and that the stack cannot move, or whose hosts or drives nobody has described.
    func offloadProblems(_ launches: Launchable) -> [Problem] {
        let constraints = request.constraints
        func fatal(_ flag: String, _ what: String) -> [Problem] { [Problem(dimension: flag, what: what, isFatal: true)] }
        let able = launches.offload?.parts ?? []
        let stack = legality.stack?.name ?? "the stack"
        if case .values(let percents) = constraints.offloadPercent, let wrong = percents.first(where: { !(1...100).contains($0) }) {
            return fatal("offload-percent", "\(wrong) is no share of the optimizer's state; use 1 to 100")
        }
        for (flag, part, allowed) in sizes where allowed.isPinned {
            if let problem = sizeProblem(part, able, stack) { return fatal(flag, problem) }
        }
        if let modules = constraints.offloadModules, let problem = sizeProblem(.modules, able, stack) ?? moduleProblem(modules) {
            return fatal("offload-modules", problem)
        }
        if constraints.offloadPercent.isPinned, launches.offload?.takesShares == false, !constraints.offloadPercent.contains(100) {
            return fatal("offload-percent", "\(stack) moves all of the optimizer's state or none; leave it out")
        }
        guard case .parts(let wanted) = constraints.offload else { return [] }
        let names = Offload.Part.allCases.filter(wanted.contains).map(\.rawValue).joined(separator: ", ")
        guard wanted.isSubset(of: able) else {
            let lacking = Offload.Part.allCases.filter { wanted.contains($0) && !able.contains($0) }.map(\.rawValue).joined(separator: ", ")
            let words = Offload.Part.allCases.filter(able.contains).map(\.rawValue).joined(separator: ", ")
            return fatal("offload", "\(stack) cannot offload \(lacking); it offloads \(able.isEmpty ? "nothing" : words)")
        }
        let cluster = request.inputs.cluster
        guard cluster.groups.allSatisfy({ $0.host.link != nil && $0.host.memory != nil }) else {
            return fatal(
                "offload",
                "\(names) cannot be priced, since \(cluster.name) states no memory and link of its hosts; add host: {memory: …, link: {to_device: …, from_device: …}} to its file, or import it with --like PROFILE"
            )
        }
        if wanted.contains(.storage), !cluster.groups.allSatisfy({ $0.host.storage != nil }) {
            return fatal(
                "offload",
                "\(cluster.name) states no drives of its hosts; add storage: {capacity: …, read: …, write: …} to host in its file")
        }
        return offloadContradiction(wanted, launches.offload).map { fatal("offload", $0) } ?? []
    }

    /// The pinned sizes of offload, each with the part that it is a size of.
    private var sizes: [(flag: String, part: Offload.Part, allowed: Allowed)] {
        let constraints = request.constraints
        return [
            ("offload-percent", .optimizer, constraints.offloadPercent), ("offload-stride", .interleaved, constraints.offloadStride),
            ("offload-layers", .activations, constraints.offloadLayers),
        ]
    }

    /// Why a size of a part is pinned in vain; nil where the part may move.
    private func sizeProblem(_ part: Offload.Part, _ able: Set<Offload.Part>, _ stack: String) -> String? {
        guard able.contains(part) else {
            let words = Offload.Part.allCases.filter(able.contains).map(\.rawValue).joined(separator: ", ")
            return "\(stack) cannot offload \(part.rawValue); it offloads \(able.isEmpty ? "nothing" : words)"
        }
        switch request.constraints.offload {
        case .never: return "nothing moves with --offload never; leave one of them out"
        case .parts(let wanted) where !wanted.contains(part): return "it goes with --offload \(part.rawValue); add that, or leave it out"
        default: return nil
        }
    }

    /// Why modules that are named cannot move; nil where they can.
    private func moduleProblem(_ modules: OffloadModules) -> String? {
        let movable = request.inputs.divisions.movable
        let lacking = modules.subtracting(movable)
        if !lacking.isEmpty {
            let present = movable.isEmpty ? "nothing" : movable.names.joined(separator: ", ")
            return "\(request.inputs.model.name) has no \(lacking.names.joined(separator: ", ")) to move; it has \(present)"
        }
        guard modules.contains(.attentionProjection), !modules.contains(.coreAttention) else { return nil }
        return "attn_proj moves only with core_attn, whose backward pass reads the same tensor; add core_attn"
    }

    /// Another pin that leaves no plan which moves the named parts; nil where none does.
    private func offloadContradiction(_ wanted: Set<Offload.Part>, _ support: OffloadSupport?) -> String? {
        let constraints = request.constraints
        let layers = request.inputs.model.layers
        if wanted.contains(.activations) {
            if constraints.recompute?.contains(.none) == false {
                return "activations of whole layers move only where nothing is recomputed, which --recompute excludes; leave it out"
            }
            if !constraints.pipeline.contains(1) {
                return "activations of whole layers move only without a pipeline; leave --pp out or use --pp 1"
            }
            if constraints.offloadLayers.isPinned, !(1..<max(2, layers)).contains(where: constraints.offloadLayers.contains) {
                return "of the \(layers) layers one at least stays, so --offload-layers is 1 to \(max(1, layers - 1))"
            }
        }
        if wanted.contains(.modules), let modes = constraints.recompute, modes.isSubset(of: [.full]) {
            return
                "inputs of modules move only where whole layers are not computed again, and --recompute allows nothing else; leave it out"
        }
        if wanted.isSuperset(of: [.modules, .activations]) {
            return "whole layers and modules do not move together; name activations or modules"
        }
        if wanted.contains(.checkpoints), constraints.recompute?.contains(.full) == false {
            return "there are checkpoints only with full recomputation, which --recompute excludes; leave it out"
        }
        guard let support, !wanted.isDisjoint(with: [.optimizer, .parameters, .storage, .interleaved]) else { return nil }
        let stack = legality.stack?.name ?? "the stack"
        let movesMoments = support.method == .sharded || !wanted.isDisjoint(with: [.optimizer, .storage, .interleaved])
        if movesMoments, request.inputs.job.method.hasGradients, let problem = support.problem(request.inputs.job.optimizer, stack: stack) {
            return "\(problem.what); \(problem.remedy)"
        }
        guard let shardings = constraints.sharding else { return nil }
        let isShare = constraints.offloadPercent.isPinned && !constraints.offloadPercent.contains(100)
        let able = support.shardings(moving: wanted, isShare: isShare)
        guard shardings.isDisjoint(with: able) else { return nil }
        let words = OptimizerSharding.allCases.filter(able.contains).map(\.rawValue).joined(separator: ", ")
        return "states move only with --optimizer-sharding \(words)"
    }
}
