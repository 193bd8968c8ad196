import Hardware
import Parallelism
import Workload

/// A positive quantity that step times depend on and that is known within bounds: a fitted constant, or what no measured run speaks of.
public enum UncertainQuantity: Hashable, Sendable {
    /// A fitted constant, by its place in `TrainingConstant.all`.
    case constant(Int)
    /// A factor on every step of an installation.
    case time
    /// A factor on what a stack does that was never fitted.
    case stack
    /// A factor on every step of a model on an installation.
    case model(String)
    /// A factor on what the links between nodes reach.
    case network
    /// A factor on the speed of kernels of a GPU type that was never fitted.
    case kernels

    /// Every fitted constant.
    public static let constants = TrainingConstant.all.indices.map { UncertainQuantity.constant($0) }

    /// What files name it by.
    public var name: String {
        switch self {
        case .constant(let place): TrainingConstant.all[place].name
        case .time: OwnRuns.timeName
        case .stack: OwnRuns.stackName
        case .model(let name): OwnRuns.modelPrefix + name
        case .network: "links between nodes"
        case .kernels: "unmeasured_kernels"
        }
    }

    /// The quantity of a name in a stack's file; nil where this release knows none.
    public init?(name: String) {
        if name == OwnRuns.timeName {
            self = .time
        } else if name == OwnRuns.stackName {
            self = .stack
        } else if name.hasPrefix(OwnRuns.modelPrefix) {
            self = .model(String(name.dropFirst(OwnRuns.modelPrefix.count)))
        } else if let place = TrainingConstant.all.firstIndex(where: { $0.name == name }) {
            self = .constant(place)
        } else {
            return nil
        }
    }

    /// Inputs in which the quantity is `factor` times what it is; nil where they do not depend on it.
    public func scaled(_ inputs: CostInputs, by factor: Double) -> CostInputs? {
        var scaled = inputs
        switch self {
        case .constant(let place): return TrainingConstant.all[place].scaled(inputs, by: factor)
        case .time: scaled.stack.costs.timeFactor *= factor
        case .model(let name):
            guard inputs.model.name == name else { return nil }
            scaled.stack.costs.timeFactor *= factor
        case .stack:
            guard Self.isUnfitted(inputs.stack) else { return nil }
            scaled.stack.costs.visibleTensorShare *= factor
            scaled.stack.costs.normPasses *= factor
            scaled.stack.costs.hostLayerSeconds *= factor
            scaled.stack.costs.dataParallelEfficiency /= factor
        case .network:
            guard inputs.cluster.nodes > 1 else { return nil }
            for place in scaled.cluster.groups.indices {
                scaled.cluster.groups[place].network.achievedFraction *= factor
            }
            if let matrix = scaled.cluster.nodeBandwidth {
                scaled.cluster.nodeBandwidth?.values = matrix.values.map { $0 * factor }
            }
            for place in scaled.cluster.curves.indices where scaled.cluster.curves[place].nodes > 1 {
                scaled.cluster.curves[place].seconds = scaled.cluster.curves[place].seconds.map { $0 / factor }
            }
        case .kernels:
            guard Self.hasUnfittedKernels(inputs.cluster) else { return nil }
            for place in scaled.cluster.groups.indices {
                scaled.cluster.groups[place].gpu.kernels.sustainedDerate /= factor
                scaled.cluster.groups[place].gpu.kernels.lowPrecisionEfficiency *= factor
            }
        }
        return scaled
    }

    /// Standard deviation of the logarithm of what no measured run speaks of; nil for constants, of which the fit tells, and where it is no question.
    ///
    /// Links: what collectives reach on networks of one nominal rate differs by 0.80 to 0.98 on well-tuned clusters and falls to 0.07 to 0.2 on
    /// poor ones (docs/accuracy.md); measured links and curves repeat within 3 to 5 %. Kernels and stacks: the priors' own spreads; kernels of an
    /// architecture of which no type was fitted: shares of the peak differ between makers by a factor of 1.6 (0.81 on A100, 0.51 on MI300X).
    public func openSpread(_ inputs: CostInputs) -> Double? {
        switch self {
        case .constant, .time, .model: return nil
        case .network:
            guard inputs.cluster.nodes > 1 else { return nil }
            if inputs.cluster.curves.contains(where: { $0.nodes > 1 }) { return 0.03 }
            return inputs.cluster.meanNodeBandwidth == nil ? 0.2 : 0.05
        case .kernels:
            guard Self.hasUnfittedKernels(inputs.cluster) else { return nil }
            let isKin = inputs.cluster.groups.allSatisfy { Self.fittedArchitectures.contains($0.gpu.architecture) }
            return isKin ? 0.1 : 0.3
        case .stack: return Self.isUnfitted(inputs.stack) ? 0.25 : nil
        }
    }

    /// What no measured run may speak of.
    public static let questions: [UncertainQuantity] = [.network, .kernels, .stack]

    private static func isUnfitted(_ stack: SoftwareStack) -> Bool { !fittedStacks.contains(stack.lineage) }
    private static func hasUnfittedKernels(_ cluster: ClusterProfile) -> Bool {
        !cluster.groups.allSatisfy { fittedGPUs.contains($0.gpu.name) }
    }

    private static let fittedStacks = Set(
        TrainingConstant.all.flatMap { if case .stacks(let names, _) = $0.owner { names } else { [String]() } })
    /// Architectures that the fitted types are of.
    private static let fittedArchitectures: Set = ["ampere", "hopper", "blackwell"]
    private static let fittedGPUs = Set(
        TrainingConstant.all.flatMap { if case .gpus(let names, _) = $0.owner { names } else { [String]() } })
}
