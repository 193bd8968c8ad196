public import CostModels
public import Parallelism

/// A ranked answer.
public struct Plan: Sendable, Hashable {
    /// The strategy.
    public var strategy: ParallelStrategy
    /// Its exact price.
    public var estimate: StepEstimate
    /// Step time that it undercuts in one case of ten, in s: the lower end of an interval that holds 80 %.
    public var timeLow: Double
    /// Step time that it exceeds in one case of ten, in s.
    public var timeHigh: Double
    /// Whether the model cannot tell it from the fastest plan: it is less than 80 % sure which of the two is faster.
    public var tiesWithBest: Bool
    /// The chance that it is the fastest of the plans listed; nil where nothing is listed beside it.
    public var chanceFastest: Double?
    /// The chance of choosing the fastest of the plans listed once this one was tried; nil where nothing is listed beside it.
    public var chanceAfterTrial: Double?
    /// Why this one is recommended of those that tie with the fastest; nil for all others.
    public var recommended: Recommendation?

    /// What one plan of a tie has over the others.
    public enum Recommendation: String, Hashable, Sendable {
        /// It needs less memory than the fastest, by a twentieth of what there is at least.
        case leanest
        /// It has fewer things to set up and to go wrong.
        case simplest
        /// It is expected to be the fastest, and no other needs less memory or is simpler.
        case fastest
    }
    /// Which GPU each rank takes; nil for strategies that nobody asked to place.
    public var placement: PlanPlacement?
    /// Why its ranks could not be placed, where they could not.
    public var placementProblem: PlacementError?
    /// Where its experts are once its ranks have places; nil where their loads cost every rank alike.
    public var experts: PlanExperts?
    /// Its place by time before ranks had places and after, from 1; nil where it is the same.
    public var moved: Move?

    /// How placement moved a plan past others.
    public struct Move: Sendable, Hashable {
        /// The place by time on links of mean speed.
        public var before: Int
        /// The place by time with ranks at their places.
        public var after: Int
    }

    /// A plan from its parts.
    public init(
        strategy: ParallelStrategy, estimate: StepEstimate, timeLow: Double, timeHigh: Double, tiesWithBest: Bool,
        placement: PlanPlacement? = nil
    ) {
        self.strategy = strategy
        self.estimate = estimate
        self.timeLow = timeLow
        self.timeHigh = timeHigh
        self.tiesWithBest = tiesWithBest
        self.placement = placement
    }
}

/// What the search did.
public struct SearchCounts: Sendable, Hashable {
    /// Distinct legal strategies whose time and memory were computed.
    public var evaluated = 0
    /// Strategies that a bound discarded before their memory was computed.
    public var pruned = 0
    /// Combinations that a rule forbids.
    public var illegal = 0
    /// Strategies that fit in memory.
    public var feasible = 0
    /// Why combinations were rejected: rules, and `memory: …` with the largest part.
    public var rejected: [String: Int] = [:]
    /// Whether the whole space was searched.
    public var isComplete = true
    /// Schedules that were simulated.
    public var simulated = 0

    /// Nothing counted yet.
    public init() {}
}

/// An operator of a plan's own shape, and what timing it is worth.
public struct OperatorToTime: Sendable, Hashable {
    /// The operator.
    public var operation: PlanOperator
    /// The chance of choosing the fastest of the plans listed once it was timed.
    public var chanceAfter: Double
}

/// The answer to a search request.
public struct SearchOutcome: Sendable {
    /// The plans, best first.
    public var plans: [Plan]
    /// What the search did.
    public var counts: SearchCounts
    /// The chance of choosing the fastest of the plans once the links between nodes were measured; nil where no plan depends on them.
    public var chanceAfterLinks: Double?
    /// The operator whose timing raises that chance most, and the chance then; nil for one plan alone.
    public var operatorToTime: OperatorToTime?
    /// The candidate with the lowest memory need when nothing fits, and the bytes it needs.
    public var leanest: (strategy: ParallelStrategy, bytes: Double)?
    /// A strategy that broke each rule, to explain the rule with.
    public var examples: [LegalityRule: ParallelStrategy]

    /// An answer from its parts.
    public init(
        plans: [Plan], counts: SearchCounts, leanest: (strategy: ParallelStrategy, bytes: Double)? = nil,
        examples: [LegalityRule: ParallelStrategy] = [:]
    ) {
        self.plans = plans
        self.counts = counts
        self.leanest = leanest
        self.examples = examples
    }
}
