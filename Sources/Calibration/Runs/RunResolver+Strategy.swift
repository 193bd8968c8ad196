import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

/// The strategy of a run.
extension RunResolver {
    func strategy(
        of run: RunRecord, _ framework: RunAliases.FrameworkAlias, _ model: TransformerModel, _ stack: SoftwareStack,
        _ assumptions: inout [String]
    ) throws -> ParallelStrategy {
        var s = ParallelStrategy()
        s.tensor = run.size("tp")
        s.pipeline = run.size("pp")
        s.context = run.size("cp")
        s.expert = run.size("ep")
        s.expertTensor = model.experts == nil ? 1 : run.size("etp")
        if model.experts == nil { s.expert = 1 }
        s.data = run.dataParallel
        s.sequenceParallel = s.tensor > 1 && (run["sequence_parallel"] ?? 0) > 0
        let batch = run.int("gbs") ?? 1
        let splitsLocalBatch = stack.launches.groupRule == .pytorch && s.pipeline > 1
        if let micro = run.int("mbs"), micro > 0 {
            s.microBatch = micro
        } else {
            // PyTorch's pipelines cut a rank's batch into as many micro-batches as there are stages.
            s.microBatch = splitsLocalBatch ? max(1, batch / (s.data * s.pipeline)) : 1
            assumptions.append("micro-batch \(s.microBatch)")
        }
        s.microBatches = max(1, batch / (s.data * s.microBatch))
        try setSchedule(&s, run, stack, &assumptions)
        s.layout = layout(s, layers: model.layers)
        if let stage = run.int("fsdp_or_zero"), (0...3).contains(stage) {
            s.sharding = [.none, .zero1, .zero2, .zero3][stage]
        } else {
            s.sharding = framework.sharding
            assumptions.append("sharding \(framework.sharding.rawValue)")
        }
        s.shardGroup = s.sharding == .none ? 1 : s.data
        try setRecompute(&s, run, model, stack, &assumptions)
        return s
    }

    /// The schedule that a run states, with its usual chunks a rank where it states no others; 1F1B, or interleaved with chunks, without one.
    private func setSchedule(
        _ s: inout ParallelStrategy, _ run: RunRecord, _ stack: SoftwareStack, _ assumptions: inout [String]
    ) throws {
        let stated = try RunWords.schedule(run.schedule)
        s.groupSize = s.pipeline
        guard s.pipeline > 1 else { return }
        s.virtualStages = run.size("vpp")
        if run.int("vpp") == nil, let chunks = stated?.usualChunksPerRank, chunks > 1 {
            s.virtualStages = chunks
            assumptions.append("\(chunks) virtual stages")
        }
        if stated == nil, !run.schedule.isEmpty { assumptions.append("1F1B or interleaved, although the row states no schedule") }
        switch stated {
        case nil, .oneForwardOneBackward, .interleaved:
            s.schedule = s.virtualStages > 1 ? .interleaved : .oneForwardOneBackward
            if s.virtualStages > 1 { settleGroups(&s, stack) }
        case let schedule?:
            s.schedule = schedule
            if schedule == .interleavedZeroBubble || schedule == .combined1F1B { settleGroups(&s, stack) }
            let isLegal = schedule.allows(
                pipeline: s.pipeline, virtualStages: s.virtualStages, microBatches: s.microBatches, groupSize: s.groupSize,
                groupRule: stack.launches.groupRule)
            guard isLegal else {
                throw RunSkip(
                    reason:
                        "schedule \(schedule.rawValue) with pp \(s.pipeline), vpp \(s.virtualStages) and \(s.microBatches) micro-batches; "
                        + schedule.conditions)
            }
        }
    }

    /// The layers as the run dealt them: evenly, else with embedding and loss counted, else the remainder in the middle.
    func layout(_ s: ParallelStrategy, layers: Int) -> LayerLayout {
        if layers % s.stages == 0 { return .even }
        if (layers + 2) % s.stages == 0, (layers + 2) / s.stages >= 2 { return .embeddingAware }
        guard layers < s.stages else { return .even }
        // Fewer layers than stages: the last stages hold nothing.
        return .explicit((0..<s.stages).map { $0 < layers ? 1 : 0 })
    }

    /// A legal group size, or plain 1F1B with chunks merged where micro-batches are too few to interleave.
    func settleGroups(_ s: inout ParallelStrategy, _ stack: SoftwareStack) {
        let m = s.microBatches
        if stack.launches.groupRule == .pytorch {
            let rounds = max(1, m / s.pipeline)
            s.groupSize = m / rounds
            if m % rounds == 0 { return }
        } else if let group = (s.pipeline...max(s.pipeline, m)).first(where: { $0 <= m && (m % $0 == 0 || m % $0 >= s.pipeline) }) {
            s.groupSize = group
            return
        }
        s.virtualStages = 1
        s.schedule = .oneForwardOneBackward
        s.groupSize = s.pipeline
    }

    func setRecompute(
        _ s: inout ParallelStrategy, _ run: RunRecord, _ model: TransformerModel, _ stack: SoftwareStack, _ assumptions: inout [String]
    ) throws {
        let perStage = StageLayers(layers: model.layers, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout)
        let most = perStage?.counts.max() ?? model.layers
        switch try RunWords.recomputation(run.recompute) {
        case .full(let layers):
            s.recompute = .full
            s.recomputeLayers = min(most, layers ?? most)
        case .selective:
            s.recompute = .selective
            s.recomputeModules = modules(run, stack)
        case RunWords.Recomputation.none?: break
        case nil: assumptions.append("no recomputation")
        }
    }

    func modules(_ run: RunRecord, _ stack: SoftwareStack) -> RecomputeModules {
        if stack.launches.recomputeModules.contains(.alternateMatrixProducts) { return .alternateMatrixProducts }
        if let range = run.notes.range(of: "recompute_modules=") {
            let list = run.notes[range.upperBound...].prefix { $0 != "]" && $0 != ";" }
            var modules: RecomputeModules = []
            for (name, module) in RecomputeModules.named where list.contains("\"\(name)\"") || list.contains("'\(name)'") {
                if module != .feedForward { modules.insert(module) }
            }
            return modules
        }
        return stack.defaults.attentionKernel.isFlash ? [] : .coreAttention
    }
}
