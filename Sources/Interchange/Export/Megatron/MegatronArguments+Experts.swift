import Parallelism
import Workload

extension MegatronArguments {
    /// The mixture of experts: its shape, how tokens reach it, and how it is computed.
    func addExperts(to list: inout FlagList) {
        guard let experts = plan.model.experts else { return }
        list.add("num-experts", experts.count)
        list.add("moe-router-topk", experts.perToken)
        // A softmax over one chosen expert is always 1; `TransformerConfig` (0.15 to main) refuses it behind the choice.
        if experts.perToken == 1 { list.add("moe-router-pre-softmax") }
        list.add("moe-ffn-hidden-size", experts.width)
        if experts.firstDenseLayers > 0 || experts.everyLayers > 1 {
            list.add("moe-layer-freq", Self.layerPattern(experts, layers: plan.model.layers))
        }
        if experts.sharedWidth > 0 { list.add("moe-shared-expert-intermediate-size", experts.sharedWidth) }
        if experts.hasSharedGate {
            if version.gatesSharedExperts {
                list.add("moe-shared-expert-gate")
            } else {
                list.warn("\(version.name) has no gate for shared experts; they are built without.")
            }
        }
        if let width = experts.latentWidth {
            if version.hasLatentExperts {
                list.add("moe-latent-size", width)
            } else {
                list.warn("\(version.name) has no narrower tokens for routed experts; they are built as wide as the stream.")
            }
        }
        addGroupedProducts(to: &list)
        addDispatcher(to: &list)
    }

    private func addGroupedProducts(to list: inout FlagList) {
        guard plan.choices.groupedExperts else { return }
        if plan.job.precision == .fp16 || plan.job.precision == .fp32 {
            list.warn("Grouped expert products need bf16; experts run one after another.")
        } else {
            list.add("moe-grouped-gemm")
        }
    }

    private func addDispatcher(to list: inout FlagList) {
        // Without expert parallelism no token travels, and the flex dispatchers refuse to start.
        guard plan.strategy.expert > 1 else { return list.add("moe-token-dispatcher-type", "alltoall") }
        if plan.choices.expertOverlap == .sharedExperts, !overlapsExperts, plan.choices.dispatcher != .allGather {
            list.add("moe-shared-expert-overlap")
        }
        switch plan.choices.dispatcher {
        case .allToAll: list.add("moe-token-dispatcher-type", "alltoall")
        case .hierarchical:
            list.add("moe-token-dispatcher-type", "alltoall")
            list.warn("\(version.name) has no exchange in two hops; tokens travel by its all-to-all.")
        case .allGather: list.add("moe-token-dispatcher-type", "allgather")
        case .deepEP:
            list.add("moe-token-dispatcher-type", "flex")
            if version.choosesFlexBackend { list.add("moe-flex-dispatcher-backend", "deepep") } else { list.add("moe-enable-deepep") }
        case .hybridEP:
            list.add("moe-token-dispatcher-type", "flex")
            if version.choosesFlexBackend {
                list.add("moe-flex-dispatcher-backend", "hybridep")
            } else {
                list.add("moe-enable-deepep")
                list.warn("\(version.name) has no HybridEP; tokens travel by DeepEP, whose host waits for their counts.")
            }
        }
    }

    /// Which layers are mixtures, as a Python list expression of zeros and ones.
    static func layerPattern(_ experts: Experts, layers: Int) -> String {
        let every = experts.everyLayers
        let rest = layers - experts.firstDenseLayers
        var parts: [String] = []
        if experts.firstDenseLayers > 0 { parts.append("[0]*\(experts.firstDenseLayers)") }
        if every == 1 {
            parts.append("[1]*\(rest)")
        } else {
            if rest / every > 0 { parts.append("([0]*\(every - 1)+[1])*\(rest / every)") }
            if rest % every > 0 { parts.append("[0]*\(rest % every)") }
        }
        return parts.joined(separator: "+")
    }
}
