/// One-forward-one-backward over equal stages with micro-batches of different lengths.
///
/// A micro-batch takes a third of its time forward and two thirds backward on every stage, in the same order everywhere; transfers take nothing.
public struct UnevenPipeline: Sendable {
    private var forwardEnds: [Double] = []
    private var backwardEnds: [Double] = []
    private var free: [Double] = []
    private var next: [Int] = []

    /// A pipeline whose buffers serve any number of runs.
    public init() {}

    /// When the last backward ends, in s; `times` are those of the micro-batches on a stage, forward and backward together.
    public mutating func makespan(_ times: [Double], stages: Int) -> Double {
        let (p, m) = (max(1, stages), times.count)
        guard m > 0 else { return 0 }
        guard p > 1 else { return times.reduce(0, +) }
        forwardEnds = Array(repeating: -1, count: p * m)
        backwardEnds = Array(repeating: -1, count: p * m)
        free = Array(repeating: 0, count: p)
        next = Array(repeating: 0, count: p)
        var end = 0.0
        var left = 2 * p * m
        // Stage s runs p − 1 − s forwards, then a forward and a backward in turn, then the backwards that are left.
        while left > 0 {
            let before = left
            for stage in 0..<p {
                while next[stage] < 2 * m {
                    let (isForward, batch) = Self.operation(next[stage], stage: stage, p, m)
                    let ready: Double
                    if isForward {
                        ready = stage == 0 ? 0 : forwardEnds[(stage - 1) * m + batch]
                    } else {
                        ready = stage == p - 1 ? forwardEnds[stage * m + batch] : backwardEnds[(stage + 1) * m + batch]
                    }
                    guard ready >= 0 else { break }
                    let done = max(free[stage], ready) + times[batch] * (isForward ? 1.0 / 3 : 2.0 / 3)
                    if isForward { forwardEnds[stage * m + batch] = done } else { backwardEnds[stage * m + batch] = done }
                    free[stage] = done
                    end = max(end, done)
                    next[stage] += 1
                    left -= 1
                }
            }
            precondition(left < before, "one-forward-one-backward cannot wait for itself")
        }
        return end
    }

    /// The `index`-th operation of a stage.
    @inline(__always)
    private static func operation(_ index: Int, stage: Int, _ p: Int, _ m: Int) -> (isForward: Bool, batch: Int) {
        let warmup = min(p - 1 - stage, m)
        if index < warmup { return (true, index) }
        let steady = index - warmup
        if steady < 2 * (m - warmup) { return steady % 2 == 0 ? (true, warmup + steady / 2) : (false, steady / 2) }
        return (false, m - warmup + steady - 2 * (m - warmup))
    }
}
