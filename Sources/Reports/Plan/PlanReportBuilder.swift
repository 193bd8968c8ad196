import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
public import Reliability
public import Search
import Workload

/// Turns what a search found into a report.
public struct PlanReportBuilder: Sendable {
    /// The question.
    public var request: SearchRequest
    /// The files that were read.
    public let model, cluster, stack: PlanReport.Source
    /// Price of a GPU-hour, if known.
    public let gpuHourPrice: Double?
    /// The file of a teacher; nil without one.
    public var teacher: PlanReport.Source?
    /// What was chosen of how failures are met.
    public var runChoices = RunChoices()

    /// A builder for the answers to a question.
    public init(
        _ request: SearchRequest, model: PlanReport.Source, cluster: PlanReport.Source, stack: PlanReport.Source, gpuHourPrice: Double?
    ) {
        self.request = request
        self.model = model
        self.cluster = cluster
        self.stack = stack
        self.gpuHourPrice = gpuHourPrice
    }

    /// The report of an outcome without explanations; `defaults` names the values nobody stated.
    public func report(_ outcome: SearchOutcome, defaults: [String], seed: Int) -> PlanReport {
        var report = PlanReport(
            model: model.name, cluster: cluster.name, job: job(defaults), inputs: inputs(seed), search: search(outcome.counts), plans: [])
        report.plans = outcome.plans.enumerated().map { entry($0.element, rank: $0.offset + 1) }
        report.chanceAfterLinks = outcome.chanceAfterLinks
        report.operatorToTime = outcome.operatorToTime.map { PlanReport.Timing($0, request.inputs) }
        if outcome.plans.isEmpty, let leanest = outcome.leanest {
            report.leanest = .init(strategy: strategy(leanest.strategy, layers: []), memory: Bytes(leanest.bytes).inGibibytes)
        }
        return report
    }

    /// Arithmetic of a token's training; of packed documents the mean over their tokens, since a token sees its own document only.
    private var trainingFLOPs: Double {
        let (model, job) = (request.inputs.model, request.inputs.job)
        func flops(_ length: Int) -> Double { model.trainingFLOPs(sequenceLength: length, method: job.method).count }
        guard let documents = job.documents else { return flops(job.sequenceLength) }
        return zip(documents.lengths, documents.tokenShares).reduce(0.0) { $0 + $1.1 * flops(max(1, min($1.0, job.sequenceLength))) }
    }

    /// A plan of the report.
    public func entry(_ plan: Plan, rank: Int) -> PlanReport.Entry {
        let inputs = request.inputs
        let estimate = plan.estimate
        let gpus = Double(inputs.cluster.gpus)
        let tokens = inputs.job.filledTokensPerStep
        let arithmetic = trainingFLOPs * tokens
        let terms = StepBreakdown.Term.allCases.map { PlanReport.Term(key: $0.rawValue, value: estimate.breakdown[$0]) }
        let trust = inputs.trust(in: plan.strategy)
        let model = StepModel(inputs)
        let hidden =
            model.overlapsExperts(plan.strategy)
            ? model.hiddenExchange(plan.strategy, shown: estimate.breakdown[.expertCommunication]) : 0
        return PlanReport.Entry(
            rank: rank, strategy: strategy(plan.strategy, layers: estimate.layersPerStage), stepTime: estimate.stepTime,
            stepTimeLow: plan.timeLow, stepTimeHigh: plan.timeHigh,
            trust: trust.verdict.rawValue, trustReasons: trust.reasons, tiesWithBest: plan.tiesWithBest,
            chanceFastest: plan.chanceFastest, chanceAfterTrial: plan.chanceAfterTrial, recommended: plan.recommended?.rawValue,
            tokensPerSecondPerGPU: tokens / estimate.stepTime / gpus,
            mfu: arithmetic / (estimate.stepTime * gpus * inputs.peak), breakdown: terms, memory: memory(estimate),
            busiestRank: estimate.busiestRank, launchableBy: nil, training: training(plan.strategy, estimate.stepTime),
            placement: plan.placement.map(PlanReport.Placement.init), notes: PlanNotes(request: request).notes(plan),
            hiddenExchange: hidden > 0 ? hidden : nil)
    }

    /// A plan of the report explained.
    public func explanation(_ entry: PlanReport.Entry, changes: [PlanChange]) -> PlanReport.Explanation {
        PlanReport.Explanation(
            rank: entry.rank, bounds: PlanBounds(entry, request: request).sentences + (PlanBounds.fit(changes).map { [$0] } ?? []),
            changes: changes.map {
                PlanReport.Change(
                    dimension: $0.dimension, before: $0.before, after: $0.after, stepTime: $0.estimate.stepTime,
                    memory: Bytes($0.estimate.memoryHigh).inGibibytes, fits: $0.fits, isPinned: request.constraints.isPinned($0.dimension))
            })
    }

    /// A hand-written configuration beside the plan ranked first; where there is none, only whether it fits.
    public func comparison(_ entry: PlanReport.Entry, with best: PlanReport.Entry?) -> PlanReport.Comparison {
        let fits = entry.memory.high <= request.memoryLimit.inGibibytes
        let differences = best.map { best in
            zip(entry.breakdown, best.breakdown).map { PlanReport.Term(key: $0.key, value: $0.value - $1.value) }.enumerated().sorted {
                $0.element.value != $1.element.value ? $0.element.value > $1.element.value : $0.offset < $1.offset
            }.map(\.element)
        }
        return PlanReport.Comparison(
            entry: entry, fits: fits, differences: differences ?? [],
            reasons: PlanBounds(entry, request: request).losses(against: best, differences: differences ?? [], fits: fits))
    }

    /// A change that makes something fit; `defaults` names the values nobody stated, of which the batch must be where the change would give
    /// another.
    public func remedy(_ remedy: Search.Remedy, defaults: [String]) -> PlanReport.Remedy {
        let batch = defaults.first { $0.hasPrefix("--global-batch-size ") }
        let words = RemedyText(remedy.change, gpusPerNode: (request.wholeCluster ?? request.inputs.cluster).first.gpusPerNode)
        return PlanReport.Remedy(
            change: words.sentence, flags: ([words.flags] + (words.changesBatch ? [batch] : []).compactMap { $0 }).joined(separator: " "),
            strategy: strategy(remedy.strategy, layers: remedy.estimate.layersPerStage),
            stepTime: remedy.estimate.stepTime, memory: Bytes(remedy.estimate.memoryHigh).inGibibytes)
    }

    /// What bad links cost a plan.
    public func badLinks(_ found: (nodes: [String], secondsPerStep: Double)) -> PlanReport.BadLinks {
        PlanReport.BadLinks(nodes: found.nodes, secondsPerStep: found.secondsPerStep)
    }

    /// What slow GPUs cost a plan.
    public func slowGPUs(_ found: (gpus: [String], secondsPerStep: Double)) -> PlanReport.SlowGPUs {
        PlanReport.SlowGPUs(gpus: found.gpus, secondsPerStep: found.secondsPerStep)
    }

    /// A size of the cluster that was tried.
    public func size(_ size: SizeSearch.Size) -> PlanReport.Size {
        PlanReport.Size(
            gpus: size.cluster.gpus, nodes: size.cluster.nodes,
            isLegal: !size.holdsStates || size.outcome.counts.feasible > 0 || size.outcome.leanest != nil
                || !size.outcome.counts.isComplete,
            stepTime: size.tokensPerSecond.map { request.inputs.job.filledTokensPerStep / $0 }, tokensPerSecond: size.tokensPerSecond,
            hoursPerMillionTokens: size.secondsPerToken.map { $0 * 1e6 / 3600 })
    }

    private func strategy(_ s: ParallelStrategy, layers: [Int]) -> PlanReport.Strategy {
        PlanReport.Strategy(s, layersPerStage: layers, choices: request.inputs.choices)
    }

    private func memory(_ estimate: StepEstimate) -> PlanReport.Memory {
        let parts = estimate.memoryParts
        let named = [
            ("states", parts.states), ("activations", parts.activations), ("transient", parts.transient), ("buffers", parts.buffers),
            ("fixed", parts.fixed),
        ]
        let sum = named.reduce(0) { $0 + $1.1 }
        return PlanReport.Memory(
            low: Bytes(estimate.memoryLow).inGibibytes, expected: Bytes(estimate.memoryExpected).inGibibytes,
            high: Bytes(estimate.memoryHigh).inGibibytes,
            breakdown: (named + [("allocator", estimate.memoryHigh - sum)]).map {
                PlanReport.Term(key: $0.0, value: Bytes($0.1).inGibibytes)
            }, rank: estimate.heaviestRank, host: ofNode(estimate.hostMemory), storage: ofNode(estimate.storage))
    }

    /// GiB of a node whose GPUs have so many bytes each.
    private func ofNode(_ bytes: Double) -> Double {
        Bytes(bytes * Double(request.inputs.cluster.groups.map(\.gpusPerNode).max() ?? 1)).inGibibytes
    }

    private func training(_ strategy: ParallelStrategy, _ stepTime: Double) -> PlanReport.Training? {
        guard let tokens = request.inputs.job.tokens else { return nil }
        let steps = (tokens / request.inputs.job.tokensPerStep).rounded(.up)
        let hours = steps * stepTime / 3600 * Double(request.inputs.cluster.gpus)
        return PlanReport.Training(
            steps: steps, days: steps * stepTime / 86_400, gpuHours: hours, cost: gpuHourPrice.map { $0 * hours },
            failures: failures(strategy, stepTime: stepTime, work: steps * stepTime))
    }

    private func job(_ defaults: [String]) -> PlanReport.Job {
        let job = request.inputs.job
        var target: Double?
        if case .fewestGPUs(let rate) = request.objective { target = rate }
        return PlanReport.Job(
            globalBatch: job.globalBatch, sequenceLength: job.sequenceLength, precision: job.precision.rawValue,
            optimizer: job.optimizer.rawValue, gradientFormat: request.inputs.gradientFormat.rawValue,
            expertImbalance: job.expertImbalance,
            exchange: exchangeWords,
            release: request.inputs.choices.release.map(SoftwareRelease.month),
            method: PlanReport.Method(job.method, request.inputs.model, teacher: teacher), tokens: job.tokens,
            gpuHourPrice: gpuHourPrice,
            objective: request.objective.name, targetTokensPerSecond: target, memoryLimit: request.memoryLimit.inGibibytes,
            defaults: defaults)
    }

    /// How tokens travel and what hides exchanges, where that is not as the stack does; nil where it is.
    private var exchangeWords: String? {
        let (choices, usual) = (request.inputs.choices, request.inputs.stack.defaults)
        let travel = request.inputs.model.mixtureLayers > 0 ? choices.exchangeWords(beside: usual) : nil
        let words = [travel, choices.overlapWords(beside: usual)].compactMap { $0 }
        return words.isEmpty ? nil : words.joined(separator: "; ")
    }

    private func inputs(_ seed: Int) -> PlanReport.Inputs {
        let inputs = request.inputs
        let parameters = inputs.model.parameters
        return PlanReport.Inputs(
            model: model, parameters: [parameters.total, parameters.active], cluster: cluster, gpu: gpuNames.joined(separator: " + "),
            gpus: inputs.cluster.gpus, nodes: inputs.cluster.nodes, gpusPerNode: inputs.cluster.first.gpusPerNode,
            groups: inputs.cluster.groups.map {
                PlanReport.NodeGroup(gpu: $0.gpu.name, nodes: $0.nodes, gpusPerNode: $0.gpusPerNode)
            }, nodeNames: inputs.cluster.nodeNames, gpuMemory: inputs.memory.inGibibytes, peakFLOPs: inputs.peak,
            stack: stack,
            ignoresStack: request.ignoresStack, expectedError: inputs.expectedError, tool: ToolVersion.current,
            costModels: CostModelVersion.current, seed: seed)
    }

    /// The GPU types of the cluster, each once.
    private var gpuNames: [String] {
        request.inputs.cluster.groups.map(\.gpu.name).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    private func search(_ counts: SearchCounts) -> PlanReport.Search {
        PlanReport.Search(
            evaluated: counts.evaluated, pruned: counts.pruned, illegal: counts.illegal, feasible: counts.feasible,
            simulated: counts.simulated, rejected: counts.rejected, isComplete: counts.isComplete)
    }
}
