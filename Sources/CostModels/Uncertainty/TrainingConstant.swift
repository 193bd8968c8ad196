public import Hardware
public import Parallelism
import Quantities

/// A constant that is fitted on training runs, with the prior that the fit starts from.
public struct TrainingConstant: Sendable {
    /// Whose constant it is.
    public enum Owner: Sendable {
        /// Every model's, `SharedConstants`.
        case shared(any WritableKeyPath<SharedConstants, Double> & Sendable)
        /// Of GPU types that share one value, `KernelConstants`.
        case gpus([String], any WritableKeyPath<KernelConstants, Double> & Sendable)
        /// Of stacks that share one value, `StackConstants`.
        case stacks([String], any WritableKeyPath<StackConstants, Double> & Sendable)
        /// A named network's achieved share of its line rate; the prefix by which tables of runs name it.
        case network(String)
    }

    /// The key in profiles, or the name in `SharedConstants`.
    public let key: String
    /// Whose it is.
    public let owner: Owner
    /// Where the fit starts and what it is drawn to, in the constant's own unit.
    public let prior: Double
    /// Standard deviation of its logarithm around the prior.
    public let spread: Double
    /// What it may become.
    public let range: ClosedRange<Double>

    /// The key and, where several share it, the first that has it: what files name the constant by.
    public var name: String {
        switch owner {
        case .shared: key
        case .gpus(let names, _): "\(key) \(names.first ?? "")"
        case .stacks(let names, _): "\(key) \(names.first ?? "")"
        case .network(let prefix): "\(key) \(prefix)"
        }
    }

    init(_ key: String, _ owner: Owner, prior: Double, spread: Double = 0.2, range: ClosedRange<Double>? = nil) {
        self.key = key
        self.owner = owner
        self.prior = prior
        self.spread = spread
        self.range = range ?? (prior / 20)...(prior * 20)
    }
}

extension TrainingConstant {
    /// What the constant is under inputs; nil where they do not depend on it, and for networks, whose share a fit takes from how a table names them.
    public func value(in inputs: CostInputs) -> Double? {
        switch owner {
        case .shared(let path): inputs.constants[keyPath: path]
        case .gpus(let names, let path): inputs.cluster.groups.first { names.contains($0.gpu.name) }?.gpu.kernels[keyPath: path]
        case .stacks(let names, let path): names.contains(inputs.stack.lineage) ? inputs.stack.costs[keyPath: path] : nil
        case .network: nil
        }
    }

    /// Inputs in which the constant is `factor` times what it is, or nil where they do not depend on it.
    func scaled(_ inputs: CostInputs, by factor: Double) -> CostInputs? {
        var scaled = inputs
        switch owner {
        case .shared(let path):
            scaled.constants[keyPath: path] *= factor
        case .gpus(let names, let path):
            var touches = false
            for place in scaled.cluster.groups.indices where names.contains(scaled.cluster.groups[place].gpu.name) {
                scaled.cluster.groups[place].gpu.kernels[keyPath: path] *= factor
                touches = true
            }
            guard touches else { return nil }
        case .stacks(let names, let path):
            guard names.contains(scaled.stack.lineage) else { return nil }
            scaled.stack.costs[keyPath: path] *= factor
        case .network:
            return nil
        }
        return scaled
    }
}
