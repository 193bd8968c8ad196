import Foundation

/// What decides how failures stretch a training.
public struct RunSetting: Hashable, Sendable {
    /// How often parts fail.
    public var rates: FailureRates
    /// The parts of the job.
    public var parts: FailureRates.Parts
    /// What a checkpoint costs.
    public var checkpoint: CheckpointCost
    /// From a failure until it is noticed, until the part at fault is found and taken out, and until training starts, without loading, in s.
    public var detection, isolation, restart: Double
    /// How long a node is out, in s.
    public var repair: Double
    /// Spare nodes; nil for as many as are worth their price.
    public var spares: Int?
    /// Useful time between checkpoints in s; nil for the best.
    public var interval: Double?
    /// Time of a step in s, of which intervals are whole multiples; nil where it does not matter.
    public var step: Double?

    /// A setting from its parts.
    public init(
        rates: FailureRates, parts: FailureRates.Parts, checkpoint: CheckpointCost, detection: Double, isolation: Double, restart: Double,
        repair: Double, spares: Int? = nil, interval: Double? = nil
    ) {
        (self.rates, self.parts, self.checkpoint) = (rates, parts, checkpoint)
        (self.detection, self.isolation, self.restart) = (detection, isolation, restart)
        (self.repair, self.spares, self.interval) = (repair, spares, interval)
    }

    /// From a failure until training goes on, without loading, in s.
    var recovery: Double { detection + isolation + restart }
}

/// How long a training takes with failures, and where the time goes.
public struct RunForecast: Hashable, Sendable {
    /// Mean time between failures of the job, in s; infinite without failures.
    public var mtbf: Double
    /// Useful time between checkpoints, in s, and what Young's and Daly's formulas say it should be.
    public var interval, young, daly: Double
    /// Useful time over time from start to end.
    public var goodput: Double
    /// The same in nine trainings of ten and in one of ten; nil where none was drawn.
    public var goodputLow, goodputHigh: Double?
    /// Shares of the time that go into checkpoints, into work that is done again, into recovery, and into waiting for nodes.
    public var saving, again, recovering, waiting: Double
    /// Spare nodes that were counted with, and with which useful time is cheapest.
    public var spares, cheapestSpares: Int

    /// The forecast of a training of `work` useful seconds; with `draws` failures drawn at most, about that many in all.
    ///
    /// Goodput is 0 where the job fails faster than it recovers.
    public init(_ setting: RunSetting, work: Double, draws: Int = 0, seed: UInt64 = 0) {
        let rate = setting.rates.all(setting.parts)
        let hardware = setting.rates.hardware(setting.parts)
        let cost = setting.checkpoint
        mtbf = rate > 0 ? 1 / rate : .infinity
        young = CheckpointInterval.young(stall: cost.stall, mtbf: mtbf)
        daly = CheckpointInterval.daly(stall: cost.stall, mtbf: mtbf)
        // Checkpoints that cost nothing would be made without end: once a second is often enough to lose nothing.
        let least = max(cost.shortestInterval, 1)
        var best = setting.interval ?? CheckpointInterval.optimum(stall: cost.stall, mtbf: mtbf, least: least)
        if let step = setting.step, best.isFinite { best = max(1, (best / step).rounded()) * step }
        interval = best
        let stretch = CheckpointInterval.stretch(
            interval: interval, stall: cost.stall, recovery: setting.recovery + cost.load + cost.pending, mtbf: mtbf)
        let load = hardware * setting.repair
        cheapestSpares = SpareNodes.cheapest(nodes: setting.parts.nodes, load: load)
        spares = setting.spares ?? cheapestSpares
        waiting = SpareNodes.waiting(spares: spares, load: load)
        goodput = stretch.isFinite ? (1 - waiting) / stretch : 0
        saving = interval.isFinite ? goodput * cost.stall / interval : 0
        // Failures come all the time that the job does not wait, and so do the recoveries that are over in time.
        recovering = rate > 0 ? (1 - waiting) * -expm1(-(setting.recovery + cost.load) / mtbf) : 0
        again = max(0, 1 - goodput - saving - recovering - waiting)
        guard draws > 0, rate > 0, goodput > Self.leastGoodput else { return }
        let simulation = GoodputSimulation(
            work: work, interval: interval, checkpoint: cost, recovery: setting.recovery, hardware: hardware, software: rate - hardware,
            spares: setting.spares == nil && load == 0 ? nil : spares, repair: setting.repair)
        let failures = max(1, work / goodput * rate)
        let runs = Int(min(1000, max(32, Double(draws) / failures)))
        guard let times = simulation.times(runs: runs, seed: seed, most: 64 * draws) else { return }
        goodputLow = work / times[Int(0.9 * Double(runs - 1) + 0.5)]
        goodputHigh = work / times[Int(0.1 * Double(runs - 1) + 0.5)]
    }

    /// `goodput`, or 0 where the job gets nowhere.
    public var usefulGoodput: Double { goodput > Self.leastGoodput ? goodput : 0 }

    /// Below it a job is said to fail faster than it recovers.
    public static let leastGoodput = 0.01

    /// Failures a day while the job runs.
    public var failuresADay: Double { 86_400 / mtbf }
}

/// How large a cluster may grow before failures take what more GPUs give.
public enum GrowthLimit {
    /// The factor on a setting's size at which useful work a second is most if speed grew with size; nil where failures never win.
    ///
    /// Checkpoints keep their size, so more nodes write them faster. Nodes under repair are left out, and steps between powers of 2^(1/8).
    public static func factor(_ setting: RunSetting, checkpoint: (_ factor: Double) -> CheckpointCost) -> Double? {
        guard setting.rates.all(setting.parts) > 0 else { return nil }
        var best: (factor: Double, speed: Double) = (0, 0)
        for step in -80...160 {
            let factor = exp2(Double(step) / 8)
            var scaled = setting
            scaled.parts = setting.parts.scaled(factor)
            scaled.checkpoint = checkpoint(factor)
            (scaled.interval, scaled.spares, scaled.repair) = (nil, 0, 0)
            let speed = factor * RunForecast(scaled, work: 1).goodput
            if speed > best.speed { best = (factor, speed) }
        }
        return best.factor > 0 ? best.factor : nil
    }
}
