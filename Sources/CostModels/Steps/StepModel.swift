import Foundation
import Hardware
public import Parallelism
import Quantities
import Schedules
import Workload

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
        exchange = DataParallelExchange(rates: layers.tensor.collectives.rates, efficiency: inputs.stack.costs.dataParallelEfficiency)
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
    struct LaneTimes {
        var forward: SIMD4<Double>
        var backward: SIMD4<Double>
        /// Time that parameter gathers and gradient scatters add to forward and backward.
        var shardForward: SIMD4<Double>
        var shardBackward: SIMD4<Double>
    }

    /// Adds the visible part of ZeRO-3's gathers to each layer: max(compute, traffic) + slow-down · min.
    @inline(__always)
    func laneTimes(_ table: LayerTable, _ s: ParallelStrategy) -> LaneTimes {
        var times = LaneTimes(forward: table.forward, backward: table.backward, shardForward: .zero, shardBackward: .zero)
        guard s.sharding == .zero3, s.shardGroup * s.context > 1 else { return times }
        let dense = s.shardGroup * s.context
        let denseTime = exchange.seconds(bytes: 2, ranks: dense, stride: s.tensor)
        let expertRanks = min(s.expertData, max(1, s.shardGroup * s.context * s.tensor / (s.expert * s.expertTensor)))
        let expertTime = exchange.seconds(bytes: 2, ranks: expertRanks, stride: s.expert * s.expertTensor)
        let gather = table.denseParameters * denseTime + table.expertParameters * expertTime
        let slow = inputs.stack.costs.shardSlowdown
        for lane in 0..<4 where table.forward[lane] > 0 {
            let forward = table.forward[lane]
            let backward = table.backward[lane]
            let g = gather[lane]
            times.forward[lane] = max(forward, g) + slow * min(forward, g)
            times.backward[lane] = max(backward, 2 * g) + slow * min(backward, 2 * g)
        }
        times.shardForward = times.forward - table.forward
        times.shardBackward = times.backward - table.backward
        return times
    }

    /// Time and memory of a strategy as the scan sees them.
    public struct Price: Sendable {
        /// A lower bound of the simulated step time, in s.
        public var time: Double
        /// Bytes of the heaviest rank: a lucky allocator, the usual one, and what a plan must fit.
        public var low: Double
        /// See `low`.
        public var expected: Double
        /// See `low`.
        public var high: Double
        /// The rank whose memory is highest.
        public var heaviestRank: Int
        /// Memory of that rank, part by part.
        public var parts: MemoryParts
    }

    /// Prices a strategy: time and memory of every distinct stage. Nothing is allocated.
    public func price(_ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment, inFlight: InFlight)
        -> Price
    {
        let memory = memoryPrice(s, table, stages, inFlight: inFlight)
        return Price(
            time: timeBound(s, table, stages), low: memory.low, expected: memory.expected, high: memory.high,
            heaviestRank: memory.heaviestRank, parts: memory.parts)
    }

    /// A lower bound of the step time, in s.
    public func timeBound(_ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment) -> Double {
        let times = laneTimes(table, s)
        let both = times.forward + times.backward
        let m = Double(s.microBatches)
        let ends = table.ends
        let head = ends.headForward + ends.headBackward
        let blocking = s.pipeline > 1 ? 2 * Double(s.virtualStages) * ends.transfer * inputs.stack.costs.blockingTransferShare : 0
        let mirrorsBackward = Self.mirrorsBackward(s.schedule)
        var makespan = 0.0
        var busiest = 0.0
        for rank in stages.timeRanks {
            let work =
                (rank.layers * both + rank.recomputed * times.forward).sum() + rank.embeddings * 3 * ends.embedding + rank.heads * head
            let busy = rank.slowness * work + blocking
            // The pipeline reaches this rank through the stages before it and, where backwards mirror forwards, drains back through them.
            var fill = (rank.before * times.forward).sum()
            if mirrorsBackward { fill += (rank.before * times.backward + rank.recomputedBefore * times.forward).sum() }
            if rank.rank > 0, stages.placement != .bidirectional {
                let hop = ends.transfer * inputs.stack.costs.blockingTransferShare
                let embedding = ends.embedding * (stages.slowness.first ?? 1)
                fill += mirrorsBackward ? 2 * Double(rank.rank) * hop + 3 * embedding : Double(rank.rank) * hop + embedding
            }
            makespan = max(makespan, fill + m * busy)
            busiest = max(busiest, busy)
        }
        // The step grows with the makespan although a longer bubble hides more of what follows, so a bound of one is a bound of the other.
        let window = busiest + max(0, makespan - m * busiest)
        var after = 0.0
        for rank in stages.timeRanks { after = max(after, tail(s, table, rank, window: window)) }
        return total(makespan: makespan, after: after, worldSize: s.worldSize)
    }

    /// A lower bound of the step time of every strategy on a grid, whatever its schedule, layout, sharding and recomputation, in s.
    ///
    /// The busiest rank takes at least what perfectly shared work would, nothing recomputed; `table` must be the cheapest the schedules allow.
    public func gridBound(_ s: ParallelStrategy, _ table: LayerTable, layersByClass: SIMD4<Double>) -> Double {
        let ends = table.ends
        let work = (layersByClass * (table.forward + table.backward)).sum() + 3 * ends.embedding + ends.headForward + ends.headBackward
        return total(makespan: Double(s.microBatches) * work / pipelineSpeed(s.pipeline), after: 0, worldSize: s.worldSize)
    }

    /// Layers of the model by class, prediction blocks included.
    public var layersByClass: SIMD4<Double> {
        let model = inputs.model
        var counts = SIMD4<Double>.zero
        for layer in 0..<model.layers { counts[model.layerClass(at: layer).index] += 1 }
        counts[model.layerClass(at: max(0, model.layers - 1)).index] += Double(model.predictionBlocks)
        return counts
    }

    /// The step from its pipeline and what follows it, in s.
    func total(makespan: Double, after: Double, worldSize: Int) -> Double {
        (makespan + after) * stragglerFactor(worldSize) + inputs.constants.stepOverhead
    }

    /// Slow-down by stragglers and jitter, a share per doubling beyond eight GPUs, and what a user's own runs take over the models.
    @inline(__always)
    func stragglerFactor(_ worldSize: Int) -> Double {
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

    /// What follows the pipeline on a rank: exposed data-parallel communication and the optimizer, in s.
    @inline(__always)
    func tail(_ s: ParallelStrategy, _ table: LayerTable, _ rank: StageAssignment.Rank, window: Double) -> Double {
        let parts = tailParts(s, table, rank, window: window)
        return parts.exposed + parts.optimizer
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

    /// What follows the pipeline on a rank; `window` is the time under which data-parallel communication may hide: a micro-batch of the
    /// busiest rank, and the bubble.
    @inline(__always)
    func tailParts(_ s: ParallelStrategy, _ table: LayerTable, _ rank: StageAssignment.Rank, window: Double) -> Tail {
        let constants = inputs.constants
        let outside = parametersOutside(table, rank, pipeline: s.pipeline)
        let dense = (rank.layers * table.denseParameters).sum() + outside
        let expert = (rank.layers * table.expertParameters).sum()
        let denseRanks = s.data * s.context
        let expertRanks = s.expertData
        let isSharded = s.sharding != .none
        let shards = isSharded ? s.shardGroup * s.context : 1
        var tail = Tail()
        tail.optimizer =
            constants.optimizerBytes * (dense / Double(shards) + expert / Double(isSharded ? max(1, expertRanks) : 1)) / memoryBandwidth
        guard denseRanks > 1, s.sharding != .zero3 else {
            // Hybrid sharding reduces each shard's gradients over its replicas.
            let replicas = s.replicas
            guard s.sharding == .zero3, replicas > 1 else { return tail }
            let bytes = inputs.choices.gradientBytes * dense / Double(shards)
            tail.exposed = 2 * exchange.seconds(bytes: bytes, ranks: replicas, stride: s.tensor * shards)
            tail.dense = tail.exposed
            return tail
        }
        let gradient = inputs.choices.gradientBytes
        let denseStride = s.tensor
        let expertStride = s.expert * s.expertTensor
        let denseReduce = exchange.seconds(bytes: gradient * dense, ranks: denseRanks, stride: denseStride)
        let expertReduce = exchange.seconds(bytes: gradient * expert, ranks: expertRanks, stride: expertStride)
        let denseGather = exchange.seconds(bytes: state.parameter * dense, ranks: denseRanks, stride: denseStride)
        let expertGather = exchange.seconds(bytes: state.parameter * expert, ranks: expertRanks, stride: expertStride)
        let reduce = denseReduce + expertReduce
        let gather = denseGather + expertGather
        let overlap = inputs.choices.overlapsDataParallel ? inputs.stack.costs.dataParallelOverlap : 0
        // ZeRO-2 scatters gradients after every micro-batch, but in a pipeline after the last one only, as PyTorch's stages do; an unsharded
        // reduction is an all-reduce, twice a reduce-scatter.
        let rounds = s.sharding == .zero2 && s.pipeline == 1 ? Double(s.microBatches) : 1
        let reductions = isSharded ? rounds : 2
        let gathers = isSharded ? 1.0 : 0
        let reduceWindow = overlap * constants.gradientWindow * window * rounds
        let gatherWindow = overlap * constants.gatherWindow * window
        tail.latency = constants.dataParallelLatency * log2(Double(denseRanks))
        tail.exposed = max(0, reduce * reductions - reduceWindow) + gathers * max(0, gather - gatherWindow) + tail.latency
        tail.dense = denseReduce * reductions + denseGather * gathers
        tail.expert = expertReduce * reductions + expertGather * gathers
        tail.window = reduceWindow + gathers * gatherWindow
        return tail
    }

    /// Parameters of embedding and head on a rank; tied weights are one copy where both ends share a rank.
    @inline(__always)
    func parametersOutside(_ table: LayerTable, _ rank: StageAssignment.Rank, pipeline: Int) -> Double {
        let head = isTied && rank.embeddings > 0 ? 0 : rank.heads.rounded(.up) * table.ends.headParameters
        return rank.embeddings.rounded(.up) * table.ends.embeddingParameters + head
    }
}
