import Hardware
public import Parallelism
import Quantities
import Workload

extension StepModel {
    /// Memory of a rank part by part, in bytes; `expected` applies the usual allocator factor.
    public struct MemoryParts: Hashable, Sendable {
        /// Parameters, gradients and optimizer state.
        public var states = 0.0
        /// Activations of micro-batches in flight.
        public var activations = 0.0
        /// Logits and loss, or the largest transient of a layer, whichever is larger.
        public var transient = 0.0
        /// Buffers for weight gradients and gathered parameters.
        public var buffers = 0.0
        /// Context, communicators and workspaces.
        public var fixed = 0.0

        /// What the allocator hands out and may fragment.
        public var dynamic: Double { activations + transient + buffers }
    }

    /// Memory of the heaviest rank under three allocators, in bytes.
    public func memoryPrice(_ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment, inFlight: InFlight)
        -> (low: Double, expected: Double, high: Double, heaviestRank: Int, parts: MemoryParts)
    {
        let factors = inputs.stack.memory.allocatorFactors
        var low = 0.0
        var expected = 0.0
        var high = 0.0
        var heaviest = 0
        var heaviestParts = MemoryParts()
        for rank in stages.memoryRanks {
            let parts = memoryParts(s, table, rank, stages: stages, peak: inFlight.peak(onRank: rank.rank))
            let still = parts.states + parts.fixed
            let dynamic = parts.dynamic
            low = max(low, still + factors.low * dynamic)
            if still + factors.expected * dynamic > expected {
                expected = still + factors.expected * dynamic
                heaviest = rank.rank
                heaviestParts = parts
            }
            // A loss whose implementation is unknown may gather its logits.
            high = max(high, still + factors.high * dynamic)
        }
        return (low, expected, high, heaviest, heaviestParts)
    }

    /// Bytes that the fullest of all GPUs holds of parameters, gradients and optimizer state at least, however they are sharded: all of them
    /// are somewhere, and no GPU can hold less than the mean without another holding more.
    ///
    /// A twentieth is taken off for norms and biases, which the memory model leaves out.
    public var leastStates: Double {
        0.95 * Double(inputs.model.parameters.total) * state.leastBytes / Double(inputs.cluster.gpus)
    }

    /// Memory of one rank, part by part; `peak` counts chunk activations in flight.
    public func memoryParts(
        _ s: ParallelStrategy, _ table: LayerTable, _ rank: StageAssignment.Rank, stages: StageAssignment, peak: Int
    ) -> MemoryParts {
        var parts = MemoryParts()
        let memory = inputs.stack.memory
        let copies = stages.placement == .bidirectional ? 2.0 : 1.0
        let dense = (rank.layers * table.denseParameters).sum() * copies + parametersOutside(table, rank, pipeline: s.pipeline)
        let expert = (rank.layers * table.expertParameters).sum() * copies
        let shards = Double(max(1, s.shardGroup * s.context))
        let expertShards = Double(max(1, min(s.expertData, s.shardGroup * s.context * s.tensor / max(1, s.expert * s.expertTensor))))
        let pipelined = s.pipeline > 1
        parts.states =
            dense * state.bytes(s.sharding, group: shards, isPipelined: pipelined)
            + expert * state.bytes(s.sharding, group: expertShards, isPipelined: pipelined)

        // A chunk in flight holds 1/v of the rank's layers.
        let chunks = Double(peak) / Double(s.virtualStages)
        let plain = rank.layers - rank.recomputed
        parts.activations = chunks * ((plain * table.saved).sum() + (rank.recomputed * table.input).sum())
        var transient = 0.0
        for lane in 0..<4 where rank.layers[lane] > 0 {
            transient = max(transient, table.transient[lane])
        }
        parts.activations += workingBytes(table, rank)

        let t = Double(s.tensor)
        let tokens = Double(inputs.job.sequenceLength) * Double(s.microBatch) / Double(s.context)
        var loss = 0.0
        if rank.heads > 0 {
            let vocabulary = LayerCostModel.paddedVocabulary(inputs.model.vocabulary, tensor: s.tensor)
            let logits = tokens * vocabulary / (memory.shardsLogits ? t : 1) * memory.logitBytes
            let headGradient = memory.buffersHeadGradient ? 2 * table.ends.headParameters : 0
            loss = logits + headGradient + 2 * tokens * Double(inputs.model.hidden) / (s.sequenceParallel ? t : 1)
        }
        parts.transient = memory.addsTransients ? loss + transient : max(loss, transient)

        if memory.buffersWeightGradients { parts.buffers += 2 * largest(table.bufferedParameters, where: rank.layers) }
        if s.sharding == .zero3 {
            if s.pipeline > 1 {
                // Between micro-batches a stage keeps its 16-bit parameters gathered and its fp32 gradients unscattered.
                parts.buffers += 6 * (dense + expert)
            } else {
                // Two layers gathered, embedding and head gathered, the head's gradient in 16 and 32 bits before it is scattered.
                let outside = parametersOutside(table, rank, pipeline: s.pipeline)
                parts.buffers += 4 * largest(table.bufferedParameters, where: rank.layers) + 2 * outside
                parts.buffers += 6 * rank.heads.rounded(.up) * table.ends.headParameters
            }
        }
        parts.fixed = memory.context.count
        return parts
    }

    /// Activations of the one layer that is being recomputed, all alive at once.
    @inline(__always)
    private func workingBytes(_ table: LayerTable, _ rank: StageAssignment.Rank) -> Double {
        inputs.stack.memory.recomputeCopies * largest(table.working, where: rank.recomputed)
    }

    @inline(__always)
    private func largest(_ values: SIMD4<Double>, where present: SIMD4<Double>) -> Double {
        var most = 0.0
        for lane in 0..<4 where present[lane] > 0 { most = max(most, values[lane]) }
        return most
    }
}
