import Hardware
public import Parallelism
import Quantities
import Schedules
import Workload

extension StepModel {
    /// Memory of the heaviest rank under three allocators, in bytes.
    public struct MemoryPrice: Sendable {
        /// Bytes with a lucky allocator, with the usual one, and what a plan must fit.
        public var low = 0.0
        /// See `low`.
        public var expected = 0.0
        /// See `low`.
        public var high = 0.0
        /// Bytes that the rank with most of it has in the host's memory.
        public var host = 0.0
        /// Bytes that the rank with most of it has on drives.
        public var storage = 0.0
        /// The rank whose memory is highest.
        public var heaviestRank = 0
        /// Memory of that rank, part by part.
        public var parts = MemoryParts()
    }

    /// What a sharding and a grid make of a rank's memory beside its layers.
    public struct MemoryTerms: Sendable {
        /// Bytes of states a parameter outside experts, and in them.
        var dense = 0.0
        var expert = 0.0
        /// The same in the host's memory, and on drives.
        var hostDense = 0.0
        var hostExpert = 0.0
        var storageDense = 0.0
        var storageExpert = 0.0
        /// Bytes of gradients among them that come only as activations go, and that the update makes for itself; outside experts and in them.
        var awaitedDense = 0.0
        var awaitedExpert = 0.0
        var updateDense = 0.0
        var updateExpert = 0.0
        /// Share of frozen weights that a rank holds, outside experts and in them.
        var frozenDense = 1.0
        var frozenExpert = 1.0
        /// The same in the host's memory.
        var hostFrozenDense = 0.0
        var hostFrozenExpert = 0.0
        /// What becomes of the activations of released layers.
        var released = ReleasedLayers.none
        /// Bytes of logits and loss where the head is.
        var loss = 0.0
        /// Layers whose weights are on the GPU at once where they stream through it; 0 where they stay.
        var residentLayers = 0.0
        /// Whether everything is sharded, and whether in a pipeline.
        var gathersAll = false
        var isPipelined = false

        /// The same for a strategy that differs in which activations move.
        public func releasing(_ s: ParallelStrategy, _ model: StepModel) -> MemoryTerms {
            var terms = self
            terms.released = ReleasedLayers(s, model.host)
            return terms
        }
    }

    /// The terms of a strategy's grid and sharding; `headParameters` are those of a rank.
    public func memoryTerms(_ s: ParallelStrategy, headParameters: Double) -> MemoryTerms {
        let memory = inputs.stack.memory
        let shards = Double(max(1, s.shardGroup * s.context))
        let expertShards = Double(max(1, min(s.expertData, s.shardGroup * s.context * s.tensor / max(1, s.expert * s.expertTensor))))
        let isPipelined = s.pipeline > 1
        let t = Double(s.tensor)
        let tokens = Double(inputs.job.sequenceLength) * Double(s.microBatch) / Double(s.context)
        let vocabulary = LayerCostModel.paddedVocabulary(inputs.model.vocabulary, tensor: s.tensor)
        let logitBytes = layerMemory.teacher == nil ? memory.logitBytes : (inputs.stack.distillation ?? .none).logitBytes
        let logits = tokens * vocabulary / (memory.shardsLogits ? t : 1) * logitBytes
        let headGradient = memory.buffersHeadGradient ? 2 * headParameters : 0
        let dense = states(s, group: shards)
        let expert = states(s, group: expertShards)
        let movesWeights = s.offload.parameters && offloadMethod != nil
        let isGathered = s.sharding == .zero3
        var terms = MemoryTerms(
            dense: dense.device, expert: expert.device, hostDense: dense.host, hostExpert: expert.host, storageDense: dense.storage,
            storageExpert: expert.storage, frozenDense: movesWeights ? 0 : isGathered ? 1 / shards : 1,
            frozenExpert: movesWeights ? 0 : isGathered ? 1 / expertShards : 1, hostFrozenDense: movesWeights ? 1 / shards : 0,
            hostFrozenExpert: movesWeights ? 1 / expertShards : 0, released: ReleasedLayers(s, host),
            loss: logits + headGradient + 2 * tokens * Double(inputs.model.hidden) / (s.sequenceParallel ? t : 1),
            // One layer on its way in, one at work, one on its way back.
            residentLayers: movesWeights && !inputs.job.method.hasGradients ? 3 : 0, gathersAll: isGathered, isPipelined: isPipelined)
        guard inputs.job.method.hasGradients, !s.offload.movesStates else { return terms }
        // The buckets of replicas that are not sharded hold their gradients always.
        if memory.awaitsGradients, s.microBatches == 1, s.data == 1 || s.sharding == .zero2 || s.sharding == .zero3 {
            terms.awaitedDense = state.gradientBytes(s.sharding, group: shards, isPipelined: isPipelined)
            terms.awaitedExpert = state.gradientBytes(s.sharding, group: expertShards, isPipelined: isPipelined)
        }
        terms.updateDense = state.update / state.updatingRanks(s.sharding, group: shards)
        terms.updateExpert = state.update / state.updatingRanks(s.sharding, group: expertShards)
        return terms
    }

    /// Whether the stack moves anything and the cluster's hosts are known.
    public var pricesOffload: Bool { host != nil }

    /// Bytes of a node's memory and of its drives that a rank may fill; nil where nothing can be moved there.
    public var hostRoom: (memory: Double, storage: Double)? { host.map { ($0.memoryRoom, $0.storageRoom) } }

    /// Whether a node's memory and drives hold what its GPUs move there.
    @inline(__always)
    public func fitsHost(_ price: MemoryPrice) -> Bool { fitsHost(memory: price.host, storage: price.storage) }

    /// The same of an estimate.
    public func fitsHost(_ estimate: StepEstimate) -> Bool { fitsHost(memory: estimate.hostMemory, storage: estimate.storage) }

    @inline(__always)
    private func fitsHost(memory: Double, storage: Double) -> Bool {
        (memory == 0 || memory <= host?.memoryRoom ?? 0) && (storage == 0 || storage <= host?.storageRoom ?? 0)
    }

    /// How the stack moves optimizer state; nil where it moves none.
    var offloadMethod: OffloadSupport.Method? { inputs.stack.launches.offload?.method }

    /// The states of a parameter that `n` ranks share.
    private func states(_ s: ParallelStrategy, group n: Double) -> OffloadedStates {
        guard s.offload.movesStates, let offloadMethod else {
            return OffloadedStates(device: state.bytes(s.sharding, group: n, isPipelined: s.pipeline > 1))
        }
        return OffloadedStates(state, s.sharding, group: n, isPipelined: s.pipeline > 1, s.offload, offloadMethod)
    }

    /// Memory of the heaviest rank of a pipeline, in bytes.
    public func memoryPrice(_ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment, inFlight: InFlight) -> MemoryPrice {
        let terms = memoryTerms(s, headParameters: table.ends.parameters.head)
        return withMemory(s, table) { memory in
            stages.withRanks(stages.memoryRanks) { ranks in
                inFlight.table.withUnsafeBufferPointer { peaks in
                    memoryPrice(
                        terms, memory, ranks, isBidirectional: stages.placement == .bidirectional,
                        peaks: InFlight.Peaks(inFlight.schedule, inFlight.shape, table: peaks))
                }
            }
        }
    }

    /// Memory of the heaviest of some ranks, in bytes. Nothing is allocated.
    public func memoryPrice(
        _ terms: MemoryTerms, _ prices: LayerMemoryView, _ view: StageAssignment.Ranks, isBidirectional: Bool, peaks: InFlight.Peaks
    ) -> MemoryPrice {
        let factors = inputs.stack.memory.allocatorFactors
        var price = MemoryPrice()
        for index in view.ranks.indices {
            let rank = view.ranks[index]
            let parts = memoryParts(
                terms, prices, rank, view.shares, isBidirectional: isBidirectional, chunksPerRank: peaks.shape.chunksPerRank,
                peak: peaks.peak(onRank: rank.rank))
            price.low = max(price.low, parts.fixed + parts.bytes(factor: factors.low))
            price.host = max(price.host, parts.host)
            price.storage = max(price.storage, parts.storage)
            let expected = parts.fixed + parts.bytes(factor: factors.expected)
            if expected > price.expected {
                price.expected = expected
                price.heaviestRank = rank.rank
                price.parts = parts
            }
            // A loss whose implementation is unknown may gather its logits.
            price.high = max(price.high, parts.fixed + parts.bytes(factor: factors.high))
        }
        price.parts = price.parts.atFullestMoment(factor: factors.expected)
        return price
    }

    /// Bytes that the fullest of all GPUs holds of parameters, gradients and optimizer state at least, however they are sharded: all of them
    /// are somewhere, and no GPU can hold less than the mean without another holding more.
    ///
    /// A twentieth is taken off for norms and biases, which the memory model leaves out.
    public var leastStates: Double {
        // Of a model that is not trained as a whole, a byte at 16 bits stands for whatever the adapters and states of a parameter take.
        let method = inputs.job.method
        let bytes = method.trainsEverything ? state.leastBytes : min(2, method.baseFormat.bytes)
        return 0.95 * Double(inputs.model.parameters.total) * bytes / Double(inputs.cluster.gpus)
    }

    /// Memory of one of the ranks of `stages`, part by part; `peak` counts chunk activations in flight.
    public func memoryParts(
        _ s: ParallelStrategy, _ table: LayerTable, _ rank: StageAssignment.Rank, stages: StageAssignment, peak: Int
    ) -> MemoryParts {
        withMemory(s, table) { memory in
            stages.shares.withUnsafeBufferPointer { shares in
                memoryParts(
                    memoryTerms(s, headParameters: table.ends.parameters.head), memory, rank, shares,
                    isBidirectional: stages.placement == .bidirectional, chunksPerRank: s.virtualStages, peak: peak)
            }
        }
    }

    /// Reads a table's memory, with the times of its layers where their activations move.
    private func withMemory<Result>(_ s: ParallelStrategy, _ table: LayerTable, _ body: (LayerMemoryView) -> Result) -> Result {
        table.withMemory { memory in
            guard s.offload.movesActivations else { return body(memory) }
            return gatheredTimes(table, s).withUnsafeBufferPointer { body(memory.timed(by: $0)) }
        }
    }

    /// Bytes of what moves that a rank still holds when a forward pass ends; two layers' where no times say how far copies keep up.
    private func staged(
        _ released: ReleasedLayers, _ prices: LayerMemoryView, _ held: Range<Int>, _ shares: UnsafeBufferPointer<LayerShare>,
        chunksPerRank: Int
    ) -> Double {
        guard let times = prices.times else {
            return 2 * held.reduce(0) { max($0, released.movedBytes(prices.layers[shares[$1].layerClass])) }
        }
        var copies = ReleasedLayers.Copies(released)
        for share in held.lazy.map({ shares[$0] }) {
            copies.add(share.layers, released: share.released, times[share.layerClass], prices.layers[share.layerClass])
        }
        return copies.staged(chunksPerRank: chunksPerRank)
    }

    @inline(__always)
    private func memoryParts(
        _ terms: MemoryTerms, _ prices: LayerMemoryView, _ rank: StageAssignment.Rank, _ shares: UnsafeBufferPointer<LayerShare>,
        isBidirectional: Bool, chunksPerRank: Int, peak: Int
    ) -> MemoryParts {
        var parts = MemoryParts()
        let memory = inputs.stack.memory
        let copies = isBidirectional ? 2.0 : 1.0
        let outside = parametersOutside(prices.ends, rank)
        let frozenOutside = frozenOutside(prices.ends, rank)
        var (dense, expert, kept) = (0.0, 0.0, 0.0)
        var teacher = teacherOutside(prices.ends, rank)
        var (frozenDense, frozenExpert, frozenBuffered) = (0.0, 0.0, 0.0)
        var (working, transient, buffered) = (0.0, 0.0, 0.0)
        var moved = 0.0
        let released = terms.released
        for place in rank.held {
            let share = shares[place]
            let layer = prices.layers[share.layerClass]
            dense += share.layers * layer.denseParameters
            expert += share.layers * layer.expertParameters
            frozenDense += share.layers * layer.frozenDense
            frozenExpert += share.layers * layer.frozenExpert
            teacher += share.layers * layer.teacher
            frozenBuffered = max(frozenBuffered, layer.frozenBuffered)
            kept += (share.layers - share.released) * layer.savedSelective
            if share.released > 0 {
                kept += share.released * released.keptBytes(layer)
                if released.again > 0 { working = max(working, layer.saved) }
                moved += share.released * released.movedBytes(layer)
            }
            transient = max(transient, layer.transient)
            buffered = max(buffered, layer.bufferedParameters)
        }
        dense = dense * copies + outside
        expert *= copies
        frozenDense = frozenDense * copies + frozenOutside
        frozenExpert *= copies
        parts.states =
            dense * terms.dense + expert * terms.expert + frozenDense * terms.frozenDense + frozenExpert * terms.frozenExpert + teacher
        parts.awaited = dense * terms.awaitedDense + expert * terms.awaitedExpert
        parts.update = dense * terms.updateDense + expert * terms.updateExpert
        parts.host =
            dense * terms.hostDense + expert * terms.hostExpert + frozenDense * terms.hostFrozenDense
            + frozenExpert * terms.hostFrozenExpert
        parts.storage = dense * terms.storageDense + expert * terms.storageExpert

        // A chunk in flight holds 1/v of the rank's layers; of the one layer that is being recomputed all activations are alive.
        let chunks = Double(peak) / Double(chunksPerRank)
        parts.host += chunks * moved
        if moved > 0 { kept += staged(released, prices, rank.held, shares, chunksPerRank: chunksPerRank) / max(1, chunks) }
        let recomputing = (terms.gathersAll ? memory.shardedRecomputeCopies : memory.recomputeCopies) * working

        let loss = rank.heads > 0 ? terms.loss : 0
        // Two layers are gathered while one of them runs.
        let gathered = terms.gathersAll && !terms.isPipelined && terms.residentLayers == 0 ? 4 * buffered + 2 * frozenBuffered : 0
        if memory.freesLogits {
            // Either the logits are alive or a layer that is being recomputed, gathered with the next.
            parts.activations = chunks * kept
            parts.transient = max(loss, recomputing + transient + gathered)
        } else {
            parts.activations = chunks * kept + recomputing
            parts.transient = memory.addsTransients ? loss + transient : max(loss, transient)
        }

        parts.late = recomputing + transient + gathered
        if memory.buffersWeightGradients {
            parts.buffers += 2 * buffered
            parts.late += 2 * buffered
        }
        if terms.residentLayers > 0 {
            parts.buffers += terms.residentLayers * frozenBuffered + frozenOutside
        } else if terms.gathersAll {
            if terms.isPipelined {
                // Between micro-batches a stage keeps its 16-bit parameters gathered and its fp32 gradients unscattered.
                parts.buffers += 6 * (dense + expert) + frozenDense + frozenExpert
            } else {
                // Embedding and head gathered, the head's gradient in 16 and 32 bits before it is scattered.
                parts.buffers += (memory.freesLogits ? 0 : gathered) + 2 * outside + frozenOutside
                parts.buffers += 6 * rank.heads.rounded(.up) * prices.ends.head
            }
        }
        parts.fixed = memory.context.count
        return parts
    }
}
