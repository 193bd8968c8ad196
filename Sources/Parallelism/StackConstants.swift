public import Quantities

/// The constants of a stack's step-time model; at most eight of a stack's are fitted on training runs, the others are shared defaults or facts.
public struct StackConstants: Hashable, Sendable {
    /// Share of tensor-parallel collective time that is not hidden; above 1 where launches add to it.
    public var visibleTensorShare: Double
    /// Time the host needs to issue the forward of one dense layer.
    public var hostLayerTime: Seconds
    /// Memory passes of normalisation, residual and dropout over their minimum.
    public var normPasses: Double
    /// Memory passes over the fp32 logits that the loss makes in each direction.
    public var lossPasses: Double
    /// Time of flash attention over the GPU's best kernel.
    public var attentionFactor: Double
    /// Share of the data-parallel window that really hides communication.
    public var dataParallelOverlap: Double
    /// Share of the network's achieved bandwidth that data-parallel collectives reach.
    public var dataParallelEfficiency: Double
    /// Whether pipeline transfers are scattered over tensor ranks without sequence parallelism too (a fact, not a fitted constant).
    public var scattersTransfers: Bool
    /// Share of a pipeline transfer that blocks sender and receiver in every micro-batch.
    public var blockingTransferShare: Double
    /// Slow-down of compute while parameter gathers of fully sharded training run beside it.
    public var shardSlowdown: Double
    /// Time of a step over what the models say, fitted on a user's own runs; 1 in shipped stacks.
    public var timeFactor: Double

    /// All constants.
    public init(
        visibleTensorShare: Double, hostLayerTime: Seconds, normPasses: Double, lossPasses: Double, attentionFactor: Double,
        dataParallelOverlap: Double, dataParallelEfficiency: Double, scattersTransfers: Bool, blockingTransferShare: Double,
        shardSlowdown: Double, timeFactor: Double = 1
    ) {
        self.visibleTensorShare = visibleTensorShare
        self.hostLayerTime = hostLayerTime
        self.normPasses = normPasses
        self.lossPasses = lossPasses
        self.attentionFactor = attentionFactor
        self.dataParallelOverlap = dataParallelOverlap
        self.dataParallelEfficiency = dataParallelEfficiency
        self.scattersTransfers = scattersTransfers
        self.blockingTransferShare = blockingTransferShare
        self.shardSlowdown = shardSlowdown
        self.timeFactor = timeFactor
    }
}

/// What a stack keeps in memory beyond parameters and the activations every implementation needs.
public struct StackMemory: Hashable, Sendable {
    /// Bytes per logit that live at the loss, over all copies.
    public var logitBytes: Double
    /// Whether the logits at the loss are sharded over tensor-parallel ranks.
    public var shardsLogits: Bool
    /// Whether the head's weight gradient is materialised beside the logits (current Transformer Engine).
    public var buffersHeadGradient: Bool
    /// Whether dummy weight-gradient buffers of the largest layer are kept (current Transformer Engine).
    public var buffersWeightGradients: Bool
    /// Whether sequence parallelism stores the gathered inputs of column-parallel layers.
    public var keepsGatheredInputs: Bool
    /// Bytes an element of a normalisation's input costs: 2 fused, more with fp32 copies.
    public var unfusedNormBytes: Double
    /// Extra bytes per feed-forward element that an unfused activation keeps.
    public var activationExtraBytes: Double
    /// Bytes per score that unfused attention keeps for the backward pass.
    public var scoreBytes: Double
    /// Whether dropout masks are kept, one byte an element of the residual stream.
    public var keepsDropoutMasks: Bool
    /// Whether checkpointed layer inputs are sharded over tensor ranks without sequence parallelism too.
    public var shardsCheckpoints: Bool
    /// Extra bytes a parameter beyond what precision, optimizer and sharding explain.
    public var extraStateBytes: Double
    /// Reserved over allocated memory of the dynamic part: low, expected, high.
    public var allocatorFactors: AllocatorFactors
    /// Workspaces that come from the allocator.
    public var fixed: Bytes
    /// What the device holds beside the allocator: context and communicators.
    public var context: Bytes
    /// Bytes a parameter that a gradient keeps beyond its format, such as a 16-bit copy beside fp32 sums.
    public var extraGradientBytes: Double
    /// Extra bytes a parameter without sharding.
    public var unshardedExtraBytes: Double
    /// Whether loss and layer transients are alive together rather than one after the other.
    public var addsTransients: Bool
    /// Copies of a recomputed layer's activations that are alive at once.
    public var recomputeCopies: Double
    /// The same where parameters are fully sharded.
    public var shardedRecomputeCopies: Double
    /// Whether logits and loss are gone before the first layer's backward pass begins, so that the larger of the two counts and not their sum.
    public var freesLogits: Bool
    /// Whether low-precision layers keep their inputs in 8 bits for the backward pass rather than in 16.
    public var savesLowPrecisionInputs: Bool
    /// Whether transients of the backward pass live in the activations they replace (fully sharded stacks).
    public var reusesTransients: Bool

    /// Whether gradients are freed after the update and come back one by one as activations go, so that the first micro-batch finds none.
    public var awaitsGradients: Bool
    /// Copies of a moment that an update of Adam makes for itself, when activations are gone: 1 where it works on lists of tensors, 0 fused.
    public var updateCopies: Double

    /// Reserved over allocated memory.
    public struct AllocatorFactors: Hashable, Sendable {
        /// A run with a lucky allocator.
        public var low: Double
        /// The usual case.
        public var expected: Double
        /// What a plan must fit.
        public var high: Double

        /// Three factors in ascending order.
        public init(low: Double, expected: Double, high: Double) {
            self.low = low
            self.expected = expected
            self.high = high
        }
    }

    /// The whole memory behaviour of a stack.
    public init(
        logitBytes: Double, shardsLogits: Bool, buffersHeadGradient: Bool, buffersWeightGradients: Bool, keepsGatheredInputs: Bool,
        unfusedNormBytes: Double, activationExtraBytes: Double, scoreBytes: Double, keepsDropoutMasks: Bool, shardsCheckpoints: Bool,
        extraStateBytes: Double, allocatorFactors: AllocatorFactors, fixed: Bytes, context: Bytes, extraGradientBytes: Double = 0,
        unshardedExtraBytes: Double = 0, addsTransients: Bool = false, recomputeCopies: Double = 1, savesLowPrecisionInputs: Bool = true,
        reusesTransients: Bool = false, shardedRecomputeCopies: Double? = nil, freesLogits: Bool = false, awaitsGradients: Bool = false,
        updateCopies: Double = 0
    ) {
        self.logitBytes = logitBytes
        self.shardsLogits = shardsLogits
        self.buffersHeadGradient = buffersHeadGradient
        self.buffersWeightGradients = buffersWeightGradients
        self.keepsGatheredInputs = keepsGatheredInputs
        self.unfusedNormBytes = unfusedNormBytes
        self.activationExtraBytes = activationExtraBytes
        self.scoreBytes = scoreBytes
        self.keepsDropoutMasks = keepsDropoutMasks
        self.shardsCheckpoints = shardsCheckpoints
        self.extraStateBytes = extraStateBytes
        self.allocatorFactors = allocatorFactors
        self.fixed = fixed
        self.context = context
        self.extraGradientBytes = extraGradientBytes
        self.unshardedExtraBytes = unshardedExtraBytes
        self.addsTransients = addsTransients
        self.recomputeCopies = recomputeCopies
        self.savesLowPrecisionInputs = savesLowPrecisionInputs
        self.reusesTransients = reusesTransients
        self.shardedRecomputeCopies = shardedRecomputeCopies ?? recomputeCopies
        self.freesLogits = freesLogits
        self.awaitsGradients = awaitsGradients
        self.updateCopies = updateCopies
    }
}
