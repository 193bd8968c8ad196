/// The ranked plans of a page, each of which can be put on the left or the right of what compares two.
struct PlanPageTable {
    private let report: PlanReport

    init(_ report: PlanReport) { self.report = report }

    /// The table as HTML, with what its columns mean.
    var markup: String {
        let columns = PlanColumns(report).all
        let last = min(1, report.plans.count - 1)
        let rows = report.plans.enumerated().map { index, entry in
            PageTable.Row(
                cells: columns.map { $0.cell(entry) }, isBest: entry.rank == 1, attributes: " data-plan=\"\(entry.rank)\"",
                lead: choice("a", entry, index == 0) + choice("b", entry, index == last))
        }
        let lead = "<th class=\"choose\">left</th><th class=\"choose\">right</th>"
        return PageTable(id: "ranked", columns: columns.map(\.ofPage), rows: rows, lead: lead).markup
            + Markup.notes(PlanTable(report, width: .max, colour: .none).footers)
    }

    private func choice(_ side: String, _ entry: PlanReport.Entry, _ isChosen: Bool) -> String {
        let label = "plan \(entry.rank) on the \(side == "a" ? "left" : "right")"
        return
            "<td class=\"choose\"><input type=\"radio\" name=\"\(side)\" value=\"\(entry.rank)\" aria-label=\"\(label)\"\(isChosen ? " checked" : "")></td>"
    }
}
