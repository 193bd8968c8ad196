import Foundation

/// One plan explained: its parts in words, its step and memory as bars, what bounds it, and what a change would cost.
struct PlanExplanationText {
    private let entry: PlanReport.Entry
    private let explanation: PlanReport.Explanation
    private let report: PlanReport
    private let width: Int
    private let colour: TerminalColour

    init(_ entry: PlanReport.Entry, _ explanation: PlanReport.Explanation, report: PlanReport, width: Int, colour: TerminalColour) {
        self.entry = entry
        self.explanation = explanation
        self.report = report
        self.width = width
        self.colour = colour
    }

    /// Blocks of lines, to be set apart by empty ones.
    var blocks: [String] { [summary, step, memory, reasons, changes] }

    private func title(_ text: String, _ rest: String = "") -> String {
        (StyledText(text, .bold) + StyledText(rest.isEmpty ? "" : "  " + rest)).cut(to: width).rendered(colour) + "\n"
    }

    private func wrapped(_ text: String, first: String, indent: Int) -> String {
        TextWrap.lines(text, first: first, indent: indent, width: width).map { StyledText($0).cut(to: width).rendered(colour) + "\n" }
            .joined()
    }

    // MARK: What it is

    private var summary: String {
        let s = entry.strategy
        var lines = [("ranks", ranks), ("pipeline", pipeline)]
        lines.append(("state", state))
        if let words = entry.placement?.words { lines.append(("places", words)) }
        lines += report.training(of: entry).map { ($0.name, $0.words) }
        if let stacks = entry.launchableBy {
            lines.append(("launch", stacks.isEmpty ? "no shipped stack can run it" : "by \(stacks.joined(separator: ", "))"))
        }
        if s.cp > 1 { lines.append(("context", "\(s.contextWords) over \(s.cp) ranks")) }
        var text = title("Plan \(entry.rank)")
        for (name, words) in lines { text += wrapped(words, first: pad(name, 9), indent: 9) }
        for note in entry.notes { text += wrapped(note, first: pad("note", 9), indent: 9) }
        if let routing = report.routing {
            text += wrapped(routing.words(of: entry.stepTime), first: pad("routing", 9), indent: 9)
        }
        if let bad = report.badLinks {
            let nodes = bad.nodes.prefix(8).joined(separator: ", ") + (bad.nodes.count > 8 ? " and \(bad.nodes.count - 8) more" : "")
            let cost = "cost \(DurationText.text(bad.secondsPerStep)) a step (\(PercentText.string(bad.secondsPerStep / entry.stepTime)))"
            text += wrapped("slow links at \(nodes) \(cost); cluster check lists them", first: pad("links", 9), indent: 9)
        }
        if let slow = report.slowGPUs {
            let cost = "\(DurationText.text(slow.secondsPerStep)) a step (\(PercentText.string(slow.secondsPerStep / entry.stepTime)))"
            let which = "GPU \(slow.gpus.map(GPUNameText.brief).joined(separator: ", ")) of a node \(slow.gpus.count == 1 ? "has" : "have")"
            text += wrapped(
                "\(which) slower links to its peers, for which tensor groups wait: \(cost)", first: pad("links", 9), indent: 9)
        }
        return text
    }

    private var ranks: String {
        let s = entry.strategy
        let sizes = ["tp": s.tp, "cp": s.cp, "ep": s.ep, "dp": s.dp, "pp": s.pp]
        let order = s.rankOrder.split(separator: "-").map(String.init).filter { (sizes[$0] ?? 1) > 1 }
        let words = order.map { "\($0) \(sizes[$0] ?? 1)" }.joined(separator: " → ")
        return "\(words.isEmpty ? "one GPU" : words), fastest first (\(s.rankOrder))" + (s.etp > 1 ? "; etp \(s.etp)" : "")
    }

    private var pipeline: String {
        let s = entry.strategy
        let batches =
            "\(CountText.grouped(s.microBatches)) micro-\(s.microBatches == 1 ? "batch" : "batches") of \(s.microBatchSize) \(s.microBatchSize == 1 ? "sequence" : "sequences")"
        guard s.pp > 1 else { return "none; \(batches)" }
        let chunks = s.vpp > 1 ? " of \(s.vpp) chunks in groups of \(s.groupSize)" : ""
        return "\(s.schedule), \(s.pp) stages\(chunks), \(batches); layers \(StrategyText(s).layers)"
    }

    private var state: String {
        let s = entry.strategy
        let replicas = s.dpReplicate > 1 && s.sharding != "none" ? ", \(s.dpReplicate) copies" : ""
        let sharding = s.sharding == "none" ? "not sharded" : "\(s.sharding) over \(s.dpShard * s.cp) ranks\(replicas)"
        let recompute = s.recompute == "none" ? "no recomputation" : "recomputes \(StrategyText(s).recompute)"
        let offload = s.offload.isNone ? "" : "; offloads \(StrategyText(s).offload)"
        return "\(sharding); \(recompute)\(offload)" + (s.tp > 1 ? "; sequence parallelism \(s.sequenceParallel ? "on" : "off")" : "")
    }

    // MARK: Bars

    private var step: String {
        let range = "\(DurationText.text(entry.stepTimeLow)) to \(DurationText.text(entry.stepTimeHigh))"
        let heading = title("Step \(DurationText.text(entry.stepTime))", "(\(range)), bound by pipeline rank \(entry.busiestRank)")
        let unit = DurationText.unit(for: entry.stepTime)
        let terms = entry.breakdown.filter { abs($0.value) / entry.stepTime >= 0.0005 }.sorted { $0.value > $1.value }
        let hidden =
            entry.hiddenExchange.map { seconds in
                wrapped(
                    "\(DurationText.text(seconds)) of expert-parallel communication beside another micro-batch's compute",
                    first: "  hidden  ",
                    indent: 10)
            } ?? ""
        return heading
            + bars(terms, of: entry.stepTime, colours: { PlanTerms.family(ofTime: $0).colour }) {
                FixedText.string($0 / unit.seconds, like: entry.stepTime / unit.seconds) + " \(unit.name)"
            } + hidden
    }

    private var memory: String {
        let memory = entry.memory
        let beside = memory.host > 0 ? String(format: "; a node's host holds %.0f GiB", memory.host) : ""
        let heading = title(
            String(format: "Memory %.1f GiB", memory.high),
            String(
                format: "of %.1f (expected %.1f, low %.1f), pipeline rank %d", report.job.memoryLimit, memory.expected,
                memory.low, memory.rank) + beside)
        let terms = memory.breakdown.filter { $0.value >= 0.005 }.sorted { $0.value > $1.value }
        return heading
            + bars(terms, of: report.job.memoryLimit, colours: { PlanTerms.family(ofMemory: $0).colour }) {
                FixedText.string($0, like: memory.high) + " GiB"
            }
    }

    /// A line for each part: its words, its amount, its share, and a bar.
    private func bars(
        _ terms: [PlanReport.Term], of whole: Double, colours: (String) -> Colour, amount: (Double) -> String
    ) -> String {
        let words = terms.map { PlanTerms.words($0.key) }
        let amounts = terms.map { amount($0.value) }
        let shares = terms.map { PercentText.string(whole > 0 ? $0.value / whole : 0) }
        func widest(_ texts: [String]) -> Int { texts.map(\.columns).max() ?? 0 }
        let left = 2 + widest(words) + 2 + widest(amounts) + 2 + widest(shares) + 2
        let room = min(60, max(0, width - left))
        // Bars are drawn to the largest part, so that small ones can be told apart.
        let longest = terms.map(\.value).max() ?? 1
        var text = ""
        for index in terms.indices {
            var line = StyledText("  " + pad(words[index], widest(words)) + "  ")
            line.append(String(repeating: " ", count: widest(amounts) - amounts[index].columns) + amounts[index] + "  ")
            line.append(String(repeating: " ", count: widest(shares) - shares[index].columns) + shares[index] + "  ")
            let paint = colours(terms[index].key)
            // Without colours the unfilled part stays empty, so that the lines can be pasted.
            let bar =
                colour == .none
                ? TextBar.stacked([.init(terms[index].value, paint, letter: "#")], total: longest, width: room, colour: colour)
                : TextBar.filled(terms[index].value / longest, width: room, paint, colour: colour)
            text += (line + bar).cut(to: width).withoutTrailingSpaces.rendered(colour) + "\n"
        }
        return text
    }

    // MARK: Why, and what else

    private var reasons: String {
        title("What bounds it") + explanation.bounds.map { wrapped($0, first: "  - ", indent: 4) }.joined()
    }

    private var changes: String {
        let best = entry.stepTime
        let unit = DurationText.unit(for: best)
        let fitting = explanation.changes.filter(\.fits)
        let others = explanation.changes.filter { !$0.fits && $0.stepTime < best }
        let shown = (others.prefix(2) + fitting.prefix(6)).sorted { $0.stepTime < $1.stepTime }
        guard !shown.isEmpty else { return "" }
        let rows = shown.map { change -> [StyledText] in
            let difference = change.stepTime / best - 1
            let sign = difference >= 0 ? "+" : "−"
            return [
                StyledText("  \(change.dimension)"), StyledText("\(change.before) → \(change.after)"),
                StyledText(FixedText.string(change.stepTime / unit.seconds, like: best / unit.seconds) + " \(unit.name)"),
                StyledText(sign + PercentText.string(abs(difference))),
                StyledText(String(format: "%.1f", change.memory)),
                StyledText(
                    [change.fits ? "" : "does not fit", change.isPinned ? "pinned" : ""].filter { !$0.isEmpty }.joined(separator: ", ")),
            ]
        }
        return title("One change away", fitting.isEmpty ? "(none fits)" : "")
            + TextTable(
                [
                    .init("  change"), .init("", minimumWidth: 8), .init("step", .trailing, expendability: 2), .init("time", .trailing),
                    .init("GiB", .trailing), .init("", expendability: 1),
                ], rows: Array(rows)
            ).rendered(width: width, colour: colour)
    }

    private func pad(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.columns)) }
}
