import Foundation
import Quantities

/// Whole trainings with failures drawn from a seed: what the closed forms only say in the mean.
public struct GoodputSimulation: Sendable {
    /// Useful time of the training, in s.
    public var work: Double
    /// Useful time between two checkpoints, in s.
    public var interval: Double
    /// What a checkpoint costs.
    public var checkpoint: CheckpointCost
    /// From a failure until training goes on, without loading, in s.
    public var recovery: Double
    /// Failures a second that take a node out, and that do not.
    public var hardware, software: Double
    /// Nodes beyond those of the job; nil where one is always at hand.
    public var spares: Int?
    /// How long a node is out, in s.
    public var repair: Double

    /// A training.
    public init(
        work: Double, interval: Double, checkpoint: CheckpointCost, recovery: Double, hardware: Double, software: Double,
        spares: Int? = nil,
        repair: Double = 0
    ) {
        (self.work, self.interval, self.checkpoint, self.recovery) = (work, interval, checkpoint, recovery)
        (self.hardware, self.software, self.spares, self.repair) = (hardware, software, spares, repair)
    }

    /// Seconds from start to end of `runs` trainings, shortest first; nil where one would need more than `most` failures.
    public func times(runs: Int, seed: UInt64, most: Int = 1_000_000) -> [Double]? {
        let random = SeededRandom(seed: seed)
        var times: [Double] = []
        times.reserveCapacity(runs)
        var failures = 0
        for run in 0..<runs {
            var stream = random.stream(run)
            guard let time = time(&stream, &failures, most) else { return nil }
            times.append(time)
        }
        return times.sorted()
    }

    private func time(_ random: inout SeededRandom, _ failures: inout Int, _ most: Int) -> Double? {
        let rate = hardware + software
        var (now, done) = (0.0, 0.0)
        var repaired = RepairQueue(repair: repair)
        while true {
            let left = work - done
            // The last interval needs no checkpoint after it.
            let checkpoints = interval.isFinite ? max(0, (left / interval).rounded(.up) - 1) : 0
            let needed = left + checkpoints * checkpoint.stall
            guard rate > 0 else { return now + needed }
            let lasts = -log1p(-random.unit()) / rate
            if lasts >= needed { return now + needed }
            now += lasts
            done += interval * safe(after: lasts)
            failures += 1
            // What failed while the job was starting again starts it again.
            while true {
                if failures > most { return nil }
                if random.unit() * rate < hardware, let spares { now = repaired.fail(at: now, spares: spares) }
                let lasts = -log1p(-random.unit()) / rate
                let start = recovery + checkpoint.load
                if lasts >= start {
                    now += start
                    break
                }
                now += lasts
                failures += 1
            }
        }
    }

    /// Intervals that are safe after so many seconds.
    private func safe(after time: Double) -> Double {
        guard interval.isFinite else { return 0 }
        return max(0, ((time - checkpoint.pending) / (interval + checkpoint.stall)).rounded(.down))
    }

    /// The nodes that are out, in the order in which they come back.
    private struct RepairQueue {
        let repair: Double
        private var back: [Double] = []
        private var first = 0

        init(repair: Double) { self.repair = repair }

        /// A node more is out; the time at which enough nodes are there again.
        mutating func fail(at now: Double, spares: Int) -> Double {
            while first < back.count, back[first] <= now { first += 1 }
            if first > 1024 {
                back.removeFirst(first)
                first = 0
            }
            back.append(now + repair)
            guard back.count - first > spares else { return now }
            return back[first]
        }
    }
}
