import Foundation

/// On how many of equal groups of experts a token's experts are, by how they are drawn.
enum DistinctGroups {
    /// The share of tokens that visit what gets a share of all visits, k visits drawn one like the other: `1 − (1 − share)^k`.
    static func seen(_ share: Double, perToken k: Double) -> Double { 1 - pow(max(0, 1 - share), k) }

    /// The same where a token visits an expert once: as though the share were so many of E experts alike.
    static func seen(_ share: Double, perToken k: Double, of experts: Double) -> Double {
        guard share > 0, experts > 0 else { return 0 }
        return share * DispatchLaw.distinct(1 / share, of: experts, perToken: k)
    }

    /// Distinct groups of n that a token visits whose router takes the `most` groups with the best experts and then the k best experts of those.
    ///
    /// In the order of their scores, experts that are alike come from one group after another at random; groups are taken as they first appear, so that a
    /// token visits as many as its first k experts would without the limit, but no more than that: the mean of min(`most`, distinct of k draws). `experts`
    /// says of how many a token visits each once; nil where visits are drawn one like the other.
    static func limited(to most: Int, of groups: Int, perToken k: Int, experts: Double? = nil) -> Double {
        guard most < groups || experts != nil else { return Double(groups) * seen(1 / Double(groups), perToken: Double(k)) }
        let most = min(max(1, most), groups)
        // Chances of so many groups after each draw; the last place stands for as many or more.
        var chances = [Double](repeating: 0, count: most + 1)
        chances[0] = 1
        for drawn in 0..<max(0, k) {
            for seen in stride(from: min(drawn, most - 1), through: 0, by: -1) {
                let unseen = Double(groups - seen) / Double(groups)
                let new = experts.map { $0 > Double(drawn) ? min(1, unseen * $0 / ($0 - Double(drawn))) : 0 } ?? unseen
                chances[seen + 1] += chances[seen] * new
                chances[seen] *= 1 - new
            }
        }
        return chances.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element }
    }
}
