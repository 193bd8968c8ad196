import CostModels
public import Documents
public import Hardware
import Quantities

/// Fits a GPU's matrix-product constants to timings with columns `dtype, m, n, k, time_us`.
///
/// Timings are taken to be short bursts, as benchmarks make them, so the sustained derate is 1 while fitting. Rows below 16 bits usually
/// include the quantisation of the activations by the measuring program: a fixed time and 3·m·k bytes at a share of the memory bandwidth,
/// both fitted and then dropped, since they belong to that program.
public struct MatrixProductFit {
    /// Edge of the shapes for which a fit must be good.
    static let large = 1024.0
    private static let loss = SoftLoss(knee: 0.05)

    private struct Point {
        var m: Double
        var n: Double
        var k: Double
        var isLow: Bool
        var seconds: Double
        var isHeldOut: Bool
        var isLarge: Bool { min(m, n, k) >= MatrixProductFit.large }
        /// Small shapes matter less to training.
        var weight: Double { isLarge ? 1 : 0.3 }
    }

    private let gpu: GPU
    private let points: [Point]
    private let skipped: [String: Int]
    private let file: String

    /// The points of a table; `heldOut` of them check the fit.
    public init(_ table: CSVTable, names: [String], gpu: GPU, heldOut: Double = 0.5, seed: UInt64 = 0) throws {
        let rows = try MeasuredTable(table, of: names)
        let (m, n, k) = (try rows.positive("m"), try rows.positive("n"), try rows.positive("k"))
        let microseconds = try rows.positive("time_us")
        _ = try table.column("dtype")
        let held = HeldOutPoints.choose(rows.rows.count, share: heldOut, seed: seed)
        var points: [Point] = []
        var skipped = rows.ragged
        for (i, row) in rows.rows.enumerated() {
            let type = rows.text("dtype", row).lowercased()
            let isLow = type.hasPrefix("fp8") || type.hasPrefix("mxfp8") || type.hasPrefix("e4m3") || type.hasPrefix("e5m2")
            let isHalf = ["bf16", "fp16", "bfloat16", "float16", "half"].contains(type)
            guard isLow || isHalf else { skipped["number format \(type) is not fitted", default: 0] += 1; continue }
            guard !isLow || gpu.peak.eight != nil else { skipped["\(gpu.name) has no 8-bit units", default: 0] += 1; continue }
            points.append(Point(m: m[i], n: n[i], k: k[i], isLow: isLow, seconds: microseconds[i] * 1e-6, isHeldOut: held[i]))
        }
        self.gpu = gpu
        self.points = points
        self.skipped = skipped
        file = table.file
    }

    /// What the measuring program adds to 8-bit products.
    private struct Quantisation {
        var latency = 0.0
        var share = 1.0
    }

    private func seconds(_ point: Point, _ product: MatrixProduct, _ quantisation: Quantisation, _ bandwidth: Double) -> Double {
        let time = product.seconds(point.m, point.n, point.k)
        return point.isLow ? time + quantisation.latency + 3 * point.m * point.k / (quantisation.share * bandwidth) : time
    }

    private func product(_ kernels: KernelConstants, isLow: Bool) -> MatrixProduct {
        var card = gpu
        card.kernels = kernels
        return MatrixProduct(gpu: card, precision: isLow ? .eight : .sixteen, derate: 1)
    }

    private func cost(_ fitted: [Point], _ product: MatrixProduct, _ quantisation: Quantisation, _ bandwidth: Double) -> Double {
        var sum = 0.0
        for point in fitted {
            sum += Self.loss(seconds(point, product, quantisation, bandwidth), point.seconds, weight: point.weight)
        }
        return sum
    }

    /// The fitted GPU type and how far it is off on held-out points.
    public func run() throws -> (gpu: GPU, fit: OperatorFit) {
        let fitted = points.filter { !$0.isHeldOut }
        let half = fitted.filter { !$0.isLow }
        let low = fitted.filter(\.isLow)
        guard max(half.count, low.count) >= 12 else {
            throw CalibrationError.tooFewPoints(what: "timings", found: points.count, needed: 24, file: file)
        }
        let bandwidth = gpu.memoryBandwidth.value
        var kernels = gpu.kernels
        var changes: [OperatorFit.Change] = []
        func note(_ key: String, _ before: Double?, _ after: Double, _ unit: String = "") {
            changes.append(.init(key: key, before: before, after: after, unit: unit))
        }
        if half.count >= 12 {
            let old = kernels
            let search = SimplexSearch(constants: [
                .init(start: old.gemmLatency.value, range: 0.1e-6...50e-6), .init(start: old.gemmEfficiency, range: 0.05...1.2),
                .init(start: max(old.gemmRampDepth, 20), range: 0.1...2000), .init(start: old.gemmMemoryEfficiency, range: 0.05...1.2),
            ])
            func set(_ x: [Double]) -> KernelConstants {
                var kernels = old
                kernels.gemmLatency = Seconds(Rounding.significant(x[0], 3))
                kernels.gemmEfficiency = Rounding.significant(x[1], 3)
                kernels.gemmRampDepth = x[2] < 0.5 ? 0 : Rounding.significant(x[2], 3)
                kernels.gemmMemoryEfficiency = Rounding.significant(x[3], 3)
                return kernels
            }
            kernels = set(search.minimum { cost(half, product(set($0), isLow: false), Quantisation(), bandwidth) })
            note("gemm_latency", old.gemmLatency.value * 1e6, kernels.gemmLatency.value * 1e6, "us")
            note("gemm_efficiency", old.gemmEfficiency, kernels.gemmEfficiency)
            note("gemm_ramp_depth", old.gemmRampDepth, kernels.gemmRampDepth)
            note("gemm_memory_efficiency", old.gemmMemoryEfficiency, kernels.gemmMemoryEfficiency)
        }
        var burst = kernels
        var quantisation = Quantisation()
        if low.count >= 12 {
            let base = kernels
            let search = SimplexSearch(constants: [
                .init(start: 0.75, range: 0.05...1.3), .init(start: max(base.lowPrecisionRampDepth, 50), range: 0.1...4000),
                .init(start: 8e-6, range: 1e-8...60e-6), .init(start: 0.3, range: 0.03...3),
            ])
            func set(_ x: [Double]) -> KernelConstants {
                var kernels = base
                kernels.lowPrecisionEfficiency = x[0]
                kernels.lowPrecisionRampDepth = Rounding.significant(x[1], 3)
                return kernels
            }
            let x = search.minimum { cost(low, product(set($0), isLow: true), Quantisation(latency: $0[2], share: $0[3]), bandwidth) }
            burst = set(x)
            quantisation = Quantisation(latency: x[2], share: x[3])
            kernels = burst
            kernels.lowPrecisionEfficiency = Rounding.significant(min(1.2, x[0] / kernels.sustainedDerate), 3)
            note("low_precision_efficiency", base.lowPrecisionEfficiency, kernels.lowPrecisionEfficiency)
            note("low_precision_ramp_depth", base.lowPrecisionRampDepth, kernels.lowPrecisionRampDepth)
            note("low-precision efficiency in bursts", nil, x[0])
            note("quantisation by the measuring program, fixed", nil, x[2] * 1e6, "us")
            note("quantisation by the measuring program, share of bandwidth", nil, x[3])
        }
        let classes = errors(before: gpu.kernels, after: burst, quantisation, bandwidth)
        let skips = skipped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return (
            fittedGPU(kernels, changes), OperatorFit(changes: changes, classes: classes, fitted: fitted.count, skipped: skips)
        )
    }

    private func errors(before: KernelConstants, after: KernelConstants, _ quantisation: Quantisation, _ bandwidth: Double)
        -> [OperatorFit.Class]
    {
        var classes: [OperatorFit.Class] = []
        for isLow in [false, true] {
            let old = product(before, isLow: isLow)
            let new = product(after, isLow: isLow)
            for isLarge in [true, false] {
                let held = points.filter { $0.isHeldOut && $0.isLow == isLow && $0.isLarge == isLarge }
                guard let first = ErrorStatistics(held.map { seconds($0, old, quantisation, bandwidth) / $0.seconds - 1 }),
                    let last = ErrorStatistics(held.map { seconds($0, new, quantisation, bandwidth) / $0.seconds - 1 })
                else { continue }
                let name = "\(isLow ? "8-bit" : "16-bit"), m, n, k \(isLarge ? "≥ 1024" : "not all ≥ 1024")"
                classes.append(.init(name: name, before: first, after: last))
            }
        }
        return classes
    }

    private func fittedGPU(_ kernels: KernelConstants, _ changes: [OperatorFit.Change]) -> GPU {
        var card = gpu
        card.kernels = kernels
        for change in changes where change.before != nil {
            card.provenance["kernels.\(change.key)"] = Provenance(source: "fit on GEMM timings in \(FileName.last(of: file))")
        }
        return card
    }
}
