import CostModels
public import Documents
public import Hardware
import Parallelism
import Quantities

/// Fits a GPU's fused-attention constants to timings with columns `kind, batch, seq_q, seq_kv, heads, kv_heads, head_dim, time_us`.
///
/// Forward rows (`fwd`, `prefill_fwd`) fit efficiency, ramp and narrow heads; backward rows (`bwd`), where there are any, the ratio of
/// backward to forward. Serving kernels also write the key-value cache: passes over keys and values, fitted and then dropped.
public struct AttentionFit {
    private static let loss = SoftLoss(knee: 0.1)

    private struct Point {
        var shape: AttentionCore.Shape
        var cacheBytes: Double
        var seconds: Double
        var isBackward: Bool
        var isHeldOut: Bool
        var isLong: Bool { shape.localSequence >= 1024 }
        var weight: Double { isLong ? 1 : 0.3 }
    }

    private let gpu: GPU
    private let points: [Point]
    private let skipped: [String: Int]
    private let file: String

    /// The points of a table; `heldOut` of them check the fit.
    public init(_ table: CSVTable, names: [String], gpu: GPU, heldOut: Double = 0.5, seed: UInt64 = 0) throws {
        let rows = try MeasuredTable(table, of: names)
        let (batch, queries, keys) = (try rows.positive("batch"), try rows.positive("seq_q"), try rows.positive("seq_kv"))
        let (heads, groups, width) = (try rows.positive("heads"), try rows.positive("kv_heads"), try rows.positive("head_dim"))
        let valueWidth = try rows.optional("v_head_dim")
        let causal = try rows.optional("causal")
        let microseconds = try rows.positive("time_us")
        let held = HeldOutPoints.choose(rows.rows.count, share: heldOut, seed: seed)
        var points: [Point] = []
        var skipped = rows.ragged
        for (i, row) in rows.rows.enumerated() {
            let kind = rows.text("kind", row)
            guard kind.isEmpty || kind.hasSuffix("fwd") || kind == "bwd" else {
                skipped["kind \(kind) is not fitted", default: 0] += 1
                continue
            }
            guard causal[i] != 0 else { skipped["without a causal mask", default: 0] += 1; continue }
            let values = valueWidth[i] ?? width[i]
            let shape = AttentionCore.Shape(
                batch: batch[i], sequence: keys[i], localSequence: queries[i], heads: heads[i], queryKeyWidth: width[i],
                valueWidth: values, window: nil, isLatent: width[i] >= 192)
            points.append(
                Point(
                    shape: shape, cacheBytes: 2 * batch[i] * groups[i] * keys[i] * (width[i] + values), seconds: microseconds[i] * 1e-6,
                    isBackward: kind == "bwd", isHeldOut: held[i]))
        }
        self.gpu = gpu
        self.points = points
        self.skipped = skipped
        file = table.file
    }

    private func core(_ kernels: KernelConstants) -> AttentionCore {
        var card = gpu
        card.kernels = kernels
        card.kernels.sustainedDerate = 1
        return AttentionCore(gpu: card, kernel: .fused)
    }

    private func seconds(_ point: Point, _ core: AttentionCore, cachePasses: Double) -> Double {
        let times = core.seconds(point.shape)
        return point.isBackward ? times.backward : times.forward + cachePasses * point.cacheBytes / gpu.memoryBandwidth.value
    }

    /// The fitted GPU type and how far it is off on held-out points.
    public func run() throws -> (gpu: GPU, fit: OperatorFit) {
        let fitted = points.filter { !$0.isHeldOut }
        // Below 256 tokens launches decide.
        let forward = fitted.filter { !$0.isBackward && $0.shape.localSequence >= 256 }
        guard forward.count >= 12 else {
            throw CalibrationError.tooFewPoints(what: "forward timings", found: forward.count, needed: 12, file: file)
        }
        let old = gpu.kernels
        let hasNarrow = forward.contains { $0.shape.queryKeyWidth < 128 }
        let search = SimplexSearch(constants: [
            .init(start: old.attentionEfficiency, range: 0.05...1.2), .init(start: max(old.attentionRampLength, 100), range: 1...8000),
            .init(start: 3, range: 0.01...30), .init(start: old.narrowHeadEfficiency, range: 0.1...1.2),
        ])
        func set(_ x: [Double]) -> KernelConstants {
            var kernels = old
            kernels.attentionEfficiency = Rounding.significant(x[0], 3)
            kernels.attentionRampLength = Rounding.significant(x[1], 3)
            if hasNarrow { kernels.narrowHeadEfficiency = Rounding.significant(x[3], 2) }
            return kernels
        }
        let x = search.minimum { x in
            let core = core(set(x))
            return forward.reduce(0) { $0 + Self.loss(seconds($1, core, cachePasses: x[2]), $1.seconds, weight: $1.weight) }
        }
        var kernels = set(x)
        let backward = fitted.filter(\.isBackward)
        var changes = [
            OperatorFit.Change(key: "attention_efficiency", before: old.attentionEfficiency, after: kernels.attentionEfficiency, unit: ""),
            .init(key: "attention_ramp_length", before: old.attentionRampLength, after: kernels.attentionRampLength, unit: "tokens"),
        ]
        if hasNarrow {
            changes.append(
                .init(key: "narrow_head_efficiency", before: old.narrowHeadEfficiency, after: kernels.narrowHeadEfficiency, unit: ""))
        }
        if backward.count >= 3 {
            let core = core(kernels)
            let ratios = backward.map { $0.seconds / core.seconds($0.shape).backward }.sorted()
            kernels.attentionBackwardRatio = Rounding.significant(
                kernels.attentionBackwardRatio * ErrorStatistics.quantile(0.5, of: ratios), 3)
            changes.append(
                .init(
                    key: "attention_backward_ratio", before: old.attentionBackwardRatio, after: kernels.attentionBackwardRatio, unit: ""))
        }
        var card = gpu
        card.kernels = kernels
        for change in changes {
            card.provenance["kernels.\(change.key)"] = Provenance(source: "fit on attention timings in \(FileName.last(of: file))")
        }
        changes.append(.init(key: "passes of the measuring program over keys and values", before: nil, after: x[2], unit: ""))
        let skips = skipped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return (
            card,
            OperatorFit(changes: changes, classes: errors(kernels, cachePasses: x[2]), fitted: fitted.count, skipped: skips)
        )
    }

    private func errors(_ kernels: KernelConstants, cachePasses: Double) -> [OperatorFit.Class] {
        let old = core(gpu.kernels)
        let new = core(kernels)
        let groups: [(String, (Point) -> Bool)] = [
            ("forward, sequence ≥ 1024", { !$0.isBackward && $0.isLong }), ("forward, sequence < 1024", { !$0.isBackward && !$0.isLong }),
            ("backward", { $0.isBackward }),
        ]
        return groups.compactMap { name, belongs in
            let held = points.filter { $0.isHeldOut && belongs($0) }
            guard let before = ErrorStatistics(held.map { seconds($0, old, cachePasses: cachePasses) / $0.seconds - 1 }),
                let after = ErrorStatistics(held.map { seconds($0, new, cachePasses: cachePasses) / $0.seconds - 1 })
            else { return nil }
            return OperatorFit.Class(name: name, before: before, after: after)
        }
    }
}
