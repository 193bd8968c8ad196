import Foundation
import Studies
import Workload

/// The answers of a sweep as one page: cost against days with every cell to point at, what the cells say together, and the cells themselves.
public struct SweepPage {
    private let report: SweepReport

    /// A page of a report.
    public init(_ report: SweepReport) { self.report = report }

    /// The page, in UTF-8.
    public func bytes() -> [UInt8] {
        let rows = report.answers.rows
        var page = Page(
            title: report.study.name,
            subtitle: "\(CountText.number(rows.count, of: "cell")), \(CountText.number(rows.count { $0.result?.plan != nil }, of: "plan"))",
            footer: "Meshwright \(report.tool), cost models \(report.costModels). Times are predictions.")
        page.add("asked", "Asked", asked)
        if !report.answers.jobs.isEmpty {
            page.add("front", "Cost against days", Markup.figure(ParetoSVG.text(report)))
            page.add("answers", "What the cells say together", answers)
        }
        page.add("matrices", "Step times over two sizes", report.answers.matrices.enumerated().map(matrix).joined())
        page.add("cells", "Cells", cells)
        return page.bytes()
    }

    private var asked: String {
        func counts(_ values: [Int?]) -> String? { values.compactMap { $0.map(CountText.grouped) }.nonEmpty?.joined(separator: ", ") }
        let facts: [(String, String?)] = [
            ("models", study.models.map(\.value).joined(separator: ", ")),
            ("clusters", study.clusters.map(\.value.name).joined(separator: ", ")),
            ("GPUs", sizes), ("batch", counts(study.globalBatches)), ("sequence", counts(study.sequenceLengths)),
            ("formats", study.precisions.compactMap { $0?.rawValue }.nonEmpty?.joined(separator: ", ")),
            ("methods", study.methods.compactMap { $0?.rawValue }.nonEmpty?.joined(separator: ", ")),
            ("stacks", study.stacks.compactMap { $0?.value }.nonEmpty?.joined(separator: ", ")),
            ("where", study.rules.map(\.text).nonEmpty?.joined(separator: "; ")), ("tokens", study.tokens.map(CountText.counted)),
            ("deadline", study.deadline.map { daysText($0.value) }),
            ("budget", study.budget.map { report.expense($0.value, inMoney: true) }),
            ("failures", study.tokens == nil ? nil : study.countsFailures ? "counted in days and cost" : "not counted in days and cost"),
        ]
        return Markup.facts(facts.compactMap { name, value in value.map { (name: name, value: $0) } })
    }

    private var sizes: String? {
        switch study.sizes {
        case .range(let range): "\(CountText.grouped(range.lowerBound)) to \(CountText.grouped(range.upperBound))"
        case .list(let counts): counts.map(CountText.grouped).joined(separator: ", ")
        case nil: nil
        }
    }

    private var study: Study { report.study }

    private var answers: String {
        let words = SweepText(report, width: 400, colour: .none)
        return report.answers.jobs.map { job in
            let title = "\(job.model), \(job.method), \(CountText.grouped(job.sequenceLength)) tokens a sequence"
            return "<h3>\(Markup.escaped(title))</h3>\n"
                + Markup.list(words.verdicts(job).nonEmpty ?? ["no deadline and no budget to meet"])
        }.joined() + Markup.list(words.layoutChanges)
    }

    private func matrix(_ index: Int, _ matrix: SweepMatrix) -> String {
        let rows = report.answers.rows
        guard let first = matrix.cells.compactMap(\.self).first else { return "" }
        let title =
            "\(matrix.rowDimension.rawValue) down, \(matrix.columnDimension.rawValue) across: "
            + SweepText(report, width: 400, colour: .none).matrixName(rows[first])
        let lines = matrix.rowSizes.indices.map { row in
            PageTable.Row(
                cells: [.init("\(matrix.rowSizes[row])", Double(matrix.rowSizes[row]))]
                    + matrix.columnSizes.indices.map { column in
                        guard let index = matrix[row, column] else { return .init("") }
                        guard let plan = rows[index].result?.plan else { return .init("–") }
                        return .init(DurationText.digits(plan.stepTime, 4) + (index == matrix.best ? " *" : ""), plan.stepTime)
                    })
        }
        let columns =
            [PageTable.Column(title: matrix.rowDimension.rawValue, isNumber: true)]
            + matrix.columnSizes.map { .init(title: "\($0)", isNumber: true) }
        return "<h3>\(Markup.escaped(title))</h3>\n" + PageTable(id: "matrix-\(index)", columns: columns, rows: lines).markup
            + Markup.notes(["Seconds of a step; * is the fastest, – where nothing is legal or fits."])
    }

    private var cells: String {
        let front = Set(report.answers.jobs.flatMap(\.front))
        var columns: [(column: PageTable.Column, cell: (SweepRow) -> PageTable.Cell)] = []
        func words(_ title: String, isWords: Bool = false, _ text: @escaping (SweepRow) -> String?) {
            columns.append((.init(title: title, isWords: isWords), { .init(text($0) ?? "") }))
        }
        func number(_ title: String, _ format: @escaping (Double) -> String, _ value: @escaping (SweepRow) -> Double?) {
            columns.append((.init(title: title, isNumber: true), { row in .init(value(row).map(format) ?? "", value(row)) }))
        }
        let grouped = { (value: Double) in CountText.grouped(Int(value)) }
        number("cell", grouped) { Double($0.id) }
        if study.models.count > 1 { words("model") { $0.cell.model } }
        if study.clusters.count > 1 { words("cluster") { $0.cell.cluster.name } }
        number("GPUs", grouped) { ($0.result?.gpus ?? $0.cell.gpus).map(Double.init) }
        if study.globalBatches.count > 1 { number("batch", grouped) { $0.cell.globalBatch.map(Double.init) } }
        if study.sequenceLengths.count > 1 { number("sequence", grouped) { $0.cell.sequenceLength.map(Double.init) } }
        if study.precisions.count > 1 { words("format") { $0.cell.precision?.rawValue } }
        if study.methods.count > 1 { words("method") { $0.cell.method?.rawValue } }
        if study.stacks.count > 1 { words("stack") { $0.cell.stack } }
        number("step s", { DurationText.digits($0, 4) }) { $0.result?.plan?.stepTime }
        number("tokens/s", CountText.counted) { $0.result?.tokensPerSecond }
        number("MFU %", { String(format: "%.1f", $0) }) { $0.result?.plan.map { 100 * $0.mfu } }
        number("scaling %", { String(format: "%.0f", $0) }) { $0.scaling.map { 100 * $0 } }
        number("GiB", { String(format: "%.1f", $0) }) { $0.result?.plan?.memory }
        if study.countsFailures { number("goodput %", { String(format: "%.1f", $0) }) { $0.result?.plan.map { 100 * $0.goodput } } }
        if study.tokens != nil {
            number("days", { DurationText.digits($0, 3) }) { $0.days }
            let inMoney = report.answers.rows.contains { $0.cost != nil }
            number(inMoney ? "cost \(report.currency)" : "GPU-hours", CountText.counted) { inMoney ? $0.cost : $0.gpuHours }
        }
        for dimension in StudyPins.Dimension.allCases where (study.pins[dimension]?.count ?? 0) > 1 {
            number(dimension.rawValue, grouped) { $0.cell.pins[dimension].map(Double.init) }
        }
        words("layout") { $0.result?.plan?.layout }
        words("trust") { $0.result?.plan?.trust }
        words("", isWords: true) { $0.reason }
        let rows = report.answers.rows.enumerated().map { index, row in
            PageTable.Row(cells: columns.map { $0.cell(row) }, id: "cell-\(row.id)", isBest: front.contains(index))
        }
        return PageTable(id: "grid", columns: columns.map(\.column), rows: rows).markup
            + Markup.notes(front.isEmpty ? [] : ["Bold: beaten by no other cell in both days and cost."])
    }
}

extension Array {
    /// The array; nil where it is empty.
    fileprivate var nonEmpty: [Element]? { isEmpty ? nil : self }
}
