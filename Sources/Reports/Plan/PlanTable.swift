import Foundation

/// The ranked plans as a table, without the columns in which all of them agree on 1.
struct PlanTable {
    private let report: PlanReport
    private let width: Int
    private let colour: TerminalColour

    init(_ report: PlanReport, width: Int, colour: TerminalColour) {
        self.report = report
        self.width = width
        self.colour = colour
    }

    /// A column: its heading and its cell of a plan.
    private typealias Column = (column: TextTable.Column, cell: (PlanReport.Entry) -> String)

    func rendered() -> String {
        let columns = self.columns
        let rows = report.plans.map { entry in
            columns.map { StyledText($0.cell(entry), entry.rank == report.explanation?.rank ? .bold : .plain) }
        }
        var text = TextTable(columns.map(\.column), rows: rows).rendered(width: width, colour: colour)
        for note in footers {
            for line in TextWrap.lines(note, indent: 2, width: width) { text += StyledText(line, .dim).rendered(colour) + "\n" }
        }
        return text
    }

    private var ties: Int { report.plans.filter(\.tiesWithBest).count }

    private var columns: [Column] {
        var columns: [Column] = [
            (.init("#", .trailing), { [ties] in $0.tiesWithBest && ties > 1 ? "\($0.rank)≈" : "\($0.rank)" })
        ]
        func size(_ title: String, _ path: KeyPath<PlanReport.Strategy, Int>, always: Bool = false) {
            guard always || report.plans.contains(where: { $0.strategy[keyPath: path] != 1 }) else { return }
            columns.append((.init(title, .trailing), { "\($0.strategy[keyPath: path])" }))
        }
        size("tp", \.tp, always: true)
        size("pp", \.pp, always: true)
        size("vpp", \.vpp)
        size("cp", \.cp)
        size("ep", \.ep)
        size("etp", \.etp)
        size("dp", \.dp, always: true)
        size("mbs", \.microBatchSize, always: true)
        if report.plans.contains(where: { $0.strategy.pp > 1 }) {
            columns.append((.init("schedule", expendability: 1), { $0.strategy.pp > 1 ? $0.strategy.schedule : "" }))
        }
        columns.append((.init("recompute", minimumWidth: 9, expendability: 2), { StrategyText($0.strategy).recompute }))
        columns.append((.init("sharding", minimumWidth: 5, expendability: 3), { StrategyText($0.strategy).sharding }))
        columns.append(
            (.init("step", .trailing), { [unit] in FixedText.string($0.stepTime / unit.seconds, like: unit.longest) + " " + unit.name }))
        columns.append((.init("range", .trailing, expendability: 7), { [unit] in Self.range($0, unit) }))
        let fastest = report.plans.map(\.tokensPerSecondPerGPU).max() ?? 1
        columns.append((.init("tokens/s/GPU", .trailing, expendability: 6), { FixedText.string($0.tokensPerSecondPerGPU, like: fastest) }))
        columns.append((.init("MFU", .trailing, expendability: 4), { PercentText.string($0.mfu) }))
        columns.append((.init("GiB", .trailing), { String(format: "%.1f", $0.memory.high) }))
        columns.append((.init("trust", expendability: 5), { $0.trust }))
        if report.plans.contains(where: { $0.training != nil }) {
            columns.append((.init("days", .trailing), { $0.training.map { DurationText.digits($0.days, 3) } ?? "" }))
        }
        if report.plans.contains(where: { $0.launchableBy != nil }) {
            columns.append((.init("launched by", minimumWidth: 8), { $0.launchableBy.map(Self.stacks) ?? "" }))
        }
        return columns
    }

    /// The stacks that launch a plan: the first, and how many more.
    private static func stacks(_ names: [String]) -> String {
        guard let first = names.first else { return "no stack" }
        return names.count == 1 ? first : "\(first) +\(names.count - 1)"
    }

    /// The unit of all times, and the longest of them in it, which decides the decimals of all.
    private typealias TimeUnit = (name: String, seconds: Double, longest: Double)

    private var unit: TimeUnit {
        let longest = report.plans.map(\.stepTime).max() ?? 1
        let unit = DurationText.unit(for: longest)
        return (unit.name, unit.seconds, longest / unit.seconds)
    }

    private static func range(_ entry: PlanReport.Entry, _ unit: TimeUnit) -> String {
        [entry.stepTimeLow, entry.stepTimeHigh].map { FixedText.string($0 / unit.seconds, like: 10 * unit.longest) }.joined(separator: "–")
    }

    /// What the times of plans do not rest on, plans of the same reasons together.
    private var trust: [String] {
        var groups: [(reasons: [String], trust: String, ranks: [Int], error: Double)] = []
        for entry in report.plans where !entry.trustReasons.isEmpty {
            if let index = groups.firstIndex(where: { $0.reasons == entry.trustReasons }) {
                groups[index].ranks.append(entry.rank)
            } else {
                groups.append((entry.trustReasons, entry.trust, [entry.rank], entry.stepTimeHigh / entry.stepTime - 1))
            }
        }
        return groups.map { group in
            let all = group.ranks.count == report.plans.count && report.plans.count > 1
            let which = all ? "all plans are" : group.ranks.count == 1 ? "plan \(group.ranks[0]) is" : "plans \(list(group.ranks)) are"
            let error = group.trust == "extrapolated" ? ", good to ±\(PercentText.string(group.error)) at best" : ""
            return "\(which) \(group.trust)\(error): \(group.reasons.joined(separator: "; "))"
        }
    }

    private func list(_ ranks: [Int]) -> String {
        ranks.dropLast().map(String.init).joined(separator: ", ") + " and \(ranks.last ?? 0)"
    }

    private var footers: [String] {
        let error = PercentText.string(report.inputs.expectedError)
        var notes: [String] = []
        let extrapolates = report.plans.contains { $0.trust == "extrapolated" }
        if ties > 1 {
            let areFirst = report.plans.prefix(ties).allSatisfy(\.tiesWithBest)
            let whole = ties == report.plans.count ? "all \(ties) plans" : areFirst ? "plans 1 to \(ties)" : "plans so marked"
            notes.append("≈ times are good to ±\(error)\(extrapolates ? " beside each other" : ""), so \(whole) tie")
        } else if !report.plans.allSatisfy({ $0.trust == "extrapolated" }) {
            notes.append("times are good to ±\(error)")
        }
        notes += trust
        if let fastest = report.plans.min(by: { $0.stepTime < $1.stepTime }), let first = report.plans.first, fastest.rank > 1 {
            notes.append(
                "plan \(fastest.rank) is the fastest by itself, \(PercentText.string(1 - fastest.stepTime / first.stepTime)) faster than plan 1"
            )
        }
        if report.job.objective == "memory" { notes.append("the leanest of all plans that tie with the fastest or are up to 5 % slower") }
        notes.append(String(format: "GiB: what the heaviest GPU may need, of %.1f; MFU: of the dense bf16 peak", report.job.memoryLimit))
        return notes
    }
}
