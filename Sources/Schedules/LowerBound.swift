/// Bounds from below on the makespan with uneven stages: cheap, without allocation, never above what simulation gives.
///
/// A search may discard a candidate whose bound exceeds the best step found, and loses nothing.
public enum LowerBound {
    /// For any order of a schedule's operations on its placement, s.
    ///
    /// The largest over ranks of: when the rank's first input can be there, plus the rank's work, plus the shortest way from its last
    /// operation to the end. With a split backward the last operation may be a weight gradient, after which nothing follows; then the
    /// bound is the larger of all work without that way, and the work without weight gradients with it.
    public static func makespan(_ schedule: PipelineSchedule, _ shape: ScheduleShape, _ times: StageTimes) -> Double {
        let general = anyOrder(schedule, shape, times)
        let bound =
            switch schedule {
            case .oneForwardOneBackward: max(general, warmedUp(shape, times, groupSize: shape.microBatches, hopsAhead: 1))
            case .interleaved: max(general, shape.legalGroupSize.map { warmedUp(shape, times, groupSize: $0, hopsAhead: 2) } ?? 0)
            default: general
            }
        // The simulator adds in another order, and may round to less.
        return bound * (1 - 1e-12)
    }

    private static func anyOrder(_ schedule: PipelineSchedule, _ shape: ScheduleShape, _ times: StageTimes) -> Double {
        let p = shape.ranks
        let isBidirectional = schedule.placement == .bidirectional
        let units = Double(shape.microBatches * shape.slices) / (isBidirectional ? 2 : 1)
        var bound = 0.0
        for rank in 0..<p {
            var work = (all: 0.0, withoutWeights: 0.0)
            for chunk in 0..<(isBidirectional ? 2 : shape.chunksPerRank) {
                let place = chunk % 2 == 1 && schedule.placement != .loop ? p - 1 - rank : rank
                let cost = cost(schedule, isBidirectional ? place : chunk * p + place, times)
                work.all += cost.all * units
                work.withoutWeights += cost.withoutWeights * units
            }
            // The first stage of a chain on this rank is `rank` itself, and p − 1 − rank of the one in the other direction.
            var way = way(to: rank, isMirrored: false, schedule, times, p)
            if isBidirectional {
                let other = Self.way(to: p - 1 - rank, isMirrored: true, schedule, times, p)
                way = (min(way.there, other.there), min(way.back, other.back))
            }
            bound = max(bound, way.there + work.withoutWeights + way.back)
            if schedule.splitsBackward { bound = max(bound, way.there + work.all) }
        }
        return bound
    }

    /// The least a micro-batch costs a stage, in all and without a weight gradient that is taken apart.
    private static func cost(
        _ schedule: PipelineSchedule, _ stage: Int, _ times: StageTimes
    ) -> (all: Double, withoutWeights: Double) {
        let forward = forward(schedule, stage, times)
        let input = gradient(schedule, stage, times)
        let split = times.backwardInput[stage] + times.backwardWeight[stage]
        switch schedule {
        case .dualPipe, .dualPipeV: return (forward + min(split, times.backward[stage], times.pairedBackward[stage]), forward + input)
        default: return (forward + (schedule.splitsBackward ? split : input), forward + input)
        }
    }

    /// The least time a stage takes to pass a micro-batch on.
    private static func forward(_ schedule: PipelineSchedule, _ stage: Int, _ times: StageTimes) -> Double {
        schedule.overlaps ? min(times.forward[stage], times.pairedForward[stage]) : times.forward[stage]
    }

    /// The least time a stage takes to pass a gradient back.
    private static func gradient(_ schedule: PipelineSchedule, _ stage: Int, _ times: StageTimes) -> Double {
        switch schedule {
        case .dualPipe, .dualPipeV: min(times.backwardInput[stage], times.backward[stage], times.pairedBackward[stage])
        case .combined1F1B: min(times.backward[stage], times.pairedBackward[stage])
        default: schedule.splitsBackward ? times.backwardInput[stage] : times.backward[stage]
        }
    }

    /// The shortest way of a forward from the model's start to a stage of the first chunk, and of its gradient back.
    private static func way(
        to stage: Int, isMirrored: Bool, _ schedule: PipelineSchedule, _ times: StageTimes, _ p: Int
    ) -> (there: Double, back: Double) {
        var way = (there: 0.0, back: 0.0)
        for passed in 0..<stage {
            let hop = isMirrored ? hop(p - 2 - passed, times, p) : hop(passed, times, p)
            way.there += forward(schedule, passed, times) + hop
            way.back += gradient(schedule, passed, times) + hop
        }
        return way
    }

    /// Seconds between a rank and the next.
    private static func hop(_ rank: Int, _ times: StageTimes, _ p: Int) -> Double {
        StageTimes.value(times.linkLatency, from: rank, to: (rank + 1) % p, ranks: p)
            + StageTimes.value(times.linkTransfer, from: rank, to: (rank + 1) % p, ranks: p)
    }

    /// For 1F1B and interleaved 1F1B: no rank starts its first backward before the first micro-batch has been through everything ahead of
    /// it, and by then it has done its warm-up and one more forward; the rest of its work and the way back are still to come.
    ///
    /// The warm-up is (v − 1)N and `hopsAhead` for each rank further on.
    private static func warmedUp(_ shape: ScheduleShape, _ times: StageTimes, groupSize: Int, hopsAhead: Int) -> Double {
        let (p, m, v) = (shape.ranks, shape.microBatches, shape.chunksPerRank)
        guard m % groupSize == 0 else { return 0 }
        let last = p * v - 1
        var ahead = times.forward[last]
        for stage in 0..<last { ahead += times.forward[stage] + hop(stage % p, times, p) }
        var back = 0.0
        for stage in 0..<p - 1 { back += times.backward[stage] + hop(stage, times, p) }
        var bound = 0.0
        for rank in stride(from: p - 1, through: 0, by: -1) {
            let done = min((v - 1) * groupSize + hopsAhead * (p - rank - 1) + 1, m * v)
            let (rounds, rest) = done.quotientAndRemainder(dividingBy: groupSize * v)
            var left = 0.0
            for chunk in 0..<v {
                let taken = rounds * groupSize + min(max(rest - chunk * groupSize, 0), groupSize)
                left += Double(m - taken) * times.forward[chunk * p + rank] + Double(m) * times.backward[chunk * p + rank]
            }
            bound = max(bound, ahead + left + back)
            if rank > 0 {
                ahead += times.backward[(v - 1) * p + rank] + hop(rank - 1, times, p)
                back -= times.backward[rank - 1] + hop(rank - 1, times, p)
            }
        }
        return bound
    }
}
