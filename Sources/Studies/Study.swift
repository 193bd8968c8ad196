public import Documents
public import Workload

/// A grid of questions to the planner, and what is asked of all their answers together.
public struct Study: Sendable {
    /// A value of the grid and where it was written.
    public struct Entry<Value: Hashable & Sendable>: Hashable, Sendable {
        /// The value.
        public var value: Value
        /// Where it stands.
        public var location: SourceLocation

        /// A value from a place.
        public init(_ value: Value, _ location: SourceLocation) { (self.value, self.location) = (value, location) }
    }

    /// A cluster by its shipped name or path, or the usual nodes of a GPU type.
    public struct Cluster: Hashable, Sendable {
        /// The name or path.
        public var name: String
        /// Whether it is a GPU type, in the nodes in which it is usually sold.
        public var isGPU: Bool

        /// A cluster by its name.
        public init(_ name: String, isGPU: Bool = false) { (self.name, self.isGPU) = (name, isGPU) }
    }

    /// Its name: the file's unless it states one.
    public var name: String
    /// Models by shipped name or path.
    public var models: [Entry<String>]
    /// Clusters and GPU types.
    public var clusters: [Entry<Cluster>]
    /// Numbers of GPUs; nil where each cluster has its own size.
    public var sizes: StudySizes?
    /// Sequences of a step, by default what `plan` assumes for the number of GPUs.
    public var globalBatches: [Int?] = [nil]
    /// Tokens of a sequence, by default the model's usual.
    public var sequenceLengths: [Int?] = [nil]
    /// Formats of the matrix products, by default the GPU's usual.
    public var precisions: [Precision?] = [nil]
    /// What is trained, by default every weight from scratch.
    public var methods: [TrainingMethod.Kind?] = [nil]
    /// Stacks by shipped name or path, by default the method's usual.
    public var stacks: [Entry<String>?] = [nil]
    /// Parallel sizes that are pinned, by dimension; what is not there `plan` chooses.
    public var pins: [StudyPins.Dimension: [Int]] = [:]
    /// Other options of `plan`.
    public var options: [StudyOption] = []
    /// What every cell must obey.
    public var rules: [StudyRule] = []
    /// What GPU-hours cost.
    public var prices = StudyPrices()
    /// Tokens of the whole training.
    public var tokens: Double?
    /// Days that the training may take.
    public var deadline: Entry<Double>?
    /// What it may cost.
    public var budget: Entry<Double>?
    /// Whether days and cost count failures, checkpoints and waiting for nodes.
    public var countsFailures = false
    /// Where the study begins.
    public var location: SourceLocation

    /// Whether sizes between those of the grid are asked for: every whole number of nodes of a range may be the cheapest in time.
    public var searchesBetween: Bool { deadline != nil || budget != nil }
}
