/// A step of a context-parallel attention on its slowest rank: what is computed, and what moves beside it.
///
/// Each direction of a ring and the ring between groups has a lane of its own; `exchange` is a collective that nothing hides.
public struct ContextStep: Hashable, Sendable {
    /// Bytes that a rank sends on a lane, and the time they take.
    public struct Transfer: Hashable, Sendable {
        /// Bytes sent.
        public var bytes = 0.0
        /// Time, in s.
        public var seconds = 0.0

        /// Nothing.
        public static let none = Transfer()

        /// A transfer from its parts.
        public init(bytes: Double = 0, seconds: Double = 0) {
            self.bytes = bytes
            self.seconds = seconds
        }
    }

    /// How many equal steps there are behind each other.
    public var count: Double
    /// Attention of a step, in s.
    public var attention: Double
    /// To the next rank of the ring.
    public var clockwise = Transfer.none
    /// To ranks the other way.
    public var counterclockwise = Transfer.none
    /// To the next group, beside the ring inside.
    public var outer = Transfer.none
    /// A collective, or a transfer that attention waits for.
    public var exchange = Transfer.none

    /// So many steps of attention; what moves is set afterwards.
    public init(count: Double = 1, attention: Double = 0) {
        self.count = count
        self.attention = attention
    }

    /// The longest transfer beside attention, in s.
    public var transfer: Double { max(clockwise.seconds, max(counterclockwise.seconds, outer.seconds)) }

    /// Time beyond attention of all its steps, in s: a step takes the longer of attention and transfer and a share of the shorter, since both
    /// need multiprocessors and memory.
    func visible(share: Double) -> Double {
        let beside = transfer
        return count * (max(beside, attention) - attention + share * min(beside, attention) + exchange.seconds)
    }
}

/// Which pass of a layer exchanges.
public enum ContextPass: String, CaseIterable, Hashable, Sendable {
    /// Forward.
    case forward
    /// Backward.
    case backward
}
