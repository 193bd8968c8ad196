import Calibration
import CostModels
import Foundation

/// Predictions beside measurements as one page: the errors by source, GPU and model, every run to point at, and the runs themselves.
public struct ValidationPage {
    private let report: ValidationReport
    private let title: String

    /// A page of a report; `table` is the name of the runs' file.
    public init(_ report: ValidationReport, table: String) { (self.report, title) = (report, table) }

    /// The page, in UTF-8.
    public func bytes() -> [UInt8] {
        let summary = report.summary
        var page = Page(
            title: "Predictions of \(title)", subtitle: CountText.number(report.predictions.count, of: "run"),
            footer: "Cost models \(CostModelVersion.current). An error is predicted over measured, less one.")
        var facts: [(name: String, words: String)] = []
        if let error = summary.macroTimeError, let bias = summary.macroTimeBias {
            facts.append(("mean over sources", "\(Self.percent(error)) absolute, \(Self.signed(bias)) bias"))
        }
        if let accuracy = summary.confusion.balancedAccuracy {
            facts.append(("running out of memory", "\(Self.percent(accuracy)) told rightly"))
        }
        page.add("summary", "Step times", Markup.facts(facts) + times)
        if summary.bySource.contains(where: { $0.memory != nil }) { page.add("memory", "Memory", memory) }
        page.add("plot", "Predicted against measured", Markup.figure(report.plot))
        page.add("runs", "Runs", runs)
        page.add(
            "skipped", "Not predicted", Markup.list(summary.skipped.map { "\($0.1): \($0.0)" } + summary.refused.map { "\($0.0): \($0.1)" })
        )
        return page.bytes()
    }

    private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
    private static func signed(_ share: Double) -> String { String(format: "%+.1f %%", 100 * share) }

    /// Errors of groups of runs.
    private func errors(_ id: String, _ sections: [(String, String, ErrorStatistics)]) -> String {
        func cell(_ value: Double, isSigned: Bool = false) -> PageTable.Cell {
            .init(isSigned ? Self.signed(value) : Self.percent(value), value)
        }
        let columns: [PageTable.Column] = [
            .init(title: "by"), .init(title: "group"), .init(title: "runs", isNumber: true), .init(title: "mean |error|", isNumber: true),
            .init(title: "bias", isNumber: true), .init(title: "median", isNumber: true), .init(title: "90 %", isNumber: true),
        ]
        let rows = sections.map { kind, name, errors in
            PageTable.Row(cells: [
                .init(kind), .init(name), .init("\(errors.count)", Double(errors.count)), cell(errors.meanAbsolute),
                cell(errors.bias, isSigned: true), cell(errors.median), cell(errors.ninetieth),
            ])
        }
        return PageTable(id: id, columns: columns, rows: rows).markup
    }

    private var times: String {
        let summary = report.summary
        let kinds = [("source", summary.bySource), ("GPU", summary.byGPU), ("model", summary.byModelKind), ("all", [summary.overall])]
        return errors("times", kinds.flatMap { kind, groups in groups.compactMap { group in group.time.map { (kind, group.name, $0) } } })
    }

    private var memory: String {
        errors("memories", report.summary.bySource.compactMap { group in group.memory.map { ("source", group.name, $0) } })
    }

    private var runs: String {
        let columns: [PageTable.Column] = [
            .init(title: "run"), .init(title: "source"), .init(title: "model"), .init(title: "predicted s", isNumber: true),
            .init(title: "measured s", isNumber: true), .init(title: "error", isNumber: true), .init(title: "GiB", isNumber: true),
            .init(title: "note", isWords: true),
        ]
        let rows = report.predictions.enumerated().map { index, row in
            let measured = row.run.measuredStepTime
            let note = row.contradiction ?? row.skipped ?? row.assumptions.joined(separator: ", ")
            return PageTable.Row(
                cells: [
                    .init(row.run.id), .init(row.run.source), .init(row.run.model),
                    .init(row.stepTime.map { DurationText.digits($0, 4) } ?? "", row.stepTime),
                    .init(row.run.ranOutOfMemory ? "out of memory" : measured.map { DurationText.digits($0, 4) } ?? "", measured),
                    .init(row.timeError.map(Self.signed) ?? "", row.timeError),
                    .init(row.memory.map { String(format: "%.1f", $0) } ?? "", row.memory), .init(note),
                ], id: "run-\(index)")
        }
        return PageTable(id: "rows", columns: columns, rows: rows).markup
    }
}
