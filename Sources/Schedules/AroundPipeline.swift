/// When each rank gathers parameters at the start of a step: its chunks in the order in which forwards need them, bucket after bucket.
struct ParameterGathers {
    private let start: [Double]
    private let length: [Double]
    private let buckets: Int

    /// `start` is when each rank begins.
    init(_ order: ScheduleOrder, _ around: DataParallelTimes, start rankStart: [Double]) {
        var free = rankStart
        var start = [Double](repeating: 0, count: order.stageCount)
        var length = start
        // Every placement has a rank's lower stages come first in each chain; a second chain's chunk is gathered after the first's.
        for stage in 0..<order.stageCount {
            let rank = Int(order.stageRanks[stage])
            start[stage] = free[rank]
            length[stage] = around.parameterGather[stage % order.chainLength]
            free[rank] += length[stage]
        }
        self.start = start
        self.length = length
        buckets = around.bucketsPerChunk
    }

    /// Start and end of each bucket of a stage.
    func spans(_ stage: Int) -> [(start: Double, end: Double)] {
        let share = length[stage] / Double(buckets)
        return (0..<buckets).map { (start[stage] + Double($0) * share, start[stage] + Double($0 + 1) * share) }
    }

    /// The earliest start of a forward that must not overtake its parameters: bucket i is needed after i/n of the forward.
    func forwardReady(_ stage: Int, forward: Double) -> Double {
        let count = Double(buckets)
        let first = start[stage] + length[stage] / count
        let last = start[stage] + length[stage] - forward * (count - 1) / count
        return length[stage] == 0 ? 0 : max(first, last)
    }
}

/// What follows a rank's part of the pipeline: gradient reductions on their own stream, the optimizer, and maybe parameter gathering.
struct AroundPipeline {
    /// One reduction, update or gather as it ran.
    struct Event {
        var kind: Timeline.Kind
        var rank: Int
        var stage: Int
        var start: Double
        var end: Double
    }

    private(set) var events: [Event] = []
    /// The end of the last event, s.
    private(set) var end = 0.0

    /// `lastBackwards` are the last operations that add to each stage's weight gradient.
    init(_ order: ScheduleOrder, _ around: DataParallelTimes, lastBackwards: [StreamedRun.LastBackward], rankEnd: [Double]) {
        var gradientsDone = rankEnd
        for rank in 0..<order.rankCount {
            var free = 0.0
            // In the order in which they end.
            let held = order.stageRanks.indices.filter { order.stageRanks[$0] == Int32(rank) && lastBackwards[$0].number >= 0 }
            for stage in held.sorted(by: { lastBackwards[$0].number < lastBackwards[$1].number }) {
                let last = lastBackwards[stage]
                let share = around.gradientReduce[stage % order.chainLength] / Double(around.bucketsPerChunk)
                let work = last.end - last.start
                for bucket in 1...around.bucketsPerChunk {
                    let ready = last.start + work * Double(bucket) / Double(around.bucketsPerChunk)
                    let start = max(free, ready)
                    free = start + share
                    if share > 0 { events.append(Event(kind: .gradientReduce, rank: rank, stage: stage, start: start, end: free)) }
                }
            }
            gradientsDone[rank] = max(rankEnd[rank], free)
            guard around.gradientCopies > 0 else { continue }
            let start = gradientsDone[rank]
            gradientsDone[rank] = start + around.gradientCopies
            events.append(Event(kind: .copyDown, rank: rank, stage: -1, start: start, end: gradientsDone[rank]))
        }
        let allDone = gradientsDone.max() ?? 0
        var updated = gradientsDone
        for rank in 0..<order.rankCount {
            let start = around.optimizerWaitsForAll ? allDone : gradientsDone[rank]
            updated[rank] = start + around.optimizer[rank]
            if around.optimizer[rank] > 0 {
                events.append(Event(kind: .optimizer, rank: rank, stage: -1, start: start, end: updated[rank]))
                if let update = around.update { add(update, rank: rank, start: start, seconds: around.optimizer[rank]) }
            }
        }
        let gatherStart = around.gathersUnderForward ? [Double](repeating: 0, count: order.rankCount) : updated
        let gathers = ParameterGathers(order, around, start: gatherStart)
        for stage in 0..<order.stageCount {
            for span in gathers.spans(stage) where span.end > span.start {
                let rank = Int(order.stageRanks[stage])
                events.append(Event(kind: .parameterGather, rank: rank, stage: stage, start: span.start, end: span.end))
            }
        }
        end = max(events.map(\.end).max() ?? 0, updated.max() ?? 0)
    }
}

extension AroundPipeline {
    /// Draws the lanes of an update into the time that it takes, of which its groups are a sample.
    private mutating func add(_ update: UpdateSchedule, rank: Int, start: Double, seconds: Double) {
        let spans = update.spans
        let scale = seconds / max(update.seconds, .leastNormalMagnitude)
        for span in spans {
            let kind: Timeline.Kind? =
                switch span.lane {
                case .down: .copyDown
                case .up: .copyUp
                case .host, .drives: .hostUpdate
                // The compute lane shows the update as a whole.
                case .device: nil
                }
            guard let kind else { continue }
            events.append(Event(kind: kind, rank: rank, stage: -1, start: start + scale * span.start, end: start + scale * span.end))
        }
    }
}

extension Worklist.Details {
    /// The last operation that adds to each stage's weight gradient.
    func lastBackwards(_ order: ScheduleOrder) -> [StreamedRun.LastBackward] {
        var last = [StreamedRun.LastBackward](repeating: StreamedRun.LastBackward(), count: order.stageCount)
        for (index, operation) in operations.enumerated() {
            switch operation.kind {
            case .backward, .backwardWeight: last[operation.stage] = .init(start: starts[index], end: ends[index], number: index)
            case .forward where operation.isPair:
                last[operation.pairedStage] = .init(start: starts[index], end: ends[index], number: index)
            case .forward, .backwardInput: break
            }
        }
        return last
    }
}
