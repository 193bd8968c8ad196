public import CostModels
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

    init(_ key: String, _ owner: Owner, prior: Double, spread: Double = 0.2, range: ClosedRange<Double>? = nil) {
        self.key = key
        self.owner = owner
        self.prior = prior
        self.spread = spread
        self.range = range ?? (prior / 20)...(prior * 20)
    }
}
