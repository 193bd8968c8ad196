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
    public var accumulationPasses = 0.8993
    /// Passes over a tensor, in units of 4 B an element, that casting it to 8 bits and transposing it costs.
    public var castPasses = 1.368
    /// Rate of products with a scale a row over that with a scale a tensor: kernels of their own, whose gain over 16 bits published runs see
    /// little of (estimated).
    public var rowScaledRate = 0.7
    /// Casts with a scale a row over those with a scale a tensor: inputs, weights and output gradients are cast along both of their sides,
    /// since products along either need other scales (torchao, `Float8LinearRecipeName.ROWWISE`).
    public var rowScaledCasts = 2.0
    /// Casts of expert tensors over those of dense ones: they fuse with the permutation.
    public var expertCastShare = 0.5064

    // MARK: Attention

    /// Speed of FlashAttention-1 over FlashAttention-2.
    public var flash1Speed = 0.4812
    /// Time of FlashAttention-2 on Hopper in training over its paper's closed form.
    public var flash2HopperFactor = 0.895
    /// Fixed time of fused attention's forward, in s.
    public var attentionLatency = 1.902e-05
    /// Efficiency of fused latent attention (wide keys) over that at 128.
    public var latentHeadEfficiency = 0.9885
    /// Share of the 16-bit peak that batched score products of unfused attention reach.
    public var batchedProductEfficiency = 0.4141
    /// Passes over the score matrix of a fused softmax, forward.
    public var fusedSoftmaxPasses = 5.844
    /// Passes over the score matrix of separate scale, mask, softmax and dropout kernels, forward.
    public var unfusedSoftmaxPasses = 13.01
    /// Slow-down of batched products whose head dimension is no multiple of 8.
    public var misalignedHeadFactor = 11.63

    // MARK: Recurrences and sparse attention

    /// Those of recurrent mixers, short convolutions and sparse attention.
    public var recurrence = RecurrenceConstants()

    // MARK: Software

    /// What a year of software releases takes off the time of kernels on Hopper, as a share.
    public var hopperReleaseGain = 0.01475
    /// The same on Blackwell.
    public var blackwellReleaseGain = 0.07567
    /// Passes of an unfused loss over those of a fused one.
    public var unfusedLossFactor = 2.056

    // MARK: Memory-bound operators

    /// Passes of activation, rotary embedding and transposes over their minimum.
    public var activationPasses = 1.652
    /// Time of widening weights of 4 bits to 16 over that of its least traffic: kernels look every weight up in a table and scale it.
    public var wideningPasses = 5.0
    /// Norm passes of a fused kernel over the stack's.
    public var fusedNormShare = 0.3775
    /// Element-wise passes without a compiler over those with one, in stacks that compile.
    public var eagerFactor = 2.147
    /// Passes of expert permutation over its minimum.
    public var permutationPasses = 2.267

    // MARK: Experts

    /// Rows per expert at which a grouped product reaches half of its asymptote (16-bit; twice that at 8 bits).
    public var groupedHalfRows = 80.63
    /// Efficiency of a grouped over a plain product.
    public var groupedEfficiency = 1.016
    /// Efficiency of a grouped weight-gradient over a grouped forward product.
    public var groupedWeightGradientEfficiency = 0.8627
    /// Rows per expert at which a grouped weight-gradient product reaches half of its asymptote (16-bit; twice that at 8 bits).
    public var groupedWeightGradientHalfRows = 202.0
    /// Fixed time per expert and grouped product, in s.
    public var groupedLatency = 4.5e-06
    /// Fixed time of a dispatch or combine, in s.
    public var exchangeLatency = 1.9e-05
    /// Share of the network's line rate that expert exchange reaches.
    public var exchangeNetworkShare = 0.8533
    /// Share of expert exchange hidden when it overlaps another micro-batch's compute.
    public var hiddenExchangeShare = 0.9297

    // MARK: Host

    /// Exponent of the soft maximum of device and host time.
    public var hostSharpness = 3.218
    /// Extra host time for each further tensor rank, as a share: collectives wait for the slowest host.
    public var hostTensorShare = 0.03091
    /// Host time with partial graphs over that without.
    public var partialGraphShare = 0.5
    /// Host time with whole-iteration graphs over that without.
    public var fullGraphShare = 0.1
    /// Host time of a mixture layer, forward and backward of a micro-batch, without graphs on x86, in s.
    public var hostMixtureTime = 0.005952
    /// The same on Grace, in s.
    public var hostMixtureTimeGrace = 0.003
    /// Extra host time of a mixture layer for each local expert, unless the whole iteration is one graph, in 16 bits, in s.
    public var hostExpertTime = 0.0001186
    /// The same at 8 bits over that in 16.
    public var hostLowPrecisionFactor = 2.431
    /// The same with partial graphs, in s.
    public var hostMixtureTimePartialGraphs = 0.003768
    /// The same with whole-iteration graphs, in s.
    public var hostMixtureTimeFullGraphs = 0.0005
    /// Extra host time where the dispatcher waits for token counts, in s.
    public var hostCountWait = 0.005363

    // MARK: Communication

    /// Visible tensor-parallel time with pipelined collectives (async TP) over that without.
    public var asyncTensorShare = 0.6
    /// Share of the backward's second gather of a layer's inputs that shows.
    public var regatherShare = 0.5072
    /// Share of a well-tuned network's line rate that bare collectives reach with large messages: NCCL on 4 to 128 nodes of H100 with 8×400
    /// Gbit/s reaches 0.80 to 0.98 (nccl-tests issues 309 and 322), SimAI's tables 0.95 (Wang et al., NSDI 2025). The shares of the stacks
    /// were fitted against line rates, and are relative to measured curves by this.
    public var tunedCollectiveShare = 0.92
    /// Share of the shorter of a ring step's attention and transfer that shows beside the longer.
    public var visibleRingShare = 0.1004
    /// Passes over a context rank's fp32 attention output that merging one step of ring attention into it costs.
    public var ringMergePasses = 3.117
    /// Fixed time of a point-to-point transfer, in s.
    public var transferLatency = 1e-5
    /// Time that a collective over replicas takes for each rank of its ring, whatever it moves, in s.
    public var ringLatency = 2.949e-06
    /// Share of a stage's last backward under which gradient reduction can hide.
    public var gradientWindow = 0.66
    /// Share of a stage's first forward under which parameter gathering can hide.
    public var gatherWindow = 0.33

    // MARK: Step

    /// Bytes moved per parameter of the local shard in an Adam step.
    public var optimizerBytes = 30.0
    /// Fixed time of a step, in s.
    public var stepOverhead = 0.005021
    /// What a mixture layer of a rank adds to the fixed time of a step: buckets, hooks and optimizer kernels of its many tensors, in s.
    public var stepMixtureOverhead = 0.000513
    /// Slow-down per doubling beyond eight GPUs: stragglers and jitter.
    public var stragglerShare = 0.00313

    /// The constants as fitted.
    public init() {}

    /// The constants as fitted, shared by every model.
    public static let fitted = SharedConstants()
}
