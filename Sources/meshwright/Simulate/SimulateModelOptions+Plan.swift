import CostModels
import Parallelism
import Workload

extension SimulateModelOptions {
    /// A plan on the software and with the lengths that its sequences have here.
    func studied(_ configuration: Configuration) throws -> Configuration {
        var (configuration, inputs) = (configuration, configuration.model.inputs)
        configuration.lengths = try sequences.read(
            inputs.model, rows: inputs.job.globalBatch, sequence: inputs.job.sequenceLength)
        inputs.choices = released.applied(to: inputs.choices, stack: inputs.stack, cluster: inputs.cluster)
        guard configuration.lengths != nil || released.release != nil else { return configuration }
        if let drawn = configuration.lengths { inputs.job.documents = drawn.documents }
        configuration.model = StepModel(inputs)
        return configuration
    }
}
