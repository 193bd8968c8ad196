import Quantities

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
    /// Numbers of the first and the last step that counts.
    public var iterations: ClosedRange<Int>?
    /// Numbers of slow steps that do not count.
    public var slow: [Int] = []
    /// Whether all steps belong to the warm-up, so that the step time is not to be trusted.
    public var hasOnlyWarmUp: Bool
    /// Whether the time is the mean of a whole run, of which no step can be left out.
    public var isWholeRun: Bool
    /// The largest memory.
    public var memory: Memory?
    /// Whether it ran out of memory.
    public var ranOutOfMemory: Bool

    /// A measurement from the times of all steps in order, in s, by the rule of `SteadySteps`.
    ///
    /// - Parameters:
    ///   - numbers: the steps' numbers; from 1 where it is nil.
    ///   - warmUp: steps at the start that do not count; nil follows the rule. At least one step is kept.
    ///   - isWholeRun: whether the only time is the mean of a whole run.
    public init(
        stepTimes: [Double], numbers: [Int]? = nil, warmUp: Int? = nil, isWholeRun: Bool = false, memory: Memory?, ranOutOfMemory: Bool
    ) {
        let steady = SteadySteps(stepTimes, warmUp: warmUp)
        hasOnlyWarmUp = !stepTimes.isEmpty && !isWholeRun && (warmUp ?? 1) >= stepTimes.count
        self.isWholeRun = isWholeRun
        skipped = isWholeRun ? 0 : steady.warmUp
        func number(_ place: Int) -> Int { numbers?[place] ?? place + 1 }
        slow = steady.slow.map(number)
        let left = Set(steady.slow)
        let places = stepTimes.indices.dropFirst(skipped).filter { !left.contains($0) }
        let times = places.map { stepTimes[$0] }.sorted()
        counted = times.count
        if let first = places.first, let last = places.last {
            iterations = min(number(first), number(last))...max(number(first), number(last))
        }
        self.memory = memory
        self.ranOutOfMemory = ranOutOfMemory
        guard let last = times.last else { return }
        stepTime = times.median ?? 0
        let tail = times.count / 10
        spread = times[tail]...(tail > 0 ? times[times.count - 1 - tail] : last)
    }
}
