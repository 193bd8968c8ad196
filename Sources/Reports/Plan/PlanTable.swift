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

    func rendered() -> String {
        let columns = PlanColumns(report).all
        let rows = report.plans.map { entry in
            columns.map { StyledText($0.text(entry), entry.rank == report.explanation?.rank ? .bold : .plain) }
        }
        var text = TextTable(columns.map(\.column), rows: rows).rendered(width: width, colour: colour)
        for note in footers {
            for line in TextWrap.lines(note, indent: 2, width: width) { text += StyledText(line, .dim).rendered(colour) + "\n" }
        }
        return text
    }

    private var ties: Int { report.plans.filter(\.tiesWithBest).count }

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

    /// What the columns mean and what is to be known of the plans, a sentence each.
    var footers: [String] {
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
