import Workload

extension MegatronArguments {
    /// The program that trains the model.
    var program: String {
        guard hybrid != nil else { return "pretrain_gpt.py" }
        return version.hasWholePattern ? "pretrain_hybrid.py" : "pretrain_mamba.py"
    }

    /// The layers of a hybrid model and the sizes of its mixers.
    func addHybrid(to list: inout FlagList) {
        guard let hybrid else { return }
        if version.hasWholePattern {
            list.add(pattern: hybrid.text, as: "hybrid-layer-pattern")
            list.add("spec", list: ["megatron.core.models.hybrid.hybrid_layer_specs", "hybrid_stack_spec"])
        } else {
            list.add("is-hybrid-model")
            // Stages share the layers evenly there, which no bar may say.
            list.add(pattern: hybrid.text.filter { $0 != "|" }, as: "hybrid-override-pattern")
            list.add("spec", list: ["megatron.core.models.mamba.mamba_layer_specs", "mamba_stack_spec"])
        }
        let isUngated = plan.model.experts?.isGated == false || plan.model.feedForward.width > 0 && !plan.model.feedForward.isGated
        if isUngated {
            list.add("squared-relu")
            list.warn("The activation of \(plan.model.name) is not among the model's data; --squared-relu is assumed.")
        }
        for shape in plan.model.stack?.blocks.map(\.block.shape) ?? [] {
            if let mamba = shape as? Mamba2 { add(mamba, to: &list) }
            if let delta = shape as? GatedDelta { add(delta, to: &list) }
        }
    }

    private func add(_ mamba: Mamba2, to list: inout FlagList) {
        list.add("mamba-num-heads", mamba.heads)
        list.add("mamba-head-dim", mamba.headDimension)
        list.add("mamba-num-groups", mamba.groups)
        list.add("mamba-state-dim", mamba.state)
        let chunk = Mamba2(heads: 1, headDimension: 1, groups: 1, state: 1).chunk
        if mamba.chunk != chunk { list.warn("The recurrence runs in chunks of \(chunk) tokens, not of the \(mamba.chunk) planned with.") }
    }

    private func add(_ delta: GatedDelta, to list: inout FlagList) {
        list.add("linear-num-key-heads", delta.keyHeads)
        list.add("linear-key-head-dim", delta.keyDimension)
        list.add("linear-num-value-heads", delta.valueHeads)
        list.add("linear-value-head-dim", delta.valueDimension)
        list.add("linear-conv-kernel-dim", delta.convolution)
        let chunk = GatedDelta().chunk
        if delta.chunk != chunk { list.warn("The recurrence runs in chunks of \(chunk) tokens, not of the \(delta.chunk) planned with.") }
    }
}

extension FlagList {
    /// Adds a pattern of layers, joined to its flag where it would be taken for one itself.
    fileprivate mutating func add(pattern: String, as name: String) {
        if pattern.hasPrefix("-") { add("\(name)=\(pattern)") } else { add(name, pattern) }
    }
}
