import Foundation
import Hardware
import Parallelism
import Quantities

/// Something that no measured run of the fit speaks of and that a question's times depend on: a factor on a part of its inputs with a spread of
/// its own.
enum OpenQuestion: CaseIterable, Sendable {
    /// What the links between nodes reach.
    case network
    /// How fast the kernels of a GPU type run that was never fitted.
    case kernels
    /// What a stack does that was never fitted.
    case stack

    /// Standard deviation of the factor's logarithm; nil where it is no question.
    ///
    /// Links: what collectives reach on networks of one nominal rate differs by 0.80 to 0.98 on well-tuned clusters and falls to 0.07 to 0.2 on
    /// poor ones (docs/accuracy.md); measured links and curves repeat within 3 to 5 %. Kernels and stacks: the priors' own spreads.
    func spread(_ inputs: CostInputs) -> Double? {
        switch self {
        case .network:
            guard inputs.cluster.nodes > 1 else { return nil }
            if inputs.cluster.curves.contains(where: { $0.nodes > 1 }) { return 0.03 }
            return inputs.cluster.meanNodeBandwidth == nil ? 0.2 : 0.05
        case .kernels:
            let fitted = Set(TrainingConstant.all.flatMap { if case .gpus(let names, _) = $0.owner { names } else { [String]() } })
            return inputs.cluster.groups.allSatisfy { fitted.contains($0.gpu.name) } ? nil : 0.1
        case .stack:
            let fitted = Set(TrainingConstant.all.flatMap { if case .stacks(let names, _) = $0.owner { names } else { [String]() } })
            return fitted.contains(inputs.stack.name) ? nil : 0.25
        }
    }

    /// Inputs in which the factor is not 1.
    func scaled(_ inputs: CostInputs, by factor: Double) -> CostInputs {
        var scaled = inputs
        switch self {
        case .network:
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
            for place in scaled.cluster.groups.indices {
                scaled.cluster.groups[place].gpu.kernels.sustainedDerate /= factor
                scaled.cluster.groups[place].gpu.kernels.lowPrecisionEfficiency *= factor
            }
        case .stack:
            scaled.stack.costs.visibleTensorShare *= factor
            scaled.stack.costs.normPasses *= factor
            scaled.stack.costs.hostLayerSeconds *= factor
            scaled.stack.costs.dataParallelEfficiency /= factor
        }
        return scaled
    }
}
