import Foundation
public import Hardware
public import Schedules

/// The answer of `plan` as one page: what was asked and assumed, the plans beside each other, the schedule, the map, launch files and sources.
public struct PlanPage {
    private let report: PlanReport
    private let extras: Extras

    /// What a page shows beyond the report itself.
    public struct Extras {
        /// The step of the plan that is explained, operation by operation; nil where it is too long for a page, with the reason in `notes`.
        public var timeline: Timeline?
        /// What of the step it shows.
        public var drawn = "operation by operation"
        /// Launch files by the program that they are for.
        public var launches: [Launch] = []
        /// Where numbers come from.
        public var sources: [Source] = []
        /// Why something is not there.
        public var notes: [String] = []

        /// Nothing more.
        public init() {}
    }

    /// The files that start a plan under one framework.
    public struct Launch {
        /// The framework.
        public var target: String
        /// Their names and texts.
        public var files: [(name: String, text: String)]
        /// What to know of them.
        public var warnings: [String]

        /// Files of a framework.
        public init(target: String, files: [(name: String, text: String)], warnings: [String]) {
            (self.target, self.files, self.warnings) = (target, files, warnings)
        }
    }

    /// The source of numbers.
    public struct Source {
        /// The file, and the keys in it whose values come from there.
        public var file: String
        /// See `file`.
        public var keys: [String]
        /// Where they come from.
        public var provenance: Provenance

        /// The source of the values of keys.
        public init(file: String, keys: [String], provenance: Provenance) {
            (self.file, self.keys, self.provenance) = (file, keys, provenance)
        }
    }

    /// A page of a report.
    public init(_ report: PlanReport, _ extras: Extras) { (self.report, self.extras) = (report, extras) }

    /// The page, in UTF-8.
    public func bytes() -> [UInt8] {
        let inputs = report.inputs
        var page = Page(
            title: PlanHeader(report).title, subtitle: report.cluster,
            footer: "Meshwright \(inputs.tool), cost models \(inputs.costModels), seed \(inputs.seed). Times are predictions.")
        page.add("asked", "Asked and assumed", asked)
        if report.plans.isEmpty {
            page.add("verdict", "Nothing fits", nothingFits)
        } else {
            page.add("plans", "Plans", PlanPageTable(report).markup)
            page.add(
                "step", "Where the step goes",
                sides(of: \.breakdown, whole: \.stepTime, family: PlanTerms.family(ofTime:)) { DurationText.text($0) })
            page.add(
                "memory", "What fills the memory",
                sides(of: \.memory.breakdown, whole: { _ in report.job.memoryLimit }, family: PlanTerms.family(ofMemory:)) {
                    String(format: "%.2f GiB", $0)
                })
            page.add("why", "Why, and what a change would cost", why)
            page.add("training", "The whole training", training)
            page.add("timeline", "The schedule", timeline)
            page.add("map", "Which GPU holds which stage", map)
            page.add("launch", "Launch files", launches)
        }
        page.add("sources", "Where the numbers come from", sources)
        return page.bytes()
    }

    // MARK: Sections

    private var asked: String {
        let header = PlanHeader(report)
        var facts = header.asked
        if let assumed = header.assumed { facts.append(("assumed", assumed)) }
        return Markup.facts(facts + [("best is", report.job.objective), ("search", header.searched)])
    }

    private var nothingFits: String {
        let rejected = report.search.rejected.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let because = PageTable(
            id: "rejected", columns: [.init(title: "rejected", isNumber: true), .init(title: "because", isWords: true)],
            rows: rejected.map { .init(cells: [.init(CountText.grouped($0.value), Double($0.value)), .init(RejectionText.words($0.key))]) })
        let remedies = PageTable(
            id: "remedies",
            columns: [
                .init(title: "what would fit", isWords: true), .init(title: "step", isNumber: true), .init(title: "GiB", isNumber: true),
                .init(title: "strategy", isWords: true), .init(title: "flags", isWords: true),
            ],
            rows: report.remedies.map {
                .init(cells: [
                    .init($0.change), .init(DurationText.text($0.stepTime), $0.stepTime),
                    .init(String(format: "%.1f", $0.memory), $0.memory),
                    .init(StrategyText($0.strategy).short), .init($0.flags),
                ])
            })
        return Markup.notes([PlanText.verdict(report) + "."]) + because.markup + (report.remedies.isEmpty ? "" : remedies.markup)
    }

    /// The parts of every plan, of which the script shows two beside each other; bars are to one scale.
    private func sides(
        of parts: (PlanReport.Entry) -> [PlanReport.Term], whole: (PlanReport.Entry) -> Double, family: (String) -> PlanTerms.Family,
        amount: (Double) -> String
    ) -> String {
        let longest = report.plans.flatMap { parts($0).map(\.value) }.max() ?? 1
        let first = report.plans.first.map(parts) ?? []
        let shown = first.map(\.key).filter { key in
            report.plans.contains { entry in parts(entry).contains { $0.key == key && abs($0.value) >= 0.0005 * whole(entry) } }
        }
        let order = shown.sorted { a, b in value(first, a) > value(first, b) }
        func side(_ index: Int, _ entry: PlanReport.Entry) -> String {
            "side\(index == 0 ? " a" : "")\(index == min(1, report.plans.count - 1) ? " b" : "")\" data-plan=\"\(entry.rank)\""
        }
        var text = "<div class=\"sides\">\n"
        for (index, entry) in report.plans.enumerated() {
            let total = amount(parts(entry).reduce(0) { $0 + $1.value })
            text += "<div class=\"head \(side(index, entry)) style=\"--row: 1\">Plan \(entry.rank): \(total)</div>\n"
        }
        for (line, key) in order.enumerated() {
            text += "<div class=\"term\" style=\"--row: \(line + 2)\">\(Markup.escaped(PlanTerms.words(key)))</div>\n"
            let colour = SVGText.hex(family(key).colour)
            for (index, entry) in report.plans.enumerated() {
                let seconds = value(parts(entry), key)
                let width = String(format: "%.2f", max(0, 100 * seconds / longest))
                text +=
                    "<div class=\"\(side(index, entry)) style=\"--row: \(line + 2)\"><span class=\"amount\">\(Markup.escaped(amount(seconds)))</span>"
                if seconds > 0 { text += "<span class=\"bar\" style=\"width: \(width)%; background: \(colour)\"></span>" }
                text += "</div>\n"
            }
        }
        return text + "</div>\n" + Markup.notes(["Choose the two plans in the table above; bars have one scale."])
    }

    private func value(_ terms: [PlanReport.Term], _ key: String) -> Double { terms.first { $0.key == key }?.value ?? 0 }

    private var explained: PlanReport.Entry? { report.plans.first { $0.rank == report.explanation?.rank } ?? report.plans.first }

    private var why: String {
        guard let explanation = report.explanation, let entry = explained else { return "" }
        let table = PageTable(
            id: "changes",
            columns: [
                .init(title: "change"), .init(title: "from"), .init(title: "to"), .init(title: "step", isNumber: true),
                .init(title: "time", isNumber: true), .init(title: "GiB", isNumber: true), .init(title: ""),
            ],
            rows: explanation.changes.map { change in
                let difference = change.stepTime / entry.stepTime - 1
                let remark = [change.fits ? "" : "does not fit", change.isPinned ? "pinned" : ""].filter { !$0.isEmpty }
                return .init(cells: [
                    .init(change.dimension), .init(change.before), .init(change.after),
                    .init(DurationText.text(change.stepTime), change.stepTime),
                    .init(String(format: "%+.1f %%", 100 * difference), difference),
                    .init(String(format: "%.1f", change.memory), change.memory),
                    .init(remark.joined(separator: ", ")),
                ])
            })
        return "<h3>What bounds plan \(entry.rank)</h3>\n" + Markup.list(explanation.bounds + entry.notes)
            + (explanation.changes.isEmpty ? "" : "<h3>One change away</h3>\n" + table.markup)
    }

    private var training: String {
        let lines = explained.map(report.training) ?? []
        return lines.isEmpty ? "" : Markup.facts(lines)
    }

    private var timeline: String {
        let notes = Markup.notes(extras.notes)
        guard let timeline = extras.timeline else { return notes }
        let title = "One step of plan \(explained?.rank ?? 1)"
        let paper = TimelineSVG(timeline, forPaper: true).bytes()
        let isPrinted = paper.count <= Self.mostPaper
        return Markup.frame(TimelineHTML(timeline).bytes(), title: title) + (isPrinted ? Markup.printed(paper, title: title) : "")
            + Markup.notes(["\(title), \(extras.drawn)."] + (isPrinted ? [] : ["It has too many operations to be printed."])) + notes
    }

    /// Bytes of a schedule's picture up to which it is printed, so that pages stay under 3 MB.
    private static let mostPaper = 750_000

    private var map: String {
        guard let entry = explained, let map = report.map(of: entry) else { return "" }
        guard report.inputs.nodes > Self.mostNodes else { return Markup.figure(map.svg) }
        let nodes = CountText.number(report.inputs.nodes, of: "node")
        guard let folded = map.folded(most: Self.mostNodes) else {
            return Markup.notes(["\(nodes) hold too many sets of stages for this page; meshwright plan --map-svg draws them."])
        }
        return Markup.figure(folded.svg)
            + Markup.notes([
                "\(nodes): those that hold the same stages are one box, with the ranks of the first. meshwright plan --map-svg draws all."
            ])
    }

    /// Nodes up to which each has a box of its own; beyond, they would outgrow the page.
    private static let mostNodes = 256

    private var launches: String {
        extras.launches.map { launch in
            let files = launch.files.map { file in
                "<div class=\"file\"><div><code>\(Markup.escaped(file.name))</code><button type=\"button\" class=\"copy\">Copy</button></div>"
                    + "<pre>\(Self.code(file.text))</pre></div>\n"
            }
            return
                "<details><summary>\(Markup.escaped(launch.target))</summary>\n\(files.joined())\(Markup.notes(launch.warnings))</details>\n"
        }.joined()
    }

    /// A file's text: its line ends stay.
    private static func code(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { Markup.escaped(String($0).replacing("\t", with: "    ")) }
            .joined(separator: "\n")
    }

    private var sources: String {
        guard !extras.sources.isEmpty else { return "" }
        let table = PageTable(
            id: "origins",
            columns: [
                .init(title: "file"), .init(title: "numbers", isWords: true), .init(title: "source", isWords: true), .init(title: ""),
            ],
            rows: extras.sources.map {
                .init(cells: [
                    .init($0.file), .init($0.keys.map { $0.replacing(/\.source$/, with: "") }.joined(separator: ", ")),
                    .init($0.provenance.source), .init($0.provenance.isUnverified ? "unverified" : ""),
                ])
            })
        return table.markup
    }
}
