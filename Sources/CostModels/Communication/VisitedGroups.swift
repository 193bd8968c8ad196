import Workload

/// On how many of equal groups of experts a token's experts are by a routing, for every number of groups, computed once: each is a sum over all
/// layers and experts, and a search asks for the same few again and again.
struct VisitedGroups: Sendable {
    private let perToken: Double
    /// By the number of groups; nil where the routing has no answer.
    private let means: [Double?]

    /// The table of a routing for tokens of so many visits.
    init(_ routing: ExpertRouting, perToken: Double) {
        self.perToken = perToken
        means = (0...routing.experts).map { routing.visited(groups: $0, perToken: perToken) }
    }

    /// Distinct groups of so many that a token visits, the mean over layers; nil where the routing has no answer, or for tokens of other visits.
    func mean(groups: Int, perToken: Double) -> Double? {
        guard perToken == self.perToken, means.indices.contains(groups) else { return nil }
        return means[groups]
    }
}
