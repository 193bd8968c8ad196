import CostModels
import Parallelism

/// Why a stack would not run the context parallelism of a strategy that is priced all the same.
struct KernelRefusal {
    /// The stack.
    let stack: String
    /// What it lacks, and what it has.
    let problem: String

    /// Whether the stack has the kind and its kernels do not run this attention with it, so that it is no launcher of it.
    let isOfAttention: Bool

    /// What is said of it.
    var sentence: String { "\(stack) does not run this, which is priced all the same: \(problem)" }

    /// The refusal of a strategy; nil where the stack's kernels run it.
    init?(_ inputs: CostInputs, _ strategy: ParallelStrategy) {
        let legality = Legality(model: inputs.model, divisions: inputs.divisions, job: inputs.job, stack: inputs.stack)
        guard strategy.context > 1, let rule = legality.stackGridViolation(of: strategy), rule.isOfKernels else { return nil }
        stack = inputs.stack.name
        isOfAttention = rule != .stackContext
        problem = legality.describe(rule, in: strategy).description
    }
}
