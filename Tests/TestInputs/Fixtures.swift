public import CostModels
public import Hardware
public import Parallelism
import Quantities
import Schedules
public import Workload

/// Inputs that tests share: an H100-like GPU, an eight-GPU node, a Megatron-like stack. They need no file.
public enum Fixtures {
    /// An H100-like GPU.
    public static let gpu = GPU(
        name: "test-gpu", architecture: "hopper", memory: .gibibytes(79), memoryBandwidth: .gigabytesPerSecond(3350), multiprocessors: 132,
        peak: PeakRates(
            half: .teraFLOPsPerSecond(989), single: .teraFLOPsPerSecond(494), eight: .teraFLOPsPerSecond(1979)),
        linkBandwidth: .gigabytesPerSecond(450),
        kernels: KernelConstants(
            gemmLatency: .microseconds(2.82), gemmEfficiency: 0.803, gemmRampDepth: 75, lowPrecisionRampDepth: 245,
            gemmMemoryEfficiency: 0.801, lowPrecisionEfficiency: 0.7, attentionEfficiency: 0.695, attentionRampLength: 776,
            narrowHeadEfficiency: 0.75, attentionBackwardRatio: 1.3, sustainedDerate: 1.16, fourBitGain: 1.8))

    /// Nodes of eight such GPUs on NVLink, with eight 400 Gbit/s adapters each.
    public static func cluster(nodes: Int) -> ClusterProfile {
        ClusterProfile(
            name: "test-cluster",
            groups: [
                NodeGroup(
                    gpu: gpu, nodes: nodes, gpusPerNode: 8,
                    fabric: Fabric(
                        kind: .nvswitch, bandwidth: .gigabytesPerSecond(450), domainSize: 8, reducesInNetwork: true,
                        collectives: CollectiveConstants(
                            gatherShare: 0.747, reduceShare: 1.04, latency: .microseconds(15), rootCoefficient: 1.03e-8)),
                    network: Network(
                        kind: .infiniband, adaptersPerNode: 8, adapterBandwidth: .gigabitsPerSecond(400), achievedFraction: 1))
            ])
    }

    /// A Megatron-like stack.
    public static let stack = SoftwareStack(
        name: "test-stack", describes: "a stack for tests",
        launches: Launchable(
            schedules: [.oneForwardOneBackward, .interleaved], shardings: [.none, .zero1], recompute: [.none, .selective, .full],
            recomputeModules: [.coreAttention, .norms, .expertActivation, .latentUpProjection],
            contextKinds: [.ring, .allGather, .ulysses],
            groupRule: .megatron, choosesGroupSize: true, sequenceParallel: nil, expertParallel: true, expertTensor: .any,
            hybridSharding: false, unevenLayers: true, tensorParallel: true, pipelineParallel: true, shardsGradientsInPipeline: false),
        defaults: ExecutionChoices(attentionKernel: .fused, fusedNorm: true, overlapsDataParallel: true),
        gradients: GradientDefaults(half: .fp32, low: .fp32),
        costs: StackConstants(
            visibleTensorShare: 0.31, hostLayerTime: .microseconds(200), normPasses: 1.86, lossPasses: 4.3, attentionFactor: 1,
            dataParallelOverlap: 0.47, dataParallelEfficiency: 0.76, scattersTransfers: false, blockingTransferShare: 0.32,
            shardSlowdown: 0.1),
        memory: StackMemory(
            logitBytes: 4, shardsLogits: true, buffersHeadGradient: true, buffersWeightGradients: true, keepsGatheredInputs: false,
            unfusedNormBytes: 2, activationExtraBytes: 0, scoreBytes: 5, keepsDropoutMasks: false, shardsCheckpoints: false,
            extraStateBytes: 0, allocatorFactors: .init(low: 1, expected: 1.1, high: 1.2), fixed: .gibibytes(0.1), context: .gibibytes(1.5)),
        accuracy: ["hopper": 0.05])

    /// Llama 3.1 405B.
    public static let llama405B = TransformerModel(
        name: "llama-3.1-405b", layers: 126, hidden: 16_384, vocabulary: 128_256,
        attention: Attention(heads: 128, keyValueHeads: 8, headDimension: 128), feedForward: FeedForward(width: 53_248, isGated: true))

    /// A model of ten layers that searches quickly.
    public static let tiny = TransformerModel(
        name: "tiny", layers: 10, hidden: 2048, vocabulary: 32_000, attention: Attention(heads: 16, keyValueHeads: 8, headDimension: 128),
        feedForward: FeedForward(width: 5632, isGated: true))

    /// A mixture of 32 experts in ten layers.
    public static let mixture = TransformerModel(
        name: "mixture", layers: 10, hidden: 2048, vocabulary: 32_000,
        attention: Attention(heads: 16, keyValueHeads: 16, headDimension: 128),
        feedForward: FeedForward(width: 5632, isGated: true), experts: Experts(count: 32, perToken: 4, width: 1408))

    /// Everything that prices a strategy of a model on some nodes.
    public static func inputs(_ model: TransformerModel, nodes: Int, batch: Int, sequence: Int) -> CostInputs {
        CostInputs(
            model: model, cluster: cluster(nodes: nodes), job: TrainingJob(globalBatch: batch, sequenceLength: sequence), stack: stack)
    }
}
