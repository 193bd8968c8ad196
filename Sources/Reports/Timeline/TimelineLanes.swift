import Schedules

/// A timeline's operations arranged in lanes: per rank, those of a lane follow one another without overlapping.
///
/// Compute has a lane of its own; transfers, collectives and copies get as many as run at the same time, because viewers drop or hide
/// operations that overlap within one lane.
struct TimelineLanes {
    /// What the operations of a lane have in common.
    enum Role: Int, CaseIterable {
        case compute, tensor, context, expert, send, collective, copy, host

        init(_ kind: Timeline.Kind) {
            switch kind {
            case .send: self = .send
            case .gradientReduce, .parameterGather: self = .collective
            case .copyDown, .copyUp: self = .copy
            case .hostUpdate: self = .host
            case .tensorExchange: self = .tensor
            case .contextExchange: self = .context
            case .expertExchange: self = .expert
            default: self = .compute
            }
        }
    }

    /// One lane of one rank.
    struct Lane {
        /// The rank it belongs to.
        var rank: Int
        /// What its operations have in common.
        var role: Role
        /// Its number among the lanes of that role on that rank, from 0.
        var number: Int
        /// Indices of its operations in `Timeline.spans`, by start.
        var spans: [Int32]
    }

    /// All lanes: by rank, then role, then number.
    let lanes: [Lane]

    /// Arranges a timeline; operations of ranks that it does not have are left out.
    init(_ timeline: Timeline) {
        var lanes: [Lane] = []
        for (rank, spans) in Self.byRank(timeline).enumerated() {
            for role in Role.allCases {
                let own = spans.filter { Role(timeline.spans[Int($0)].kind) == role }
                // Every rank keeps its compute lane, so that a rank without work still has a row.
                if role == .compute || !own.isEmpty { lanes += Self.separate(own, of: timeline, rank: rank, role: role) }
            }
        }
        self.lanes = lanes
    }

    private static func byRank(_ timeline: Timeline) -> [[Int32]] {
        var ranks = [[Int32]](repeating: [], count: max(timeline.rankCount, 0))
        for (index, span) in timeline.spans.enumerated() where ranks.indices.contains(Int(span.rank)) {
            ranks[Int(span.rank)].append(Int32(index))
        }
        for rank in ranks.indices {
            let isSorted = zip(ranks[rank], ranks[rank].dropFirst()).allSatisfy {
                timeline.spans[Int($0)].start <= timeline.spans[Int($1)].start
            }
            guard !isSorted else { continue }
            ranks[rank].sort { (timeline.spans[Int($0)].start, $0) < (timeline.spans[Int($1)].start, $1) }
        }
        return ranks
    }

    /// Puts each operation, by start, into the first lane that is free: the fewest lanes that can hold them.
    private static func separate(_ spans: [Int32], of timeline: Timeline, rank: Int, role: Role) -> [Lane] {
        var lanes = [Lane(rank: rank, role: role, number: 0, spans: [])]
        var busyUntil = [Int.min]
        for index in spans {
            let span = timeline.spans[Int(index)]
            let start = nanoseconds(span.start)
            var number = 0
            while number < lanes.count, busyUntil[number] > start { number += 1 }
            if number == lanes.count {
                lanes.append(Lane(rank: rank, role: role, number: number, spans: []))
                busyUntil.append(.min)
            }
            lanes[number].spans.append(index)
            busyUntil[number] = max(nanoseconds(span.end), start)
        }
        return lanes
    }
}

/// A moment in whole nanoseconds; rounding both ends of an operation keeps neighbours from overlapping.
@inline(__always)
func nanoseconds(_ seconds: Double) -> Int {
    let scaled = (seconds * 1e9).rounded()
    // Nine months; beyond it, or for a number that is none, a trace has nothing to show.
    return abs(scaled) < 0x1p54 ? Int(scaled) : 0
}
