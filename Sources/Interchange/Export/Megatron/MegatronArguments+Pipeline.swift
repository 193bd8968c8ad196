import Parallelism
import Schedules
import Workload

extension MegatronArguments {
    /// Stages, their layers, and the schedule.
    func addPipeline(to list: inout FlagList) {
        let s = plan.strategy
        list.add("pipeline-model-parallel-size", s.pipeline)
        addLayers(to: &list)
        addSchedule(to: &list)
    }

    /// One of three ways to deal layers: evenly, with embedding and loss counted as layers, or stage by stage.
    private func addLayers(to list: inout FlagList) {
        let s = plan.strategy
        // The pattern of a hybrid model says where stages end.
        guard s.pipeline > 1, hybrid == nil else { return }
        if plan.hasEvenLayers {
            if s.virtualStages > 1 { list.add("num-layers-per-virtual-pipeline-stage", plan.stageLayers[0]) }
        } else if plan.countsEndsAsLayers {
            list.add("account-for-embedding-in-pipeline-split")
            list.add("account-for-loss-in-pipeline-split")
            if s.virtualStages > 1 { list.add("num-layers-per-virtual-pipeline-stage", plan.stageLayers[0] + 1) }
        } else {
            list.add(
                "pipeline-model-parallel-layout",
                PipelineLayoutText.text(counts: plan.stageLayers, predictionBlocks: plan.model.predictionBlocks))
        }
    }

    private func addSchedule(to list: inout FlagList) {
        let s = plan.strategy
        switch s.schedule {
        case .oneForwardOneBackward, .interleaved: break
        case .combined1F1B: list.add("overlap-moe-expert-parallel-comm")
        default:
            let runs = s.virtualStages > 1 ? "interleaved 1F1B" : "1F1B"
            list.warn("\(version.name) has no schedule \(s.schedule.rawValue); it runs \(runs), with other times and memory.")
        }
        if s.schedule != .combined1F1B, overlapsExperts {
            if s.pipeline > 1, s.virtualStages == 1 {
                list.warn("Expert all-to-alls can run beside compute only with virtual stages; they are exposed.")
            } else if s.expert == 1 || s.recompute == .full || s.recomputeModules.contains(.experts) || plan.job.precision == .fp32
                || plan.model.predictionBlocks > 1
            {
                // `TransformerConfig.__post_init__` refuses the overlap in each of these cases.
                list.warn(
                    "Expert all-to-alls run beside compute only with expert parallelism, in 16 bits, without whole layers or mixtures computed "
                        + "again, and with one predicted token more at most; they are exposed.")
            } else {
                list.add("overlap-moe-expert-parallel-comm")
            }
        }
        if s.virtualStages > 1, s.groupSize != s.pipeline {
            list.add("microbatch-group-size-per-virtual-pipeline-stage", s.groupSize)
        }
    }
}
