import Foundation

/// The answer of `plan` for a terminal: the job, the ranked table, the best plan explained, and what the search did.
public struct PlanText {
    let report: PlanReport
    let run: PlanReport.Run
    let width: Int
    let colour: TerminalColour

    /// A report to be drawn in `width` columns.
    public init(_ report: PlanReport, run: PlanReport.Run, width: Int, colour: TerminalColour) {
        self.report = report
        self.run = run
        self.width = width
        self.colour = colour
    }

    /// The whole answer, lines no wider than the width, each ended by a newline.
    public func rendered() -> String {
        var blocks = [header]
        if report.plans.isEmpty {
            blocks.append(nothingFits)
        } else {
            blocks.append(PlanTable(report, width: width, colour: colour).rendered())
            blocks += explanation
        }
        if let lengths = report.lengths { blocks.append(lengths.text(width: width, colour: colour)) }
        if !report.sizes.isEmpty { blocks.append(sizes) }
        if let launchable = report.launchable { blocks.append(launchableText(launchable)) }
        if let comparison = report.comparison {
            blocks.append(ComparisonText(comparison, report: report, width: width, colour: colour).rendered())
        }
        blocks.append(searchText)
        return blocks.filter { !$0.isEmpty }.joined(separator: "\n")
    }

    /// Why there are no plans, in one line.
    public static func verdict(_ report: PlanReport) -> String {
        let most = report.sizes.compactMap(\.tokensPerSecond).max()
        if let target = report.job.targetTokensPerSecond, let most {
            return
                "no size up to \(CountText.grouped(report.inputs.gpus)) GPUs reaches \(CountText.counted(target)) tokens/s; "
                + "the fastest makes \(CountText.counted(most))"
        }
        let remedy = report.remedies.first.map { "; what would: \($0.change)" } ?? ""
        return "no configuration of \(report.model) fits \(report.inputs.gpusInWords)\(remedy)"
    }

    // MARK: Lines

    func line(_ text: StyledText) -> String { text.cut(to: width).rendered(colour) + "\n" }

    /// A paragraph broken at spaces, its later lines indented.
    func wrapped(_ text: String, first: String = "", indent: Int = 0, style: TextStyle = .plain) -> String {
        TextWrap.lines(text, first: first, indent: indent, width: width).map { line(StyledText($0, style)) }.joined()
    }

    func title(_ text: String, _ rest: String = "") -> String {
        line(StyledText(text, .bold) + StyledText(rest.isEmpty ? "" : "  " + rest))
    }

    // MARK: Blocks

    private var header: String {
        let header = PlanHeader(report)
        var text = title(header.title, "(\(report.cluster))")
        for (name, words) in header.asked { text += wrapped(words, first: Self.column(name), indent: 9) }
        if let assumed = header.assumed { text += wrapped(assumed, first: Self.column("assumed"), indent: 9, style: .dim) }
        return text
    }

    /// The name of a line, as wide as all of them.
    private static func column(_ name: String) -> String { name.padding(toLength: 9, withPad: " ", startingAt: 0) }

    private var explanation: [String] {
        guard let explanation = report.explanation, let entry = report.plans.first(where: { $0.rank == explanation.rank }) else {
            return []
        }
        return PlanExplanationText(entry, explanation, report: report, width: width, colour: colour).blocks
    }

    private var nothingFits: String {
        let search = report.search
        guard report.sizes.allSatisfy({ $0.stepTime == nil }) else { return wrapped(Self.verdict(report) + ".", style: .bold) }
        var text = title("Nothing fits.")
        if let leanest = report.leanest {
            text += wrapped(
                String(format: "The leanest candidate needs %.1f of %.1f GiB: ", leanest.memory, report.job.memoryLimit)
                    + StrategyText(leanest.strategy).short, indent: 2)
        }
        let rejected = search.rejected.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        let rows = rejected.map { key, number in
            [StyledText(CountText.grouped(number)), StyledText(RejectionText.words(key))]
        }
        text +=
            "\n"
            + TextTable([.init("rejected", .trailing), .init("because", minimumWidth: 12)], rows: rows).rendered(
                width: width, colour: colour)
        guard !report.remedies.isEmpty else {
            return text + "\n"
                + wrapped(
                    "None of the changes tried makes anything fit: leaving one pin open, recomputation, leaner moments, "
                        + "\(report.job.method?.kind == "full" ? "adapters, " : "")another stack or GPU type, "
                        + "up to 8 times the GPUs, an eighth of the sequence."
                )
        }
        text += "\n" + title("What would fit")
        let table = TextTable(
            [
                .init("change"), .init("step", .trailing), .init("GiB", .trailing), .init("strategy", minimumWidth: 16, expendability: 1),
            ],
            rows: report.remedies.map {
                [
                    StyledText($0.change), StyledText(DurationText.text($0.stepTime)), StyledText(String(format: "%.1f", $0.memory)),
                    StyledText(StrategyText($0.strategy).short),
                ]
            })
        return text + table.rendered(width: width, colour: colour)
    }

    private var sizes: String {
        let chosen = report.plans.isEmpty ? 0 : report.inputs.gpus
        let price = report.job.gpuHourPrice
        var columns: [TextTable.Column] = [
            .init("GPUs", .trailing), .init("nodes", .trailing), .init("step", .trailing), .init("tokens/s", .trailing),
            .init("GPU-hours/M tokens", .trailing),
        ]
        if price != nil { columns.append(.init("cost/M tokens", .trailing)) }
        columns.append(.init(""))
        let rows = report.sizes.map { size -> [StyledText] in
            let style: TextStyle = size.gpus == chosen ? .bold : .plain
            var cells = [
                CountText.grouped(size.gpus), CountText.grouped(size.nodes),
                size.stepTime.map(DurationText.text) ?? (size.isLegal ? "nothing fits" : "nothing legal"),
                size.tokensPerSecond.map { CountText.grouped(Int($0.rounded())) } ?? "",
                size.hoursPerMillionTokens.map { String(format: "%.4f", $0) } ?? "",
            ]
            if let price { cells.append(size.hoursPerMillionTokens.map { String(format: "%.4f", $0 * price) } ?? "") }
            cells.append(size.gpus == chosen ? "chosen" : "")
            return cells.map { StyledText($0, style) }
        }
        return title("Sizes of the cluster") + TextTable(columns, rows: rows).rendered(width: width, colour: colour)
    }

    private func launchableText(_ entry: PlanReport.Entry) -> String {
        title("Best that \(report.inputs.stack.name) can launch")
            + wrapped(
                "\(DurationText.text(entry.stepTime)) a step, \(PercentText.string(entry.mfu)) MFU, "
                    + String(format: "%.1f GiB: ", entry.memory.high) + StrategyText(entry.strategy).short, indent: 2)
    }

    private var searchText: String {
        let origin = run.cache == "hit" ? "remembered" : "\(run.threads) \(run.threads == 1 ? "thread" : "threads")"
        return wrapped(
            PlanHeader(report).searched + " (\(DurationText.text(run.elapsed)), \(origin))", first: Self.column("search"), indent: 9,
            style: .dim)
    }
}
