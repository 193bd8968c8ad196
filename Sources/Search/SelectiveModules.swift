import CostModels
import Parallelism
public import Workload

extension RecomputeModules {
    /// The modules that selective recomputation drops: the user's, or those that the stack can drop and the model has.
    public static func worthwhile(_ request: SearchRequest) -> RecomputeModules {
        if let wanted = request.constraints.recomputeModules { return wanted }
        let inputs = request.inputs
        var modules = inputs.stack.launches.recomputeModules
        modules.subtract([.feedForward, .experts])
        if inputs.choices.attentionKernel.isFlash { modules.remove(.coreAttention) }
        if !inputs.divisions.hasExperts { modules.remove(.expertActivation) }
        if !inputs.divisions.hasLatent { modules.remove(.latentUpProjection) }
        return inputs.stack.launches.argumentRules.droppable(modules, of: inputs.divisions, precision: inputs.job.precision)
    }
}
