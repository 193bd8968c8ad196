public import Parallelism
import Quantities
import Schedules

/// Lower bounds that rule out candidates: of a candidate's time, of all candidates of a pipeline or a grid, and of their memory.
///
/// They share every formula with the exact price and read ranks through unowned buffers, so that a search can ask millions of times without
/// allocating or counting references.
extension StepModel {
    /// What a schedule makes of a pipeline's time beside its ranks' layers.
    public struct PipelineTerms: Sendable {
        var microBatches: Double
        /// A rank's transfers in every micro-batch, what of them blocks it beside its work, and that of one of them, in s.
        var transfers: Double
        var blocking: Double
        var hop: Double
        /// Whether the last backward of a micro-batch leaves a rank only when the stages before it have still to run theirs.
        var mirrorsBackward: Bool
        var isBidirectional: Bool
        /// Slowness of the first rank.
        var firstSlowness: Double
        /// What becomes of the activations of released layers.
        var released: ReleasedLayers

        /// The same for a strategy that differs in which activations move or are recomputed.
        @inline(__always)
        public func releasing(_ s: ParallelStrategy, _ model: StepModel) -> PipelineTerms {
            var terms = self
            terms.released = ReleasedLayers(s, model.host)
            return terms
        }
    }

    /// The terms of a strategy's schedule.
    @inline(__always)
    public func pipelineTerms(_ s: ParallelStrategy, transfer: Double, isBidirectional: Bool, firstSlowness: Double) -> PipelineTerms {
        let hop = transfer * inputs.stack.costs.blockingTransferShare
        return PipelineTerms(
            microBatches: Double(s.microBatches), transfers: s.pipeline > 1 ? 2 * Double(s.virtualStages) * transfer : 0,
            blocking: s.pipeline > 1 ? 2 * Double(s.virtualStages) * hop : 0, hop: hop,
            mirrorsBackward: Self.mirrorsBackward(s.schedule), isBidirectional: isBidirectional, firstSlowness: firstSlowness,
            released: ReleasedLayers(s, host))
    }

    /// A lower bound of a pipeline's makespan, and the window under which what follows it may hide, both in s.
    public struct PipelineBound: Sendable {
        var makespan = 0.0
        var window = 0.0
    }

    /// Bounds a pipeline by each of its ranks: the fill before it, its work, and the drain behind it; `memory` says what moves of its layers.
    public func pipelineBound(
        _ terms: PipelineTerms, _ ends: EndCost, _ times: UnsafeBufferPointer<LayerTimes>, _ memory: LayerMemoryView,
        _ view: StageAssignment.Ranks
    ) -> PipelineBound {
        let m = terms.microBatches
        let again = terms.released.again
        let head = ends.headForward + ends.headBackward
        var makespan = 0.0
        var busiest = 0.0
        for index in view.ranks.indices {
            let rank = view.ranks[index]
            var work = rank.embeddings * 3 * ends.embedding + rank.heads * head
            // The pipeline reaches this rank through the stages before it and, where backwards mirror forwards, drains back through them.
            var fill = 0.0
            var drain = 0.0
            for place in rank.all {
                let share = view.shares[place]
                let time = times[share.layerClass]
                work += share.layers * (time.forward + time.backward) + share.released * again * time.repeated
                fill += share.before * time.forward
                drain += share.before * time.backward + share.releasedBefore * again * time.repeated
            }
            if terms.released.moved != .nothing { work += stall(terms.released, rank, view.shares, times, memory) }
            if terms.mirrorsBackward { fill += drain }
            let busy = max(rank.slowness * work + terms.blocking, terms.transfers)
            if rank.rank > 0, !terms.isBidirectional {
                let embedding = ends.embedding * terms.firstSlowness
                fill +=
                    terms.mirrorsBackward
                    ? 2 * Double(rank.rank) * terms.hop + 3 * embedding : Double(rank.rank) * terms.hop + embedding
            }
            makespan = max(makespan, fill + m * busy)
            busiest = max(busiest, busy)
        }
        return PipelineBound(makespan: makespan, window: busiest + max(0, makespan - m * busiest))
    }

    /// Seconds that copies of activations add to a micro-batch on a rank; of several chunks at least as much as of all of them together.
    @inline(__always)
    func stall(
        _ released: ReleasedLayers, _ rank: StageAssignment.Rank, _ shares: UnsafeBufferPointer<LayerShare>,
        _ times: UnsafeBufferPointer<LayerTimes>, _ memory: LayerMemoryView
    ) -> Double {
        var copies = ReleasedLayers.Copies(released)
        for place in rank.held {
            let share = shares[place]
            copies.add(share.layers, released: share.released, times[share.layerClass], memory.layers[share.layerClass])
        }
        let stalls = copies.stalls
        return stalls.forward + stalls.backward
    }

    /// A lower bound of the step whatever follows the pipeline, in s; `stretch` is the straggler factor.
    @inline(__always)
    public func timeBound(_ pipeline: PipelineBound, stretch: Double) -> Double {
        total(makespan: pipeline.makespan, after: 0, stretch: stretch)
    }

    /// A lower bound of the step, in s.
    ///
    /// The step grows with the makespan although a longer bubble hides more of what follows, so a bound of one is a bound of the other.
    public func timeBound(
        _ pipeline: PipelineBound, _ replicas: ReplicaTerms, _ memory: LayerMemoryView, _ view: StageAssignment.Ranks, stretch: Double
    ) -> Double {
        var after = 0.0
        for index in view.ranks.indices {
            let tail = tailParts(replicas, memory, view.ranks[index], view.shares, window: pipeline.window)
            after = max(after, tail.seconds)
        }
        return total(makespan: pipeline.makespan, after: after, stretch: stretch)
    }

    /// A lower bound of the step time, in s.
    public func timeBound(_ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment) -> Double {
        let terms = pipelineTerms(
            s, transfer: table.ends.transfer, isBidirectional: stages.placement == .bidirectional,
            firstSlowness: stages.slowness.first ?? 1)
        return stages.withRanks(stages.timeRanks) { ranks in
            gatheredTimes(table, s).withUnsafeBufferPointer { times in
                table.withMemory { memory in
                    let bound = pipelineBound(terms, table.ends, times, memory, ranks)
                    return timeBound(bound, replicaTerms(s), memory, ranks, stretch: stragglerFactor(s.worldSize))
                }
            }
        }
    }

    /// A lower bound of the step time of every strategy on a grid, whatever its schedule, layout, sharding and recomputation, in s.
    ///
    /// The busiest rank takes at least what perfectly shared work would, nothing recomputed; `times` must be the shortest that the schedules
    /// allow, and `speed` what the pipeline's ranks compute together (`pipelineSpeed`).
    public func gridBound(
        microBatches: Int, speed: Double, _ times: [LayerTimes], _ ends: EndCost, layersByClass: [Double], stretch: Double
    ) -> Double {
        var work = 3 * ends.embedding + ends.headForward + ends.headBackward
        for (layers, time) in zip(layersByClass, times) { work += layers * (time.forward + time.backward) }
        return total(makespan: Double(microBatches) * work / speed, after: 0, stretch: stretch)
    }

    /// The least that any recomputation, sharding or schedule open to a grid leaves of memory.
    public struct LeastMemory {
        /// Bytes of activations of a layer of each class, in a buffer that somebody else holds.
        let activations: UnsafeBufferPointer<Double>
        /// Bytes of states a parameter outside experts, and in them.
        var dense, expert: Double
        /// Share of frozen weights that a rank holds, outside experts and in them.
        var frozenDense = 1.0
        var frozenExpert = 1.0
        /// Bytes of logits and loss where the head is.
        var loss: Double

        /// The least of no sharding yet.
        public init(activations: UnsafeBufferPointer<Double>) {
            self.activations = activations
            (dense, expert, loss) = (.infinity, .infinity, 0)
        }

        /// Takes a sharding into account.
        public mutating func include(_ terms: MemoryTerms) {
            dense = min(dense, terms.dense - terms.awaitedDense)
            expert = min(expert, terms.expert - terms.awaitedExpert)
            frozenDense = min(frozenDense, terms.frozenDense)
            frozenExpert = min(frozenExpert, terms.frozenExpert)
            loss = terms.loss
        }
    }

    /// Bytes that the fullest rank needs at least whatever the schedule and layout: the mean over p ranks, each with the activations of
    /// `share` of its layers; and which part is largest.
    public func memoryBound(
        _ least: LeastMemory, _ prices: LayerMemoryView, layersByClass: [Double], pipeline: Int, share: Double
    ) -> MemoryParts {
        let p = Double(pipeline)
        var parts = MemoryParts()
        var dense = prices.ends.embedding + (isTied ? 0 : prices.ends.head)
        var expert = 0.0
        var frozenDense = prices.ends.frozenEmbedding + (isTied ? 0 : prices.ends.frozenHead)
        var frozenExpert = 0.0
        var activations = 0.0
        var transient = 0.0
        for (place, layers) in layersByClass.enumerated() {
            let layer = prices.layers[place]
            frozenDense += layers * layer.frozenDense
            frozenExpert += layers * layer.frozenExpert
            dense += layers * layer.denseParameters
            expert += layers * layer.expertParameters
            activations += layers * least.activations[place]
            transient = max(transient, layer.transient)
        }
        parts.states =
            (dense * least.dense + expert * least.expert + frozenDense * least.frozenDense + frozenExpert * least.frozenExpert) / p
        parts.activations = share * activations / p
        if pipeline == 1 {
            let memory = inputs.stack.memory
            parts.transient = memory.addsTransients && !memory.freesLogits ? least.loss + transient : max(least.loss, transient)
        }
        parts.fixed = inputs.stack.memory.context.count
        return parts
    }

    /// Bytes that the fullest of some ranks needs at least under one schedule, with the activations in flight that it keeps.
    public func memoryBound(
        _ least: LeastMemory, _ prices: LayerMemoryView, _ view: StageAssignment.Ranks, peaks: InFlight.Peaks
    ) -> MemoryParts {
        let memory = inputs.stack.memory
        var most = MemoryParts()
        var bytes = -1.0
        for index in view.ranks.indices {
            let rank = view.ranks[index]
            var parts = MemoryParts()
            var dense = parametersOutside(prices.ends, rank)
            var expert = 0.0
            var frozenDense = frozenOutside(prices.ends, rank)
            var frozenExpert = 0.0
            var activations = 0.0
            var transient = 0.0
            var buffered = 0.0
            for place in rank.held {
                let share = view.shares[place]
                let layer = prices.layers[share.layerClass]
                dense += share.layers * layer.denseParameters
                expert += share.layers * layer.expertParameters
                frozenDense += share.layers * layer.frozenDense
                frozenExpert += share.layers * layer.frozenExpert
                activations += share.layers * least.activations[share.layerClass]
                transient = max(transient, layer.transient)
                buffered = max(buffered, layer.bufferedParameters)
            }
            parts.states =
                dense * least.dense + expert * least.expert + frozenDense * least.frozenDense + frozenExpert * least.frozenExpert
            let chunks = Double(peaks.peak(onRank: rank.rank)) / Double(peaks.shape.chunksPerRank)
            parts.activations = chunks * activations
            let loss = rank.heads > 0 ? least.loss : 0
            parts.transient = memory.addsTransients && !memory.freesLogits ? loss + transient : max(loss, transient)
            if memory.buffersWeightGradients { parts.buffers = 2 * buffered }
            parts.fixed = memory.context.count
            let total = mostBytes(parts)
            if total > bytes { (most, bytes) = (parts, total) }
        }
        return most
    }

    /// What a plan must fit of some parts, in bytes.
    @inline(__always)
    public func mostBytes(_ parts: MemoryParts) -> Double {
        parts.states + parts.fixed + inputs.stack.memory.allocatorFactors.high * parts.dynamic
    }
}
