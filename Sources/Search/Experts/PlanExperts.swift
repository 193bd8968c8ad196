/// Which experts the ranks of a plan hold once the ranks have places, and what that is worth; where links and nodes are alike to its ranks there is none.
public struct PlanExperts: Hashable, Sendable {
    /// The expert of each slot, a row a mixture layer, where experts are placed anew; nil where they are as they were stated.
    public var order: [Int32]?
    /// Expert-parallel ranks.
    public var ranks: Int
    /// Busiest over mean load of the ranks, the mean over layers.
    public var busiest: Double
    /// Step time with experts so, in s.
    public var objective: Double
    /// Step time with experts as they were before ranks had places: in their order, a map's, or as placed for links that are alike, in s.
    public var before: Double
    /// Step time that no other map of experts on these ranks is below, in s.
    public var lowerBound: Double
    /// The plan's place by time with experts as before, from 1; nil where it is the same.
    public var rankBefore: Int?
}
