import CostModels
public import Documents
public import Hardware
import Quantities

/// Fits a fabric's collective constants, and the network's achieved share, to timings with columns `op, nodes, gpus, bytes, time_us`.
///
/// Sizes are counted as nccl-tests counts them. Rows whose `fabric` is called custom (all-reduce kernels of serving engines) are left out, as
/// are sizes outside 1 KiB to 512 MiB. The measured curves are kept too: where a profile has them they correct the constants.
public struct CollectiveFit {
    private static let loss = SoftLoss(knee: 0.05)
    /// Sizes that are compared.
    private static let sizes = 1024.0...536_870_912

    /// One measured curve.
    private struct Curve {
        var curve: CollectiveCurve
        /// Which of its points only check.
        var isHeldOut: [Bool]

        /// The curve of the points that are fitted.
        var fitted: CollectiveCurve {
            var part = curve
            part.bytes = zip(curve.bytes, isHeldOut).filter { !$0.1 }.map(\.0)
            part.seconds = zip(curve.seconds, isHeldOut).filter { !$0.1 }.map(\.0)
            return part
        }
    }

    private let cluster: ClusterProfile
    private let curves: [Curve]
    private let skipped: [String: Int]
    private let file: String

    /// The curves of a table on a cluster; of every curve with six or more sizes each fourth inner one is held out, the seed says which.
    public init(_ table: CSVTable, names: [String], cluster: ClusterProfile, seed: UInt64 = 0) throws {
        let rows = try MeasuredTable(table, of: names)
        let bytes = try rows.positive("bytes")
        let microseconds = try rows.positive("time_us")
        let (nodes, gpus) = (try rows.optional("nodes"), try rows.optional("gpus"))
        _ = try table.column("op")
        var skipped = rows.ragged
        var points: [String: (collective: Collective, nodes: Int, gpus: Int, times: [Double: [Double]])] = [:]
        for (i, row) in rows.rows.enumerated() {
            func skip(_ reason: String) { skipped[reason, default: 0] += 1 }
            guard let collective = Collective(rawValue: rows.text("op", row)) else {
                skip("unknown operation \(rows.text("op", row))"); continue
            }
            guard let count = gpus[i].map({ Int($0) }), count > 1 else { skip("missing gpus"); continue }
            guard !rows.text("fabric", row).lowercased().contains("custom") else { skip("kernels of a serving engine"); continue }
            guard Self.sizes.contains(bytes[i]) else { skip("outside 1 KiB to 512 MiB"); continue }
            let nodeCount = nodes[i].map { max(1, Int($0)) } ?? 1
            guard nodeCount == 1 || count == nodeCount * cluster.first.gpusPerNode else { skip("nodes that are not full"); continue }
            guard count <= cluster.first.gpusPerNode * nodeCount else { skip("more GPUs than a node has"); continue }
            let key = [
                "\(collective.rawValue)", "\(nodeCount)", "\(count)", rows.text("fabric", row), rows.text("dtype", row),
                rows.text("source", row),
            ]
            .joined(separator: "|")
            points[key, default: (collective, nodeCount, count, [:])].times[bytes[i], default: []].append(microseconds[i] * 1e-6)
        }
        self.cluster = cluster
        file = table.file
        curves = points.sorted { $0.key < $1.key }.map { _, group in
            let sizes = group.times.keys.sorted()
            let times = sizes.map { ErrorStatistics.quantile(0.5, of: (group.times[$0] ?? []).sorted()) }
            let fold = Int(seed % 4)
            let held = sizes.indices.map { sizes.count >= 6 && $0 % 4 == fold && $0 > 0 && $0 < sizes.count - 1 }
            return Curve(
                curve: CollectiveCurve(collective: group.collective, nodes: group.nodes, gpus: group.gpus, bytes: sizes, seconds: times),
                isHeldOut: held)
        }
        self.skipped = skipped
    }

    /// Fitted constants, the curves to keep, and how far each is off on held-out sizes.
    public struct Result: Sendable {
        /// The cluster with fitted constants and the measured curves.
        public let cluster: ClusterProfile
        /// What changed and how far it is off.
        public let fit: OperatorFit
    }

    /// Fits the constants.
    public func run() throws -> Result {
        let fitted = curves.map(\.fitted)
        let points = fitted.reduce(0) { $0 + $1.bytes.count }
        guard points >= 12 else { throw CalibrationError.tooFewPoints(what: "timings", found: points, needed: 12, file: file) }
        let old = cluster.first.fabric.collectives
        let reduces = fitted.contains { $0.collective == .allReduce }
        let gathers = fitted.contains { $0.collective != .allReduce }
        let leaves = fitted.contains { $0.gpus > cluster.first.fabric.domainSize }
        func set(_ x: [Double]) -> ClusterProfile {
            var result = cluster
            result.groups[0].fabric.collectives.latency = Seconds(Rounding.significant(x[0], 3))
            result.groups[0].fabric.collectives.rootCoefficient = x[1] < 2e-12 ? 0 : Rounding.significant(x[1], 3)
            if gathers { result.groups[0].fabric.collectives.gatherShare = Rounding.significant(x[2], 3) }
            if reduces { result.groups[0].fabric.collectives.reduceShare = Rounding.significant(x[3], 3) }
            if leaves { result.groups[0].network.achievedFraction = Rounding.significant(x[4], 3) }
            return result
        }
        let search = SimplexSearch(constants: [
            .init(start: max(old.latency.value, 1e-6), range: 1e-7...2e-3),
            .init(start: max(old.rootCoefficient, 1e-9), range: 1e-12...1e-6),
            .init(start: old.gatherShare, range: 0.01...4), .init(start: old.reduceShare, range: 0.01...4),
            .init(start: cluster.first.network.achievedFraction, range: 0.01...2),
        ])
        let best = set(
            search.minimum { x in
                let time = CollectiveTime(rates: ClusterRates(set(x)), curves: [])
                return fitted.reduce(0) { sum, curve in
                    zip(curve.bytes, curve.seconds).reduce(sum) {
                        $0 + Self.loss(time.seconds(curve.collective, bytes: $1.0, ranks: curve.gpus), $1.1)
                    }
                }
            })
        var result = best
        result.curves = kept
        let new = best.first.fabric.collectives
        var changes: [OperatorFit.Change] = [
            .init(key: "latency", before: old.latency.value * 1e6, after: new.latency.value * 1e6, unit: "us"),
            .init(key: "root_coefficient", before: old.rootCoefficient, after: new.rootCoefficient, unit: "s/√B"),
        ]
        if gathers { changes.append(.init(key: "gather_share", before: old.gatherShare, after: new.gatherShare, unit: "")) }
        if reduces { changes.append(.init(key: "reduce_share", before: old.reduceShare, after: new.reduceShare, unit: "")) }
        if leaves {
            changes.append(
                .init(
                    key: "achieved_fraction", before: cluster.first.network.achievedFraction, after: best.first.network.achievedFraction,
                    unit: ""))
        }
        for change in changes {
            let block = change.key == "achieved_fraction" ? "network" : "fabric.collectives"
            result.provenance["\(block).\(change.key)"] = Provenance(source: "fit on timings in \(FileName.last(of: file))")
        }
        let skips = skipped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let classes = [errors("constants alone", best, withCurves: false), errors("with the measured curves", best, withCurves: true)]
        return Result(
            cluster: result, fit: OperatorFit(changes: changes, classes: classes.compactMap { $0 }, fitted: points, skipped: skips))
    }

    /// For every operation and group the curve with the most sizes, all of its points.
    private var kept: [CollectiveCurve] {
        var best: [String: CollectiveCurve] = [:]
        for curve in curves.map(\.curve) {
            let key = "\(curve.collective.rawValue) \(curve.nodes) \(curve.gpus)"
            if (best[key]?.bytes.count ?? 0) < curve.bytes.count { best[key] = curve }
        }
        return best.values.sorted { ($0.collective.rawValue, $0.gpus) < ($1.collective.rawValue, $1.gpus) }
    }

    private func errors(_ name: String, _ fitted: ClusterProfile, withCurves: Bool) -> OperatorFit.Class? {
        func statistics(_ cluster: ClusterProfile) -> ErrorStatistics? {
            let rates = ClusterRates(cluster)
            var errors: [Double] = []
            for curve in curves {
                let time = CollectiveTime(rates: rates, curves: withCurves ? [curve.fitted] : [])
                for (i, size) in curve.curve.bytes.enumerated() where curve.isHeldOut[i] {
                    errors.append(time.seconds(curve.curve.collective, bytes: size, ranks: curve.curve.gpus) / curve.curve.seconds[i] - 1)
                }
            }
            return ErrorStatistics(errors)
        }
        guard let before = statistics(cluster), let after = statistics(fitted) else { return nil }
        return OperatorFit.Class(name: name, before: before, after: after)
    }
}
