public import Schedules

/// How many chunk activations each rank holds at once under a schedule, ready for the evaluation to ask.
public struct InFlight: Sendable {
    let schedule: PipelineSchedule
    let pipeline: Int
    let virtualStages: Int
    let microBatches: Int
    let groupSize: Int
    /// Peaks of schedules without a closed form, by rank; empty for the others.
    let table: [Int]

    /// The peaks of a schedule at given sizes; `table` comes from `peaks` where no closed form is known.
    public init(
        _ schedule: PipelineSchedule, pipeline: Int, virtualStages: Int, microBatches: Int, groupSize: Int, table: [Int] = []
    ) {
        self.schedule = schedule
        self.pipeline = pipeline
        self.virtualStages = virtualStages
        self.microBatches = microBatches
        self.groupSize = groupSize
        self.table = table
    }

    /// The peak on a rank, in chunks.
    @inline(__always)
    public func peak(onRank rank: Int) -> Int {
        if rank < table.count { return min(table[rank], microBatches * virtualStages) }
        return Self.closedForm(
            schedule, pipeline: pipeline, virtualStages: virtualStages, microBatches: microBatches, groupSize: groupSize, rank: rank)
            ?? microBatches * virtualStages
    }

    /// Whether a schedule needs a table.
    public static func needsTable(_ schedule: PipelineSchedule) -> Bool {
        closedForm(schedule, pipeline: 2, virtualStages: 2, microBatches: 4, groupSize: 2, rank: 0) == nil
    }

    /// The peak on `rank`, in chunks, where a closed form is known (each is tested against the simulator); nil otherwise.
    @inline(__always)
    public static func closedForm(
        _ schedule: PipelineSchedule, pipeline p: Int, virtualStages v: Int, microBatches m: Int, groupSize n: Int, rank r: Int
    ) -> Int? {
        switch schedule {
        case .gpipe: m
        case .oneForwardOneBackward: min(m, p - r)
        case .interleaved: min(m * v, (v - 1) * n + 2 * (p - r - 1) + 1)
        case .loopedBFS: m * v
        case .zbH1: min(m, p)
        case .zbH2: min(m, 2 * p - 1)
        case .interleavedZeroBubble: min(m * v, v * p)
        case .zbV: min(2 * m, 2 * p)
        case .combined1F1B: p == 1 ? min(m * v, 2) : min(m * v, (v - 1) * n + 2 * (p - r - 1) + 2)
        case .dualPipe: p + 1
        case .dualPipeV: 2 * p + 1
        case .vHalf, .vMin, .chimera, .wave, .seq1F1B: nil
        }
    }

    /// The peak on every rank, from the closed form or from the order itself.
    ///
    /// A steady state repeats, so an order of at most 4p micro-batches shows the peak of any longer one.
    public static func peaks(
        _ schedule: PipelineSchedule, pipeline p: Int, virtualStages v: Int, microBatches m: Int, groupSize n: Int, groupRule: GroupRule
    ) -> [Int] {
        let closed = (0..<p).compactMap {
            closedForm(schedule, pipeline: p, virtualStages: v, microBatches: m, groupSize: n, rank: $0)
        }
        if closed.count == p { return closed }
        let shape = ScheduleShape(ranks: p, microBatches: min(m, 4 * p), chunksPerRank: v, groupSize: n, groupRule: groupRule)
        return (try? schedule.order(shape).peakInFlight()) ?? [Int](repeating: m * v, count: p)
    }
}
