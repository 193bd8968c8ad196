import Foundation
import Quantities
import Search

/// How far repeats of one configuration lie apart in a table of runs, and how well a second measurement would rank a sweep's layouts: no model
/// can be expected to rank them better than the measurement itself does when it is made again.
public struct RepeatNoise: Sendable {
    /// Deviations of repeats from the mean of their configuration, as logarithms, freed of the mean's own share: n/(n − 1) under the root.
    let deviations: [Double]
    /// Sweeps that are measured again, in imagination.
    private static let draws = 400

    /// Repeats that a table has beyond one of each configuration.
    public let repeats: Int
    /// Root mean square of the deviations, as a share; nil without repeats.
    public var typical: Double? {
        deviations.isEmpty ? nil : (deviations.map { $0 * $0 }.reduce(0, +) / Double(deviations.count)).squareRoot()
    }
    /// Median of the absolute deviations, as a share; nil without repeats.
    public var median: Double? { deviations.isEmpty ? nil : ErrorStatistics.quantile(0.5, of: deviations.map(abs).sorted()) }

    /// The noise among predictions' runs: equal configurations of one source, model, cluster and software release.
    public init(_ predictions: [RunPrediction]) {
        var groups: [String: [Double]] = [:]
        for prediction in predictions where prediction.skipped == nil && !prediction.run.ranOutOfMemory {
            guard let measured = prediction.run.measuredStepTime else { continue }
            let run = prediction.run
            let words = [run.source, run.model, run.gpu, run.precision, run.framework, run.container, run.overlap, run.attentionKernel]
            let numbers = ["layers", "heads", "n_gpus", "gbs", "seq_len", "fused_norm", "compile", "async_tp"].map { "\(run[$0] ?? -1)" }
            groups[(words + numbers + [prediction.layoutKey]).joined(separator: "|"), default: []].append(log(measured))
        }
        var deviations: [Double] = []
        var repeats = 0
        for (_, times) in groups.sorted(by: { $0.key < $1.key }) where times.count > 1 {
            let n = Double(times.count)
            let mean = times.reduce(0, +) / n
            deviations += times.map { ($0 - mean) * (n / (n - 1)).squareRoot() }
            repeats += times.count - 1
        }
        self.deviations = deviations
        self.repeats = repeats
    }

    /// What ranking a sweep's layouts by a second measurement would reach: mean rank correlation with the first, and mean regret, as a share;
    /// nil without repeats.
    public func ceiling(of sweep: Sweep) -> (spearman: Double, regret: Double)? {
        guard !deviations.isEmpty else { return nil }
        var random = SeededRandom(seed: UInt64(sweep.count))
        let measured = sweep.measured
        let best = measured.min() ?? 1
        let ranks = Sweep.ranks(measured)
        var spearman = 0.0
        var regret = 0.0
        for _ in 0..<Self.draws {
            let again = measured.map { $0 * exp(deviations[min(deviations.count - 1, Int(random.unit() * Double(deviations.count)))]) }
            spearman += Sweep.correlation(Sweep.ranks(again), ranks)
            let first = again.indices.min { again[$0] < again[$1] } ?? 0
            regret += measured[first] / best - 1
        }
        return (spearman / Double(Self.draws), regret / Double(Self.draws))
    }
}
