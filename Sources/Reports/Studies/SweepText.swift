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
        let study = report.study
        let rows = report.answers.rows
        let front = Set(report.answers.jobs.flatMap(\.front))
        let shown = rows.indices.filter { rows[$0].cell.isInGrid || front.contains($0) }
        var columns: [(column: TextTable.Column, cell: (SweepRow) -> String)] = []
        func add(
            _ title: String, _ alignment: TextTable.Alignment = .trailing, _ expendability: Int = 0, _ cell: @escaping (SweepRow) -> String?
        ) {
            columns.append((TextTable.Column(title, alignment, expendability: expendability), { cell($0) ?? "" }))
        }
        if study.models.count > 1 { add("model", .leading) { $0.cell.model } }
        if study.clusters.count > 1 { add("cluster", .leading) { $0.cell.cluster.name } }
        add("GPUs") { ($0.result?.gpus ?? $0.cell.gpus).map(CountText.grouped) }
        if study.globalBatches.count > 1 { add("batch") { $0.cell.globalBatch.map { "\($0)" } } }
        if study.sequenceLengths.count > 1 { add("sequence") { $0.cell.sequenceLength.map { "\($0)" } } }
        if study.precisions.count > 1 { add("format", .leading) { $0.cell.precision?.rawValue } }
        if study.methods.count > 1 { add("method", .leading) { $0.cell.method?.rawValue } }
        if study.stacks.count > 1 { add("stack", .leading) { $0.cell.stack } }
        for dimension in StudyPins.Dimension.allCases where (study.pins[dimension]?.count ?? 0) > 1 {
            add(dimension.rawValue) { $0.cell.pins[dimension].map(String.init) }
        }
        add("step s", .trailing, 3) { $0.result?.plan.map { DurationText.digits($0.stepTime, 4) } }
        add("tokens/s") { $0.result?.tokensPerSecond.map(CountText.counted) }
        add("MFU %", .trailing, 4) { $0.result?.plan.map { String(format: "%.1f", 100 * $0.mfu) } }
        if !report.answers.series.isEmpty { add("scaling %", .trailing, 5) { $0.scaling.map { String(format: "%.0f", 100 * $0) } } }
        add("GiB", .trailing, 6) { $0.result?.plan.map { String(format: "%.1f", $0.memory) } }
        if study.tokens != nil {
            if study.countsFailures { add("goodput %", .trailing, 2) { $0.result?.plan.map { String(format: "%.1f", 100 * $0.goodput) } } }
            add("days") { $0.days.map { DurationText.digits($0, 3) } }
            if rows.contains(where: { $0.cost != nil }) {
                add("cost \(report.currency)") { $0.cost.map(CountText.counted) }
            } else {
                add("GPU-hours") { $0.gpuHours.map(CountText.counted) }
            }
        }
        columns.append((TextTable.Column("layout", .leading, minimumWidth: 12), { $0.result?.plan?.layout ?? $0.reason ?? "" }))
        let cells = shown.map { index in
            columns.map { StyledText($0.cell(rows[index]), front.contains(index) ? .bold : .plain) } + [
                StyledText(front.contains(index) ? "*" : "")
            ]
        }
        return TextTable(columns.map(\.column) + [TextTable.Column("")], rows: cells).rendered(width: width, colour: colour)
    }

    // MARK: What they say together

    /// Step times over two pinned sizes, the best marked.
    private func matrix(_ matrix: SweepMatrix) -> String {
        let rows = report.answers.rows
        guard let first = matrix.cells.compactMap(\.self).first else { return "" }
        var text = line(
            "step in s, \(matrix.rowDimension.rawValue) down and \(matrix.columnDimension.rawValue) across, of \(matrixName(rows[first]))")
        let columns = [TextTable.Column(matrix.rowDimension.rawValue, .trailing)] + matrix.columnSizes.map { .init("\($0)", .trailing) }
        let lines = matrix.rowSizes.indices.map { row in
            [StyledText("\(matrix.rowSizes[row])")]
                + matrix.columnSizes.indices.map { column in
                    guard let index = matrix[row, column] else { return StyledText("") }
                    let isBest = index == matrix.best
                    let time = rows[index].result?.plan.map { DurationText.digits($0.stepTime, 4) + (isBest ? "*" : "") }
                    return StyledText(
                        time ?? (rows[index].result == nil && rows[index].refusal == nil ? "?" : "–"), isBest ? .bold : .plain)
                }
        }
        text += TextTable(columns, rows: lines).rendered(width: width, colour: colour)
        return text + line("* fastest; – nothing is legal or fits\(matrix.cells.contains(nil) ? "; empty: left out by a rule" : "")") + "\n"
    }

    /// What all cells of a matrix have in common.
    func matrixName(_ row: SweepRow) -> String {
        (report.study.models.count > 1 ? "\(row.cell.model), " : "") + report.name(row)
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
            return "\(report.name(row)): \(daysText(row.days ?? 0)), \(report.expense(expense ?? 0, inMoney: job.isInMoney)), "
                + (row.result?.plan?.layout ?? "")
        }
        if let deadline = report.study.deadline {
            if let index = job.cheapest {
                text.append("cheapest within \(daysText(deadline.value)): \(said(index))")
            } else if let fastest = job.front.first {
                text.append("nothing trains within \(daysText(deadline.value)); the fastest is \(said(fastest))")
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
            let words = [
                report.study.models.count > 1 ? cell.model : nil, cell.cluster.name, cell.globalBatch.map { "batch \($0)" },
                cell.sequenceLength.map { "sequence \($0)" }, cell.precision?.rawValue, cell.stack,
            ].compactMap { $0 }
            return "\(words.joined(separator: ", "))  \(runs.joined(separator: "; "))"
        }
    }

    private func line(_ text: String) -> String { StyledText(text).cut(to: width).rendered(colour) + "\n" }
}
