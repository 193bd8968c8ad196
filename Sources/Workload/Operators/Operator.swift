/// A piece of a block that runs as one kernel, or a few that go together: what it computes, what it keeps, and where it belongs.
public struct Operator: Hashable, Sendable {
    /// What people call it, such as `qkv projection`.
    public var name: String
    /// What it computes for a token.
    public var work: Work
    /// What its parameters count for.
    public var group: ParameterGroup
    /// What it keeps for the backward pass.
    public var saved: [SavedTensor]
    /// Modules of selective recomputation that run all of it again.
    public var modules: RecomputeModules
    /// Share of its forward that is repeated where every second product is recomputed.
    public var alternateShare: Double
    /// The matrices that its weights join, in the order of the columns; empty where it has none that adapters could stand beside.
    public var projections: [Projection]
    /// Whether its weights count here; those that it shares with an earlier layer count there.
    public var ownsWeights = true

    /// An operator that keeps nothing unless said otherwise; `projections` names the matrices that a product joins.
    public init(
        _ name: String, _ work: Work, _ group: ParameterGroup, saved: [SavedTensor] = [], in modules: RecomputeModules = [],
        alternateShare: Double = 0, joins projections: [Projection]? = nil
    ) {
        self.name = name
        self.work = work
        self.group = group
        self.saved = saved
        self.modules = modules
        self.alternateShare = alternateShare
        switch work {
        // What no framework has a name of its own for is a way into something.
        case .product, .experts: self.projections = projections ?? [.mixerInput]
        default: self.projections = []
        }
    }
}

/// What the parameters of an operator count for.
public enum ParameterGroup: Hashable, Sendable {
    /// Projections of attention.
    case attention
    /// Recurrent mixers.
    case recurrent
    /// Down-projections of latent attention and of latent experts, and whatever else every tensor-parallel rank holds.
    case latentDown
    /// Dense feed-forward blocks.
    case feedForward
    /// Routed experts.
    case routedExperts
    /// Shared experts.
    case sharedExperts
    /// The router.
    case router
    /// Norms and the like.
    case vectors
}
