import CostModels
import Foundation
import Hardware
import Parallelism

extension OwnPosterior {
    /// A stack with what the runs told of it, and what is still open.
    ///
    /// - Parameters:
    ///   - reference: Inputs of a run on the stack, whose constants the moves are from.
    ///   - configurations: How many were measured.
    ///   - kernels: A GPU type by its name, for constants of types that no run was on.
    func stack(_ base: SoftwareStack, reference: CostInputs, configurations: Int, kernels: (String) throws -> GPU) -> SoftwareStack {
        var stack = base
        var ofAll = reference
        // Factors of models are theirs, not the installation's.
        for (parameter, move) in zip(parameters.prefix(kept), moves) {
            if case .model = parameter.quantity { continue }
            ofAll = parameter.quantity.scaled(ofAll, by: exp(move)) ?? ofAll
        }
        for field in Self.moved { stack.costs[keyPath: field] = Rounding.significant(ofAll.stack.costs[keyPath: field], 5) }
        let entries = parameters.prefix(kept).indices.map { place in
            OwnRuns.Entry(
                name: parameters[place].quantity.name, value: value(place, ofAll, base, kernels).map { Rounding.significant($0, 6) },
                before: before(place, base).map { Rounding.significant($0, 6) },
                row: factor[place].map { Rounding.significant($0, 3) })
        }
        stack.ownRuns = OwnRuns(
            base: base.lineage, configurations: configurations + (base.ownRuns?.configurations ?? 0), installation: installation,
            entries: entries)
        return stack
    }

    /// How far a model's factor was open before any own run, these or earlier ones; nil for other quantities.
    private func before(_ place: Int, _ base: SoftwareStack) -> Double? {
        guard case .model(let name) = parameters[place].quantity else { return nil }
        return base.ownRuns?.before(ofModel: name) ?? deviation(place).before
    }

    /// Constants of a stack that runs move.
    private static let moved: [any WritableKeyPath<StackConstants, Double> & Sendable] = [
        \.visibleTensorShare, \.hostLayerSeconds, \.normPasses, \.lossPasses, \.attentionFactor, \.dataParallelOverlap,
        \.dataParallelEfficiency, \.blockingTransferShare, \.shardSlowdown, \.timeFactor,
    ]

    /// What stands beside a quantity's name: the value of constants that no stack's `costs` hold, and of models' factors.
    private func value(_ place: Int, _ moved: CostInputs, _ base: SoftwareStack, _ kernels: (String) throws -> GPU) -> Double? {
        switch parameters[place].quantity {
        case .constant(let index):
            let constant = TrainingConstant.all[index]
            switch constant.owner {
            case .shared: return constant.value(in: moved)
            case .gpus(let names, let path):
                if let value = constant.value(in: moved) { return value }
                // A type that was not run on moves with those that were, from where it stands.
                let earlier = base.ownRuns?.entries.first { $0.name == constant.name }?.value
                return (earlier ?? (try? kernels(names[0]))?.kernels[keyPath: path]).map { $0 * exp(moves[place]) }
            case .stacks, .network: return nil
            }
        case .model(let name): return (base.ownRuns?.timeFactor(ofModel: name) ?? 1) * exp(moves[place])
        case .time, .stack, .network, .kernels: return nil
        }
    }
}
