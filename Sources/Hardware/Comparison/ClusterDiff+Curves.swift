import Foundation

extension ClusterDiff {
    /// Measured collectives of the same group: small messages, which latency bounds, and large ones, which bandwidth does, each by the median of
    /// their ratios.
    mutating func compareCurves() {
        struct Shape: Hashable {
            let collective: Collective
            let nodes, gpus, atOnce: Int
            init(_ curve: CollectiveCurve) {
                (collective, nodes, gpus, atOnce) = (curve.collective, curve.nodes, curve.gpus, curve.groupsAtOnce)
            }
            var words: String {
                "\(collective.rawValue), \(nodes) \(nodes == 1 ? "node" : "nodes"), \(gpus) GPUs"
                    + (atOnce > 1 ? ", \(atOnce) groups at once" : "")
            }
        }
        let old = Dictionary(before.curves.map { (Shape($0), $0) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(after.curves.map { (Shape($0), $0) }, uniquingKeysWith: { first, _ in first })
        let shapes = before.curves.map(Shape.init)
        for shape in shapes where new[shape] == nil { leaveOut(.curves, "\(shape.words): measured in the first profile only") }
        for shape in after.curves.map(Shape.init) where old[shape] == nil {
            leaveOut(.curves, "\(shape.words): measured in the second profile only")
        }
        let common = shapes.filter { new[$0] != nil }
        for shape in common {
            guard let one = old[shape], let other = new[shape], one != other else { continue }
            compare(one, other, shape.words, among: 2 * common.count)
        }
    }

    /// Messages under this size are bound by latency, as `CurveCheck` has it: 1 MiB.
    private static let leastBytes = 1_048_576.0

    private mutating func compare(_ one: CollectiveCurve, _ other: CollectiveCurve, _ name: String, among count: Int) {
        guard let first = one.bytes.first, let start = other.bytes.first, let last = one.bytes.last, let end = other.bytes.last else {
            return
        }
        let sizes = Set(one.bytes + other.bytes).filter { $0 >= max(first, start) && $0 <= min(last, end) }.sorted()
        guard !sizes.isEmpty else {
            leaveOut(.curves, "\(name): the two profiles measure it at sizes that do not overlap")
            return
        }
        let parts = [
            ("under 1 MiB", sizes.filter { $0 < Self.leastBytes }), ("from 1 MiB on", sizes.filter { $0 >= Self.leastBytes }),
        ]
        for (words, sizes) in parts where !sizes.isEmpty {
            // Speeds, so that less is worse as of links.
            let speeds = sizes.map { one.seconds($0) / other.seconds($0) }.filter { $0.isFinite && $0 > 0 }
            guard !speeds.isEmpty, speeds.contains(where: { $0 != 1 }) else { continue }
            let like = LinkLikeness(speeds)
            let reach = (2 * log(20 * Double(count))).squareRoot()
            let chance = 1.2533 * like.noise * reach / Double(speeds.count).squareRoot()
            limits.append(
                ChanceLimit(area: .curves, count: speeds.count, median: like.median, noise: like.noise, single: min(Self.least, 1 - chance))
            )
            let example = sizes[sizes.count / 2]
            let verdict: ClusterChange.Verdict =
                if like.median < Self.least, 1 - like.median > chance {
                    .worse
                } else if like.median > 1 / Self.least, like.median - 1 > chance {
                    .better
                } else {
                    .withinChance
                }
            changes.append(
                ClusterChange(
                    .curves, "\(name), \(words)", QuantityWords.time(one.seconds(example)), QuantityWords.time(other.seconds(example)),
                    ratio: like.median, verdict,
                    note: "times of \(QuantityWords.size(example)); the ratio is of speeds, in the median of \(speeds.count) sizes"))
        }
    }
}
