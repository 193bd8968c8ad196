/// An optimizer's update whose state lies beside the GPU: groups of parameters that pass lanes one after the other.
///
/// A pass begins once its group has left the lane before and its own lane is free, of several the one that can begin first. Without
/// overlap everything runs in a row. In the limit of many groups the update takes as long as its busiest lane.
public struct UpdateSchedule: Hashable, Sendable {
    /// What passes run on.
    public enum Lane: UInt8, CaseIterable, Hashable, Sendable {
        /// Copies from the GPU, and to it.
        case down, up
        /// The host's processor.
        case host
        /// The GPU.
        case device
        /// The node's drives.
        case drives
    }

    /// What a group does on a lane.
    public struct Pass: Hashable, Sendable {
        /// The lane.
        public var lane: Lane
        /// How long it takes, s.
        public var seconds: Double

        /// A pass over a lane.
        public init(_ lane: Lane, _ seconds: Double) {
            self.lane = lane
            self.seconds = seconds
        }
    }

    /// A pass as it ran.
    public struct Span: Hashable, Sendable {
        /// The lane.
        public var lane: Lane
        /// Its group, from 0.
        public var group: Int
        /// From the beginning of the update, s.
        public var start, end: Double
    }

    /// The passes of each group in their order.
    public var groups: [[Pass]]
    /// Whether lanes run beside each other.
    public var overlaps: Bool

    /// An update from its groups.
    public init(groups: [[Pass]], overlaps: Bool) {
        self.groups = groups
        self.overlaps = overlaps
    }

    /// Every pass of more than no time as it ran, those of a lane in order.
    public var spans: [Span] {
        var spans: [Span] = []
        var free = [Double](repeating: 0, count: Lane.allCases.count)
        var ready = [Double](repeating: 0, count: groups.count)
        var waiting = groups.map { $0.filter { $0.seconds > 0 } }
        while let next = firstToStart(waiting, ready, free) {
            let pass = waiting[next].removeFirst()
            let start = max(ready[next], free[Int(pass.lane.rawValue)])
            let end = start + pass.seconds
            ready[next] = end
            if overlaps { free[Int(pass.lane.rawValue)] = end } else { free = free.map { max($0, end) } }
            spans.append(Span(lane: pass.lane, group: next, start: start, end: end))
        }
        return spans
    }

    /// The group whose next pass can start first, of equal ones the first; nil where nothing is left.
    private func firstToStart(_ waiting: [[Pass]], _ ready: [Double], _ free: [Double]) -> Int? {
        var first: (group: Int, start: Double)?
        for (group, passes) in waiting.enumerated() {
            guard let pass = passes.first else { continue }
            let start = max(ready[group], free[Int(pass.lane.rawValue)])
            if start < first?.start ?? .infinity { first = (group, start) }
        }
        return first?.group
    }

    /// The end of the last pass, s.
    public var seconds: Double { spans.map(\.end).max() ?? 0 }
}
