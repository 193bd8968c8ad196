import Schedules
public import Workload

/// Whether a strategy can run at all, and on the chosen stack: the one place that search, import and export ask.
///
/// The rules are those of Megatron-Core's argument checks and of the papers named at each `LegalityRule`; a stack adds its own.
/// `firstViolation` is what loops call (no strings, no allocation); `violations` explains every broken rule to a person.
public struct Legality: Sendable {
    /// The model whose shape must divide.
    public let model: TransformerModel
    /// What parallelism divides in it.
    public let divisions: ModelDivisions
    /// Batch, sequence and formats.
    public let job: TrainingJob
    /// What parallelism divides in its teacher; nil without one.
    let teacher: ModelDivisions?
    /// The stack that must be able to launch the strategy; nil asks for mathematics only.
    public let stack: SoftwareStack?
    /// GPUs to fill exactly; nil leaves the number open.
    public let worldSize: Int?
    /// Whether expert all-to-alls are to run beside another micro-batch's compute.
    public let overlapsExperts: Bool

    /// The rules for a model and job, on a stack if given, filling `worldSize` GPUs if given; the model's divisions are found where they are not
    /// at hand.
    public init(
        model: TransformerModel, divisions: ModelDivisions? = nil, job: TrainingJob, stack: SoftwareStack? = nil, worldSize: Int? = nil,
        overlapsExperts: Bool = false
    ) {
        self.model = model
        self.divisions = divisions ?? ModelDivisions(model)
        self.job = job
        teacher = job.method.teacher.map { ModelDivisions($0) }
        self.stack = stack
        self.worldSize = worldSize
        self.overlapsExperts = overlapsExperts
    }

    /// The first broken rule in the order of declaration, or nil for a legal strategy.
    public func firstViolation(of s: ParallelStrategy) -> LegalityRule? {
        gridViolation(of: s) ?? shapeViolation(of: s) ?? batchViolation(of: s) ?? pipelineViolation(of: s) ?? choiceViolation(of: s)
            ?? stackViolation(of: s)
    }

    /// Every broken rule with the offending values and the nearest legal ones.
    public func violations(of s: ParallelStrategy) -> [Violation] {
        [
            gridViolation(of: s), shapeViolation(of: s), batchViolation(of: s), pipelineViolation(of: s), choiceViolation(of: s),
            stackViolation(of: s),
        ]
        .compactMap { $0 }.map { describe($0, in: s) }
    }

    /// Rules on how dense and expert grids tile the GPUs.
    public func gridViolation(of s: ParallelStrategy) -> LegalityRule? {
        if let worldSize, s.worldSize != worldSize { return .worldSize }
        let perStage = s.tensor * s.context * s.data
        guard perStage % (s.expert * s.expertTensor) == 0 else { return .expertGrid }
        return nil
    }

    /// Rules on the shape of the model: what tensor, context and expert parallelism divide.
    public func shapeViolation(of s: ParallelStrategy) -> LegalityRule? {
        let t = s.tensor
        if let units = divisions.violation(of: s) { return units.rule }
        if !divisions.hasExperts, s.expert > 1 || s.expertTensor > 1 { return .expertWithoutExperts }
        if s.context > 1 {
            guard job.sequenceLength % (2 * s.context) == 0 else { return .sequenceByContext }
            guard s.contextKind.isNested ? s.contextInner > 1 && s.contextInner < s.context : s.contextInner == 1,
                s.context % max(1, s.contextInner) == 0, s.localContextKind?.isNested != true
            else { return .contextHierarchy }
            for attention in divisions.attentions where !s.tradesEvenly(attention) { return .headsByContext }
            guard !divisions.isSequential else { return .sequentialByContext }
            let passesStates = stack?.launches.passesRecurrentStates ?? false
            for units in divisions.recurrent where !passesStates && !units.divide(over: t * s.context) { return .recurrenceByContext }
        }
        if s.sequenceParallel {
            guard t > 1 else { return .sequenceParallelAlone }
            guard (job.sequenceLength / s.context) % t == 0 else { return .sequenceByTensor }
        } else if divisions.hasExperts, t > 1 {
            return .mixtureNeedsSequenceParallel
        }
        return teacherViolation(of: s)
    }

    /// The global batch must be micro-batches of equal number on every replica.
    public func batchViolation(of s: ParallelStrategy) -> LegalityRule? {
        s.microBatches >= 1 && s.microBatch * s.data * s.microBatches == job.globalBatch ? nil : .batch
    }

    /// Rules on the pipeline: chunks, groups, layers, and what the schedule demands.
    public func pipelineViolation(of s: ParallelStrategy) -> LegalityRule? {
        guard s.virtualStages == 1 || s.pipeline > 1 else { return .interleavingNeedsPipeline }
        guard scheduleIsLegal(s) else { return .schedule }
        guard StageLayers(layers: model.layers, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout) != nil else {
            return .layers
        }
        if overlapsExperts, s.expert > 1, s.pipeline > 1, s.virtualStages == 1 { return .expertOverlapNeedsChunks }
        return teacherPipelineViolation(of: s)
    }

    /// Rules on sharding and recomputation.
    public func choiceViolation(of s: ParallelStrategy) -> LegalityRule? {
        guard s.shardGroup >= 1, s.data % s.shardGroup == 0, s.sharding != .none || s.shardGroup == 1 else { return .shardGroup }
        if s.recompute == .full {
            let most = max((model.layers + s.stages - 1) / s.stages + 1, fullestStage(of: s))
            guard s.recomputeLayers >= 1, s.recomputeLayers <= most else { return .recomputeLayers }
        }
        return offloadViolation(of: s)
    }

    /// What the chosen stack cannot launch.
    public func stackViolation(of s: ParallelStrategy) -> LegalityRule? { stackGridViolation(of: s) ?? stackChoiceViolation(of: s) }

    /// What the stack lacks whatever else is chosen: whole dimensions, or their combination.
    public func stackGridViolation(of s: ParallelStrategy) -> LegalityRule? {
        guard let launches = stack?.launches else { return nil }
        guard launches.lacks(divisions.kinds) == nil else { return .stackBlocks }
        guard s.pipeline == 1 || launches.pipelineParallel else { return .stackPipeline }
        if s.context > 1 {
            guard launches.contextKinds.isSuperset(of: s.contextKinds) else { return .stackContext }
            guard s.localContextKind == nil || launches.choosesContextByLayer else { return .stackContextByLayer }
            for attention in divisions.attentions {
                if let rule = launches.contextRules.violation(of: attention, in: s) { return rule }
            }
            guard !divisions.hasRecurrence || launches.recurrentContext || launches.passesRecurrentStates else { return .stackContext }
        }
        guard s.tensor == 1 || launches.tensorParallel else { return .stackTensor }
        if s.tensor > 1, let always = launches.sequenceParallel, s.sequenceParallel != always { return .stackSequenceParallel }
        guard s.expert == 1 || launches.expertParallel else { return .stackExpert }
        if let rule = launches.argumentRules.gridViolation(
            of: s, model: model, divisions: divisions, job: job, compiles: stack?.defaults.compiled ?? false)
        {
            return rule
        }
        if divisions.hasExperts {
            switch launches.expertTensor {
            case .any: break
            // Without expert parallelism the experts are split as the dense part is (TorchTitan, `apply_moe_ep_tp`).
            case .oneOrTensor:
                guard s.expertTensor == s.tensor || (s.expertTensor == 1 && s.expert > 1) else { return .stackExpert }
            case .tensor: guard s.expertTensor == s.tensor else { return .stackExpert }
            case .one: guard s.expertTensor == 1 else { return .stackExpert }
            }
        }
        return nil
    }

    /// What the stack cannot launch among schedules, sharding, recomputation and layouts.
    public func stackChoiceViolation(of s: ParallelStrategy) -> LegalityRule? {
        guard let launches = stack?.launches else { return nil }
        if s.pipeline > 1 {
            guard launches.schedules.contains(s.schedule) else { return .stackSchedule }
            guard launches.shardsGradientsInPipeline || s.sharding == .none || s.sharding == .zero1 else { return .stackSharding }
        }
        // On a single data-parallel rank there is nothing to shard, whatever the stack calls it.
        let isAlone = s.sharding == .none && s.data * s.context == 1
        guard isAlone || launches.shardings.contains(s.sharding), s.shardGroup <= 1 || s.shardGroup == s.data || launches.hybridSharding
        else {
            return .stackSharding
        }
        if let rule = launches.argumentRules.choiceViolation(of: s, model: model, divisions: divisions, job: job) { return rule }
        guard launches.recompute.contains(s.recompute),
            s.recompute != .selective || launches.recomputeModules.isSuperset(of: s.recomputeModules)
        else { return .stackRecompute }
        if s.recompute == .selective {
            let modules = launches.argumentRules.droppable(s.recomputeModules, of: divisions, precision: job.precision)
            guard modules == s.recomputeModules else { return .recomputeModules }
        }
        if s.recompute == .full, !launches.partialRecompute {
            guard s.recomputeLayers >= fullestStage(of: s) else { return .stackPartialRecompute }
        }
        // Overlapping two micro-batches splits a layer, so that neither it nor its mixture can be computed again as a whole
        // (Megatron-Core, `TransformerConfig.__post_init__`).
        if s.schedule == .combined1F1B {
            guard s.recompute != .full, !s.recomputeModules.contains(.experts) else { return .stackRecompute }
        }
        switch s.layout {
        case .even: guard launches.unevenLayers || model.layers % s.stages == 0 else { return .stackLayers }
        case .embeddingAware, .explicit: guard launches.unevenLayers else { return .stackLayers }
        }
        return stackOffloadViolation(of: s)
    }

    /// Layers of the virtual stage that holds most, for a layout that fits the numbers.
    func fullestStage(of s: ParallelStrategy) -> Int {
        switch s.layout {
        case .even: (model.layers + s.stages - 1) / s.stages
        case .embeddingAware:
            switch s.stages {
            case 1: model.layers
            case 2: model.layers / 2
            default: (model.layers + 2) / s.stages
            }
        case .explicit(let counts): counts.max() ?? 0
        }
    }

    /// The schedule's conditions on p, v, m and N.
    func scheduleIsLegal(_ s: ParallelStrategy) -> Bool {
        let rule = stack?.launches.groupRule ?? .megatron
        return s.schedule.allows(
            pipeline: s.pipeline, virtualStages: s.virtualStages, microBatches: s.microBatches, groupSize: s.groupSize, groupRule: rule)
    }
}
