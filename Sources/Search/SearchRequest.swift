public import CostModels
public import Hardware
public import Parallelism
public import Quantities

/// What the search is to make best.
public enum Objective: Hashable, Sendable {
    /// The shortest step on all the GPUs.
    case throughput
    /// The fewest GPUs whose best plan trains at least this many tokens per second over the whole cluster.
    case fewestGPUs(tokensPerSecond: Double)
    /// The lowest cost of a token, in GPU-seconds; a price only scales it.
    case costPerToken
    /// The most free memory among plans within the given share of the shortest step.
    case memoryHeadroom

    /// The name on the command line.
    public var name: String {
        switch self {
        case .throughput: "throughput"
        case .fewestGPUs: "gpus"
        case .costPerToken: "cost"
        case .memoryHeadroom: "memory"
        }
    }
}

/// A question to the planner.
public struct SearchRequest: Sendable {
    /// Model, cluster, job and stack.
    public var inputs: CostInputs
    /// What the user pins.
    public var constraints: StrategyConstraints
    /// What is best.
    public var objective: Objective
    /// How many plans to return.
    public var top: Int
    /// Memory that a plan may use at most; the GPU's unless lowered.
    public var memoryLimit: Bytes
    /// Whether strategies that the stack cannot launch are searched too.
    public var ignoresStack: Bool
    /// Whether plans of the same parallel sizes that differ in schedule, virtual stages, sharding, recomputation or layer layout are listed
    /// one by one.
    public var listsVariants: Bool
    /// Whether bounds may discard candidates; off only to measure or to test.
    public var prunes: Bool
    /// Whether the search stops after pricing, without simulating finalists; only to measure.
    public var scanOnly: Bool
    /// Seconds of a step beyond which nothing is an answer: whether anything is as fast is a shorter question than what is fastest.
    public var within = Double.infinity
    /// Threads to search with.
    public var threads: Int
    /// How ranks get their GPUs.
    public var placement: PlacementMethod
    /// Seed of all randomness.
    public var seed: UInt64
    /// What measured runs left open of the constants; nil to go by the stack's mean error alone.
    public var uncertainty: FittedUncertainty?
    /// The cluster that `inputs.cluster` is a part of, whose nodes advice on more GPUs counts in; nil where it is the whole.
    public var wholeCluster: ClusterProfile?

    /// What rows of unequal work add to the price of a strategy, in s; nil where rows are alike.
    public var unevenRows: (@Sendable (CostInputs, ParallelStrategy, StepEstimate) -> Double)?
    /// Finalists whose rows are dealt; raised until none that is left out can be among the answers.
    var dealtFinalists = 0

    /// Where strategies that the stack cannot launch are searched too: the stacks of which one can launch the plan that is listed first.
    public var preferredStacks: [SoftwareStack] = []

    /// The names of the preferred stacks that can launch a strategy.
    public func stacks(launching strategy: ParallelStrategy) -> [String] {
        preferredStacks.filter { legality(of: $0, worldSize: nil).firstViolation(of: strategy) == nil }.map(\.name)
    }

    /// Whether a strategy comes before those that no stack can launch.
    func isPreferred(_ strategy: ParallelStrategy) -> Bool {
        preferredStacks.isEmpty || preferredStacks.contains { legality(of: $0, worldSize: nil).firstViolation(of: strategy) == nil }
    }

    private func legality(of stack: SoftwareStack?, worldSize: Int?) -> Legality {
        Legality(
            model: inputs.model, divisions: inputs.divisions, job: inputs.job, stack: stack, worldSize: worldSize,
            overlapsExperts: inputs.choices.overlapsExperts)
    }

    /// The rules that answers obey: the model's and the job's, and the stack's unless strategies that it cannot launch are searched too.
    public var legality: Legality { legality(of: ignoresStack ? nil : inputs.stack, worldSize: inputs.cluster.gpus) }

    /// A question with five answers.
    public init(
        inputs: CostInputs, constraints: StrategyConstraints = .init(), objective: Objective = .throughput, top: Int = 5,
        memoryLimit: Bytes? = nil, ignoresStack: Bool = false, listsVariants: Bool = false, prunes: Bool = true, scanOnly: Bool = false,
        threads: Int = 1, placement: PlacementMethod = .auto, seed: UInt64 = 0
    ) {
        self.inputs = inputs
        self.constraints = constraints
        self.objective = objective
        self.top = top
        self.memoryLimit = memoryLimit ?? inputs.memory
        self.ignoresStack = ignoresStack
        self.listsVariants = listsVariants
        self.prunes = prunes
        self.scanOnly = scanOnly
        self.threads = threads
        self.placement = placement
        self.seed = seed
    }
}
