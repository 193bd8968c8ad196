import Foundation
import Hardware

extension ClusterDiffReport {
    /// The comparison for people.
    public var text: String {
        var lines = [
            changes.isEmpty
                ? "nothing differs between \(before) and \(after)" + (notCompared.isEmpty ? "" : " of what both state")
                : "\(before == after ? before : "\(before) → \(after)"): \(count("worse")) worse, \(count("better")) better, "
                    + "\(count("changed")) otherwise changed, \(count("within-chance")) within chance"
        ]
        for area in ClusterChange.Area.allCases {
            let own = changes.filter { $0.area == area.rawValue }
            guard !own.isEmpty else { continue }
            lines.append("")
            lines.append(Self.words(area.rawValue))
            let shown = own.filter { $0.verdict == "worse" }.prefix(40) + own.filter { $0.verdict != "worse" }.prefix(20)
            lines += shown.map { "  \(Self.mark($0.verdict)) \($0.text)" }
            if shown.count < own.count { lines.append("  and \(own.count - shown.count) more; --format json lists all") }
        }
        if !chance.isEmpty || !notCompared.isEmpty || !same.isEmpty { lines.append("") }
        lines += chance.map { chance in
            "chance: \(CountText.grouped(chance.count)) \(chance.area == "curves" ? "times of a collective" : Self.words(chance.area)) reach "
                + "\(inPercent(chance.median)) of what they did in the median, healthy ones stray by \(inPercent(chance.noise)); "
                + "\(chance.area == "curves" ? "their median" : "one alone") is told from chance under \(inPercent(chance.single))"
        }
        lines += notCompared.map { "not compared: \($0)" }
        if !same.isEmpty { lines.append("the same: \(same.map(Self.words).joined(separator: ", "))") }
        if let plan { lines += [""] + plan.lines }
        return lines.map { StyledText($0).rendered(.none) + "\n" }.joined()
    }

    private func count(_ verdict: String) -> Int { changes.count { $0.verdict == verdict } }

    private static func mark(_ verdict: String) -> String { verdict.padding(toLength: 13, withPad: " ", startingAt: 0) }

    /// An area in words.
    static func words(_ area: String) -> String {
        switch area {
        case "gpu": "GPU type"
        case "fabric": "links inside a node"
        case "network": "adapters"
        case "tiers": "switch levels"
        case "node-links": "measured links between nodes"
        case "gpu-links": "measured links between GPUs"
        case "curves": "measured collectives"
        case "words": "names and sources"
        default: area
        }
    }

}

/// A share to a tenth of a percent.
private func inPercent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }

extension ClusterDiffReport.Change {
    /// One line for people.
    fileprivate var text: String {
        let values = [before, after].compactMap { $0 }
        let sides = before != nil || after != nil ? ": \(before ?? "not stated") → \(after ?? "not stated")" : ""
        let factor = ratio.flatMap { verdict == "changed" && values.count < 2 ? nil : " (\(String(format: "%.3g", $0)) times)" } ?? ""
        return subject + sides + factor + (note.map { ", \($0)" } ?? "")
    }
}

extension ClusterDiffReport.PlanPrice {
    /// What it costs the plan, for people.
    var lines: [String] {
        var lines = ["the plan, \(model) on \(CountText.number(gpus, of: "GPU")): \(configuration)"]
        guard let stepTimeAfter, let gpusAfter else {
            lines.append(
                "  a step takes \(DurationText.text(stepTime)) on the first profile; on the second it cannot run: \(problem ?? "")")
            return lines + bestLines
        }
        if let configurationAfter, configurationAfter != configuration {
            lines.append("  on the second profile's \(CountText.number(gpusAfter, of: "GPU")): \(configurationAfter)")
        }
        let more = stepTimeAfter - stepTime
        lines.append(
            "  step       \(DurationText.text(stepTime)) → \(DurationText.text(stepTimeAfter))"
                + (more == 0 ? ", the same" : ", \(signed(more)) (\(String(format: "%+.1f %%", more / stepTime * 100)))"))
        lines += contributions.filter { $0.seconds != 0 }.map { "    \(signed($0.seconds))  \(ClusterDiffReport.words($0.area))" }
        let shown = parts.filter { abs($0.seconds) > 5e-4 * stepTime }.prefix(4)
        if !shown.isEmpty {
            lines.append("  of it      \(shown.map { "\(signed($0.seconds)) \(PlanTerms.words($0.key))" }.joined(separator: ", "))")
        }
        if let memoryAfter, let memoryLimitAfter, memoryAfter != memory || memoryLimitAfter != memoryLimit {
            lines.append(
                String(format: "  memory     up to %.1f of %.1f GiB → %.1f of %.1f GiB", memory, memoryLimit, memoryAfter, memoryLimitAfter)
                    + (fitsAfter ? "" : ", which does not fit"))
        }
        if let costPerMillionTokens, let costPerMillionTokensAfter {
            lines.append(
                String(format: "  cost       %.4g → %.4g USD for a million tokens", costPerMillionTokens, costPerMillionTokensAfter))
        }
        if let days, let daysAfter, let gpuHours, let gpuHoursAfter {
            lines.append(
                String(format: "  training   %.4g → %.4g days, %.4g → %.4g GPU-hours", days, daysAfter, gpuHours, gpuHoursAfter))
        }
        return lines + bestLines
    }

    private var bestLines: [String] {
        var lines: [String] = []
        if let best, let bestStepTime {
            let isSame = best == (configurationAfter ?? configuration)
            lines.append(
                isSame
                    ? "  it is still the best plan there"
                    : "  the best that fits there: \(DurationText.text(bestStepTime)) with \(best)")
        } else {
            lines.append("  no plan fits the second profile")
        }
        return lines + assumed.map { "  assumed: \($0)" }
    }

    private func signed(_ seconds: Double) -> String { (seconds < 0 ? "−" : "+") + DurationText.text(abs(seconds)) }
}
