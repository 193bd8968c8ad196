import Foundation
import Hardware

/// A training with failures in words, a name and a sentence a line.
public struct FailuresText {
    private let failures: PlanReport.Failures

    /// The words of a forecast.
    public init(_ failures: PlanReport.Failures) { self.failures = failures }

    /// The lines.
    public var lines: [(name: String, words: String)] {
        guard failures.days != nil else {
            return [
                (
                    "failures",
                    "\(rate), each \(DurationText.long(failures.recovery + failures.load)) to recover from: the job fails faster than it gets on"
                )
            ]
        }
        return assumed + [("failures", outcome), ("", lost), ("saving", saving), ("spares", spares)] + limit
    }

    private var rate: String {
        guard failures.failuresADay > 0 else { return "none" }
        let every = 86_400 / failures.failuresADay
        return "one every \(DurationText.long(every))"
    }

    private var outcome: String {
        var text = "\(rate): goodput \(Self.share(failures.goodput)), \(DurationText.digits(failures.days ?? 0, 3)) days"
        if let low = failures.daysLow, let high = failures.daysHigh {
            text += " (\(DurationText.digits(low, 3)) to \(DurationText.digits(high, 3)) in eight of ten)"
        }
        if let hours = failures.gpuHours { text += ", \(CountText.counted(hours)) GPU-hours" }
        if let cost = failures.cost { text += ", a cost of \(CountText.counted(cost))" }
        return text
    }

    private var lost: String {
        let names = [
            "saving": "into checkpoints", "again": "into work done again", "recovery": "into recovery", "waiting": "into waiting for nodes",
        ]
        let parts = failures.lost.filter { $0.value >= 0.0005 }.map { "\(Self.share($0.value)) \(names[$0.key] ?? $0.key)" }
        return parts.isEmpty ? "nothing is lost" : parts.joined(separator: ", ")
    }

    private var saving: String {
        guard failures.interval.isFinite else { return "no checkpoint pays" }
        let bytes =
            failures.bytes >= 1e12
            ? "\(DurationText.digits(failures.bytes / 1e12, 3)) TB" : "\(DurationText.digits(failures.bytes / 1e9, 3)) GB"
        return "\(failures.mode) checkpoints of \(bytes) every \(DurationText.long(failures.interval)) "
            + "(Young \(DurationText.long(failures.young)), Daly \(DurationText.long(failures.daly))): \(DurationText.long(failures.stall)) of standing still"
            + (failures.pending > 0 ? ", safe \(DurationText.long(failures.pending)) later" : "")
            + ", \(DurationText.long(failures.load)) to load"
    }

    private var spares: String {
        let counted = CountText.number(failures.spares, of: "spare node")
        let worth = failures.cheapestSpares
        return failures.spares == worth
            ? "\(counted), which make useful time cheapest" : "\(counted); \(worth) would make useful time cheapest"
    }

    private var limit: [(name: String, words: String)] {
        guard let most = failures.mostGPUs else { return [] }
        // The sizes that are tried lie a tenth apart.
        let unit = pow(10, (log10(Double(max(1, most)))).rounded(.down) - 1)
        let text = CountText.counted((Double(most) / unit).rounded() * unit)
        return [("growth", "beyond about \(text) GPUs failures would take more than more GPUs give, if speed grew with their number")]
    }

    private var assumed: [(name: String, words: String)] {
        guard !failures.assumed.isEmpty else { return [] }
        let figures = failures.assumed.filter { !$0.hasPrefix("host.") }
        var words: [String] = []
        if figures.count == ClusterReliability.usualKeys {
            words.append("failures, recovery and store as on public clusters (docs/goodput.md); state yours under reliability:")
        } else if !figures.isEmpty {
            words.append("\(figures.joined(separator: ", ")) as on public clusters (docs/goodput.md); state them under reliability:")
        }
        if figures.count < failures.assumed.count { words.append("25 GB/s from a GPU to its host; state host.link") }
        return [("assumed", words.joined(separator: "; "))]
    }

    private static func share(_ value: Double) -> String { String(format: "%.1f %%", 100 * value) }
}
