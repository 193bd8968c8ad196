/// A set of runs that differ only in how they were parallelised: how well predictions rank them.
public struct Sweep: Sendable {
    /// Source, model, GPU and sizes that the runs share.
    public let name: String
    /// Distinct configurations.
    public let count: Int
    /// Rank correlation of predicted and measured times (Spearman's ρ with mean ranks for ties).
    public let spearman: Double
    /// Measured time of the configuration ranked first over the best measured, minus 1.
    public let regret: Double
    /// The same for the best of the first five.
    public let regretOfFive: Double
    /// The measured times, in s.
    let measured: [Double]

    /// The sweeps in a set of predictions: at least five distinct configurations, repeats replaced by their median.
    public static func find(in predictions: [RunPrediction]) -> [Sweep] {
        var groups: [String: [String: [(predicted: Double, measured: Double)]]] = [:]
        for prediction in predictions {
            guard let predicted = prediction.stepTime, let measured = prediction.run.measuredStepTime, !prediction.run.ranOutOfMemory else {
                continue
            }
            let run = prediction.run
            // The kernel is part of what a sweep may vary.
            let configuration = prediction.layoutKey + run.attentionKernel + "\(run["fused_norm"] ?? -1)"
            groups[name(of: run), default: [:]][configuration, default: []].append((predicted, measured))
        }
        return groups.sorted { $0.key < $1.key }.compactMap { Sweep(name: $0.key, configurations: $0.value) }
    }

    /// What the runs of a sweep have in common.
    static func name(of run: RunRecord) -> String {
        let sizes = ["heads", "n_gpus", "gbs", "seq_len"].map { run[$0].map { "\(Int($0))" } ?? "?" }
        return ([run.source, run.model, run.gpu, run.precision] + sizes).joined(separator: " ")
    }

    private init?(name: String, configurations: [String: [(predicted: Double, measured: Double)]]) {
        guard configurations.count >= 5 else { return nil }
        let points = configurations.sorted { $0.key < $1.key }.map { _, runs in
            (predicted: runs[0].predicted, measured: ErrorStatistics.quantile(0.5, of: runs.map(\.measured).sorted()))
        }
        self.name = name
        measured = points.map(\.measured)
        count = points.count
        spearman = Self.correlation(Self.ranks(points.map(\.predicted)), Self.ranks(points.map(\.measured)))
        let best = points.map(\.measured).min() ?? 1
        let order = points.sorted { $0.predicted < $1.predicted }
        // Tied predictions are as good as each other: their mean stands for the one that would be picked.
        let first = order.filter { $0.predicted <= order[0].predicted * (1 + 1e-9) }
        regret = first.map(\.measured).reduce(0, +) / Double(first.count) / best - 1
        regretOfFive = (order.prefix(5).map(\.measured).min() ?? best) / best - 1
    }

    /// Ranks from 1, ties averaged.
    static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            var end = start
            while end + 1 < order.count, values[order[end + 1]] == values[order[start]] { end += 1 }
            for i in start...end { ranks[order[i]] = Double(start + end) / 2 + 1 }
            start = end + 1
        }
        return ranks
    }

    /// Pearson's correlation, 0 where one side is constant.
    static func correlation(_ a: [Double], _ b: [Double]) -> Double {
        let n = Double(a.count)
        let meanA = a.reduce(0, +) / n
        let meanB = b.reduce(0, +) / n
        var covariance = 0.0
        var varianceA = 0.0
        var varianceB = 0.0
        for (x, y) in zip(a, b) {
            covariance += (x - meanA) * (y - meanB)
            varianceA += (x - meanA) * (x - meanA)
            varianceB += (y - meanB) * (y - meanB)
        }
        guard varianceA > 0, varianceB > 0 else { return 0 }
        return covariance / (varianceA * varianceB).squareRoot()
    }
}
