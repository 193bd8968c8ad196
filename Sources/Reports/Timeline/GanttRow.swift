import Schedules

/// One rank's time cut into equal slots, each with what it shows.
struct GanttRow {
    /// What a slot shows.
    enum Slot: Equatable {
        /// Nothing runs.
        case idle
        /// The rank waits for a transfer or a collective.
        case waiting(Timeline.Kind)
        /// An operation, by its index in `Timeline.spans`.
        case operation(Int)
    }

    /// What each slot shows, from the beginning of the step.
    private(set) var slots: [Slot]

    /// - Parameters:
    ///   - compute: the rank's compute operations, by start.
    ///   - transfers: operations during which the rank waits for data.
    ///   - inProportion: whether slots hold several operations, of which each is to show some: then the kinds take turns so that
    ///     their shares of the row are those of the time (error diffusion). Otherwise a slot shows what fills most of it.
    init(_ timeline: Timeline, compute: [Int32], transfers: [Int32], slots count: Int, inProportion: Bool) {
        slots = [Slot](repeating: .idle, count: count)
        guard timeline.makespan > 0, timeline.makespan.isFinite, count > 0 else { return }
        let width = timeline.makespan / Double(count)
        let kinds = Timeline.Kind.allCases.count
        var share = [Double](repeating: 0, count: count * kinds)
        var longest = [(part: Double, span: Int)](repeating: (0, -1), count: count * kinds)
        for index in compute + transfers {
            let span = timeline.spans[Int(index)]
            guard span.start.isFinite, span.end > span.start else { continue }
            let first = min(max(Int(span.start / width), 0), count - 1)
            let last = min(max(Int(min(span.end, timeline.makespan) / width), first), count - 1)
            for slot in first...last {
                let part = (min(span.end, width * Double(slot + 1)) - max(span.start, width * Double(slot))) / width
                let cell = slot * kinds + Int(span.kind.rawValue)
                guard part > 0 else { continue }
                share[cell] += part
                if part > longest[cell].part { longest[cell] = (part, Int(index)) }
            }
        }
        let choices = Self.choices(share, slots: count, inProportion: inProportion)
        for (slot, choice) in choices.enumerated() {
            guard let kind = choice else { continue }
            let span = longest[slot * kinds + Int(kind.rawValue)].span
            slots[slot] = kind.isCompute ? (span >= 0 ? .operation(span) : slots[max(slot - 1, 0)]) : .waiting(kind)
        }
    }

    /// The kind that each slot shows, nil for none, from the kinds' shares at slot · kinds + kind.
    static func choices(_ share: [Double], slots count: Int, inProportion: Bool) -> [Timeline.Kind?] {
        let kinds = Timeline.Kind.allCases.count
        var owed = [Double](repeating: 0, count: kinds + 1)
        return (0..<count).map { slot in
            var busy = 0.0
            var transferring = 0.0
            for kind in Timeline.Kind.allCases {
                let part = share[slot * kinds + Int(kind.rawValue)]
                if kind.isCompute { busy += part } else { transferring += part }
            }
            // Waiting is what compute leaves over, however many transfers run.
            let waiting = min(transferring, max(1 - busy, 0))
            for kind in Timeline.Kind.allCases {
                let part = share[slot * kinds + Int(kind.rawValue)]
                let counted = kind.isCompute || transferring == 0 ? part : part * waiting / transferring
                owed[Int(kind.rawValue)] = (inProportion ? owed[Int(kind.rawValue)] : 0) + counted
            }
            owed[kinds] = (inProportion ? owed[kinds] : 0) + max(1 - busy - waiting, 0)
            var choice = kinds
            for kind in 0..<kinds where owed[kind] > owed[choice] + 1e-9 { choice = kind }
            owed[choice] -= 1
            return choice < kinds ? Timeline.Kind(rawValue: UInt8(choice)) : nil
        }
    }
}
