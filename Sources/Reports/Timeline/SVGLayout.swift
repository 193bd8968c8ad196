import Schedules

/// Where the parts of an SVG timeline stand, in its own units (pixels at full size).
struct SVGLayout {
    /// One lane of a rank.
    struct Row {
        var lane: TimelineLanes.Lane
        var top: Double
        var height: Double
    }

    /// One rank: its lanes and the room for its memory.
    struct Rank {
        var rows: [Row]
        var memoryTop: Double
    }

    static let width = 1600.0
    static let left = 96.0
    static let right = 24.0
    /// The height of a line of facts.
    static let factHeight = 17.0
    /// The width of the whole step.
    static let plotWidth = width - left - right

    /// The room for the title, what was simulated, the legend and the axis.
    let headHeight: Double
    let ranks: [Rank]
    let memoryHeight: Double
    let height: Double
    private let makespan: Double

    init(_ timeline: Timeline, _ lanes: TimelineLanes) {
        let unit = timeline.rankCount <= 16 ? 28.0 : timeline.rankCount <= 32 ? 20 : 14
        makespan = timeline.makespan.isFinite && timeline.makespan > 0 ? timeline.makespan : 1e-9
        memoryHeight = timeline.memory.isEmpty ? 0 : unit * 0.7
        headHeight = 96 + Self.factHeight * Double(timeline.facts.count)
        var ranks: [Rank] = []
        var top = headHeight + 10
        for lane in lanes.lanes {
            if lane.role == .compute, lane.number == 0 {
                if !ranks.isEmpty { top += memoryHeight + unit * 0.45 }
                ranks.append(Rank(rows: [], memoryTop: top))
            }
            let height = lane.role == .compute ? unit : unit * 0.2
            ranks[ranks.count - 1].rows.append(Row(lane: lane, top: top, height: height))
            top += height + 1.5
            ranks[ranks.count - 1].memoryTop = top
        }
        self.ranks = ranks
        height = top + memoryHeight + 20
    }

    /// The horizontal place of a moment.
    func x(_ seconds: Double) -> Double {
        let share = seconds / makespan
        return Self.left + (share.isFinite ? min(max(share, 0), 1) : 0) * Self.plotWidth
    }
}
