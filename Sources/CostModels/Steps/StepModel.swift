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
            model: inputs.model, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout,
            placement: .init(s.schedule), recomputing: s.recompute == .full ? s.recomputeLayers : 0,
            slowness: stageSlowness(s.pipeline))
    }

    /// Layer times of a strategy once fully sharded gathers are counted: one lane a layer class.
    public struct LaneTimes: Sendable {
        var forward: SIMD4<Double>
        var backward: SIMD4<Double>
        /// Time that parameter gathers and gradient scatters add to forward and backward.
        var shardForward: SIMD4<Double>
        var shardBackward: SIMD4<Double>
    }

    /// Adds the visible part of ZeRO-3's gathers to each layer: max(compute, traffic) + slow-down · min.
    public func laneTimes(_ prices: LayerPrices, _ s: ParallelStrategy) -> LaneTimes {
        var times = LaneTimes(forward: prices.forward, backward: prices.backward, shardForward: .zero, shardBackward: .zero)
        guard s.sharding == .zero3, s.shardGroup * s.context > 1 else { return times }
        let dense = s.shardGroup * s.context
        let expertStride = s.expert * s.expertTensor
        let expertRanks = min(s.expertData, max(1, s.shardGroup * s.context * s.tensor / (s.expert * s.expertTensor)))
        /// Seconds of each layer's parameters, two bytes each, in one collective.
        func seconds(_ collective: Collective) -> SIMD4<Double> {
            let denseTime = exchange.rate(collective, ranks: dense, stride: s.tensor).seconds(2)
            let expertTime = exchange.rate(collective, ranks: expertRanks, stride: expertStride).seconds(2)
            return prices.memory.denseParameters * denseTime + prices.memory.expertParameters * expertTime
        }
        let gather = seconds(.allGather)
        let both = gather + seconds(.reduceScatter)
        let slow = inputs.stack.costs.shardSlowdown
        for lane in 0..<4 where prices.forward[lane] > 0 {
            let forward = prices.forward[lane]
            let backward = prices.backward[lane]
            let g = gather[lane]
            times.forward[lane] = max(forward, g) + slow * min(forward, g)
            times.backward[lane] = max(backward, both[lane]) + slow * min(backward, both[lane])
        }
        times.shardForward = times.forward - prices.forward
        times.shardBackward = times.backward - prices.backward
        return times
    }

    /// Layers of the model by class, prediction blocks included.
    public var layersByClass: SIMD4<Double> {
        let model = inputs.model
        var counts = SIMD4<Double>.zero
        for layer in 0..<model.layers { counts[model.layerClass(at: layer).index] += 1 }
        counts[model.layerClass(at: max(0, model.layers - 1)).index] += Double(model.predictionBlocks)
        return counts
    }

    /// The step from its pipeline and what follows it, in s; `stretch` is the straggler factor.
    @inline(__always)
    func total(makespan: Double, after: Double, stretch: Double) -> Double {
        (makespan + after) * stretch + inputs.constants.stepOverhead
    }

    /// Slow-down by stragglers and jitter, a share per doubling beyond eight GPUs, and what a user's own runs take over the models.
    public func stragglerFactor(_ worldSize: Int) -> Double {
        inputs.stack.costs.timeFactor * (worldSize > 8 ? 1 + inputs.constants.stragglerShare * log2(Double(worldSize) / 8) : 1)
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
        /// The optimizer's update.
        var optimizer = 0.0
        /// Exchange of dense parameters and gradients over their replicas, hidden parts included.
        var dense = 0.0
        /// The same of routed experts.
        var expert = 0.0
        /// Fixed time of the exchange, within `exposed`.
        var latency = 0.0
        /// Compute under which the exchange may hide.
        var window = 0.0
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
        terms.latency = constants.dataParallelLatency * log2(Double(denseRanks))
        return terms
    }

    /// What follows the pipeline on a rank; `window` is the time under which data-parallel communication may hide: a micro-batch of the
    /// busiest rank, and the bubble.
    @inline(__always)
    func tailParts(
        _ terms: ReplicaTerms, _ memory: LayerMemoryPrices, _ rank: StageAssignment.Rank, window: Double
    ) -> Tail {
        let dense = (rank.layers * memory.denseParameters).sum() + parametersOutside(memory, rank)
        let expert = (rank.layers * memory.expertParameters).sum()
        var tail = Tail()
        tail.optimizer = inputs.constants.optimizerBytes * (dense / terms.denseShards + expert / terms.expertShards) / memoryBandwidth
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

    /// Parameters of embedding and head on a rank; tied weights are one copy where both ends share a rank.
    @inline(__always)
    func parametersOutside(_ memory: LayerMemoryPrices, _ rank: StageAssignment.Rank) -> Double {
        let head = isTied && rank.embeddings > 0 ? 0 : rank.heads.rounded(.up) * memory.headParameters
        return rank.embeddings.rounded(.up) * memory.embeddingParameters + head
    }
}
