import Foundation
import Hardware
public import Parallelism
import Quantities
import Schedules
public import Workload

/// Prices a strategy from its layer prices: the second of the two levels of evaluation, a few hundred floating-point operations.
///
/// The step is the pipeline's makespan, then what data-parallel communication shows, the optimizer, and a fixed overhead:
/// `T = (makespan + exposed + optimizer)·(1 + σ·log₂(W/8)) + overhead`. Here the makespan is a lower bound; `StepSimulation` runs the
/// schedule itself.
public struct StepModel: Sendable {
    /// What everything depends on.
    public let inputs: CostInputs
    /// Prices of layers.
    public let layers: LayerCostModel
    /// Memory of layers.
    public let layerMemory: LayerMemoryModel
    let exchange: DataParallelExchange
    let state: StateMemory
    let memoryBandwidth: Double
    let isTied: Bool
    /// Compute speeds of the cluster's node groups.
    let speeds: GroupSpeeds
    /// Bytes that the optimizer's update moves of a parameter.
    let optimizerBytes: Double
    /// What a rank gets of its host; nil where offload cannot be priced.
    let host: HostRates?

    /// The step prices of a model on a cluster with a stack.
    public init(_ inputs: CostInputs) {
        self.inputs = inputs
        layers = LayerCostModel(inputs)
        layerMemory = LayerMemoryModel(inputs)
        exchange = DataParallelExchange(
            rates: layers.tensor.collectives.rates, efficiency: inputs.stack.costs.dataParallelEfficiency,
            constants: inputs.constants)
        state = StateMemory(inputs)
        memoryBandwidth = inputs.gpu.memoryBandwidth.value
        isTied = inputs.model.hasTiedEmbeddings
        speeds = GroupSpeeds(inputs)
        host = HostRates(inputs.cluster, inputs.stack.launches.offload)
        optimizerBytes = inputs.constants.optimizerBytes * inputs.job.optimizer.trafficOverAdam
    }

    /// The layer prices of a strategy's shape.
    public func table(for s: ParallelStrategy) -> LayerTable {
        table(for: s, recomputing: s.recompute == .selective ? s.recomputeModules : [])
    }

    /// The layer prices of a strategy's shape with other modules recomputed.
    public func table(for s: ParallelStrategy, recomputing modules: RecomputeModules) -> LayerTable {
        LayerTable(
            layers, layerMemory, shape: LayerShape(s), modules: modules, data: s.data,
            overlapsExperts: inputs.choices.overlapsExperts || s.schedule == .combined1F1B)
    }

    /// The stages of a strategy, or nil where its layout does not fit.
    public func stages(for s: ParallelStrategy) -> StageAssignment? {
        StageAssignment(
            layers.classes, predictionBlocks: inputs.model.predictionBlocks, pipeline: s.pipeline, virtualStages: s.virtualStages,
            layout: s.layout, placement: .init(s.schedule), releasing: s.releasedLayers,
            slowness: stageSlowness(s.pipeline))
    }

    /// Layers of the model by class, prediction blocks included.
    public var layersByClass: [Double] {
        var counts = layers.classes.counts.map { Double($0) }
        counts[layers.classes.prediction] += Double(inputs.model.predictionBlocks)
        return counts
    }

    /// The step from its pipeline and what follows it, in s; `stretch` is the straggler factor.
    @inline(__always)
    func total(makespan: Double, after: Double, stretch: Double) -> Double {
        (makespan + after) * stretch + inputs.constants.stepOverhead
    }

    /// Slow-down by stragglers and jitter, a share per doubling beyond eight GPUs, and what a user's own runs take over the models.
    public func stragglerFactor(_ worldSize: Int) -> Double {
        inputs.timeFactor * (worldSize > 8 ? 1 + inputs.constants.stragglerShare * log2(Double(worldSize) / 8) : 1)
    }

    /// Whether the last backward of a micro-batch leaves a rank only when the stages before it have still to run theirs.
    @inline(__always)
    static func mirrorsBackward(_ schedule: PipelineSchedule) -> Bool {
        switch schedule {
        case .gpipe, .oneForwardOneBackward, .interleaved, .loopedBFS, .combined1F1B: true
        default: false
        }
    }

    /// What follows the pipeline on a rank, in s.
    struct Tail {
        /// Data-parallel communication that nothing hides.
        var exposed = 0.0
        /// The optimizer's update, and what else mixtures add to a step.
        var optimizer = 0.0
        /// Exchange of dense parameters and gradients over their replicas, hidden parts included.
        var dense = 0.0
        /// The same of routed experts.
        var expert = 0.0
        /// Fixed time of the exchange, within `exposed`.
        var latency = 0.0
        /// Compute under which the exchange may hide.
        var window = 0.0
        /// What moving gradients to the host adds to the backward pass.
        var flush = 0.0

        /// All of it.
        @inline(__always)
        var seconds: Double { exposed + optimizer + flush }
    }

    /// What a sharding makes of the optimizer and of the exchange between replicas: the same on every rank of every pipeline of a grid.
    public struct ReplicaTerms: Sendable {
        /// Ranks that share the optimizer's work on dense parameters and on those of experts.
        var denseShards = 1.0
        var expertShards = 1.0
        /// Whether replicas exchange whole gradients, or only those of their own shards (hybrid ZeRO-3).
        var exchangesGradients = false
        var reducesShards = false
        /// Rates at which gradients are reduced over the groups that hold the same dense parameters, and the same experts.
        var dense = DataParallelExchange.Rate()
        var expert = DataParallelExchange.Rate()
        /// Rates at which parameters are gathered over them.
        var denseGather = DataParallelExchange.Rate()
        var expertGather = DataParallelExchange.Rate()
        /// Passes of gradients and of parameters over the group.
        var reductions = 0.0
        var gathers = 0.0
        /// Micro-batches after which gradients are reduced.
        var rounds = 1.0
        /// Shares of the window under which either hides.
        var reduceShare = 0.0
        var gatherShare = 0.0
        /// Fixed time of the exchange, in s.
        var latency = 0.0
        /// Seconds that the update takes a parameter which a rank owns, and an operation of its products.
        var update = 0.0
        var updateOperation = 0.0
        /// Seconds that the gradient of such a parameter is on its way to the host in all backward passes of a step, and whether compute hides it.
        var flush = 0.0
        var hidesFlush = false
    }

    /// What the update of a strategy's offloaded state takes; nil where none is.
    func hostUpdate(_ s: ParallelStrategy) -> HostUpdate? {
        guard s.offload.movesStates, let host, let offloadMethod else { return nil }
        return HostUpdate(
            s.offload, offloadMethod, host, device: optimizerBytes / memoryBandwidth, gradient: inputs.gradientFormat.bytes)
    }

    /// The terms of a strategy's sharding.
    public func replicaTerms(_ s: ParallelStrategy) -> ReplicaTerms {
        let constants = inputs.constants
        let denseRanks = s.data * s.context
        let isSharded = s.sharding != .none
        let shards = isSharded ? s.shardGroup * s.context : 1
        var terms = ReplicaTerms()
        terms.denseShards = Double(shards)
        terms.expertShards = Double(isSharded ? max(1, s.expertData) : 1)
        terms.update = optimizerBytes / memoryBandwidth
        terms.updateOperation = 1 / layers.product.rate
        if let update = hostUpdate(s) {
            terms.update = update.seconds
            // Sharded gradients leave after every micro-batch, whole ones after the last.
            terms.flush = update.flush * (s.sharding == .zero2 || s.sharding == .zero3 ? Double(s.microBatches) : 1)
            terms.hidesFlush = update.hidesFlush
        }
        guard denseRanks > 1, s.sharding != .zero3 else {
            // Hybrid sharding reduces each shard's gradients over its replicas.
            guard s.sharding == .zero3, s.replicas > 1 else { return terms }
            terms.reducesShards = true
            terms.dense = exchange.rate(.allReduce, ranks: s.replicas, stride: s.tensor * shards)
            return terms
        }
        terms.exchangesGradients = true
        let reduction: Collective = isSharded ? .reduceScatter : .allReduce
        terms.dense = exchange.rate(reduction, ranks: denseRanks, stride: s.tensor)
        terms.expert = exchange.rate(reduction, ranks: s.expertData, stride: s.expert * s.expertTensor)
        terms.denseGather = exchange.rate(.allGather, ranks: denseRanks, stride: s.tensor)
        terms.expertGather = exchange.rate(.allGather, ranks: s.expertData, stride: s.expert * s.expertTensor)
        // ZeRO-2 scatters gradients after every micro-batch, but in a pipeline after the last one only, as PyTorch's stages do; an unsharded
        // reduction is an all-reduce, twice a reduce-scatter.
        terms.rounds = s.sharding == .zero2 && s.pipeline == 1 ? Double(s.microBatches) : 1
        terms.reductions = isSharded ? terms.rounds : 2
        terms.gathers = isSharded ? 1 : 0
        let overlap = inputs.choices.overlapsDataParallel ? inputs.stack.costs.dataParallelOverlap : 0
        terms.reduceShare = overlap * constants.gradientWindow
        terms.gatherShare = overlap * constants.gatherWindow
        // One collective over the replicas of each kind of parameters and pass: those of buckets run into each other.
        terms.latency = (terms.dense.latency + terms.expert.latency) * (terms.reductions + terms.gathers)
        return terms
    }

    /// What follows the pipeline on a rank; `window` is the time under which data-parallel communication may hide: a micro-batch of the
    /// busiest rank, and the bubble.
    @inline(__always)
    func tailParts(
        _ terms: ReplicaTerms, _ memory: LayerMemoryView, _ rank: StageAssignment.Rank, _ shares: UnsafeBufferPointer<LayerShare>,
        window: Double
    ) -> Tail {
        var dense = parametersOutside(memory.ends, rank)
        var expert = 0.0
        var mixtures = 0.0
        var (operations, expertOperations) = (0.0, 0.0)
        for place in rank.held {
            let share = shares[place]
            let layer = memory.layers[share.layerClass]
            if layer.expertParameters + layer.frozenExpert > 0 { mixtures += share.layers }
            dense += share.layers * layer.denseParameters
            expert += share.layers * layer.expertParameters
            operations += share.layers * layer.updateOperations
            expertOperations += share.layers * layer.expertUpdateOperations
        }
        var tail = Tail()
        let owned = dense / terms.denseShards + expert / terms.expertShards
        tail.optimizer =
            terms.update * owned + inputs.constants.stepMixtureOverhead * mixtures
            + terms.updateOperation * (operations / terms.denseShards + expertOperations / terms.expertShards)
        // Compute hides the copies of a micro-batch's gradients under its backward pass, two thirds of its work.
        if terms.flush > 0 { tail.flush = max(0, terms.flush * owned - (terms.hidesFlush ? 2 / 3 * window : 0)) }
        let gradient = inputs.gradientFormat.bytes
        guard terms.exchangesGradients else {
            guard terms.reducesShards else { return tail }
            tail.exposed = 2 * terms.dense.seconds(gradient * dense / terms.denseShards)
            tail.dense = tail.exposed
            return tail
        }
        let denseReduce = terms.dense.seconds(gradient * dense)
        let expertReduce = terms.expert.seconds(gradient * expert)
        let denseGather = terms.denseGather.seconds(state.parameter * dense)
        let expertGather = terms.expertGather.seconds(state.parameter * expert)
        let reduceWindow = terms.reduceShare * window * terms.rounds
        let gatherWindow = terms.gatherShare * window
        tail.latency = terms.latency
        tail.exposed =
            max(0, (denseReduce + expertReduce) * terms.reductions - reduceWindow)
            + terms.gathers * max(0, denseGather + expertGather - gatherWindow) + tail.latency
        tail.dense = denseReduce * terms.reductions + denseGather * terms.gathers
        tail.expert = expertReduce * terms.reductions + expertGather * terms.gathers
        tail.window = reduceWindow + terms.gathers * gatherWindow
        return tail
    }

    /// The same for a rank whose shares are in an array.
    func tailParts(_ terms: ReplicaTerms, _ table: LayerTable, _ rank: StageAssignment.Rank, _ shares: [LayerShare], window: Double)
        -> Tail
    {
        table.withMemory { memory in
            shares.withUnsafeBufferPointer { tailParts(terms, memory, rank, $0, window: window) }
        }
    }

    /// Bytes of frozen weights of embedding and head on a rank.
    @inline(__always)
    func frozenOutside(_ ends: EndParameters, _ rank: StageAssignment.Rank) -> Double {
        let head = isTied && rank.embeddings > 0 ? 0 : rank.heads.rounded(.up) * ends.frozenHead
        return rank.embeddings.rounded(.up) * ends.frozenEmbedding + head
    }

    /// Bytes of a teacher's embedding and head on a rank.
    @inline(__always)
    func teacherOutside(_ ends: EndParameters, _ rank: StageAssignment.Rank) -> Double {
        let head = rank.embeddings > 0 && layerMemory.teacher?.isTied == true ? 0 : rank.heads.rounded(.up) * ends.teacherHead
        return rank.embeddings.rounded(.up) * ends.teacherEmbedding + head
    }

    /// Trained parameters of embedding and head on a rank; tied weights are one copy where both ends share a rank.
    @inline(__always)
    func parametersOutside(_ ends: EndParameters, _ rank: StageAssignment.Rank) -> Double {
        let head = isTied && rank.embeddings > 0 ? 0 : rank.heads.rounded(.up) * ends.head
        return rank.embeddings.rounded(.up) * ends.embedding + head
    }
}
