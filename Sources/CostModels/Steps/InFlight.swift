public import Schedules

/// How many chunk activations each rank holds at once under a schedule, ready for the evaluation to ask.
public struct InFlight: Sendable {
    let schedule: PipelineSchedule
    let shape: ScheduleShape
    /// Peaks of schedules without a closed form, by rank; empty for the others.
    let table: [Int]

    /// The peaks of a schedule at given sizes; `table` comes from `peaks` where no closed form is known.
    public init(_ schedule: PipelineSchedule, _ shape: ScheduleShape, table: [Int] = []) {
        self.schedule = schedule
        self.shape = shape
        self.table = table
    }

    /// The peak on a rank, in chunks; never more than all chunks of all micro-batches.
    public func peak(onRank rank: Int) -> Int {
        table.withUnsafeBufferPointer { Peaks(schedule, shape, table: $0).peak(onRank: rank) }
    }

    /// The same with a table that somebody else holds, for loops that must not count references.
    public struct Peaks {
        let schedule: PipelineSchedule
        let shape: ScheduleShape
        let table: UnsafeBufferPointer<Int>

        /// The peaks of a schedule at given sizes, from a table where no closed form is known.
        public init(_ schedule: PipelineSchedule, _ shape: ScheduleShape, table: UnsafeBufferPointer<Int>) {
            self.schedule = schedule
            self.shape = shape
            self.table = table
        }

        /// The peak on a rank, in chunks; never more than all chunks of all micro-batches.
        @inline(__always)
        public func peak(onRank rank: Int) -> Int {
            let most = shape.microBatches * shape.chunksPerRank
            if rank < table.count { return min(table[rank], most) }
            return ClosedForm.peakInFlight(schedule, shape, rank: rank) ?? most
        }
    }

    /// Whether a schedule needs a table.
    public static func needsTable(_ schedule: PipelineSchedule) -> Bool {
        let shape = ScheduleShape(ranks: 2, microBatches: 8, chunksPerRank: schedule.usualChunksPerRank, groupRule: .megatron)
        return ClosedForm.peakInFlight(schedule, shape, rank: 0) == nil
    }

    /// The peak on every rank, counted in the order itself.
    ///
    /// A steady state repeats, so an order of at most 4p micro-batches shows the peak of any longer one.
    public static func peaks(_ schedule: PipelineSchedule, _ shape: ScheduleShape) -> [Int] {
        var short = shape
        short.microBatches = min(shape.microBatches, 4 * shape.ranks)
        let most = shape.microBatches * shape.chunksPerRank
        return (try? schedule.order(short).peakInFlight()) ?? [Int](repeating: most, count: shape.ranks)
    }
}
