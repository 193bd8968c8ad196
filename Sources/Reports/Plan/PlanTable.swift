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
            (.init("#", .trailing), { [ties] in Self.place($0, ties: ties) })
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
        if report.plans.contains(where: { !$0.strategy.offload.isNone }) {
            columns.append((.init("offload", minimumWidth: 9, expendability: 1), { StrategyText($0.strategy).offload }))
        }
        columns.append(
            (.init("step", .trailing), { [unit] in FixedText.string($0.stepTime / unit.seconds, like: unit.longest) + " " + unit.name }))
        columns.append((.init("80 % range", .trailing, expendability: 7), { [unit] in Self.range($0, unit) }))
        if report.plans.contains(where: { $0.chanceFastest != nil }) {
            columns.append((.init("fastest", .trailing, expendability: 8), { $0.chanceFastest.map { Self.chance($0) } ?? "" }))
        }
        let fastest = report.plans.map(\.tokensPerSecondPerGPU).max() ?? 1
        columns.append((.init("tokens/s/GPU", .trailing, expendability: 6), { FixedText.string($0.tokensPerSecondPerGPU, like: fastest) }))
        columns.append((.init("MFU", .trailing, expendability: 4), { PercentText.string($0.mfu) }))
        columns.append((.init("GiB", .trailing), { String(format: "%.1f", $0.memory.high) }))
        if report.plans.contains(where: { $0.memory.host > 0 }) {
            columns.append((.init("host GiB", .trailing), { String(format: "%.0f", $0.memory.host) }))
        }
        if report.plans.contains(where: { $0.memory.storage > 0 }) {
            columns.append((.init("drives GiB", .trailing), { String(format: "%.0f", $0.memory.storage) }))
        }
        columns.append((.init("trust", expendability: 5), { $0.trust }))
        if report.plans.contains(where: { $0.training != nil }) {
            columns.append((.init("days", .trailing), { $0.training.map { DurationText.digits($0.days, 3) } ?? "" }))
        }
        if report.plans.contains(where: { $0.launchableBy != nil }) {
            columns.append((.init("launched by", minimumWidth: 8), { $0.launchableBy.map(Self.stacks) ?? "" }))
        }
        return columns
    }

    /// The rank, with marks for a tie and for the one to take of it.
    private static func place(_ entry: PlanReport.Entry, ties: Int) -> String {
        guard ties > 1 else { return "\(entry.rank)" }
        return "\(entry.recommended == nil ? "" : "*")\(entry.rank)\(entry.tiesWithBest ? "≈" : "")"
    }

    /// A chance in whole percent.
    private static func chance(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

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

    /// The one to take of those that tie, and why.
    private var recommendation: String {
        guard let entry = report.plans.first(where: { $0.recommended != nil }),
            let fastest = report.plans.min(by: { $0.stepTime < $1.stepTime }), entry.rank != fastest.rank
        else { return "" }
        let reason =
            entry.recommended == "leanest"
            ? String(format: "it needs %.1f GiB less than plan %d", fastest.memory.high - entry.memory.high, fastest.rank)
            : "it is simpler to set up than plan \(fastest.rank)"
        return "; * take plan \(entry.rank) of them: \(reason)"
    }

    private var footers: [String] {
        var notes: [String] = []
        if report.plans.contains(where: { $0.chanceFastest != nil }) {
            notes.append("80 % range: holds the step time in four of five cases; fastest: the chance to be the fastest of those listed")
        } else {
            notes.append("80 % range: holds the step time in four of five cases")
        }
        if ties > 1 {
            let areFirst = report.plans.prefix(ties).allSatisfy(\.tiesWithBest)
            let whole = ties == report.plans.count ? "all \(ties) plans" : areFirst ? "plans 1 to \(ties)" : "plans so marked"
            notes.append("≈ less than 80 % sure which is faster: \(whole) tie\(recommendation)")
        }
        if let advice = MeasurementAdvice(report) { notes.append(advice.sentence) }
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
