import CostModels
import Parallelism
import Reports
import Schedules

/// What a simulation runs: an order, its times, and the configuration that they come from.
struct SimulationSubject {
    var order: ScheduleOrder
    var slices = 1
    var times: StageTimes
    /// The price of a model's configuration under its schedule; nil for abstract times and for orders of one's own.
    var price: EstimateText?
    /// The configuration of a model; nil for abstract times.
    var configuration: SimulatedConfiguration?

    /// A model's configuration, or an order of one's own with its times.
    init(_ model: StepModel, _ strategy: ParallelStrategy, running own: ScheduleOrder? = nil) throws(StepError) {
        let input = try model.simulationInput(strategy, running: own)
        order = input.order
        times = input.times
        price = own == nil ? EstimateText(estimate: input.estimate, memory: model.inputs.memory) : nil
        configuration = SimulatedConfiguration(strategy, model.inputs, layersPerStage: input.estimate.layersPerStage, order: own?.name)
    }

    /// Abstract times.
    init(_ order: ScheduleOrder, slices: Int, _ times: StageTimes) {
        self.order = order
        self.slices = slices
        self.times = times
    }

    /// The title of its pictures.
    var title: String { "\(order.name), p = \(order.rankCount), m = \(order.microBatches / slices)" }

    /// A timeline with what was simulated and the memory that there is.
    func stated(_ timeline: Timeline) -> Timeline {
        var timeline = timeline
        timeline.facts = configuration?.lines ?? []
        timeline.memoryLimit = configuration?.memoryLimit
        return timeline
    }
}
