import Parallelism

extension MegatronArguments {
    /// Attention kernel and graph capture.
    func addKernels(to list: inout FlagList) {
        switch plan.choices.attentionKernel {
        case .fused: list.add("attention-backend", "fused")
        case .flash2: list.add("attention-backend", "flash")
        case .flash1:
            list.add("attention-backend", "flash")
            list.warn("FlashAttention-1 is no longer offered; its successor runs instead.")
        case .fusedSoftmax, .unfused: list.add("attention-backend", "unfused")
        }
        addGraphs(to: &list)
    }

    private func addGraphs(to list: inout FlagList) {
        guard plan.choices.graphs != .none else { return }
        if plan.formsGroups {
            return list.warn("Graphs cannot be captured where every sequence has a group of its own; every kernel is launched by the host.")
        }
        guard plan.strategy.recompute != .full else {
            return list.warn("Graphs cannot be captured with full recomputation; every kernel is launched by the host.")
        }
        switch plan.choices.graphs {
        case .none: break
        case .partial: list.add("cuda-graph-impl", "transformer_engine")
        case .full:
            if version.namesFullIterationGraph {
                list.add("cuda-graph-impl", "full_iteration")
            } else {
                list.add("cuda-graph-impl", "local")
                list.add("cuda-graph-scope", "full_iteration")
            }
            // Looking for NaNs would stop the capture.
            list.add("no-check-for-nan-in-loss-and-grad")
        }
    }
}
