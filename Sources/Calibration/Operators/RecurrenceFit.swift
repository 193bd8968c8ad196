public import CostModels
public import Documents
public import Hardware
import Workload

/// Fits the constants of recurrences and short convolutions, the same on every GPU, to forward timings with columns `gpu, op, kernel, batch, seq_len,
/// key_heads, key_dim, value_heads, value_dim, chunk, time_us`.
///
/// Kernels that are no chunked form of flash-linear-attention or of mamba-ssm (fused ones of serving engines) are left out.
public struct RecurrenceFit {
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

    private static let long = "sequence ≥ 1,024"

    static var families: [SharedKernelFit.Family] {
        [
            .init(
                name: "gated-delta", large: long, constants: kernel("delta", \.delta) + [rate("delta", \.delta.arithmeticRate)]),
            .init(
                name: "kimi-delta", large: long,
                constants: kernel("channelDelta", \.channelDelta) + [rate("channelDelta", \.channelDelta.arithmeticRate)]),
            .init(name: "mamba-2", large: long, constants: kernel("decay", \.decay)),
            .init(
                name: "convolution", large: long,
                constants: [
                    .init(key: "convolutionLatency", path: \.convolutionLatency, range: 1e-7...1e-4, unit: "s"),
                    .init(key: "convolutionPasses", path: \.convolutionPasses, range: 0.05...20, unit: "passes"),
                    .init(key: "convolutionTime", path: \.convolutionTime, range: 1e-12...1e-8, unit: "s"),
                ]),
        ]
    }

    private static func kernel(
        _ name: String, _ path: WritableKeyPath<RecurrenceConstants, RecurrenceConstants.Kernel>
    ) -> [SharedKernelFit.Constant] {
        [
            .init(key: "\(name).latency", path: path.appending(path: \.latency), range: 1e-7...1e-3, unit: "s"),
            .init(key: "\(name).passes", path: path.appending(path: \.passes), range: 0.01...20, unit: "passes"),
            .init(key: "\(name).stateTime", path: path.appending(path: \.stateTime), range: 1e-8...1e-3, unit: "s"),
            .init(key: "\(name).blocks", path: path.appending(path: \.blocks), range: 0.01...100, unit: "blocks"),
        ]
    }

    private static func rate(
        _ name: String, _ path: WritableKeyPath<RecurrenceConstants, Double>
    ) -> SharedKernelFit.Constant {
        .init(key: "\(name).rate", path: path, range: 1e10...1e14, unit: "FLOP/s")
    }

    /// Tokens of a chunk where a table does not say: those of flash-linear-attention.
    private static let chunk = 64

    private static func read(_ rows: MeasuredTable, _ row: Int) throws(DocumentError) -> SharedKernelFit.Reading {
        let (op, name) = (rows.text("op", row), rows.text("kernel", row))
        let (batch, sequence) = (try rows.count("batch", row), try rows.count("seq_len", row))
        let (keyHeads, keyWidth) = (try rows.count("key_heads", row), try rows.count("key_dim", row))
        let (heads, valueWidth) = (try rows.count("value_heads", row), try rows.count("value_dim", row))
        let isLarge = sequence >= 1024
        if name == "causal_conv1d_fn" {
            let (tokens, channels) = (Double(batch * sequence), Double(2 * keyHeads * keyWidth + heads * valueWidth))
            return .point(family: 3, isLarge: isLarge) { $0.recurrent.convolutionSeconds(tokens: tokens, channels: channels).forward }
        }
        let update: Recurrence.Update
        let family: Int
        switch (op, name) {
        case ("gated_delta", "chunk_gated_delta_rule"): (update, family) = (.delta, 0)
        case ("kda", _) where name.hasPrefix("chunk_kda"): (update, family) = (.channelDelta, 1)
        case ("mamba2", "mamba_chunk_scan_combined"): (update, family) = (.scan, 2)
        default: return .skip("the kernel \(name) of \(op) is not fitted")
        }
        let chunk = try rows.optionalCount("chunk", row) ?? chunk
        let work = Recurrence(
            update, heads: heads, keyHeads: keyHeads, keyWidth: keyWidth, valueWidth: valueWidth, chunk: chunk, parameters: 0)
        let shape = RecurrentCore.Shape(batch: Double(batch), sequence: Double(sequence), share: 1)
        return .point(family: family, isLarge: isLarge) { $0.recurrent.seconds(work, shape).forward }
    }
}

extension RecurrenceConstants.Kernel {
    /// The rate in arithmetic that can be fitted; infinite where arithmetic takes no time of its own.
    fileprivate var arithmeticRate: Double {
        get { rate ?? .infinity }
        set { rate = newValue }
    }
}
