/// What each rank holds over time: chunks in flight, or bytes where sizes are known.
struct MemoryCurves {
    private(set) var curves: [[Timeline.MemoryPoint]] = []

    init(_ order: ScheduleOrder, _ starts: [Double], _ ends: [Double], _ memory: StageMemory?) {
        let sizes = memory ?? StageMemory(chunks: order)
        for rank in 0..<order.rankCount {
            var held = sizes.resident[rank]
            var points = [Timeline.MemoryPoint(time: 0, amount: held)]
            func step(_ time: Double, _ change: Double) {
                if change == 0 { return }
                held += change
                // What is freed and taken at one moment makes one step.
                if points[points.count - 1].time == time {
                    points[points.count - 1].amount = held
                } else {
                    points.append(Timeline.MemoryPoint(time: time, amount: held))
                }
            }
            for (index, operation) in zip(order.rankStarts[rank]..., order.operations(ofRank: rank)) {
                step(starts[index], sizes.grown(operation, order.chainLength))
                step(ends[index], -sizes.freed(operation, order.chainLength))
            }
            curves.append(points)
        }
    }
}

extension StageMemory {
    /// Sizes that count chunks: one a chunk, from the start of its forward to the end of its weight gradient.
    init(chunks order: ScheduleOrder) {
        self.init(
            activation: Array(repeating: 1, count: order.chainLength), resident: Array(repeating: 0, count: order.rankCount))
    }
}
