public import Workload

/// What a run in which every sequence gets a group of context and data ranks of its own asks of plan and model.
public enum SequenceGroupRules {
    /// Why it cannot run; nil where it can.
    ///
    /// Megatron-LM's `validate_args` (main of August 2026, arguments.py line 1444) asks for one pipeline stage; its scheduler has no mixtures of experts.
    public static func problem(_ s: ParallelStrategy, _ model: TransformerModel) -> String? {
        if s.pipeline > 1 {
            return "hybrid context parallelism runs without pipelines, and the plan has \(s.pipeline) stages; plan with --pp 1"
        }
        if model.experts != nil || model.stack != nil {
            return "hybrid context parallelism runs for dense transformers alone, and \(model.name) is none"
        }
        return nil
    }
}
