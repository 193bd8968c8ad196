/// Pairs of experts that the same tokens visit in mixture layers that follow each other.
public struct ExpertAffinity: Hashable, Sendable {
    /// Experts of a layer, E.
    public let experts: Int
    /// Mixture layers; one more than there are steps between them.
    public let layers: Int
    /// Tokens that visit expert a of layer l and expert b of the next one, at (l·E + a)·E + b.
    public let counts: [Double]

    /// Counts of pairs, E·E for every step between layers, none below 0, all finite.
    public init(experts: Int, counts: [Double]) {
        precondition(experts > 0 && !counts.isEmpty && counts.count % (experts * experts) == 0)
        (self.experts, self.counts) = (experts, counts)
        layers = counts.count / (experts * experts) + 1
    }

    /// Visits of every expert of every layer: those that leave it, and of the last layer those that come to it.
    public var visits: [Double] {
        var visits = [Double](repeating: 0, count: layers * experts)
        for step in 0..<layers - 1 {
            for a in 0..<experts {
                for b in 0..<experts {
                    let count = counts[(step * experts + a) * experts + b]
                    visits[step * experts + a] += count
                    if step == layers - 2 { visits[(step + 1) * experts + b] += count }
                }
            }
        }
        return visits
    }
}

/// What a file says of routing.
public struct RoutingRecord: Sendable {
    /// The shares of experts.
    public var routing: ExpertRouting
    /// The pairs of successive layers, where the file has them.
    public var affinity: ExpertAffinity?
    /// What was made of the file that a reader might not expect, in words.
    public var notes: [String] = []

    /// A record of shares alone.
    public init(_ routing: ExpertRouting, affinity: ExpertAffinity? = nil, notes: [String] = []) {
        (self.routing, self.affinity, self.notes) = (routing, affinity, notes)
    }
}
