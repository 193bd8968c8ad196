import CostModels
import Hardware
import Parallelism
import Reports
import Schedules
import Sequences

/// What a simulation runs: an order, its times, and the configuration that they come from.
struct SimulationSubject {
    var order: ScheduleOrder
    var slices = 1
    var times: StageTimes
    /// The price of a model's configuration under its schedule; nil for abstract times and for orders of one's own.
    var price: EstimateText?
    /// What overlap would gain that the stack has by default and the configuration leaves out; nil where nothing is left out.
    var advice: String?
    /// The configuration of a model; nil for abstract times.
    var configuration: SimulatedConfiguration?

    /// Nodes that hold a pipeline rank in all replicas together; 1 for abstract times.
    var nodesPerRank = 1.0

    /// The steps of attention over context ranks; empty without any.
    var contextLanes: [ContextLanes] = []
    /// The drawn steps of sequences of given lengths; nil where none were given.
    var lengthStudy: LengthStudy?
    /// What they come to.
    var lengths: PlanReport.Lengths?
    /// Why the stack's kernels would not run them; nil where they do.
    var refusal: KernelRefusal?
    /// What prices them; nil for abstract times.
    var contextExchange: ContextExchange?

    /// What was read of the user's own file.
    var echo: ConfigurationEcho?

    /// A model's configuration, or an order of one's own with its times.
    init(_ simulated: SimulateModelOptions.Configuration, running own: ScheduleOrder? = nil, seed: UInt64 = 0) throws(StepError) {
        let (model, strategy) = (simulated.model, simulated.strategy)
        (echo, refusal) = (simulated.echo, simulated.refusal)
        let input = try model.simulationInput(strategy, running: own)
        lengthStudy = simulated.lengths?.study(model.inputs, strategy, input.estimate, seed: seed)
        lengths = lengthStudy.map(PlanReport.Lengths.init)
        (contextLanes, contextExchange) = (model.contextLanes(of: strategy), ContextExchange(model.inputs))
        order = input.order
        times = input.times
        times.lanes = model.stageLanes(strategy, times, seconds: input.estimate.stepTime)
        nodesPerRank = max(1, Double(model.inputs.cluster.nodes) / Double(max(1, strategy.pipeline)))
        if own == nil { advice = Self.advice(model, strategy, exposed: input.estimate.stepTime) }
        price =
            own == nil
            ? EstimateText(
                estimate: input.estimate, model: model, memory: model.inputs.memory,
                ranksPerNode: model.inputs.cluster.groups.map(\.gpusPerNode).max() ?? 1) : nil
        configuration = SimulatedConfiguration(strategy, model.inputs, layersPerStage: input.estimate.layersPerStage, order: own?.name)
    }

    private static func advice(_ model: StepModel, _ strategy: ParallelStrategy, exposed: Double) -> String? {
        var inputs = model.inputs
        guard !inputs.choices.overlapsDataParallel, inputs.stack.defaults.overlapsDataParallel else { return nil }
        inputs.choices.overlapsDataParallel = true
        guard let overlapped = try? StepModel(inputs).simulationInput(strategy).estimate.stepTime else { return nil }
        return OverlapAdvice(exposed: exposed, overlapped: overlapped).sentence
    }

    /// Abstract times.
    init(_ order: ScheduleOrder, slices: Int, _ times: StageTimes) {
        self.order = order
        self.slices = slices
        self.times = times
    }

    /// What stands in place of who launches the steps; nil where somebody does.
    var refusedSteps: String? { refusal.flatMap { $0.isOfAttention ? $0.sentence : nil } }

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
