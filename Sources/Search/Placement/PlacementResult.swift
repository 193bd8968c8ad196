/// Where a rank runs.
public struct RankLocation: Hashable, Sendable {
    /// The rank.
    public var rank: Int
    /// The node, by index in the cluster.
    public var node: Int
    /// The GPU, by index in the node.
    public var gpu: Int

    /// A rank's place.
    public init(rank: Int, node: Int, gpu: Int) {
        self.rank = rank
        self.node = node
        self.gpu = gpu
    }
}

/// How ranks are placed.
public enum PlacementMethod: Hashable, Sendable {
    /// Identity where all places are alike, exact for few nodes, annealing above.
    case auto
    /// Branch and bound; refuses problems beyond its reach.
    case exact
    /// Seeded annealing and bottleneck descent.
    case anneal
    /// The user's map, which is only evaluated.
    case given([RankLocation])
    /// Rank order on node order.
    case none

    /// Whether the user asked for this method in particular, so that failing at it is an error.
    public var isDemanded: Bool { self != .auto && self != .none }

    /// Whether the user says who runs where.
    var isGiven: Bool {
        if case .given = self { true } else { false }
    }
}

/// A map of ranks to GPUs, its step time, and how good it is.
public struct PlacementResult: Hashable, Sendable {
    /// How the map came about.
    public enum Method: String, Hashable, Sendable {
        /// Rank order; asked for, or because all places are alike.
        case identity
        /// Proven best.
        case exact
        /// Annealed.
        case anneal
        /// Given by the user.
        case given
    }

    /// How the map came about.
    public var method: Method
    /// Step time of the map, by parts.
    public var cost: PlacementCost
    /// Step time of ranks in order on nodes in order, by parts.
    public var identityCost: PlacementCost
    /// Seconds that no map beats.
    public var lowerBound: Double
    /// A place for every rank, by rank.
    public var map: [RankLocation]

    /// Step time of the map in seconds.
    public var objective: Double { cost.total }
    /// Step time of rank order in seconds.
    public var identityObjective: Double { identityCost.total }
    /// How far the map is from the optimum at most: 0.02 is "within 2 % of the optimum".
    public var gap: Double { lowerBound > 0 ? max(0, objective / lowerBound - 1) : 0 }

    /// A result from its parts.
    public init(method: Method, cost: PlacementCost, identityCost: PlacementCost, lowerBound: Double, map: [RankLocation]) {
        self.method = method
        self.cost = cost
        self.identityCost = identityCost
        self.lowerBound = lowerBound
        self.map = map
    }
}
