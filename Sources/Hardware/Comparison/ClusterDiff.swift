/// What changed between two profiles of one cluster, and whether it got worse.
///
/// Everything that a profile holds is compared. Numbers that somebody stated change when they differ. Single measured numbers have no known spread: they
/// changed when they differ by the tenth from which `LinkCheck` speaks, and less is called chance. Of matrices and curves the ratios of all links tell
/// the spread, and `LinkCheck` judges them.
public struct ClusterDiff: Hashable, Sendable {
    /// What a measured rate must lose of its former value to count: the tenth of `LinkCheck`.
    public static let least = 0.9

    /// The two profiles.
    public let before, after: ClusterProfile
    /// What differs, by area.
    public internal(set) var changes: [ClusterChange] = []
    /// What chance allows where many links or curves were compared.
    public internal(set) var limits: [ChanceLimit] = []
    /// What only one of the profiles measures, or no number can be compared of; a sentence each.
    public internal(set) var notCompared: [String] = []
    /// The areas of `notCompared`.
    public internal(set) var partlyCompared: Set<ClusterChange.Area> = []

    /// Whether something got worse.
    public var isWorse: Bool { changes.contains { $0.verdict == .worse } }

    /// Compares two profiles.
    public init(before: ClusterProfile, after: ClusterProfile) {
        (self.before, self.after) = (before, after)
        compareNodes()
        let pairs = groupPairs()
        for (one, other) in pairs {
            let prefix = pairs.count > 1 ? "\(before.groups[one].gpu.name): " : ""
            compareGPU(before.groups[one].gpu, after.groups[other].gpu, prefix)
            compareFabric(before.groups[one].fabric, after.groups[other].fabric, prefix)
            compareNetwork(before.groups[one].network, after.groups[other].network, prefix)
            compareHost(before.groups[one].host, after.groups[other].host, prefix)
        }
        compareTiers()
        compareNodeLinks()
        compareGPULinks()
        compareCurves()
        compareReliability()
        let price = (before.gpuHourPrice, after.gpuHourPrice)
        number(.price, "gpu_hour_price", price.0, price.1, wants: .less) { "\(QuantityWords.number($0)) USD" }
        text(.words, "name", before.name, after.name)
        text(.words, "describes", before.describes, after.describes)
        let sources = Set(before.provenance.keys).union(after.provenance.keys).filter { before.provenance[$0] != after.provenance[$0] }
        if !sources.isEmpty {
            changes.append(
                ClusterChange(
                    .words, "sources", .changed, note: "\(sources.count) numbers have another source: \(Self.list(sources.sorted()))"))
        }
        let order = ClusterChange.Area.allCases
        changes = changes.enumerated().sorted {
            let (a, b) = (order.firstIndex(of: $0.element.area) ?? 0, order.firstIndex(of: $1.element.area) ?? 0)
            return (a, $0.offset) < (b, $1.offset)
        }.map(\.element)
    }

    /// Groups that stand for each other: by their place where there are as many, else by their GPU; those without a counterpart are changes.
    private mutating func groupPairs() -> [(Int, Int)] {
        let (old, new) = (before.groups, after.groups)
        if old.count == new.count { return old.indices.map { ($0, $0) } }
        var taken = Set<Int>()
        var pairs: [(Int, Int)] = []
        for (index, group) in old.enumerated() {
            guard let match = new.indices.first(where: { !taken.contains($0) && new[$0].gpu.name == group.gpu.name }) else {
                changes.append(ClusterChange(.nodes, "group of \(group.gpu.name)", "\(group.nodes) nodes", nil, .worse))
                continue
            }
            taken.insert(match)
            pairs.append((index, match))
        }
        for index in new.indices where !taken.contains(index) {
            changes.append(ClusterChange(.nodes, "group of \(new[index].gpu.name)", nil, "\(new[index].nodes) nodes", .better))
        }
        return pairs
    }

    /// Notes what could not be compared.
    mutating func leaveOut(_ area: ClusterChange.Area, _ sentence: String) {
        notCompared.append(sentence)
        partlyCompared.insert(area)
    }

    /// Which way a number should go.
    enum Wish { case more, less, neither }

    /// Notes a number that differs; `tolerance` is the share that measurements of the same thing may differ by.
    mutating func number(
        _ area: ClusterChange.Area, _ subject: String, _ old: Double?, _ new: Double?, wants wish: Wish, tolerance: Double = 0,
        words: (Double) -> String
    ) {
        guard old != new else { return }
        guard let old, let new else {
            changes.append(
                ClusterChange(
                    area, subject, old.map(words), new.map(words), .changed, note: old == nil ? "was not stated" : "is not stated any more")
            )
            return
        }
        let ratio = old == 0 ? nil : new / old
        let worse = wish == .more ? new < old : new > old
        var verdict: ClusterChange.Verdict = wish == .neither ? .changed : worse ? .worse : .better
        var note: String?
        if let ratio, min(ratio, 1 / ratio) >= 1 - tolerance, tolerance > 0 {
            verdict = .withinChance
            note = "measurements of the same thing differ by up to \(QuantityWords.percent(tolerance))"
        }
        changes.append(ClusterChange(area, subject, words(old), words(new), ratio: ratio, verdict, note: note))
    }

    /// Notes a word that differs.
    mutating func text(_ area: ClusterChange.Area, _ subject: String, _ old: String, _ new: String, isWorse: Bool = false) {
        if old != new { changes.append(ClusterChange(area, subject, old, new, isWorse ? .worse : .changed)) }
    }

    /// The first few of some names.
    static func list(_ names: [String], _ most: Int = 8) -> String {
        names.prefix(most).joined(separator: ", ") + (names.count > most ? " and \(names.count - most) more" : "")
    }
}

/// Numbers with units as messages show them: to four digits.
enum QuantityWords {
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "?" }
        if value == value.rounded(), abs(value) < 1e9 { return "\(Int(value))" }
        var scale = 1.0
        while abs(value) * scale < 1000, scale < 1e15 { scale *= 10 }
        return "\((value * scale).rounded() / scale)"
    }

    static func size(_ bytes: Double) -> String {
        for (unit, factor) in [("GiB", 1_073_741_824.0), ("MiB", 1_048_576), ("KiB", 1024)] where bytes >= factor {
            return "\(number(bytes / factor)) \(unit)"
        }
        return "\(number(bytes)) B"
    }

    static func rate(_ value: Double) -> String { "\(number(value / 1e9)) GB/s" }

    static func memory(_ value: Double) -> String { "\(number(value / 1_073_741_824)) GiB" }

    static func compute(_ value: Double) -> String { "\(number(value / 1e12)) TFLOP/s" }

    static func time(_ value: Double) -> String {
        value < 1e-3 ? "\(number(value * 1e6)) us" : value < 1 ? "\(number(value * 1e3)) ms" : "\(number(value)) s"
    }

    static func longTime(_ value: Double) -> String {
        switch value {
        case 31_557_600...: "\(number(value / 31_557_600)) y"
        case 86_400...: "\(number(value / 86_400)) d"
        case 3600...: "\(number(value / 3600)) h"
        case 60...: "\(number(value / 60)) min"
        default: "\(number(value)) s"
        }
    }

    static func percent(_ share: Double) -> String { "\(number((min(share, 1e6) * 1000).rounded() / 10)) %" }
}
