public import CostModels
import Foundation

/// Whether intervals and chances mean what they say: how many measured times the interval of 80 % holds, and how often the plan that is said to be
/// faster with some chance was measured faster.
public struct CoverageStudy: Sendable {
    /// Runs of a stratum.
    public struct Stratum: Sendable {
        /// What they have in common.
        public let stratum: FittedUncertainty.Stratum
        /// Timed runs.
        public let runs: Int
        /// Those whose measured time the interval holds.
        public let held: Int
    }

    /// Pairs of layouts of one sweep with chances alike.
    public struct Pairs: Sendable {
        /// The chances, as shares.
        public let chances: Range<Double>
        /// Pairs.
        public let count: Int
        /// Mean of what was said.
        public let said: Double
        /// Share of the pairs of which the one said to be faster was.
        public let right: Double
    }

    /// By stratum, in the order of their names.
    public let strata: [Stratum]
    /// By chance, from a half to one.
    public let pairs: [Pairs]

    private struct Sample {
        let causes: [Double]
        let own: Double
        let predicted: Double
        let measured: Double
    }

    private static let halfWidth = 1.2815515655446004
    private static let bounds = [0.5, 0.6, 0.7, 0.8, 0.9, 0.97, 1.0001]

    /// The study of the timed runs of some predictions.
    public init(_ predictions: [RunPrediction], resolver: RunResolver, _ uncertainty: FittedUncertainty) {
        var resolver = resolver
        var strata: [FittedUncertainty.Stratum: (runs: Int, held: Int)] = [:]
        var sweeps: [String: [Sample]] = [:]
        for prediction in predictions where prediction.outcome == .timed {
            guard let predicted = prediction.stepTime, let measured = prediction.run.measuredStepTime,
                let configuration = try? resolver.configuration(of: prediction.run)
            else { continue }
            let (inputs, strategy) = (configuration.inputs, configuration.strategy)
            let sensitivity = TimeSensitivity(uncertainty, inputs, [strategy]).widened(for: [inputs.trust(in: strategy).outside])
            let isHeld = abs(log(measured / predicted)) <= Self.halfWidth * sensitivity.deviation(0)
            let stratum = FittedUncertainty.Stratum(inputs)
            strata[stratum, default: (0, 0)].runs += 1
            if isHeld { strata[stratum, default: (0, 0)].held += 1 }
            sweeps[Sweep.name(of: prediction.run), default: []].append(
                Sample(causes: sensitivity.causes[0], own: sensitivity.spread.own, predicted: predicted, measured: measured))
        }
        self.strata = strata.sorted { $0.key < $1.key }.map { Stratum(stratum: $0.key, runs: $0.value.runs, held: $0.value.held) }
        pairs = Self.pairs(sweeps.sorted { $0.key < $1.key }.map(\.value).filter { $0.count >= 5 })
    }

    /// All runs together.
    public var overall: (runs: Int, held: Int) { strata.reduce((0, 0)) { ($0.0 + $1.runs, $0.1 + $1.held) } }

    private static func pairs(_ sweeps: [[Sample]]) -> [Pairs] {
        var said = [[Double]](repeating: [], count: bounds.count - 1)
        var right = [Int](repeating: 0, count: bounds.count - 1)
        for samples in sweeps {
            for (place, a) in samples.enumerated() {
                for b in samples[(place + 1)...] where a.predicted != b.predicted && a.measured != b.measured {
                    let shared = zip(a.causes, b.causes).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                    let deviation = (shared + a.own * a.own + b.own * b.own).squareRoot()
                    let chance = 0.5 * erfc(-abs(log(a.predicted / b.predicted)) / deviation / 2.0.squareRoot())
                    let bin = (bounds.firstIndex { $0 > chance } ?? bounds.count - 1) - 1
                    said[bin].append(chance)
                    if (a.predicted < b.predicted) == (a.measured < b.measured) { right[bin] += 1 }
                }
            }
        }
        return said.indices.filter { !said[$0].isEmpty }.map { bin in
            let count = said[bin].count
            return Pairs(
                chances: bounds[bin]..<min(1, bounds[bin + 1]), count: count, said: said[bin].reduce(0, +) / Double(count),
                right: Double(right[bin]) / Double(count))
        }
    }
}
