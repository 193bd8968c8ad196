/// What one simulated step comes to: durations, bubbles, each rank's work and peaks, and where the time goes.
public struct StepSummary: Hashable, Sendable {
    /// One rank's share of the step.
    public struct Rank: Hashable, Sendable {
        /// Time it computes, s.
        public var busy: Double
        /// The rest of the step, s.
        public var idle: Double
        /// The most chunk activations it holds at once.
        public var peakInFlight: Int
        /// The most bytes it holds at once; nil where sizes are not known.
        public var peakBytes: Double?
    }

    /// A share of the step, s, as the mean over ranks; all of them add up to the makespan.
    public struct Part: Hashable, Sendable {
        /// `forward`, `backward_input`, `backward_weight`, `backward`, `overlapped_pair`, `bubble`, `data_parallel` (what of reduction and
        /// gathering no compute hides) or `optimizer`.
        public var name: String
        /// Seconds of the step.
        public var seconds: Double
    }

    /// Makespan, span and the end of the pipeline.
    public var result: PipelineSimulator.Result
    /// Ranks in order.
    public var ranks: [Rank]
    /// Where the time goes.
    public var parts: [Part]

    /// The share of the step in which a rank waits, on average: 1 − work / makespan.
    public var bubbleOfTotal: Double { result.makespan > 0 ? 1 - meanBusy / result.makespan : 0 }
    /// The waiting as a share of the work, on average: makespan / work − 1. Papers print either; this one grows without bound.
    public var bubbleOfIdeal: Double { meanBusy > 0 ? result.makespan / meanBusy - 1 : 0 }

    private var meanBusy: Double { ranks.map(\.busy).reduce(0, +) / Double(max(1, ranks.count)) }
}

extension PipelineSimulator {
    /// Simulates one step and sums it up. Throws as `run` does.
    public mutating func summary(
        _ order: ScheduleOrder, _ times: StageTimes, perturbation: Perturbation? = nil
    ) throws(ScheduleError) -> StepSummary {
        let (result, around) = try runWithSurroundings(order, times, perturbation: perturbation)
        return summary(order, times, result, around)
    }

    /// Simulates one step, sums it up, and says how every rank's time divides over `columns` of equal width: for steps whose timeline
    /// would be too long to keep. Throws as `run` does.
    public mutating func charted(
        _ order: ScheduleOrder, _ times: StageTimes, perturbation: Perturbation? = nil, columns: Int
    ) throws(ScheduleError) -> (summary: StepSummary, columns: TimeColumns) {
        let (result, around) = try runWithSurroundings(order, times, perturbation: perturbation, isCharted: true)
        var chart =
            order.passesInTurn
            ? streamed.recorder.columns(columns, length: result.makespan) : keptColumns(order, columns, length: result.makespan)
        for event in around?.events ?? [] {
            chart.add(event.rank, Int(event.kind.rawValue), from: event.start, to: event.end, seconds: event.end - event.start)
        }
        return (summary(order, times, result, around), chart)
    }

    /// The columns of a run that was kept, without its waiting for messages.
    private func keptColumns(_ order: ScheduleOrder, _ count: Int, length: Double) -> TimeColumns {
        var columns = TimeColumns(ranks: order.rankCount, columns: count, length: length)
        for rank in 0..<order.rankCount {
            for index in order.rankStarts[rank]..<order.rankStarts[rank + 1] {
                let (start, end) = (details.starts[index], details.ends[index])
                columns.add(rank, Int(details.operations[index].timelineKind.rawValue), from: start, to: end, seconds: end - start)
            }
        }
        return columns
    }

    private func summary(_ order: ScheduleOrder, _ times: StageTimes, _ result: Result, _ around: AroundPipeline?) -> StepSummary {
        let peaks = order.peakInFlight()
        let bytes = times.memory?.peak(order)
        let ranks = rankBusy.indices.map { rank in
            StepSummary.Rank(
                busy: rankBusy[rank], idle: result.makespan - rankBusy[rank], peakInFlight: peaks[rank], peakBytes: bytes?[rank])
        }
        var sums: [(kind: Timeline.Kind, name: String, seconds: Double)] = [
            (.forward, "forward", 0), (.backwardInput, "backward_input", 0), (.backwardWeight, "backward_weight", 0),
            (.backward, "backward", 0), (.overlappedPair, "overlapped_pair", 0),
        ]
        for run in order.program.runs {
            for operation in order.program.round(run) {
                sums[Int(operation.timelineKind.rawValue)].seconds += Double(run.rounds) * table.duration(operation)
            }
        }
        let share = 1 / Double(order.rankCount)
        var parts = sums.map { StepSummary.Part(name: $0.name, seconds: $0.seconds * share) }
        let busy = rankBusy.reduce(0, +) * share
        // An update that does not wait for other ranks may run while they still compute; only what comes after them makes the step longer.
        let updates = around?.events.filter { $0.kind == .optimizer } ?? []
        let optimizer = updates.map { max(0, $0.end - max($0.start, result.pipelineEnd)) }.reduce(0, +) * share
        parts.append(StepSummary.Part(name: "bubble", seconds: result.pipelineEnd - busy))
        parts.append(StepSummary.Part(name: "data_parallel", seconds: result.makespan - result.pipelineEnd - optimizer))
        parts.append(StepSummary.Part(name: "optimizer", seconds: optimizer))
        return StepSummary(result: result, ranks: ranks, parts: parts)
    }

    /// Simulates `runs` steps whose jitter and disturbances differ, and sums up how long they take. Throws as `run` does.
    public mutating func repeated(
        _ order: ScheduleOrder, _ times: StageTimes, _ perturbation: Perturbation, _ disturbances: Disturbances = Disturbances(),
        runs: Int
    ) throws(ScheduleError) -> PerturbedSteps {
        var makespans: [Double] = []
        makespans.reserveCapacity(runs)
        var perturbation = perturbation
        let seed = perturbation.seed
        let fixed = perturbation.slowdown
        for run in 0..<max(1, runs) {
            // Mixed, so that runs of neighbouring seeds share nothing.
            perturbation.seed = SplitMix64.mix(SplitMix64.mix(seed) &+ UInt64(run))
            perturbation.slowdown = disturbances.slowdowns(fixed, ranks: order.rankCount, seed: perturbation.seed)
            let drawn = disturbances.times(times, seed: perturbation.seed)
            makespans.append(try self.run(order, drawn, perturbation: perturbation).makespan)
        }
        return PerturbedSteps(makespans: makespans.sorted())
    }
}

/// How long steps take that differ.
public struct PerturbedSteps: Hashable, Sendable {
    /// The makespans, s, ascending.
    public let makespans: [Double]

    /// The mean step, s.
    public var mean: Double { makespans.reduce(0, +) / Double(makespans.count) }
    /// The step that half of them do not exceed, s.
    public var median: Double { makespans[max(0, (makespans.count + 1) / 2 - 1)] }
    /// The step that 95 % do not exceed, s: the smallest with at least that many at or below it.
    public var p95: Double { makespans[max(0, (makespans.count * 95 + 99) / 100 - 1)] }
}
