/// Which GPU of the cluster each rank of a plan takes, and what that is worth.
public struct PlanPlacement: Hashable, Sendable {
    /// How the map came about.
    public var method: PlacementResult.Method
    /// Step time of the map, in s.
    public var objective: Double
    /// Step time of ranks in order on nodes in order, in s.
    public var identityObjective: Double
    /// Step time that no map beats, in s.
    public var lowerBound: Double
    /// A place for every rank, by rank; empty where ranks take the GPUs in order.
    public var map: [RankLocation]

    /// How far the map is from the best one at most: 0.02 is "within 2 % of the optimum".
    public var gap: Double { lowerBound > 0 ? max(0, objective / lowerBound - 1) : 0 }

    /// Ranks in order on nodes and links that are all alike, where no other map could be better.
    init(even seconds: Double) {
        method = .identity
        objective = seconds
        identityObjective = seconds
        lowerBound = seconds
        map = []
    }

    /// What a search for a placement found.
    init(_ result: PlacementResult) {
        method = result.method
        objective = result.objective
        identityObjective = result.identityObjective
        lowerBound = result.lowerBound
        map = result.map
    }
}
