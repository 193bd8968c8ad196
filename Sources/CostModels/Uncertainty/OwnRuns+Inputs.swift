import Hardware
public import Parallelism

extension OwnRuns {
    /// The quantities in the order of their rows; nil where this release fits other constants than the runs moved.
    public var quantities: [UncertainQuantity]? {
        let known = entries.compactMap { UncertainQuantity(name: $0.name) }
        let constants = UncertainQuantity.constants
        return known.count == entries.count && Array(known.prefix(constants.count)) == constants ? known : nil
    }

    /// Puts the values of shared constants and of GPU types into inputs; those of the stack stand in its file. Doing so twice changes nothing.
    func apply(to inputs: inout CostInputs) {
        let values = Dictionary(entries.map { ($0.name, $0.value) }) { first, _ in first }
        for constant in TrainingConstant.all {
            guard let value = values[constant.name] ?? nil else { continue }
            switch constant.owner {
            case .shared(let path): inputs.constants[keyPath: path] = value
            case .gpus(let names, let path):
                for place in inputs.cluster.groups.indices where names.contains(inputs.cluster.groups[place].gpu.name) {
                    inputs.cluster.groups[place].gpu.kernels[keyPath: path] = value
                }
            case .stacks, .network: break
            }
        }
    }
}
