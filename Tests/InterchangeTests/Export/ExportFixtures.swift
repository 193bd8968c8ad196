import Foundation
import Hardware
import Interchange
import Parallelism
import Schedules
import Search
import Workload

/// Plans on shipped models and clusters, one of each kind that exporters tell apart.
enum ExportFixtures {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
    static let library = ProfileLibrary(root: root.path)

    static func model(_ name: String) throws -> TransformerModel {
        try ModelDocument.read(path: library.path(of: .model, named: name))
    }

    static func choices(_ stack: String) throws -> ExecutionChoices {
        try SoftwareStack.read(path: library.path(of: .stack, named: stack)).defaults
    }

    /// Interleaved, tensor and sequence parallel, even layers.
    static func dense() throws -> LaunchConfiguration {
        let strategy = ParallelStrategy(
            tensor: 8, pipeline: 4, virtualStages: 2, data: 2, shardGroup: 2, microBatch: 1, microBatches: 64, groupSize: 8,
            sequenceParallel: true, sharding: .zero1, recompute: .selective, recomputeModules: [.coreAttention, .norms],
            schedule: .interleaved)
        return try LaunchConfiguration(
            model: model("llama-3.1-70b"), strategy: strategy, job: TrainingJob(globalBatch: 128, sequenceLength: 8192),
            choices: choices("megatron-core"), cluster: library.cluster("dgx-h100").scaled(gpus: 64))
    }

    /// Experts, latent attention, prediction blocks, uneven layers, fp8, expert overlap.
    static func mixture() throws -> LaunchConfiguration {
        let layers = [3] + [Int](repeating: 4, count: 14) + [2]
        let strategy = ParallelStrategy(
            pipeline: 8, virtualStages: 2, expert: 32, data: 32, shardGroup: 32, microBatch: 1, microBatches: 64, sharding: .zero1,
            recompute: .selective, recomputeModules: [.latentUpProjection, .expertActivation], schedule: .combined1F1B,
            layout: .explicit(layers))
        return try LaunchConfiguration(
            model: model("deepseek-v3"), strategy: strategy,
            job: TrainingJob(globalBatch: 2048, sequenceLength: 4096, precision: .fp8, optimizer: .adamBF16Moments, gradientFormat: .bf16),
            choices: choices("megatron-core"), cluster: library.cluster("dgx-h100").scaled(gpus: 256))
    }

    /// Fully sharded in groups, context parallel, full recomputation; small enough to place by hand.
    static func sharded(nodeNames: [String] = [], placement: [RankLocation]? = nil) throws -> LaunchConfiguration {
        let strategy = ParallelStrategy(
            context: 2, contextKind: .allGather, data: 16, shardGroup: 8, microBatch: 2, microBatches: 4, sharding: .zero3,
            recompute: .full,
            recomputeLayers: 32)
        var cluster = try library.cluster("dgx-h100").scaled(nodes: 4)
        cluster.nodeNames = nodeNames
        return try LaunchConfiguration(
            model: model("llama-3.1-8b"), strategy: strategy, job: TrainingJob(globalBatch: 128, sequenceLength: 8192),
            choices: choices("torchtitan"), cluster: cluster, placement: placement)
    }

    static let names = ["alpha", "beta", "gamma", "delta"]

    /// Whole nodes in another order, and within them other GPUs first.
    static let permuted = (0..<32).map { RankLocation(rank: $0, node: [2, 0, 3, 1][$0 / 8], gpu: [0, 1, 3, 2, 7, 6, 4, 5][$0 % 8]) }

    /// Two ranks a node in turn.
    static let scattered = (0..<32).map { RankLocation(rank: $0, node: $0 / 2 % 4, gpu: $0 / 8 * 2 + $0 % 2) }
}
