public import Workload

/// What a run in which every sequence gets a group of context and data ranks of its own asks of plan and model.
public enum SequenceGroupRules {
    /// Kinds of context parallelism that run over groups of any number of ranks, whatever a model's heads divide by.
    public static let flat: Set<ContextParallelKind> = [.ring, .contiguousRing, .allGather, .ringSelfAttention, .tokenRing]

    /// The kind that groups of a strategy's ranks run: its own, or a ring where its own is bound to one size.
    public static func kind(of s: ParallelStrategy) -> ContextParallelKind { flat.contains(s.contextKind) ? s.contextKind : .ring }

    /// Why it cannot run; nil where it can.
    ///
    /// Megatron-LM's `validate_args` (main of August 2026, arguments.py line 1444) asks for one pipeline stage; its scheduler has no mixtures of experts.
    public static func problem(_ s: ParallelStrategy, _ model: TransformerModel, _ rules: ContextRules) -> String? {
        if s.pipeline > 1 {
            return "hybrid context parallelism runs without pipelines, and the plan has \(s.pipeline) stages; plan with --pp 1"
        }
        if model.experts != nil || model.stack != nil {
            return "hybrid context parallelism runs for dense transformers alone, and \(model.name) is none"
        }
        var grouped = s
        (grouped.context, grouped.contextKind, grouped.contextInner, grouped.localContextKind) = (2, kind(of: s), 1, nil)
        if ModelDivisions(model).attentions.contains(where: { rules.violation(of: $0, in: grouped) != nil }) {
            return
                "groups of ranks would run \(model.name) as \(kind(of: s).rawValue), which the kernels cannot; plan with --cp-kind all-gather"
        }
        return nil
    }
}
