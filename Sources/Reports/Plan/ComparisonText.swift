import Foundation

/// A hand-written configuration beside the best plan: both in figures, and where the difference comes from.
struct ComparisonText {
    private let comparison: PlanReport.Comparison
    private let report: PlanReport
    private let width: Int
    private let colour: TerminalColour

    init(_ comparison: PlanReport.Comparison, report: PlanReport, width: Int, colour: TerminalColour) {
        self.comparison = comparison
        self.report = report
        self.width = width
        self.colour = colour
    }

    func rendered() -> String {
        let entry = comparison.entry
        var text = StyledText("Yours", .bold).rendered(colour) + "\n"
        let summary =
            "\(DurationText.text(entry.stepTime)) a step, \(PercentText.string(entry.mfu)) MFU, "
            + String(format: "%.1f GiB: ", entry.memory.high) + StrategyText(entry.strategy).short
        for line in TextWrap.lines(summary, first: "  ", indent: 2, width: width) { text += StyledText(line).rendered(colour) + "\n" }
        let trust = entry.trustReasons.isEmpty ? [] : ["\(entry.trust): \(entry.trustReasons.joined(separator: "; "))"]
        for reason in comparison.reasons + trust {
            for line in TextWrap.lines(reason, first: "  - ", indent: 4, width: width) { text += StyledText(line).rendered(colour) + "\n" }
        }
        guard let best = report.plans.first else { return text }
        let rows = comparison.differences.compactMap { difference -> [StyledText]? in
            let mine = value(entry, difference.key)
            let theirs = value(best, difference.key)
            guard max(mine, theirs) >= 0.0005 * best.stepTime else { return nil }
            let sign = difference.value < 0 ? "−" : "+"
            return [
                StyledText("  " + PlanTerms.words(difference.key)), StyledText(DurationText.text(theirs)),
                StyledText(DurationText.text(mine)),
                StyledText(sign + DurationText.text(abs(difference.value))),
            ]
        }
        let total = entry.stepTime - best.stepTime
        let sum = [
            "  step", DurationText.text(best.stepTime), DurationText.text(entry.stepTime),
            (total < 0 ? "−" : "+") + DurationText.text(abs(total)),
        ].map { StyledText($0, .bold) }
        let table = TextTable(
            [
                .init("  part", minimumWidth: 16), .init("plan 1", .trailing, expendability: 2),
                .init("yours", .trailing, expendability: 1), .init("difference", .trailing),
            ],
            rows: rows + [sum])
        return text + table.rendered(width: width, colour: colour)
    }

    private func value(_ entry: PlanReport.Entry, _ key: String) -> Double { entry.breakdown.first { $0.key == key }?.value ?? 0 }
}
