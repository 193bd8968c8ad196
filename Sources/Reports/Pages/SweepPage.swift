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
            let inMoney = report.answers.jobs.allSatisfy(\.isInMoney)
            page.add("front", "\(inMoney ? "Cost" : "GPU-hours") against days", Markup.figure(ParetoSVG.text(report)))
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
            (
                "options of plan",
                study.options.map { "\($0.name.value) \($0.values.map(\.value).joined(separator: " or "))" }.nonEmpty?
                    .joined(separator: ", ")
            ),
            ("where", study.rules.map(\.text).nonEmpty?.joined(separator: "; ")), ("tokens", study.tokens.map(CountText.counted)),
            ("deadline", study.deadline.map { DurationText.long($0.value * 86_400) }),
            ("budget", study.budget.map { report.expense($0.value, inMoney: true) }),
            ("failures", study.tokens == nil ? nil : study.countsFailures ? "counted in days and cost" : "not counted in days and cost"),
        ]
        return Markup.facts(facts.compactMap { name, value in value.map { (name: name, words: $0) } })
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
        let columns = SweepColumns(report)
        let rows = columns.rows(of: matrix).map { size, steps in
            PageTable.Row(cells: [.init("\(size)", Double(size))] + steps.map { .init($0.text, $0.seconds) })
        }
        let titles =
            [PageTable.Column(title: matrix.rowDimension.rawValue, isNumber: true)]
            + matrix.columnSizes.map { .init(title: "\($0)", isNumber: true) }
        return "<h3>\(Markup.escaped(columns.title(of: matrix)))</h3>\n"
            + PageTable(id: "matrix-\(index)", columns: titles, rows: rows).markup
            + Markup.notes([columns.legend(of: matrix)])
    }

    private var cells: String {
        let front = Set(report.answers.jobs.flatMap(\.front))
        let columns =
            [SharedColumn<SweepRow>.number("cell", { CountText.grouped(Int($0)) }) { Double($0.id) }] + SweepColumns(report).all
            + [.words("trust") { $0.result?.plan?.trust }]
        let rows = report.answers.rows.enumerated().map { index, row in
            PageTable.Row(cells: columns.map { $0.cell(row) }, id: "cell-\(row.id)", isBest: front.contains(index))
        }
        return PageTable(id: "grid", columns: columns.map(\.ofPage), rows: rows).markup
            + Markup.notes(front.isEmpty ? [] : ["Bold: beaten by no other cell in both days and cost."])
    }
}

extension Array {
    /// The array; nil where it is empty.
    fileprivate var nonEmpty: [Element]? { isEmpty ? nil : self }
}
