import CostModels
import Hardware
import Reports
import Search
import Workload

/// Plans the same job at several lengths of sequences, with the tokens of a step kept.
struct ContextSweepRun {
    let options: PlanOptions
    let lengths: [Int]

    /// The best plan at each length.
    func sweep() async throws -> ContextSweep {
        let files = try PlanFiles(options, .installed)
        let base = try PlanQuestion(options, files, library: .installed)
        let tokens = base.request.inputs.job.tokensPerStep
        base.request.inputs.model.warn(of: lengths, given: "--sweep-seq")
        var rows: [ContextSweep.Row] = []
        let interruption = Interruption()
        defer { interruption.stop() }
        for length in lengths {
            guard !interruption.isRequested() else { break }
            var asked = options
            asked.search.top = 1
            asked.job.sequenceLength = length
            let batch = max(1, Int((tokens / Double(length)).rounded()))
            asked.job.globalBatch = batch
            var row = ContextSweep.Row(sequenceLength: length, globalBatch: batch)
            do {
                let question = try PlanQuestion(asked, files, library: .installed)
                let progress = ProgressBar()
                let answer = PlanAnswer(question: question, isCancelled: interruption.isRequested, progress: progress)
                defer { progress.clear() }
                let report = try await answer.report(explain: 1, comparison: nil, seed: options.search.seed)
                row.plan = report.plans.first
                row.lengths = report.lengths
                if row.plan == nil { row.problem = "nothing fits" }
            } catch let failure as CommandFailure {
                row.problem = failure.description
            }
            rows.append(row)
        }
        guard rows.count == lengths.count else { throw CommandFailure(.interrupted, "stopped early") }
        guard rows.contains(where: { $0.plan != nil }) else {
            throw CommandFailure(.infeasible, "no length of --sweep-seq has a plan; \(rows.first?.problem ?? "nothing fits")")
        }
        return ContextSweep(model: base.request.inputs.model.name, cluster: base.request.inputs.cluster.name, rows: rows)
    }
}
