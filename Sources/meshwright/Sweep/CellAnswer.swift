import CostModels
import Foundation
import Reliability
import Reports
import Search
import Studies
import Workload

/// The planner's answer to one cell: the plan that `plan` would list first, without what explains it.
struct CellAnswer {
    private let question: PlanQuestion
    private let isCancelled: @Sendable () -> Bool

    init(_ question: PlanQuestion, isCancelled: @escaping @Sendable () -> Bool) {
        (self.question, self.isCancelled) = (question, isCancelled)
    }

    /// The answer; nil where the search was stopped.
    func result() async -> CellResult? {
        var request = question.request
        // How long a whole training takes is the study's to say.
        request.inputs.job.tokens = nil
        let outcome = await Planner(request, isCancelled: isCancelled).search()
        guard outcome.counts.isComplete else { return nil }
        var builder = PlanReportBuilder(
            request, model: question.model, cluster: question.cluster, stack: question.stack, gpuHourPrice: nil)
        builder.runChoices = question.runChoices
        builder.teacher = question.teacher
        let report = builder.report(outcome, defaults: [], seed: 0)
        let plan = report.plans.first
        // A job that fails faster than it recovers gets nowhere.
        let run = outcome.plans.first.map { builder.forecast($0.strategy, stepTime: $0.estimate.stepTime) }
        return CellResult(
            gpus: report.inputs.gpus, nodes: report.inputs.nodes, gpu: report.inputs.gpu,
            job: CellResult.Job(
                globalBatch: report.job.globalBatch, sequenceLength: report.job.sequenceLength, precision: report.job.precision,
                method: request.inputs.job.method.kind.rawValue, stack: request.ignoresStack ? StackOption.any : report.inputs.stack.name),
            plan: plan.map { CellResult.Plan($0, goodput: run?.usefulGoodput ?? 0, spareNodes: run?.spares ?? 0) },
            reason: plan == nil ? reason(report, outcome) : nil)
    }

    /// Why nothing does: what the leanest strategy needs, or that none is legal.
    private func reason(_ report: PlanReport, _ outcome: SearchOutcome) -> String {
        guard let leanest = report.leanest else {
            return outcome.counts.feasible == 0 ? PlanAnswer.nothingLegal(question.request, outcome).description : PlanText.verdict(report)
        }
        return String(format: "does not fit: the leanest needs %.1f GiB of %.1f GiB", leanest.memory, report.job.memoryLimit)
    }
}

extension CellResult.Plan {
    /// The values of a plan that are compared along a grid.
    init(_ entry: PlanReport.Entry, goodput: Double, spareNodes: Int) {
        let s = entry.strategy
        self.init(
            tp: s.tp, pp: s.pp, vpp: s.vpp, cp: s.cp, ep: s.ep, etp: s.etp, dp: s.dp, microBatch: s.microBatchSize, schedule: s.schedule,
            sharding: s.sharding, recompute: s.recompute, offloads: !s.offload.isNone, stepTime: entry.stepTime,
            stepTimeLow: entry.stepTimeLow, stepTimeHigh: entry.stepTimeHigh, trust: entry.trust, mfu: entry.mfu, memory: entry.memory.high,
            goodput: goodput, spareNodes: spareNodes)
    }
}
