/// Constants of the cost models that hold for every GPU, stack and model; each has a meaning, a unit and one value.
///
/// They were fitted on the operator measurements first and on training runs second (docs/accuracy.md lists the data and the errors).
public struct SharedConstants: Hashable, Sendable {
    // MARK: Matrix products

    /// Share of the wave-quantisation tail that is realised.
    public var waveTailShare = 0.2
    /// Cost of each halving of a tile's area, as a share.
    public var tilePenalty = 0.06
    /// Time of a weight-gradient product over a forward product of the same shape.
    public var weightGradientFactor = 1.045
    /// Passes of gradient accumulation over its minimum traffic.
    public var accumulationPasses = 0.9571
    /// Passes over a tensor, in units of 4 B an element, that casting it to 8 bits and transposing it costs.
    public var castPasses = 1.377
    /// Casts of expert tensors over those of dense ones: they fuse with the permutation.
    public var expertCastShare = 0.492

    // MARK: Attention

    /// Speed of FlashAttention-1 over FlashAttention-2.
    public var flash1Speed = 0.4804
    /// Time of FlashAttention-2 on Hopper in training over its paper's closed form.
    public var flash2HopperFactor = 0.9025
    /// Fixed time of fused attention's forward, in s.
    public var attentionLatency = 1.907e-05
    /// Efficiency of fused latent attention (wide keys) over that at 128.
    public var latentHeadEfficiency = 1.05
    /// Share of the 16-bit peak that batched score products of unfused attention reach.
    public var batchedProductEfficiency = 0.4138
    /// Passes over the score matrix of a fused softmax, forward.
    public var fusedSoftmaxPasses = 5.85
    /// Passes over the score matrix of separate scale, mask, softmax and dropout kernels, forward.
    public var unfusedSoftmaxPasses = 13.02
    /// Slow-down of batched products whose head dimension is no multiple of 8.
    public var misalignedHeadFactor = 11.65

    // MARK: Recurrences and sparse attention

    /// Those of recurrent mixers, short convolutions and sparse attention.
    public var recurrence = RecurrenceConstants()

    // MARK: Memory-bound operators

    /// Passes of activation, rotary embedding and transposes over their minimum.
    public var activationPasses = 1.677
    /// Norm passes of a fused kernel over the stack's.
    public var fusedNormShare = 0.3822
    /// Element-wise passes without a compiler over those with one, in stacks that compile.
    public var eagerFactor = 2.164
    /// Passes of expert permutation over its minimum.
    public var permutationPasses = 1.988

    // MARK: Experts

    /// Rows per expert at which a grouped product reaches half of its asymptote (16-bit; twice that at 8 bits).
    public var groupedHalfRows = 118.7
    /// Efficiency of a grouped over a plain product.
    public var groupedEfficiency = 0.9103
    /// Efficiency of a grouped weight-gradient over a grouped forward product.
    public var groupedWeightGradientEfficiency = 0.8088
    /// Fixed time per expert and grouped product, in s.
    public var groupedLatency = 3.5e-06
    /// Fixed time of a dispatch or combine, in s.
    public var exchangeLatency = 1.9e-05
    /// Share of the network's line rate that expert exchange reaches.
    public var exchangeNetworkShare = 0.82
    /// Share of expert exchange hidden when it overlaps another micro-batch's compute.
    public var hiddenExchangeShare = 0.9301

    // MARK: Host

    /// Exponent of the soft maximum of device and host time.
    public var hostSharpness = 3.292
    /// Extra host time for each further tensor rank, as a share: collectives wait for the slowest host.
    public var hostTensorShare = 0.03089
    /// Host time with partial graphs over that without.
    public var partialGraphShare = 0.5
    /// Host time with whole-iteration graphs over that without.
    public var fullGraphShare = 0.1
    /// Host time of a mixture layer, forward and backward of a micro-batch, without graphs on x86, in s.
    public var hostMixtureTime = 0.006059
    /// The same on Grace, in s.
    public var hostMixtureTimeGrace = 0.00298
    /// Extra host time of a mixture layer without graphs for each local expert, in s.
    public var hostExpertTime = 0.0002586
    /// The same with partial graphs, in s.
    public var hostMixtureTimePartialGraphs = 0.00372
    /// The same with whole-iteration graphs, in s.
    public var hostMixtureTimeFullGraphs = 0.0005
    /// Extra host time where the dispatcher waits for token counts, in s.
    public var hostCountWait = 0.005068

    // MARK: Communication

    /// Visible tensor-parallel time with pipelined collectives (async TP) over that without.
    public var asyncTensorShare = 0.6
    /// Share of the backward's second gather of a layer's inputs that shows.
    public var regatherShare = 0.5147
    /// Share of a well-tuned network's line rate that bare collectives reach with large messages: NCCL on 4 to 128 nodes of H100 with 8×400
    /// Gbit/s reaches 0.80 to 0.98 (nccl-tests issues 309 and 322), SimAI's tables 0.95 (Wang et al., NSDI 2025). The shares of the stacks
    /// were fitted against line rates, and are relative to measured curves by this.
    public var tunedCollectiveShare = 0.92
    /// Share of ring-attention traffic that shows.
    public var visibleRingShare = 0.5068
    /// Passes over a context rank's fp32 attention output that merging one step of ring attention into it costs.
    public var ringMergePasses = 3.14
    /// Fixed time of a point-to-point transfer, in s.
    public var transferLatency = 1e-5
    /// Time per doubling of a data-parallel group, in s.
    public var dataParallelLatency = 5e-5
    /// Share of a stage's last backward under which gradient reduction can hide.
    public var gradientWindow = 0.66
    /// Share of a stage's first forward under which parameter gathering can hide.
    public var gatherWindow = 0.33

    // MARK: Step

    /// Bytes moved per parameter of the local shard in an Adam step.
    public var optimizerBytes = 30.0
    /// Fixed time of a step, in s.
    public var stepOverhead = 0.004978
    /// Slow-down per doubling beyond eight GPUs: stragglers and jitter.
    public var stragglerShare = 0.003205

    /// The constants as fitted.
    public init() {}

    /// The constants as fitted, shared by every model.
    public static let fitted = SharedConstants()
}
