import CostModels
import Foundation
import Parallelism
import Quantities

/// How sure the order of some plans is: the step time of each as a distribution, and the chance that each is the fastest of them.
struct PlanChances {
    /// Standard deviation of each time's logarithm.
    let deviations: [Double]
    /// The chance of each to be the fastest of all, which sum to 1.
    private(set) var fastest: [Double]
    /// The chance of each that the one with the least expected time is faster than it; a half for that one itself.
    let slowerThanBest: [Double]
    /// The chance that the plan with the least expected time is the fastest, were a trial of each plan seen first; nil for plans too slow to try.
    private(set) var afterTrial: [Double?]
    /// The same chance, were the links between nodes measured; nil where no time depends on them.
    private(set) var afterLinks: Double?
    /// The same chance, were each of some operators timed.
    private(set) var afterOperators: [Double] = []

    /// Draws that the chances are counted in.
    private static let draws = 4096
    /// Sure enough to tell two plans apart.
    static let sure = 0.8
    /// Half-width of an interval that holds 80 %, in standard deviations.
    static let halfWidth = 1.2815515655446004

    /// The chances of plans with these expected step times, in s.
    init(_ sensitivity: TimeSensitivity, times: [Double], seed: UInt64, operators: [OperatorSignal] = []) {
        deviations = times.indices.map { sensitivity.deviation($0) }
        let best = times.indices.min { times[$0] < times[$1] } ?? 0
        slowerThanBest = times.indices.map { place in
            guard place != best else { return 0.5 }
            return Self.normal(log(times[place] / times[best]) / sensitivity.deviation(between: place, best))
        }
        fastest = times.map { _ in times.count > 1 ? 0 : 1 }
        afterTrial = times.map { _ in nil }
        count(sensitivity, times, seed, operators)
    }

    /// Deviation of a trial's mean step time over a hundred steps, and of links measured by collectives, both as shares.
    private static let (trialNoise, linkNoise) = (0.01, 0.05)
    /// The fastest plans, of which it is asked what a trial would tell, and those among which the fastest is looked for.
    private static let (trials, mostRivals) = (8, 64)

    /// Counts in seeded draws how often each plan is the fastest, and how often the one that would be chosen after a measurement is: the plan
    /// with the least expected time given what was measured. What all share moves none past another and is left out, as are plans that would
    /// win less than once in all draws.
    private mutating func count(_ sensitivity: TimeSensitivity, _ times: [Double], _ seed: UInt64, _ operators: [OperatorSignal]) {
        guard times.count > 1 else { return }
        let rivals = Array(
            times.indices.filter { slowerThanBest[$0] < 1 - 0.5 / Double(Self.draws) }.sorted { (times[$0], $0) < (times[$1], $1) }
                .prefix(Self.mostRivals))
        let count = rivals.count
        let tried = min(count, Self.trials)
        let logs = rivals.map { log(times[$0]) }
        let links = rivals.map { sensitivity.causes[$0][sensitivity.links] }
        // Beside the links, which can be measured by themselves.
        var covariance = [Double](repeating: 0, count: count * count)
        for (a, first) in rivals.enumerated() {
            for (b, second) in rivals.enumerated() {
                let both = zip(sensitivity.causes[first], sensitivity.causes[second]).reduce(0) { $0 + $1.0 * $1.1 }
                let shared = both - links[a] * links[b]
                covariance[a * count + b] = shared + (a == b ? sensitivity.spread.own * sensitivity.spread.own : 0)
            }
        }
        let factor = Self.triangle(covariance, count)
        // What a trial says of the others: the regression of their logarithms on its own.
        var answers = [Double](repeating: 0, count: tried * count)
        for trial in 0..<tried {
            let whole = covariance[trial * count + trial] + links[trial] * links[trial] + Self.trialNoise * Self.trialNoise
            for plan in 0..<count {
                answers[trial * count + plan] = (covariance[plan * count + trial] + links[plan] * links[trial]) / whole
            }
        }
        let linkAnswer = 1 / (1 + Self.linkNoise * Self.linkNoise)
        var timings = operators.map { Timing($0, rivals, sensitivity, covariance, links) }
        var timingNoise = SeededRandom(seed: seed ^ 0x0E_A70A_7012)

        var random = SeededRandom(seed: seed ^ 0x5EED_0F71_3E50_0001)
        var wins = [Int](repeating: 0, count: count)
        var rightAfterTrial = [Int](repeating: 0, count: tried)
        var rightAfterLinks = 0
        var cause = [Double](repeating: 0, count: count)
        var off = cause
        for _ in 0..<Self.draws {
            let link = random.normal()
            for plan in 0..<count {
                cause[plan] = random.normal()
                var sum = links[plan] * link
                for column in 0...plan { sum += factor[plan * count + column] * cause[column] }
                off[plan] = sum
            }
            let winner = Self.least(logs, off, 0, 1)
            wins[winner] += 1
            for trial in 0..<tried {
                let seen = off[trial] + Self.trialNoise * random.normal()
                if Self.least(logs, answers, trial * count, seen) == winner { rightAfterTrial[trial] += 1 }
            }
            for place in timings.indices {
                let seen = timings[place].seen(off, timingNoise.normal())
                if Self.least(logs, timings[place].answers, 0, seen) == winner { timings[place].right += 1 }
            }
            if Self.least(logs, links, 0, (link + Self.linkNoise * random.normal()) * linkAnswer) == winner { rightAfterLinks += 1 }
        }
        func share(_ count: Int) -> Double { Double(count) / Double(Self.draws) }
        for (place, rival) in rivals.enumerated() {
            fastest[rival] = share(wins[place])
            if place < tried { afterTrial[rival] = share(rightAfterTrial[place]) }
        }
        afterOperators = timings.map { share($0.right) }
        if links.contains(where: { $0 != 0 }) { afterLinks = share(rightAfterLinks) }
    }

    /// The place of the least sum of a base and a factor times an entry of `rows` from `start` on; the first of equal ones.
    private static func least(_ base: [Double], _ rows: [Double], _ start: Int, _ factor: Double) -> Int {
        var (place, least) = (0, Double.infinity)
        for index in 0..<base.count {
            let value = base[index] + factor * rows[start + index]
            if value < least { (place, least) = (index, value) }
        }
        return place
    }

    /// The lower triangular factor L with Σ = L·Lᵀ, row by row; a direction without variance has a column of zeros.
    static func triangle(_ covariance: [Double], _ count: Int) -> [Double] {
        var factor = [Double](repeating: 0, count: count * count)
        for row in 0..<count {
            for column in 0...row {
                var rest = covariance[row * count + column]
                for inner in 0..<column { rest -= factor[row * count + inner] * factor[column * count + inner] }
                let pivot = factor[column * count + column]
                factor[row * count + column] = row == column ? max(0, rest).squareRoot() : pivot > 1e-9 ? rest / pivot : 0
            }
        }
        return factor
    }

    /// The standard normal distribution.
    static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
}
