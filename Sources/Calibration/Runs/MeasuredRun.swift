/// What a training run showed of its speed and its memory.
public struct MeasuredRun: Hashable, Sendable {
    /// A memory in GiB and what it counts.
    public struct Memory: Hashable, Sendable {
        /// GiB of the heaviest GPU that reports.
        public var gibibytes: Double
        /// What is counted.
        public var kind: MemoryKind

        /// A memory.
        public init(gibibytes: Double, kind: MemoryKind) {
            self.gibibytes = gibibytes
            self.kind = kind
        }
    }

    /// Median seconds of a step after the warm-up; nil where no step was taken.
    public var stepTime: Double?
    /// Seconds of the steps that count, the shortest and the longest of the middle 80 %.
    public var spread: ClosedRange<Double>?
    /// Steps that count, and those before them that do not.
    public var counted, skipped: Int
    /// Whether all steps belong to the warm-up, so that the step time is not to be trusted.
    public var hasOnlyWarmUp: Bool
    /// The largest memory.
    public var memory: Memory?
    /// Whether it ran out of memory.
    public var ranOutOfMemory: Bool

    /// A measurement from the times of all steps in order, in s.
    ///
    /// - Parameter warmUp: steps at the start that do not count; nil leaves out a quarter of them, at most 10. At least one step is kept.
    public init(stepTimes: [Double], warmUp: Int? = nil, memory: Memory?, ranOutOfMemory: Bool) {
        let wanted = warmUp ?? min(10, (stepTimes.count + 3) / 4)
        hasOnlyWarmUp = !stepTimes.isEmpty && wanted >= stepTimes.count
        skipped = max(0, min(wanted, stepTimes.count - 1))
        let times = stepTimes.dropFirst(skipped).sorted()
        counted = times.count
        self.memory = memory
        self.ranOutOfMemory = ranOutOfMemory
        guard let last = times.last else { return }
        stepTime = (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
        let tail = times.count / 10
        spread = times[tail]...(tail > 0 ? times[times.count - 1 - tail] : last)
    }
}
