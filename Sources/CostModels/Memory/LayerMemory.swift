import Hardware
public import Parallelism
import Quantities
public import Workload

/// Memory of one layer of one class for one micro-batch on one rank, in bytes.
public struct LayerMemory: Hashable, Sendable {
    /// Activations kept for the backward pass when nothing is recomputed.
    public var saved = 0.0
    /// Activations kept when the selected modules are recomputed.
    public var savedSelective = 0.0
    /// The layer's input, kept when the whole layer is recomputed.
    public var input = 0.0
    /// The largest transient of the backward pass.
    public var transient = 0.0
    /// Parameters of a rank outside routed experts.
    public var denseParameters = 0.0
    /// Parameters of a rank in routed experts.
    public var expertParameters = 0.0
    /// Parameters of a rank in linear layers, one expert counted: what dummy weight-gradient buffers hold.
    public var bufferedParameters = 0.0

    /// A layer that keeps nothing.
    public init() {}
}

/// Walks a layer operator by operator and sums what each keeps for the backward pass.
///
/// After Korthikanti et al. (arXiv:2205.05198, §4) for the dense transformer, extended by gated and grouped-query layers, latent
/// attention and experts; checked against measured peaks (docs/accuracy.md).
public struct LayerMemoryModel: Sendable {
    let inputs: CostInputs
    /// Whether inputs of linear layers are kept in 8 bits.
    private let savesLow: Bool

    /// The memory of a model's layers with a stack and its choices.
    public init(_ inputs: CostInputs) {
        self.inputs = inputs
        savesLow = inputs.runsLow && inputs.stack.memory.savesLowPrecisionInputs
    }

    /// Bytes of a saved input of a linear layer.
    private var linearBytes: Double { savesLow ? 1 : inputs.job.precision.activationBytes }

    /// The memory of a layer of `layerClass`, with the savings of recomputing `modules`.
    public func memory(_ layerClass: LayerClass, _ shape: LayerShape, recomputing modules: RecomputeModules) -> LayerMemory {
        var memory = LayerMemory()
        let t = Double(shape.tensor)
        let h = Double(inputs.model.hidden)
        let tokens = Double(inputs.job.sequenceLength) * Double(shape.microBatch) / Double(shape.context)
        // Norms and residuals are sharded along the sequence with sequence parallelism; so are inputs of column-parallel layers unless
        // the stack keeps them gathered.
        let outer = shape.sequenceParallel ? tokens / t : tokens
        let gathered = shape.sequenceParallel && !inputs.stack.memory.keepsGatheredInputs ? tokens / t : tokens
        let element = inputs.job.precision.activationBytes
        let normBytes = inputs.choices.fusedNorm ? element : max(element, inputs.stack.memory.unfusedNormBytes)
        let normOutput = gathered * h * linearBytes
        let norms = Double(inputs.model.normsPerLayer) * outer * h * normBytes + 2 * normOutput
        var saved = norms
        var recomputed = modules.contains(.norms) ? 2 * normOutput : 0

        let attention = addAttention(shape, tokens: tokens, t: t, gathered: gathered, modules)
        saved += attention.saved
        recomputed += attention.recomputed
        let parameters = inputs.model.parameters(of: layerClass)
        memory.denseParameters = Double(parameters.tensorSharded) / t + Double(parameters.replicated)
        memory.expertParameters = Double(parameters.routedExperts) / Double(shape.expert * shape.expertTensor)

        if layerClass.isMixture, let experts = inputs.model.experts {
            let part = expertPart(experts, shape, tokens: tokens, t: t, gathered: gathered, outer: outer, modules)
            saved += part.saved
            recomputed += part.recomputed
            memory.transient = part.transient
            let localExperts = Double(experts.count) / Double(shape.expert)
            memory.bufferedParameters = memory.denseParameters - Double(parameters.router) + memory.expertParameters / localExperts
        } else {
            let block = inputs.model.feedForward
            let f = Double(block.width)
            let perElement = (block.isGated ? 2 : 1) * element + linearBytes + inputs.stack.memory.activationExtraBytes
            let part = tokens / t * f * perElement
            saved += part
            if modules.contains(.feedForward) { recomputed += part }
            memory.transient = outer * h * element + tokens / t * f * ((block.isGated ? 2 : 1) * element + linearBytes) * 0.5
            memory.bufferedParameters = memory.denseParameters
        }
        if inputs.stack.memory.keepsDropoutMasks { saved += 2 * outer * h }
        memory.saved = saved
        memory.savedSelective = max(0, saved - recomputed)
        if modules.contains(.alternateMatrixProducts) {
            memory.savedSelective = min(saved, alternateProductsBytes(tokens: tokens / t))
        }
        if inputs.stack.memory.reusesTransients { memory.transient = 0 }
        memory.input = (shape.sequenceParallel || inputs.stack.memory.shardsCheckpoints ? tokens / t : tokens) * h * element
        return memory
    }

    /// What stays when every second matrix product is recomputed: layer input, attention output, query and value projections, the
    /// residual between the blocks, one feed-forward projection, and the softmax statistics (TorchTitan's per-operator policy).
    private func alternateProductsBytes(tokens: Double) -> Double {
        let attention = inputs.model.attention
        let h = Double(inputs.model.hidden)
        let keyValue = Double(attention.keyValueHeads * attention.headDimension)
        return tokens * 2 * (4 * h + keyValue + Double(inputs.model.feedForward.width)) + 4 * tokens * Double(attention.heads)
    }

    private func addAttention(_ shape: LayerShape, tokens: Double, t: Double, gathered: Double, _ modules: RecomputeModules)
        -> (saved: Double, recomputed: Double)
    {
        let attention = inputs.model.attention
        let a = Double(attention.heads)
        let element = inputs.job.precision.activationBytes
        let local = tokens / t
        var saved = 0.0
        var recomputed = 0.0
        let outputWidth: Double
        if let latent = attention.latent {
            let queryKey = Double(attention.queryKeyWidth)
            let value = Double(latent.valueDimension)
            let queryRank = Double(latent.queryRank ?? 0)
            let keyValueRank = Double(latent.keyValueRank)
            let rope = Double(latent.ropeDimension)
            saved += gathered * element * (2 * queryRank + 2 * keyValueRank + rope)
            let projected = local * a * element * (2 * queryKey + value)
            saved += projected
            if modules.contains(.latentUpProjection) { recomputed += projected }
            outputWidth = a * value
        } else {
            let d = Double(attention.headDimension)
            let g = max(Double(attention.keyValueHeads), t)
            saved += local * element * (a * d + 2 * g * d)
            if attention.queryKeyNorm != .none { saved += local * element * (a * d + g * d) + local * 4 * (a + g) }
            outputWidth = a * d
        }
        saved += local * outputWidth * element
        if savesLow { saved += local * outputWidth }
        if inputs.choices.attentionKernel.isFlash {
            saved += 4 * local * a
        } else {
            let keys = Double(inputs.job.sequenceLength)
            // Separate softmax and dropout kernels keep 8 B a score where the fused one keeps 5.
            let scores = a * keys * local * inputs.stack.memory.scoreBytes * (inputs.choices.attentionKernel == .unfused ? 1.6 : 1)
            saved += scores
            if modules.contains(.coreAttention) { recomputed += scores }
        }
        return (saved, recomputed)
    }

    private func expertPart(
        _ experts: Experts, _ shape: LayerShape, tokens: Double, t: Double, gathered: Double, outer: Double, _ modules: RecomputeModules
    ) -> (saved: Double, recomputed: Double, transient: Double) {
        let h = Double(inputs.model.hidden)
        let x = Double(shape.expertTensor)
        let gates = inputs.model.feedForward.isGated ? 2.0 : 1.0
        let width = Double(experts.width) / x
        let shared = Double(experts.sharedWidth)
        let element = inputs.job.precision.activationBytes
        // Rows a rank receives: its own tokens, k experts each, gathered over expert tensor ranks; dispatch moves them, it makes no more.
        let rows = tokens / t * Double(experts.perToken) * x * inputs.job.expertImbalance
        let activation = rows * linearBytes * width
        let saved =
            12 * gathered * Double(experts.count) + rows * (linearBytes * h + gates * element * width) + activation
            + tokens / t * (gates * element + linearBytes) * shared
        let transient = rows * (8 * h + 4 * width) + outer * h * element
        let recomputed = modules.contains(.experts) ? saved : modules.contains(.expertActivation) ? activation : 0
        return (saved, recomputed, transient)
    }
}
