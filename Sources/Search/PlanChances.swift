import CostModels
import Foundation
import Parallelism

/// How sure the order of some plans is: the step time of each as a distribution, and the chance that each is the fastest of them.
struct PlanChances {
    /// Standard deviation of each time's logarithm.
    let deviations: [Double]
    /// The chance of each to be the fastest of all, which sum to 1.
    private(set) var fastest: [Double]
    /// The chance of each that the one with the least expected time is faster than it; a half for that one itself.
    let slowerThanBest: [Double]
    /// The chance that the plan with the least expected time is the fastest, were a trial of each plan seen first; and were the links between
    /// nodes measured.
    private(set) var afterTrial: [Double] = []
    private(set) var afterLinks: Double?

    /// Draws that the chances are counted in.
    private static let draws = 4096
    /// Sure enough to tell two plans apart.
    static let sure = 0.8
    /// Half-width of an interval that holds 80 %, in standard deviations.
    static let halfWidth = 1.2815515655446004

    /// The chances of plans with these expected step times, in s; `outside` says which lie outside what was measured.
    init(_ sensitivity: TimeSensitivity, times: [Double], outside: [Bool], seed: UInt64) {
        deviations = times.indices.map { sensitivity.deviation($0, outside: outside[$0]) }
        let best = times.indices.min { times[$0] < times[$1] } ?? 0
        slowerThanBest = times.indices.map { place in
            guard place != best else { return 0.5 }
            return Self.normal(log(times[place] / times[best]) / sensitivity.deviation(between: place, best))
        }
        fastest = []
        count(sensitivity, times, seed)
    }

    /// Deviation of a trial's mean step time over a hundred steps, and of links measured by collectives, both as shares.
    private static let (trialNoise, linkNoise) = (0.01, 0.05)

    /// Counts in seeded draws how often each plan is the fastest, and how often the one that would be chosen after a measurement is: the plan
    /// with the least expected time given what was measured. What all share moves none past another and is left out.
    private mutating func count(_ sensitivity: TimeSensitivity, _ times: [Double], _ seed: UInt64) {
        let plans = times.indices
        guard times.count > 1 else { (fastest, afterTrial) = (times.map { _ in 1 }, []); return }
        let logs = times.map { log($0) }
        let causes = sensitivity.causes
        let own = sensitivity.spread.own
        let links = sensitivity.links
        let covariance = plans.map { a in
            plans.map { b in zip(causes[a], causes[b]).reduce(0) { $0 + $1.0 * $1.1 } + (a == b ? own * own : 0) }
        }
        var random = SeededRandom(seed: seed ^ 0x5EED_0F71_3E50_0001)
        var wins = [Int](repeating: 0, count: times.count)
        var rightAfterTrial = wins
        var rightAfterLinks = 0
        var cause = [Double](repeating: 0, count: causes[0].count)
        var off = [Double](repeating: 0, count: times.count)
        func least(_ value: (Int) -> Double) -> Int { plans.min { value($0) < value($1) } ?? 0 }
        for _ in 0..<Self.draws {
            for place in cause.indices { cause[place] = random.normal() }
            for plan in plans {
                var sum = own * random.normal()
                for (place, entry) in causes[plan].enumerated() { sum += entry * cause[place] }
                off[plan] = sum
            }
            let winner = least { logs[$0] + off[$0] }
            wins[winner] += 1
            for tried in plans {
                let noise = Self.trialNoise
                let seen = (off[tried] + noise * random.normal()) / (covariance[tried][tried] + noise * noise)
                if least({ logs[$0] + covariance[$0][tried] * seen }) == winner { rightAfterTrial[tried] += 1 }
            }
            let seen = (cause[links] + Self.linkNoise * random.normal()) / (1 + Self.linkNoise * Self.linkNoise)
            if least({ logs[$0] + causes[$0][links] * seen }) == winner { rightAfterLinks += 1 }
        }
        func share(_ count: Int) -> Double { Double(count) / Double(Self.draws) }
        fastest = wins.map(share)
        afterTrial = rightAfterTrial.map(share)
        if causes.contains(where: { $0[links] != 0 }) { afterLinks = share(rightAfterLinks) }
    }

    /// The standard normal distribution.
    static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.0.squareRoot()) }
}
