public import CostModels
import Hardware
public import Parallelism
import Quantities
import Schedules
import Workload

/// One change to a plan, everything else kept as far as it stays legal, and what it would cost.
public struct PlanChange: Sendable, Hashable {
    /// What changes, as its flag names it.
    public let dimension: String
    /// Its value in the plan.
    public let before: String
    /// Its value after the change.
    public let after: String
    /// The changed strategy.
    public let strategy: ParallelStrategy
    /// Its exact price.
    public let estimate: StepEstimate
    /// Whether it fits in memory.
    public let fits: Bool
}

extension Planner {
    /// The legal strategies one change away from a plan, fastest first, priced exactly.
    ///
    /// A size is doubled or halved, and data parallelism takes up the rest of the GPUs; a choice is replaced by each other one that the
    /// stack can launch.
    ///
    /// Where links or nodes differ, they are placed as finalists are; on more nodes than that is quick for, links add to each what they add
    /// to the plan.
    public func changes(to plan: ParallelStrategy, addedByLinks: Double = 0) -> [PlanChange] {
        var simulator = PipelineSimulator()
        let placement = finalistPlacement()
        let limit = request.memoryLimit.count
        var seen: Set<ParallelStrategy> = [plan]
        var changes: [PlanChange] = []
        for proposal in proposals(plan) {
            if isCancelled() { break }
            guard let strategy = adapted(proposal.strategy), seen.insert(strategy).inserted,
                let unplaced = try? model.estimate(strategy, simulator: &simulator)
            else { continue }
            let placed = placement.estimate(strategy, unplaced, addedByLinks: addedByLinks)
            let estimate = placed.dealt(adding: request.unevenRows?(request.inputs, strategy, unplaced) ?? 0)
            changes.append(
                PlanChange(
                    dimension: proposal.dimension, before: proposal.before, after: proposal.after, strategy: strategy, estimate: estimate,
                    fits: estimate.memoryHigh <= limit && model.fitsHost(estimate)))
        }
        return changes.enumerated().sorted {
            $0.element.estimate.stepTime != $1.element.estimate.stepTime
                ? $0.element.estimate.stepTime < $1.element.estimate.stepTime : $0.offset < $1.offset
        }.map(\.element)
    }

    private struct Proposal {
        let dimension: String
        let before: String
        let after: String
        let strategy: ParallelStrategy
    }

    private func proposals(_ plan: ParallelStrategy) -> [Proposal] {
        var proposals: [Proposal] = []
        func propose<Value: Equatable>(
            _ dimension: String, _ path: WritableKeyPath<ParallelStrategy, Value>, _ values: [Value], _ words: (Value) -> String,
            then adjust: (inout ParallelStrategy) -> Void = { _ in }
        ) {
            for value in values where value != plan[keyPath: path] {
                var changed = plan
                changed[keyPath: path] = value
                adjust(&changed)
                proposals.append(
                    Proposal(dimension: dimension, before: words(plan[keyPath: path]), after: words(value), strategy: changed))
            }
        }
        func size(_ dimension: String, _ path: WritableKeyPath<ParallelStrategy, Int>) {
            let value = plan[keyPath: path]
            propose(dimension, path, value % 2 == 0 ? [value / 2, value * 2] : [value * 2], { "\($0)" })
        }
        size("tp", \.tensor)
        size("pp", \.pipeline)
        size("cp", \.context)
        if request.inputs.divisions.hasExperts {
            size("ep", \.expert)
            size("etp", \.expertTensor)
        }
        size("micro-batch-size", \.microBatch)
        let chunks = plan.virtualStages
        propose("vpp", \.virtualStages, [chunks - 1, chunks / 2, chunks + 1, chunks * 2].filter { $0 >= 1 }, { "\($0)" }) {
            if $0.virtualStages == 1, $0.schedule == .interleaved { $0.schedule = .oneForwardOneBackward }
            if $0.virtualStages > 1, $0.schedule == .oneForwardOneBackward { $0.schedule = .interleaved }
        }
        propose("recompute", \.recompute, Recompute.allCases, \.rawValue) {
            $0.recomputeLayers = $0.recompute == .full ? mostLayers($0) : 0
            $0.recomputeModules = $0.recompute == .selective ? .worthwhile(request) : []
        }
        if plan.recompute == .full {
            let most = mostLayers(plan)
            propose(
                "recompute-layers", \.recomputeLayers,
                [plan.recomputeLayers - 1, plan.recomputeLayers + 1].filter { (1...most).contains($0) },
                { "\($0)" })
        }
        propose("optimizer-sharding", \.sharding, OptimizerSharding.allCases, \.rawValue) {
            $0.shardGroup = $0.sharding == .none ? 1 : $0.data
        }
        if !plan.offload.isNone { propose("offload", \.offload, [.none], \.text) }
        if plan.pipeline > 1 {
            propose("schedule", \.schedule, PipelineSchedule.allCases, \.rawValue) { $0.virtualStages = $0.schedule.fewestChunks }
        }
        if plan.tensor > 1 { propose("sequence-parallel", \.sequenceParallel, [true, false], { $0 ? "on" : "off" }) }
        if plan.context > 1 {
            propose("cp-kind", \.contextKind, ContextParallelKind.allCases, \.rawValue) {
                $0.contextInner = $0.contextKind.innerSizes(of: $0.context).last ?? 1
                if $0.contextKind == $0.localContextKind { $0.localContextKind = nil }
            }
            if plan.localContextKind != nil {
                propose("cp-kind-local", \.localContextKind, [nil], { ($0 ?? plan.contextKind).rawValue })
            }
        }
        if plan.context > 1, plan.contextKind.isNested {
            propose("cp-inner", \.contextInner, plan.contextKind.innerSizes(of: plan.context), { "\($0)" })
        }
        return proposals
    }

    /// The strategy with data parallelism, micro-batches, groups and layout brought in line; nil where no legal one is left.
    private func adapted(_ proposal: ParallelStrategy) -> ParallelStrategy? {
        var s = proposal
        let world = request.inputs.cluster.gpus
        let part = s.tensor * s.context * s.pipeline
        guard part > 0, world % part == 0 else { return nil }
        let wasWhole = s.shardGroup == s.data
        s.data = world / part
        guard request.inputs.job.globalBatch % (s.microBatch * s.data) == 0 else { return nil }
        s.microBatches = request.inputs.job.globalBatch / (s.microBatch * s.data)
        s.shardGroup = s.sharding == .none ? 1 : wasWhole || s.data % s.shardGroup != 0 ? s.data : s.shardGroup
        if s.tensor == 1 {
            s.sequenceParallel = false
        } else if proposal.tensor > 1, request.inputs.divisions.hasExperts {
            s.sequenceParallel = true
        }
        if s.pipeline == 1 {
            s.virtualStages = 1
            s.schedule = .oneForwardOneBackward
        }
        let legality = request.legality
        for layout in [s.layout, .even, .embeddingAware] {
            var candidate = s
            candidate.layout = layout
            candidate.groupSize = s.pipeline
            if let group = legality.smallestGroup(for: candidate, allowed: .any) { candidate.groupSize = group }
            if candidate.recompute == .full {
                candidate.recomputeLayers = max(1, min(candidate.recomputeLayers, mostLayers(candidate)))
            }
            if legality.firstViolation(of: candidate) == nil { return candidate }
        }
        return nil
    }

    /// Layers of the fullest virtual stage.
    private func mostLayers(_ s: ParallelStrategy) -> Int {
        let dealt = StageLayers(
            layers: request.inputs.model.layers, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout)
        return max(1, dealt?.counts.max() ?? 1)
    }
}

extension PipelineSchedule {
    /// The smallest number of virtual stages a rank that the schedule runs with.
    fileprivate var fewestChunks: Int {
        switch self {
        case .gpipe, .oneForwardOneBackward, .zbH1, .zbH2, .dualPipe, .chimera, .seq1F1B: 1
        case .interleaved, .loopedBFS, .interleavedZeroBubble, .zbV, .vHalf, .vMin, .dualPipeV, .combined1F1B, .wave: 2
        }
    }
}
