public import CostModels
public import Documents
public import Hardware

/// Fits the constants of sparse latent attention and its indexer, the same on every GPU, to forward timings with columns `gpu, op, heads, batch,
/// new_tokens, past_tokens, time_us`; `op` is `sparse_attention`, `indexer_scores` or `top_k`.
///
/// Timings are of the published sizes: the best 2,048 keys, latent keys of 576 and values of 512, heads of the indexer of 128 (DeepSeek-AI,
/// DeepSeek-V3.2, and GLM-5 with the same sizes).
public struct SparseAttentionFit {
    let fit: SharedKernelFit

    /// The points of a table; half of them check the fit. `gpu` finds a GPU type by the name that the table has for it.
    public init(_ table: CSVTable, gpu: (String) -> GPU?, rows: TimingRows = TimingRows(), seed: UInt64 = 0) throws {
        fit = try SharedKernelFit(table, Self.families, gpu: gpu, rows: rows, seed: seed, read: Self.read)
    }

    /// The fitted constants and how far they are off on held-out points.
    public func run(from shipped: RecurrenceConstants = RecurrenceConstants()) throws -> (constants: RecurrenceConstants, fit: OperatorFit)
    {
        try fit.run(from: shipped)
    }

    /// The names of the kernels that can be fitted.
    public static var kernels: [String] { families.map(\.name) }

    private static let chosen = 2048.0
    private static let (keyWidth, valueWidth, indexWidth) = (576.0, 512.0, 128.0)
    private static let many = "1,024 tokens and more"

    static var families: [SharedKernelFit.Family] {
        [
            .init(
                name: "sparse-attention", large: many,
                constants: [
                    // A kernel takes two microseconds to start.
                    .init(key: "sparseLatency", path: \.sparseLatency, range: 2e-6...1e-4, unit: "s"),
                    .init(key: "sparseRate", path: \.sparseRate, range: 1e10...1e14, unit: "FLOP/s"),
                ]),
            .init(
                name: "indexer", large: many,
                constants: [
                    .init(key: "scoringLatency", path: \.scoringLatency, range: 1e-7...1e-4, unit: "s"),
                    .init(key: "scoringEfficiency", path: \.scoringEfficiency, range: 0.01...10),
                    .init(key: "scoringPasses", path: \.scoringPasses, range: 0.01...20, unit: "passes"),
                ]),
            .init(
                name: "choice", large: many,
                constants: [
                    .init(key: "choiceTime", path: \.choiceTime, range: 1e-9...1e-4, unit: "s"),
                    .init(key: "choiceKeyTime", path: \.choiceKeyTime, range: 1e-12...1e-7, unit: "s"),
                ]),
        ]
    }

    private static func read(_ rows: MeasuredTable, _ row: Int) throws(DocumentError) -> SharedKernelFit.Reading {
        let op = rows.text("op", row)
        let (batch, heads) = (try rows.count("batch", row), try rows.count("heads", row))
        let (new, past) = (try rows.count("new_tokens", row), try rows.optionalCount("past_tokens", row) ?? 0)
        let (tokens, keys) = (Double(batch * new), Double(past) + Double(new) / 2)
        let isLarge = tokens >= 1024
        switch op {
        case "sparse_attention":
            return .point(family: 0, isLarge: isLarge) {
                $0.sparse.attentionSeconds(tokens: tokens, heads: Double(heads), chosen: chosen, widths: keyWidth + valueWidth).forward
            }
        case "indexer_scores":
            return .point(family: 1, isLarge: isLarge) {
                $0.sparse.scoringSeconds(tokens: tokens, keys: keys, width: Double(heads) * indexWidth)
            }
        case "top_k": return .point(family: 2, isLarge: isLarge) { $0.sparse.choiceSeconds(tokens: tokens, keys: keys) }
        default: return .skip("timings of \(op) are not fitted")
        }
    }
}
