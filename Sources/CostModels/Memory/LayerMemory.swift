import Hardware
import Parallelism
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
    /// Trained parameters of a rank outside routed experts.
    public var denseParameters = 0.0
    /// Trained parameters of a rank in routed experts.
    public var expertParameters = 0.0
    /// Trained parameters of a rank in linear layers, one expert counted: what dummy weight-gradient buffers hold.
    public var bufferedParameters = 0.0
    /// Operations by which an update makes the matrices of a rank orthogonal, outside routed experts; 0 unless Muon is the optimizer.
    public var updateOperations = 0.0
    /// The same in routed experts.
    public var expertUpdateOperations = 0.0
    /// Bytes of frozen weights of a rank outside routed experts.
    public var frozenDense = 0.0
    /// Bytes of frozen weights of a rank in routed experts.
    public var frozenExpert = 0.0
    /// Bytes of frozen weights of a rank, one expert counted: what a layer's gather holds.
    public var frozenBuffered = 0.0
    /// Bytes of `savedSelective` that can leave with each module, by the bits of `OffloadModules`.
    var movable = SIMD8<Float>.zero
    /// Bytes of a teacher's layers beside this one, which no data-parallel rank shares.
    public var teacher = 0.0

    /// Activations that stay where the inputs of all modules move that can.
    public var leastWithModulesMoved: Double { max(0, savedSelective - Double(movable.sum())) }

    /// Bytes that leave where the inputs of some modules move.
    public func moved(with modules: OffloadModules) -> Double {
        (0..<8).reduce(0) { modules.rawValue & (1 << $1) != 0 ? $0 + Double(movable[$1]) : $0 }
    }

    /// A layer that keeps nothing.
    public init() {}
}

/// Sums what the operators of a layer keep for the backward pass.
///
/// After Korthikanti et al. (arXiv:2205.05198, §4) for the dense transformer, extended by gated and grouped-query layers, latent
/// attention and experts; checked against measured peaks (docs/accuracy.md).
public struct LayerMemoryModel: Sendable {
    let inputs: CostInputs
    /// What is learned from; nil without distillation.
    let teacher: Teacher?
    /// Whether inputs of linear layers are kept in 8 bits.
    private let savesLow: Bool
    /// What a layer of each class keeps, in the order of `LayerClasses`.
    private let layers: [KeptLayer]
    /// Copies of shared weights, of which nothing but parameters is kept, in the order of `LayerClasses.shared`.
    private let copies: [KeptLayer]

    /// What a layer keeps, from its operators.
    private struct KeptLayer {
        let saved: [SavedTensor]
        let cores: [AttentionWork]
        /// Tensors alive at the worst moment of each block.
        let transients: [[SavedTensor]]
        let weights: HeldWeights
        /// What Muon's update multiplies; nil with other optimizers.
        var orthogonal: NewtonSchulz?
        /// What the method does with the layer.
        let training: LayerTraining
        /// Experts of a token; 1 without a mixture.
        let perToken: Double
        let blocks: Double
        /// Numbers of a token in the layer's exchange; 0 without a mixture.
        var exchanged = 0.0
        /// The group of a routing's layers that its mixture is of.
        var routing: Int?
    }

    /// The memory of a model's layers with a stack and its choices.
    public init(_ inputs: CostInputs) {
        self.inputs = inputs
        teacher = Teacher(inputs)
        savesLow = inputs.runsLow && inputs.stack.memory.savesLowPrecisionInputs
        let classes = inputs.layerClasses
        let method = inputs.job.method
        copies = classes.shared.map { shared in
            let mixture = shared.part.blocks.lazy.compactMap { $0.shape as? Experts }.first
            let operators = inputs.model.blocks(of: LayerClass([shared.part])).flatMap(\.operators)
            return KeptLayer(
                saved: [], cores: [], transients: [],
                weights: HeldWeights(
                    TrainedOperator.all(operators, in: .trained, method), method, experts: Double(mixture?.count ?? 0)),
                training: .trained, perToken: Double(mixture?.perToken ?? 1), blocks: 0)
        }
        layers = classes.classes.map { layerClass in
            let blocks = inputs.model.blocks(of: layerClass)
            let trained = blocks.map { TrainedOperator.all($0.operators, in: layerClass.training, method) }
            return KeptLayer(
                // Of a pass without gradients everything that a layer makes is alive while it runs.
                saved: method.hasGradients
                    ? trained.flatMap { $0.saved(in: layerClass.training) } : blocks.flatMap(\.operators).flatMap(\.saved),
                cores: blocks.flatMap(\.operators).compactMap { if case .attention(let work) = $0.work { work } else { nil } },
                transients: blocks.map(\.transients),
                weights: HeldWeights(layerClass, of: inputs.model, method),
                orthogonal: inputs.job.optimizer == .muon ? NewtonSchulz(trained.flatMap(\.self)) : nil,
                training: layerClass.training, perToken: Double(layerClass.mixture?.perToken ?? 1),
                blocks: Double(blocks.count),
                exchanged: Double(layerClass.mixture.map { $0.latentWidth ?? inputs.model.hidden } ?? 0), routing: layerClass.routing)
        }
    }

    /// Tensors of less than 1,048,576 elements of 16 bits stay (Megatron-Core, `min_offloaded_tensor_size`).
    private static let leastMoved = 2 * 1_048_576.0

    /// A shape's sizes, as tensors need them.
    private struct Sizes {
        let t: Double
        let x: Double
        let whole: Double
        let outer: Double
        let gathered: Double
        let routed: Double
        let element: Double
        let linear: Double
        let norm: Double
    }

    /// The memory of a layer of every class, in the order of `LayerClasses`, then that of each copy of shared weights.
    public func memory(_ shape: LayerShape, recomputing modules: RecomputeModules) -> [LayerMemory] {
        let beside = teacher?.bytes(shape)
        return layers.indices.map { place in
            var memory = memory(place, shape, recomputing: modules)
            if let beside { (memory.teacher, memory.transient) = (beside.weights, max(memory.transient, beside.transient)) }
            return memory
        }
            + copies.map { copy in
                var memory = LayerMemory()
                copy.weights.add(to: &memory, shape, tokens: 0)
                return memory
            }
    }

    /// The memory of a layer of the class at place `layerClass`, with the savings of recomputing `modules`.
    public func memory(_ layerClass: Int, _ shape: LayerShape, recomputing modules: RecomputeModules) -> LayerMemory {
        let layer = layers[layerClass]
        let z = sizes(shape, layer)
        let stack = inputs.stack.memory
        var memory = LayerMemory()
        var saved = 0.0
        var recomputed = 0.0
        for tensor in layer.saved {
            let bytes = bytes(tensor, z)
            saved += bytes
            if !tensor.modules.isDisjoint(with: modules) {
                recomputed += bytes
            } else if !tensor.moving.isEmpty, bytes >= Self.leastMoved, layer.training != .still {
                memory.movable[tensor.moving.rawValue.trailingZeroBitCount] += Float(bytes)
            }
        }
        for core in layer.cores {
            let kept = scoreBytes(core, shape, z)
            saved += kept.bytes
            if kept.canGo, modules.contains(.coreAttention) { recomputed += kept.bytes }
        }
        // Without gradients a layer's activations are gone with it; those of its two passes are alive together.
        let passing = inputs.job.method.hasGradients ? 0 : 2 * saved
        if layer.training == .still { (saved, recomputed) = (0, 0) }
        // One mask a residual connection, a byte an element.
        if stack.keepsDropoutMasks, layer.training != .still { saved += layer.blocks * z.outer * Double(inputs.model.hidden) }
        memory.saved = saved
        memory.savedSelective = max(0, saved - recomputed)
        if modules.contains(.alternateMatrixProducts) {
            memory.savedSelective = min(saved, alternateProductsBytes(layer, tokens: z.whole / z.t))
            memory.movable = .zero
        }
        for block in layer.transients where !stack.reusesTransients {
            memory.transient = max(memory.transient, block.reduce(0) { $0 + bytes($1, z) })
        }
        memory.transient = max(memory.transient, passing) + contextBuffers(layer, shape) + gatheredTokens(layer, shape, z)
        layer.weights.add(to: &memory, shape, tokens: z.whole)
        if let orthogonal = layer.orthogonal {
            (memory.updateOperations, memory.expertUpdateOperations) = orthogonal.operations(shape)
        }
        memory.input =
            layer.training == .still
            ? 0 : (shape.sequenceParallel || stack.shardsCheckpoints ? z.whole / z.t : z.whole) * Double(inputs.model.hidden) * z.element
        return memory
    }

    /// What an operator of the layer keeps less what recomputing `modules` drops of it, in bytes.
    func bytes(of one: Operator, _ layerClass: Int, _ shape: LayerShape, recomputing modules: RecomputeModules) -> Double {
        let z = sizes(shape, layers[layerClass])
        let kept = one.saved.lazy.filter { $0.modules.isDisjoint(with: modules) }.reduce(0) { $0 + bytes($1, z) }
        guard case .attention(let core) = one.work else { return kept }
        let scores = scoreBytes(core, shape, z)
        return scores.canGo && modules.contains(.coreAttention) ? kept : kept + scores.bytes
    }

    /// What an attention core keeps of its scores, and whether recomputing the core drops it.
    private func scoreBytes(_ core: AttentionWork, _ shape: LayerShape, _ z: Sizes) -> (bytes: Double, canGo: Bool) {
        // Ring self-attention knows no online softmax.
        let keepsScores = shape.context > 1 && shape.context(of: core.sight).kind == .ringSelfAttention
        if inputs.choices.attentionKernel.isFlash, !keepsScores {
            // The softmax statistics.
            return (4 * z.whole / z.t * Double(core.heads), false)
        }
        // Separate softmax and dropout kernels keep 8 B a score where the fused one keeps 5.
        let perScore = inputs.stack.memory.scoreBytes * (inputs.choices.attentionKernel == .unfused || keepsScores ? 1.6 : 1)
        return (Double(core.heads) * Double(inputs.job.sequenceLength) * z.whole / z.t * perScore, true)
    }

    /// What the exchange of the layer's keys and values holds beside it.
    private func contextBuffers(_ layer: KeptLayer, _ shape: LayerShape) -> Double {
        guard shape.context > 1 else { return 0 }
        let sequenceBytes = 2 * Double(shape.microBatch) * Double(inputs.job.sequenceLength)
        return layer.cores.reduce(0) { most, core in
            let heads = max(Double(core.keyValueHeads) / Double(shape.tensor), 1)
            let way = shape.context(of: core.sight)
            let work = ContextWork(
                kind: way.kind, context: shape.context, inner: way.inner, tensor: shape.tensor,
                keyValueBytes: sequenceBytes * heads * Double(core.queryKeyWidth + core.valueWidth))
            return max(most, ContextExchange.buffers(work))
        }
    }

    /// Tokens of all ranks that a gathering dispatcher holds while a rank takes its own experts' from them, and again while it adds up their
    /// outputs: nothing of them is kept but places (Megatron-Core, `MoEAllGatherTokenDispatcher`).
    private func gatheredTokens(_ layer: KeptLayer, _ shape: LayerShape, _ z: Sizes) -> Double {
        guard inputs.choices.dispatcher == .allGather, shape.expert * shape.expertTensor > 1 else { return 0 }
        return z.whole / z.t * Double(shape.expert * shape.expertTensor) * layer.exchanged * z.element
    }

    private func sizes(_ shape: LayerShape, _ layer: KeptLayer) -> Sizes {
        let t = Double(shape.tensor)
        let x = Double(shape.expertTensor)
        let tokens = Double(inputs.job.sequenceLength) * Double(shape.microBatch) / Double(shape.context)
        let element = inputs.job.precision.activationBytes
        // Norms and residuals are sharded along the sequence with sequence parallelism; so are inputs of column-parallel layers unless
        // the stack keeps them gathered. A rank's experts receive its own tokens, k experts each, gathered over expert tensor ranks.
        return Sizes(
            t: t, x: x, whole: tokens, outer: shape.sequenceParallel ? tokens / t : tokens,
            gathered: shape.sequenceParallel && !inputs.stack.memory.keepsGatheredInputs ? tokens / t : tokens,
            routed: tokens / t * layer.perToken * x * inputs.job.busiestExperts(ranks: shape.expert, group: layer.routing),
            element: element, linear: savesLow ? 1 : element,
            norm: inputs.choices.fusedNorm ? element : max(element, inputs.stack.memory.unfusedNormBytes))
    }

    private func bytes(_ tensor: SavedTensor, _ z: Sizes) -> Double {
        let tokens =
            switch tensor.tokens {
            case .whole: z.whole
            case .outer: z.outer
            case .gathered: z.gathered
            case .routed: z.routed
            }
        let element =
            switch tensor.format {
            case .linearInput: z.linear
            case .activation: z.element
            case .normInput: z.norm
            case .lowCopy: savesLow ? 1.0 : 0
            case .activationExtra: inputs.stack.memory.activationExtraBytes
            case .bytes(let count): count
            }
        return tokens * tensor.width.onRank(tensor: z.t, expertTensor: z.x) * element * tensor.copies
    }

    /// What stays when every second matrix product is recomputed: layer input, attention output, query and value projections, the
    /// residual between the blocks, one feed-forward projection, and the softmax statistics (TorchTitan's per-operator policy).
    private func alternateProductsBytes(_ layer: KeptLayer, tokens: Double) -> Double {
        let h = Double(inputs.model.hidden)
        let attention = layer.cores.reduce(0.0) {
            $0 + 2 * Double($1.keyValueHeads * $1.queryKeyWidth) + 4 * Double($1.heads)
        }
        return tokens * (2 * (4 * h + Double(inputs.model.feedForward.width)) + attention)
    }
}
