/// Constants of the cost models that hold for every GPU, stack and model; each has a meaning, a unit and one value.
///
/// They were fitted on the operator measurements first and on training runs second (docs/accuracy.md lists the data and the errors).
public struct SharedConstants: Hashable, Sendable {
    // MARK: Matrix products

    /// Time of a weight-gradient product over a forward product of the same shape.
    public var weightGradientFactor = 1.045
    /// Share of the gradient-accumulation traffic (one read and one write of the buffer) that shows.
    public var accumulationShare = 0.7
    /// Passes over a tensor, in units of 4 B an element, that casting it to 8 bits and transposing it costs.
    public var castPasses = 1.6
    /// Casts of expert tensors over those of dense ones: they fuse with the permutation.
    public var expertCastShare = 0.5

    // MARK: Attention

    /// Speed of FlashAttention-1 over FlashAttention-2.
    public var flash1Speed = 0.5
    /// Time of FlashAttention-2 on Hopper in training over its paper's closed form.
    public var flash2HopperFactor = 0.95
    /// Efficiency of fused attention with heads narrower than 128 over that at 128.
    public var narrowHeadEfficiency = 0.87
    /// Efficiency of fused latent attention (wide keys) over that at 128.
    public var latentHeadEfficiency = 1.2
    /// Share of the 16-bit peak that batched score products of unfused attention reach.
    public var batchedProductEfficiency = 0.41
    /// Passes over the score matrix of a fused softmax, forward.
    public var fusedSoftmaxPasses = 6.0
    /// Passes over the score matrix of separate scale, mask, softmax and dropout kernels, forward.
    public var unfusedSoftmaxPasses = 13.0
    /// Slow-down of batched products whose head dimension is no multiple of 8.
    public var misalignedHeadFactor = 11.0

    // MARK: Memory-bound operators

    /// Passes of activation, rotary embedding and transposes over their minimum.
    public var activationPasses = 1.8
    /// Norm passes of a fused kernel over the stack's.
    public var fusedNormShare = 0.4
    /// Element-wise passes without a compiler over those with one, in stacks that compile.
    public var eagerFactor = 2.1
    /// Passes of expert permutation over its minimum.
    public var permutationPasses = 2.2

    // MARK: Experts

    /// Rows per expert at which a grouped product reaches half of its asymptote (16-bit; twice that at 8 bits).
    public var groupedHalfRows = 127.0
    /// Efficiency of a grouped over a plain product.
    public var groupedEfficiency = 0.97
    /// Efficiency of a grouped weight-gradient over a grouped forward product.
    public var groupedWeightGradientEfficiency = 0.78
    /// Fixed time per expert and grouped product, in s.
    public var groupedLatency = 3.5e-6
    /// Fixed time of a dispatch or combine, in s.
    public var exchangeLatency = 1.9e-5
    /// Share of the network's line rate that expert exchange reaches.
    public var exchangeNetworkShare = 0.86
    /// Share of expert exchange hidden when it overlaps another micro-batch's compute.
    public var hiddenExchangeShare = 0.93

    // MARK: Host

    /// Exponent of the soft maximum of device and host time.
    public var hostSharpness = 3.0
    /// Extra host time with tensor parallelism, as a share.
    public var hostTensorShare = 0.11
    /// Host time with partial graphs over that without.
    public var partialGraphShare = 0.5
    /// Host time with whole-iteration graphs over that without.
    public var fullGraphShare = 0.1
    /// Host time of a mixture layer, forward and backward of a micro-batch, without graphs on x86, in s.
    public var hostMixtureTime = 7.8e-3
    /// The same on Grace, in s.
    public var hostMixtureTimeGrace = 2e-3
    /// The same with partial graphs, in s.
    public var hostMixtureTimePartialGraphs = 3.9e-3
    /// The same with whole-iteration graphs, in s.
    public var hostMixtureTimeFullGraphs = 0.5e-3
    /// Extra host time where the dispatcher waits for token counts, in s.
    public var hostCountWait = 5.5e-3

    // MARK: Communication

    /// Visible tensor-parallel time with pipelined collectives (async TP) over that without.
    public var asyncTensorShare = 0.6
    /// Share of the backward's second gather of a layer's inputs that shows.
    public var regatherShare = 0.5
    /// Share of ring-attention traffic that shows.
    public var visibleRingShare = 0.5
    /// Fixed time of a point-to-point transfer, in s.
    public var transferLatency = 1e-5
    /// Share of a transfer that blocks sender and receiver in every micro-batch.
    public var blockingTransferShare = 0.35
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
    public var stepOverhead = 5e-3
    /// Slow-down per doubling beyond eight GPUs: stragglers and jitter.
    public var stragglerShare = 0.0036

    /// The constants as fitted.
    public init() {}

    /// The constants as fitted, shared by every model.
    public static let fitted = SharedConstants()
}
