/// Every schedule on the same ranks, micro-batches and times, the fastest first.
public struct ScheduleComparison: Sendable {
    /// One schedule that is legal for the sizes.
    public struct Row: Sendable {
        /// The schedule.
        public var schedule: PipelineSchedule
        /// Its sizes.
        public var shape: ScheduleShape
        /// What its step comes to.
        public var step: StepSummary
        /// The most activations a rank holds, in micro-batches through all that one rank holds of the model.
        public var peakActivations: Double
        /// Copies of the weights: 2 where replicas run in opposite directions.
        public var replicas: Int
        /// The most messages that a rank sends.
        public var messages: Int
        /// Time that these messages are on the way, s, hidden or not.
        public var messageTime: Double

        /// Simulates a schedule's order; a message takes `perMessage` seconds. Throws as the simulator does.
        public init(
            _ schedule: PipelineSchedule, _ shape: ScheduleShape, _ order: ScheduleOrder, _ times: StageTimes, perMessage: Double,
            _ simulator: inout PipelineSimulator
        ) throws(ScheduleError) {
            self.schedule = schedule
            self.shape = shape
            step = try simulator.summary(order, times)
            peakActivations = Double(step.ranks.map(\.peakInFlight).max() ?? 0) / Double(shape.chunksPerRank * shape.slices)
            replicas = order.chainCount
            messages = order.mostMessages
            messageTime = Double(messages) * perMessage
        }
    }

    /// Legal schedules by makespan, then in the order of `PipelineSchedule`.
    public let rows: [Row]
    /// Why the others are missing.
    public let refusals: [ScheduleError]

    /// Simulates every schedule that `sizes` allow.
    ///
    /// Schedules that take any number of chunks get `sizes.chunksPerRank` if it is above 1 and their usual number otherwise; those that take
    /// one number get that. Only `seq1f1b` gets the slices. Throws where the times are not finite and positive.
    public init(_ sizes: ScheduleShape, _ times: RankTimes) throws(ScheduleError) {
        var rows: [Row] = []
        var refusals: [ScheduleError] = []
        var simulator = PipelineSimulator()
        for schedule in PipelineSchedule.allCases {
            var shape = sizes
            shape.chunksPerRank = schedule.usualChunksPerRank
            if sizes.chunksPerRank > 1, schedule.takesAnyChunks { shape.chunksPerRank = sizes.chunksPerRank }
            if schedule != .seq1F1B { shape.slices = 1 }
            let order: ScheduleOrder
            do { order = try schedule.order(shape) } catch {
                refusals.append(error)
                continue
            }
            let perMessage = times.latency + times.transfer
            rows.append(
                try Row(schedule, shape, order, times.stageTimes(order, slices: shape.slices), perMessage: perMessage, &simulator))
        }
        // Sorting is not stable, so the place among all schedules decides ties.
        self.rows = rows.enumerated().sorted { a, b in
            (a.element.step.result.makespan, a.offset) < (b.element.step.result.makespan, b.offset)
        }.map(\.element)
        self.refusals = refusals
    }
}

extension PipelineSchedule {
    /// Whether the number of chunks a rank is the user's to choose.
    public var takesAnyChunks: Bool {
        switch self {
        case .interleaved, .loopedBFS, .interleavedZeroBubble, .combined1F1B, .wave: true
        default: false
        }
    }
}

extension ScheduleOrder {
    /// The most messages that one rank sends to others in a step.
    public var mostMessages: Int {
        (0..<rankCount).map { rank in
            program.runs(ofRank: rank).reduce(0) { sum, run in
                sum + Int(run.rounds) * program.round(run).reduce(0) { $0 + messages($1) }
            }
        }.max() ?? 0
    }

    private func messages(_ operation: PipelineOperation) -> Int {
        let first = operation.kind == .backwardWeight ? 0 : messages(operation.kind == .forward, operation.stage)
        return first + (operation.isPair ? messages(false, operation.pairedStage) : 0)
    }

    /// 1 where a stage's output goes to another rank.
    private func messages(_ isForward: Bool, _ stage: Int) -> Int {
        if stage % chainLength == (isForward ? chainLength - 1 : 0) { return 0 }
        return stageRanks[isForward ? stage + 1 : stage - 1] == stageRanks[stage] ? 0 : 1
    }
}
