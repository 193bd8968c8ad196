import Foundation

/// How often a ring of nodes goes from one group of them, a leaf or a hall, to another.
public struct RingCrossings: Hashable, Sendable {
    /// Steps of the ring between groups, the one from the last node to the first included.
    public let count: Int
    /// Steps that no order avoids: each group is left once.
    public let least: Int

    /// The crossings of a ring that visits nodes of these groups in this order.
    public init(_ groups: [Int]) {
        count = groups.indices.count { groups[$0] != groups[($0 + 1) % groups.count] }
        let distinct = Set(groups).count
        least = distinct > 1 ? distinct : 0
    }

    /// Whether another order crosses less.
    public var isShuffled: Bool { count > least }

    /// Crossings over those that are needed, such as `4 times` or `1.5 times`.
    public var text: String { String(format: "%.3g times", Double(count) / Double(max(1, least))) }
}
