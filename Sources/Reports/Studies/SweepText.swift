import Foundation
import Studies
import Workload

/// A sweep for people: its cells as a table, what they say together, and the front of cost against days.
public struct SweepText {
    private let report: SweepReport
    private let width: Int
    private let colour: TerminalColour

    /// A text of so many columns.
    public init(_ report: SweepReport, width: Int, colour: TerminalColour) {
        (self.report, self.width, self.colour) = (report, width, colour)
    }

    /// The whole text.
    public func rendered() -> String {
        var text = table + "\n"
        for job in report.answers.jobs { text += words(job) }
        text += report.answers.matrices.map(matrix).joined()
        text += layouts
        if !report.missing.isEmpty { text += line("\(CountText.number(report.missing.count, of: "cell")) not searched yet") }
        return text
    }

    // MARK: The table

    private var table: String {
        let rows = report.answers.rows
        let front = Set(report.answers.jobs.flatMap(\.front))
        let shown = rows.indices.filter { rows[$0].cell.isInGrid || front.contains($0) }
        let columns = SweepColumns(report).all
        let cells = shown.map { index in
            columns.map { StyledText($0.text(rows[index]), front.contains(index) ? .bold : .plain) } + [
                StyledText(front.contains(index) ? "*" : "")
            ]
        }
        return TextTable(columns.map(\.column) + [TextTable.Column("")], rows: cells).rendered(width: width, colour: colour)
    }

    // MARK: What they say together

    /// Step times over two pinned sizes, the best marked.
    private func matrix(_ matrix: SweepMatrix) -> String {
        let columns = SweepColumns(report)
        let lines = columns.rows(of: matrix).map { size, steps in
            [StyledText("\(size)")] + steps.map { StyledText($0.text, $0.isBest ? .bold : .plain) }
        }
        let titles = [TextTable.Column(matrix.rowDimension.rawValue, .trailing)] + matrix.columnSizes.map { .init("\($0)", .trailing) }
        return line(columns.title(of: matrix)) + TextTable(titles, rows: lines).rendered(width: width, colour: colour)
            + line(columns.legend(of: matrix)) + "\n"
    }

    private func words(_ job: SweepAnswers.Job) -> String {
        var text = ""
        if report.answers.jobs.count > 1 {
            text += line("\(job.model), \(job.method), \(CountText.grouped(job.sequenceLength)) tokens a sequence")
        }
        text += verdicts(job).map { line($0) }.joined()
        if job.front.count > 1 {
            text += line("\(job.isInMoney ? "cost" : "GPU-hours") against days; * is beaten by no other in both")
            text += ParetoPlot(report, job).lines(width: min(width, 100)).map { line($0) }.joined()
        }
        return text + "\n"
    }

    /// What deadline and budget make of a job, a sentence each.
    func verdicts(_ job: SweepAnswers.Job) -> [String] {
        let rows = report.answers.rows
        var text: [String] = []
        func said(_ index: Int) -> String {
            let row = rows[index]
            let expense = job.isInMoney ? row.cost : row.gpuHours
            return
                "\(report.name(row)): \(DurationText.long((row.days ?? 0) * 86_400)), \(report.expense(expense ?? 0, inMoney: job.isInMoney)), "
                + (row.result?.plan?.layout ?? "")
        }
        if let deadline = report.study.deadline {
            if let index = job.cheapest {
                text.append("cheapest within \(DurationText.long(deadline.value * 86_400)): \(said(index))")
            } else if let fastest = job.front.first {
                text.append("nothing trains within \(DurationText.long(deadline.value * 86_400)); the fastest is \(said(fastest))")
            }
        }
        if let budget = report.study.budget {
            let amount = report.expense(budget.value, inMoney: true)
            if let index = job.fastest {
                text.append("fastest within \(amount): \(said(index))")
            } else if let cheapest = job.front.last {
                text.append("nothing trains within \(amount); the cheapest is \(said(cheapest))")
            }
        }
        if report.study.deadline != nil, report.study.budget != nil {
            text.append(job.both.map { "cheapest within both: \(said($0))" } ?? "nothing is within both deadline and budget")
        }
        return text
    }

    private var layouts: String {
        let changes = layoutChanges
        guard !changes.isEmpty else { return "" }
        var text = line("how the best layout changes with the number of GPUs")
        for change in changes.prefix(12) {
            text += TextWrap.lines(change, first: "  ", indent: 4, width: width).map { line($0) }.joined()
        }
        if changes.count > 12 { text += line("  and \(changes.count - 12) more in --format json") }
        return text
    }

    /// How the best layout changes with the number of GPUs, a sentence for each series in which it does.
    var layoutChanges: [String] {
        report.answers.series.filter { $0.layouts.count > 1 }.map { series in
            let runs = series.layouts.map { run in
                let gpus =
                    run.gpus.lowerBound == run.gpus.upperBound ? "\(run.gpus.lowerBound)" : "\(run.gpus.lowerBound)–\(run.gpus.upperBound)"
                return "\(gpus): \(run.layout ?? "nothing fits")"
            }
            let cell = report.answers.rows[series.rows[0]].cell
            let words =
                [
                    report.study.models.count > 1 ? cell.model : nil, cell.cluster.name, cell.globalBatch.map { "batch \($0)" },
                    cell.sequenceLength.map { "sequence \($0)" }, cell.precision?.rawValue, cell.stack,
                ].compactMap { $0 } + report.varied(cell).map(\.text)
            return "\(words.joined(separator: ", "))  \(runs.joined(separator: "; "))"
        }
    }

    private func line(_ text: String) -> String { StyledText(text).cut(to: width).rendered(colour) + "\n" }
}
