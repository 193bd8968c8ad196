import Foundation

/// The ranked plans of a page, each of which can be put on the left or the right of what compares two.
struct PlanPageTable {
    private let report: PlanReport

    init(_ report: PlanReport) { self.report = report }

    private typealias Column = (column: PageTable.Column, cell: (PlanReport.Entry) -> PageTable.Cell)

    var markup: String {
        let columns = self.columns
        let last = min(1, report.plans.count - 1)
        let rows = report.plans.enumerated().map { index, entry in
            PageTable.Row(
                cells: columns.map { $0.cell(entry) }, isBest: entry.rank == 1, attributes: " data-plan=\"\(entry.rank)\"",
                lead: choice("a", entry, index == 0) + choice("b", entry, index == last))
        }
        let lead = "<th class=\"choose\">left</th><th class=\"choose\">right</th>"
        var notes = [
            "80 % range: holds the step time in four of five cases. GiB: what the heaviest GPU may need. MFU: of the dense bf16 peak."
        ]
        let ties = report.plans.filter(\.tiesWithBest).map { "\($0.rank)" }
        if ties.count > 1 { notes.append("Less than 80 % sure which is faster: plans \(ties.joined(separator: ", ")).") }
        for entry in report.plans where !entry.trustReasons.isEmpty {
            notes.append("Plan \(entry.rank) is \(entry.trust): \(entry.trustReasons.joined(separator: "; ")).")
        }
        return PageTable(id: "ranked", columns: columns.map(\.column), rows: rows, lead: lead).markup + Markup.notes(notes)
    }

    private func choice(_ side: String, _ entry: PlanReport.Entry, _ isChosen: Bool) -> String {
        let label = "plan \(entry.rank) on the \(side == "a" ? "left" : "right")"
        return
            "<td class=\"choose\"><input type=\"radio\" name=\"\(side)\" value=\"\(entry.rank)\" aria-label=\"\(label)\"\(isChosen ? " checked" : "")></td>"
    }

    private var columns: [Column] {
        var columns: [Column] = [(.init(title: "#", isNumber: true), { .init("\($0.rank)", Double($0.rank)) })]
        func size(_ title: String, _ path: KeyPath<PlanReport.Strategy, Int>, always: Bool = false) {
            guard always || report.plans.contains(where: { $0.strategy[keyPath: path] != 1 }) else { return }
            columns.append(
                (.init(title: title, isNumber: true), { .init("\($0.strategy[keyPath: path])", Double($0.strategy[keyPath: path])) }))
        }
        func number(_ title: String, _ text: @escaping (PlanReport.Entry) -> String, _ value: @escaping (PlanReport.Entry) -> Double?) {
            guard report.plans.contains(where: { value($0) != nil }) else { return }
            columns.append((.init(title: title, isNumber: true), { .init(value($0) == nil ? "" : text($0), value($0)) }))
        }
        func words(_ title: String, _ text: @escaping (PlanReport.Entry) -> String) {
            guard report.plans.contains(where: { !text($0).isEmpty }) else { return }
            columns.append((.init(title: title), { .init(text($0)) }))
        }
        size("tp", \.tp, always: true)
        size("pp", \.pp, always: true)
        size("vpp", \.vpp)
        size("cp", \.cp)
        size("ep", \.ep)
        size("etp", \.etp)
        size("dp", \.dp, always: true)
        size("mbs", \.microBatchSize, always: true)
        words("schedule") { $0.strategy.pp > 1 ? $0.strategy.schedule : "" }
        words("recompute") { StrategyText($0.strategy).recompute }
        words("sharding") { StrategyText($0.strategy).sharding }
        words("offload") { $0.strategy.offload.isNone ? "" : StrategyText($0.strategy).offload }
        number("step", { DurationText.text($0.stepTime) }, { $0.stepTime })
        number("80 % range", { "\(DurationText.text($0.stepTimeLow)) – \(DurationText.text($0.stepTimeHigh))" }, { $0.stepTimeLow })
        number("fastest", { PercentText.string($0.chanceFastest ?? 0) }, \.chanceFastest)
        number("tokens/s/GPU", { CountText.grouped(Int($0.tokensPerSecondPerGPU.rounded())) }, { $0.tokensPerSecondPerGPU })
        number("MFU", { PercentText.string($0.mfu) }, { $0.mfu })
        number("GiB", { String(format: "%.1f", $0.memory.high) }, { $0.memory.high })
        number("days", { DurationText.digits($0.training?.days ?? 0, 3) }, { $0.training?.days })
        words("trust") { $0.trust }
        words("") { $0.recommended ?? "" }
        return columns
    }
}
