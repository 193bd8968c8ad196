public import Parallelism
import Schedules
import Workload

extension PlanReport {
    /// A strategy in plain values, under the names of the JSON contract.
    public struct Strategy: Codable, Hashable, Sendable {
        /// Parallel sizes: tensor, pipeline, virtual stages, context, expert, expert tensor, data.
        public var tp, pp, vpp, cp, ep, etp, dp: Int
        /// How context parallelism moves keys and values.
        public var cpKind: String
        /// Ranks of an inner group of a nested kind of context parallelism; 1 for flat kinds.
        public var cpInner: Int
        /// The kind of layers with a window or chunks where it is another.
        public var cpKindLocal: String?
        /// Replicas of a shard, and data-parallel ranks that share one.
        public var dpReplicate, dpShard: Int
        /// Sequences of a micro-batch, micro-batches of a step, micro-batches of a group.
        public var microBatchSize, microBatches, groupSize: Int
        /// Whether activations between tensor-parallel blocks are sharded along the sequence.
        public var sequenceParallel: Bool
        /// How state is sharded.
        public var sharding: String
        /// What is recomputed, in how many layers of a virtual stage, and which modules.
        public var recompute: String
        /// See `recompute`.
        public var recomputeLayers: Int
        /// See `recompute`.
        public var recomputeModules: [String]
        /// What lives beside the GPU.
        public var offload: Offload
        /// The pipeline schedule.
        public var schedule: String
        /// Layers of each virtual stage, by global stage index.
        public var layersPerStage: [Int]
        /// In which order ranks enumerate the dimensions, fastest first.
        public var rankOrder: String
        /// Which communication runs beside compute.
        public var overlap: Overlap

        /// Which communication runs beside compute.
        public struct Overlap: Codable, Hashable, Sendable {
            /// Gradient reduction and parameter gathering beside compute.
            public var dataParallel: Bool
            /// Tensor-parallel collectives pipelined with their products.
            public var tensorParallel: Bool
            /// Expert all-to-alls beside another micro-batch's compute.
            public var expertParallel: Bool
            /// What hides tensor-parallel collectives, and the exchange of tokens, where that is not the stack's own way.
            public var tensorTechnique, expertTechnique: String?
        }

        /// A strategy and how the stack's choices and the layout carry it out.
        public init(_ s: ParallelStrategy, layersPerStage: [Int], choices: ExecutionChoices) {
            (tp, pp, vpp, cp, ep, etp, dp) = (s.tensor, s.pipeline, s.virtualStages, s.context, s.expert, s.expertTensor, s.data)
            cpKind = s.contextKind.rawValue
            cpInner = s.contextInner
            cpKindLocal = s.localContextKind?.rawValue
            (dpReplicate, dpShard) = (s.replicas, s.shardGroup)
            (microBatchSize, microBatches, groupSize) = (s.microBatch, s.microBatches, s.groupSize)
            sequenceParallel = s.sequenceParallel
            sharding = s.sharding.rawValue
            recompute = s.recompute.rawValue
            recomputeLayers = s.recomputeLayers
            recomputeModules = s.recomputeModules.names
            offload = Offload(s.offload)
            schedule = s.schedule.rawValue
            self.layersPerStage = layersPerStage
            rankOrder = s.rankOrder.rawValue
            overlap = Overlap(
                dataParallel: choices.overlapsDataParallel, tensorParallel: choices.asyncTensorParallel,
                expertParallel: choices.overlapsExperts, tensorTechnique: choices.tensorOverlap?.rawValue,
                expertTechnique: choices.expertOverlap?.rawValue)
        }
    }
}

extension PlanReport.Strategy {
    /// The kind of context parallelism with the sizes of nested groups, and that of layers with a window: `hierarchical 4 × 2, ulysses under windows`.
    var contextWords: String {
        (cpInner > 1 ? "\(cpKind) \(cpInner) × \(cp / cpInner)" : cpKind) + (cpKindLocal.map { ", \($0) under windows" } ?? "")
    }
}
