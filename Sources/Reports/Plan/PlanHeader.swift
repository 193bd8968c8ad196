import Foundation

/// What was asked, assumed and searched, a name and words a line, for the terminal and for pages.
struct PlanHeader {
    private let report: PlanReport

    init(_ report: PlanReport) { self.report = report }

    /// The model on the GPUs.
    var title: String { "\(report.model) on \(report.inputs.gpusInWords)" }

    /// The model and the hardware, and the job.
    var asked: [(name: String, words: String)] {
        let (inputs, job) = (report.inputs, report.job)
        let parameters = inputs.parameters.map { CountText.counted(Double($0)) }
        let active = inputs.parameters.first == inputs.parameters.last ? "" : ", \(parameters.last ?? "") active"
        return [
            ("model", "\(parameters.first ?? "") parameters\(active); \(hardware)"),
            (
                "job",
                "\(CountText.number(job.globalBatch, of: "sequence")) of \(CountText.number(job.sequenceLength, of: "token")) a step "
                    + "(\(CountText.counted(job.tokensPerStep)) tokens), \(job.precision), \(job.optimizer), \(inputs.stack.name)"
                    + (job.release.map { " of \($0)" } ?? "") + (job.method.map { "; \($0.text)" } ?? "")
                    + (inputs.ignoresStack ? " times, any stack" : "") + (job.exchange.map { "; \($0)" } ?? "")
            ),
        ]
    }

    /// What nobody stated, as the flags that would; nil where everything was.
    var assumed: String? { report.job.defaults.isEmpty ? nil : report.job.defaults.joined(separator: " ") }

    /// What the search did.
    var searched: String {
        let search = report.search
        let text =
            "\(CountText.grouped(search.evaluated)) priced, \(CountText.grouped(search.pruned)) ruled out by bounds, "
            + "\(CountText.grouped(search.illegal)) illegal; \(CountText.grouped(search.feasible)) fit, "
            + "\(CountText.grouped(search.simulated)) simulated"
        return search.isComplete ? text : text + "; stopped early, so a better plan may exist"
    }

    private var hardware: String {
        let inputs = report.inputs
        let nodes = CountText.number(inputs.nodes, of: "node")
        let limit = report.job.memoryLimit < inputs.gpuMemory ? String(format: ", limited to %.1f GiB", report.job.memoryLimit) : ""
        let sizes = Set(inputs.groups.map(\.gpusPerNode)).sorted().map(String.init).joined(separator: " or ")
        let least = Set(inputs.groups.map(\.gpu)).count > 1 ? "at least " : ""
        return "\(nodes) of \(sizes) \(sizes == "1" ? "GPU" : "GPUs"), \(least)" + String(format: "%.1f GiB each", inputs.gpuMemory) + limit
    }
}

extension PlanReport {
    /// How long a plan's whole training takes, without failures and with them, a name and words a line; empty without tokens.
    func training(of entry: Entry) -> [(name: String, words: String)] {
        guard let training = entry.training else { return [] }
        var text = "\(CountText.counted(job.tokens ?? 0)) tokens take \(CountText.grouped(Int(training.steps))) steps, "
        text += "\(DurationText.digits(training.days, 3)) days, \(CountText.counted(training.gpuHours)) GPU-hours"
        if let cost = training.cost { text += ", a cost of \(CountText.counted(cost))" }
        return [("training", text)] + (training.failures.map { FailuresText($0).lines } ?? [])
    }
}
