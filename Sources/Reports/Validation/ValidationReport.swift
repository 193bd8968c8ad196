public import Calibration
import CostModels

/// Predictions beside measurements, as text, JSON (`meshwright.validate/1`) and a plot.
public struct ValidationReport: Sendable {
    let predictions: [RunPrediction]
    let summary: ValidationSummary

    /// Rows of the table that were not asked for.
    let unselected: Int
    /// Whether intervals and chances hold; nil where it was not asked for.
    let coverage: CoverageStudy?

    /// The report of a table's predictions; `read` is how many rows the table has, where only some of them were asked for.
    public init(_ predictions: [RunPrediction], read: Int? = nil, coverage: CoverageStudy? = nil) {
        self.predictions = predictions
        self.coverage = coverage
        unselected = (read ?? predictions.count) - predictions.count
        summary = ValidationSummary(predictions)
    }

    /// The report as text, with a line for every run if asked for.
    public func text(listsRows: Bool, width: Int = 110, colour: TerminalColour = .none) -> String {
        var text = listsRows ? rowTable.rendered(width: width, colour: colour) + "\n" : ""
        text += "step time: predicted over measured\n"
        text += timeTable.rendered(width: width, colour: colour)
        if let error = summary.macroTimeError, let bias = summary.macroTimeBias {
            text += "mean over sources: \(percent(error)) absolute, \(signed(bias)) bias\n"
        }
        if summary.bySource.contains(where: { $0.memory != nil }) {
            text += "\nmemory, of the kind that was measured\n" + memoryTable.rendered(width: width, colour: colour)
        }
        if summary.confusionBySource.contains(where: { $0.confusion.caught + $0.confusion.missed > 0 }) {
            text += "\nrunning out of memory\n" + confusionTable.rendered(width: width, colour: colour)
        }
        if !summary.sweeps.isEmpty { text += "\nranking of layouts\n" + sweepTable.rendered(width: width, colour: colour) + sweepLine }
        if let coverage { text += coverageText(coverage, width: width, colour: colour) }
        if !summary.skipped.isEmpty {
            text += "\nnot predicted\n"
            for (reason, count) in summary.skipped { text += "  \(count)  \(reason)\n" }
        }
        if !summary.refused.isEmpty {
            text += "\nrefused, since they contradict themselves\n"
            for (id, contradiction) in summary.refused.prefix(20) { text += "  \(id)  \(contradiction)\n" }
            if summary.refused.count > 20 { text += "  and \(summary.refused.count - 20) more (--format json lists them)\n" }
        }
        return text + "\n" + countLine
    }

    private func coverageText(_ coverage: CoverageStudy, width: Int, colour: TerminalColour) -> String {
        func share(_ part: Int, _ whole: Int) -> String { percent(Double(part) / Double(max(1, whole))) }
        let overall = coverage.overall
        let rows = coverage.strata.map { ($0.stratum.description, $0.runs, $0.held) } + [("all", overall.runs, overall.held)]
        var text = "\nmeasured times that the interval of 80 % holds\n"
        text += TextTable(
            [.init("runs of"), .init("runs", .trailing), .init("held", .trailing)],
            rows: rows.map { [StyledText($0.0), StyledText("\($0.1)"), StyledText(share($0.2, $0.1))] }
        ).rendered(width: width, colour: colour)
        guard !coverage.pairs.isEmpty else { return text }
        text += "\nlayouts of a sweep, two by two: the chance that one is faster, and how often it was\n"
        text += TextTable(
            [.init("chance"), .init("pairs", .trailing), .init("said", .trailing), .init("right", .trailing)],
            rows: coverage.pairs.map { pair in
                let range = [pair.chances.lowerBound, pair.chances.upperBound].map { "\(Int((100 * $0).rounded()))" }
                return [
                    StyledText(range.joined(separator: "–") + " %"), StyledText("\(pair.count)"), StyledText(percent(pair.said)),
                    StyledText(percent(pair.right)),
                ]
            }
        ).rendered(width: width, colour: colour)
        return text
    }

    /// Where every row of the table went.
    private var countLine: String {
        var counts: [RunPrediction.Outcome: Int] = [:]
        for (outcome, count) in summary.outcomes { counts[outcome] = count }
        func count(_ outcome: RunPrediction.Outcome) -> Int { counts[outcome] ?? 0 }
        let predicted = count(.timed) + count(.ranOutOfMemory) + count(.memoryOnly)
        var line = "\(predictions.count + unselected) rows read: \(predicted) predicted (\(count(.timed)) with a measured time, "
        line += "\(count(.ranOutOfMemory)) that ran out of memory, \(count(.memoryOnly)) with memory alone or only known to fit), "
        line += "\(count(.skipped)) not predicted, \(count(.refused)) refused"
        return line + (unselected > 0 ? ", \(unselected) not asked for\n" : "\n")
    }

    private var rowTable: TextTable {
        TextTable(
            [
                .init("run"), .init("model", minimumWidth: 8, expendability: 1), .init("predicted s", .trailing),
                .init("measured s", .trailing),
                .init("error", .trailing), .init("GiB", .trailing), .init("note", minimumWidth: 10, expendability: 2),
            ],
            rows: predictions.map { row in
                [
                    StyledText(row.run.id), StyledText(row.run.model), StyledText(row.stepTime.map { seconds($0) } ?? "–"),
                    StyledText(row.run.measuredStepTime.map { seconds($0) } ?? (row.run.ranOutOfMemory ? "out of memory" : "–")),
                    StyledText(row.timeError.map(signed) ?? ""), StyledText(row.memory.map { tenths($0) } ?? ""),
                    StyledText(row.contradiction ?? row.skipped ?? row.assumptions.joined(separator: ", ")),
                ]
            })
    }

    private var timeTable: TextTable {
        let sections: [(String, [ValidationSummary.Group])] = [
            ("source", summary.bySource), ("GPU", summary.byGPU), ("model", summary.byModelKind), ("", [summary.overall]),
        ]
        return TextTable(
            [
                .init(""), .init(""), .init("runs", .trailing), .init("mean |error|", .trailing), .init("bias", .trailing),
                .init("median", .trailing), .init("90 %", .trailing),
            ],
            rows: sections.flatMap { kind, groups in
                groups.compactMap { group in
                    group.time.map { time in
                        [
                            StyledText(kind), StyledText(group.name), StyledText("\(time.count)"), StyledText(percent(time.meanAbsolute)),
                            StyledText(signed(time.bias)), StyledText(percent(time.median)), StyledText(percent(time.ninetieth)),
                        ]
                    }
                }
            })
    }

    private var memoryTable: TextTable {
        TextTable(
            [
                .init("source"), .init("runs", .trailing), .init("mean |error|", .trailing), .init("bias", .trailing),
                .init("90 %", .trailing),
            ],
            rows: summary.bySource.compactMap { group in
                group.memory.map { memory in
                    [
                        StyledText(group.name), StyledText("\(memory.count)"), StyledText(percent(memory.meanAbsolute)),
                        StyledText(signed(memory.bias)), StyledText(percent(memory.ninetieth)),
                    ]
                }
            })
    }

    private var confusionTable: TextTable {
        let rows = summary.confusionBySource.filter { $0.confusion.caught + $0.confusion.missed > 0 } + [("all", summary.confusion)]
        return TextTable(
            [
                .init("source"), .init("ran out: caught", .trailing), .init("missed", .trailing), .init("recommended", .trailing),
                .init("fitted: passed", .trailing), .init("false alarm", .trailing), .init("recommended", .trailing),
                .init("balanced", .trailing),
            ],
            rows: rows.map { name, c in
                [
                    StyledText(name), StyledText("\(c.caught)"), StyledText("\(c.missed)"), StyledText("\(c.recommendedAndRanOut)"),
                    StyledText("\(c.passed)"), StyledText("\(c.falseAlarms)"), StyledText("\(c.recommendedAndFitted)"),
                    StyledText(c.balancedAccuracy.map(percent) ?? "–"),
                ]
            })
    }

    private var sweepTable: TextTable {
        TextTable(
            [
                .init("sweep", minimumWidth: 20), .init("layouts", .trailing), .init("Spearman", .trailing), .init("regret", .trailing),
                .init("of five", .trailing), .init("Spearman of a repeat", .trailing), .init("its regret", .trailing),
            ],
            rows: summary.sweeps.map { sweep in
                let ceiling = summary.noise.ceiling(of: sweep)
                return [
                    StyledText(sweep.name), StyledText("\(sweep.count)"), StyledText(hundredths(sweep.spearman)),
                    StyledText(percent(sweep.regret)), StyledText(percent(sweep.regretOfFive)),
                    StyledText(ceiling.map { hundredths($0.spearman) } ?? "–"), StyledText(ceiling.map { percent($0.regret) } ?? "–"),
                ]
            })
    }

    private var sweepLine: String {
        let n = Double(summary.sweeps.count)
        let spearman = summary.sweeps.map(\.spearman).reduce(0, +) / n
        let regret = summary.sweeps.map(\.regret).reduce(0, +) / n
        let five = summary.sweeps.map(\.regretOfFive).reduce(0, +) / n
        var line = "mean: Spearman \(hundredths(spearman)), regret \(percent(regret)), best of five \(percent(five))\n"
        let ceilings = summary.sweeps.compactMap { summary.noise.ceiling(of: $0) }
        if let typical = summary.noise.typical, let median = summary.noise.median {
            line += """
                measured again, with the deviations of the table's \(summary.noise.repeats) repeats (median \(percent(median)), root mean \
                square \(percent(typical))): Spearman \(hundredths(ceilings.map(\.spearman).reduce(0, +) / n)), regret \
                \(percent(ceilings.map(\.regret).reduce(0, +) / n))

                """
        }
        return line
    }
}
