import CostModels
public import Documents
import Foundation
public import Hardware
import Quantities

/// Fits a fabric's collective constants, and the network's achieved share, to timings with columns `op, nodes, gpus, bytes, time_us`.
///
/// Sizes are counted as nccl-tests counts them. Rows whose `fabric` is called custom (all-reduce kernels of serving engines) are left out, as
/// are sizes outside 1 KiB to 512 MiB. The measured curves are kept too, pooled over repeats and releases by their median and made
/// non-decreasing: where a profile has them they go before the constants.
public struct CollectiveFit {
    private static let loss = SoftLoss(knee: 0.05)
    /// Sizes that are compared.
    private static let sizes = 1024.0...536_870_912
    /// A point of a curve is dropped where its neighbours give its time within this share; repeats differ by as much.
    private static let thinning = 0.04

    /// Which rows of a table are meant.
    public struct Rows: Sendable {
        /// Words that a row's `source` must contain, whatever their case; nil for every row.
        public var source: String?
        /// Names of the fabrics that count; every one where empty.
        public var fabrics: [String]

        /// Every row unless narrowed.
        public init(source: String? = nil, fabrics: [String] = []) {
            self.source = source
            self.fabrics = fabrics
        }
    }

    /// The times of one collective on one group, of one measuring program, by size.
    private struct Curve {
        let collective: Collective
        let nodes: Int
        let gpus: Int
        let fabric: String
        var points: [(bytes: Double, seconds: Double, isHeldOut: Bool)]
    }

    private let cluster: ClusterProfile
    private let curves: [Curve]
    private let skipped: [String: Int]
    private let file: String

    /// The curves of a table on a cluster; a quarter of the sizes inside the range is held out from all curves alike, the seed says which.
    public init(_ table: CSVTable, names: [String], cluster: ClusterProfile, rows chosen: Rows = Rows(), seed: UInt64 = 0) throws {
        let rows = try MeasuredTable(table, of: names)
        let bytes = try rows.positive("bytes")
        let microseconds = try rows.positive("time_us")
        let (nodes, gpus) = (try rows.optional("nodes"), try rows.optional("gpus"))
        _ = try table.column("op")
        var skipped = rows.ragged
        var curves: [String: Curve] = [:]
        var times: [String: [Double: [Double]]] = [:]
        for (i, row) in rows.rows.enumerated() {
            func skip(_ reason: String) { skipped[reason, default: 0] += 1 }
            guard let collective = Collective(rawValue: rows.text("op", row)) else {
                skip("unknown operation \(rows.text("op", row))"); continue
            }
            let (fabric, source) = (rows.text("fabric", row), rows.text("source", row))
            guard let count = gpus[i].map({ Int($0) }), count > 1 else { skip("missing gpus"); continue }
            guard !fabric.lowercased().contains("custom") else { skip("kernels of a serving engine"); continue }
            guard chosen.source.map({ source.lowercased().contains($0.lowercased()) }) ?? true else { skip("another source"); continue }
            guard chosen.fabrics.isEmpty || chosen.fabrics.contains(fabric) else { skip("another fabric"); continue }
            guard Self.sizes.contains(bytes[i]) else { skip("outside 1 KiB to 512 MiB"); continue }
            let nodeCount = nodes[i].map { max(1, Int($0)) } ?? 1
            guard nodeCount == 1 || count == nodeCount * cluster.first.gpusPerNode else { skip("nodes that are not full"); continue }
            guard count <= cluster.first.gpusPerNode * nodeCount else { skip("more GPUs than a node has"); continue }
            let key = ["\(collective.rawValue)", "\(nodeCount)", "\(count)", fabric, rows.text("dtype", row), source].joined(separator: "|")
            curves[key] = Curve(collective: collective, nodes: nodeCount, gpus: count, fabric: fabric, points: [])
            times[key, default: [:]][bytes[i], default: []].append(microseconds[i] * 1e-6)
        }
        self.cluster = cluster
        file = table.file
        self.curves = curves.sorted { $0.key < $1.key }.map { key, empty in
            var curve = empty
            let bySize = (times[key] ?? [:]).sorted { $0.key < $1.key }
            for (place, (size, values)) in bySize.enumerated() {
                let isInner = bySize.count >= 6 && place > 0 && place < bySize.count - 1
                let isHeldOut = isInner && UInt64(log2(size).rounded()) % 4 == seed % 4
                curve.points.append((size, ErrorStatistics.quantile(0.5, of: values.sorted()), isHeldOut))
            }
            return curve
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
        let fitted = curves.map { curve in (curve: curve, points: curve.points.filter { !$0.isHeldOut }) }
        let points = fitted.reduce(0) { $0 + $1.points.count }
        guard points >= 12 else { throw CalibrationError.tooFewPoints(what: "timings", found: points, needed: 12, file: file) }
        let old = cluster.first.fabric.collectives
        let reduces = curves.contains { $0.collective == .allReduce }
        let gathers = curves.contains { $0.collective != .allReduce }
        let leaves = curves.contains { $0.gpus > cluster.first.fabric.domainSize }
        func set(_ x: [Double]) -> ClusterProfile {
            var result = cluster
            // What is fitted is what prices groups without a curve.
            result.curves = []
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
                return fitted.reduce(0) { sum, part in
                    part.points.reduce(sum) {
                        $0 + Self.loss(time.seconds(part.curve.collective, bytes: $1.bytes, ranks: part.curve.gpus), $1.seconds)
                    }
                }
            })
        var result = best
        result.curves = pooled { _ in true }
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
        // The curves that are tried know nothing of the sizes held out.
        var tried = best
        tried.curves = pooled { !$0.isHeldOut }
        let classes = [
            errors("constants alone", Self.withoutCurves(cluster), Self.withoutCurves(best)),
            errors("with the measured curves", cluster, tried),
        ]
        return Result(
            cluster: result, fit: OperatorFit(changes: changes, classes: classes.compactMap { $0 }, fitted: points, skipped: skips))
    }

    private static func withoutCurves(_ cluster: ClusterProfile) -> ClusterProfile {
        var bare = cluster
        bare.curves = []
        return bare
    }

    /// For every operation and group one curve: the median over repeats and releases, no size faster than a smaller one, thinned. A size
    /// that is out of order is drawn to its neighbours, the less the more releases measured it. Where several fabrics were measured under one
    /// GPU's name, the one with the most points.
    private func pooled(_ isUsed: ((bytes: Double, seconds: Double, isHeldOut: Bool)) -> Bool) -> [CollectiveCurve] {
        var groups: [String: [String: [Double: [Double]]]] = [:]
        var shapes: [String: Curve] = [:]
        for curve in curves {
            let key = "\(curve.collective.rawValue) \(curve.nodes) \(curve.gpus)"
            shapes[key] = curve
            for point in curve.points where isUsed(point) {
                groups[key, default: [:]][curve.fabric, default: [:]][point.bytes, default: []].append(point.seconds)
            }
        }
        var result: [CollectiveCurve] = []
        for (key, fabrics) in groups.sorted(by: { $0.key < $1.key }) {
            let widest = fabrics.sorted { $0.key < $1.key }.max { $0.value.count < $1.value.count }
            guard let shape = shapes[key], let times = widest?.value.sorted(by: { $0.key < $1.key }) else { continue }
            let medians = times.map { log(ErrorStatistics.quantile(0.5, of: $0.value.sorted())) }
            let seconds = IsotonicFit.values(medians, weights: times.map { Double($0.value.count) }).map(exp)
            let kept = Self.corners(times.map(\.key), seconds)
            result.append(
                CollectiveCurve(
                    collective: shape.collective, nodes: shape.nodes, gpus: shape.gpus, bytes: kept.map { times[$0].key },
                    seconds: kept.map { Rounding.significant(seconds[$0], 4) }))
        }
        return result.sorted { ($0.collective.rawValue, $0.gpus) < ($1.collective.rawValue, $1.gpus) }
    }

    /// The points between which straight lines give all others within `thinning`: the ends, then always the point that is missed most.
    private static func corners(_ bytes: [Double], _ seconds: [Double]) -> [Int] {
        var kept = bytes.count > 1 ? [0, bytes.count - 1] : [0]
        while true {
            var worst = (place: 0, error: thinning)
            for (low, high) in zip(kept, kept.dropFirst()) {
                for i in low..<high where i > low {
                    let position = (bytes[i] - bytes[low]) / (bytes[high] - bytes[low])
                    let line = seconds[low] + position * (seconds[high] - seconds[low])
                    let error = abs(line / seconds[i] - 1)
                    if error > worst.error { worst = (i, error) }
                }
            }
            guard worst.error > thinning else { return kept }
            kept = (kept + [worst.place]).sorted()
        }
    }

    private func errors(_ name: String, _ old: ClusterProfile, _ new: ClusterProfile) -> OperatorFit.Class? {
        func statistics(_ cluster: ClusterProfile) -> ErrorStatistics? {
            let time = CollectiveTime(rates: ClusterRates(cluster), curves: cluster.curves)
            var errors: [Double] = []
            for curve in curves {
                for point in curve.points where point.isHeldOut {
                    errors.append(time.seconds(curve.collective, bytes: point.bytes, ranks: curve.gpus) / point.seconds - 1)
                }
            }
            return ErrorStatistics(errors)
        }
        guard let before = statistics(old), let after = statistics(new) else { return nil }
        return OperatorFit.Class(name: name, before: before, after: after)
    }
}
