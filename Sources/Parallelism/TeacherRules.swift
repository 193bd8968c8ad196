import Schedules
import Workload

/// What a teacher beside the student asks of a strategy: both run under the same sizes (Megatron-Bridge, `DistillationProvider.__post_init__`).
extension Legality {
    /// Whether tensor, expert and context parallelism divide the teacher.
    func teacherViolation(of s: ParallelStrategy) -> LegalityRule? {
        guard let teacher else { return nil }
        guard teacher.violation(of: s) == nil else { return .teacherShape }
        for attention in teacher.attentions where s.context > 1 && !s.tradesEvenly(attention) { return .teacherShape }
        return nil
    }

    /// Whether a pipeline's stages share its layers evenly: without interleaving (Megatron-LM, `model_builder.py`: "ModelOpt Distillation
    /// currently incompatible with interleaved pipeline schedule").
    func teacherPipelineViolation(of s: ParallelStrategy) -> LegalityRule? {
        guard s.pipeline > 1, let layers = job.method.teacher?.layers else { return nil }
        return s.virtualStages == 1 && layers % s.pipeline == 0 ? nil : .teacherPipeline
    }

    /// The broken rule in words.
    func teacherProblem(_ rule: LegalityRule, in s: ParallelStrategy) -> (String, String) {
        let name = job.method.teacher?.name ?? "the teacher"
        let layers = job.method.teacher?.layers ?? 1
        guard rule == .teacherShape else {
            return s.virtualStages > 1
                ? ("distillation runs no interleaved pipelines, and vpp is \(s.virtualStages)", "use vpp 1")
                : ("the \(layers) layers of the teacher \(name) do not divide by pp \(s.pipeline)", "pp must be one of \(divisors(layers))")
        }
        guard let units = teacher?.violation(of: s) else {
            return ("the attention heads of the teacher \(name) do not divide over tp \(s.tensor) and cp \(s.context)", "use a smaller cp")
        }
        let option =
            units.rule == .expertsByExpert
            ? "ep \(s.expert)" : units.rule == .expertWidthByExpertTensor ? "etp \(s.expertTensor)" : "tp \(s.tensor)"
        return ("the \(units.count) \(units.name) of the teacher \(name) do not divide over \(option)", "use a divisor of \(units.count)")
    }
}
