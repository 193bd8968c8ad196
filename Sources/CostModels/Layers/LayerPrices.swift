import Parallelism
public import Workload

/// Memory of a model's layers for one shape, one lane a layer class, and the parameters of its ends.
public struct LayerMemoryPrices: Sendable {
    /// Bytes kept for a layer in flight, with the selected modules dropped.
    public var saved = SIMD4<Double>.zero
    /// Bytes of a layer whose activations are all alive, while it is recomputed.
    public var working = SIMD4<Double>.zero
    /// Bytes of a layer's input, kept when the layer is recomputed.
    public var input = SIMD4<Double>.zero
    /// Transient bytes of a layer's backward.
    public var transient = SIMD4<Double>.zero
    /// Parameters of a rank outside routed experts.
    public var denseParameters = SIMD4<Double>.zero
    /// Parameters of a rank in routed experts.
    public var expertParameters = SIMD4<Double>.zero
    /// Parameters in dummy weight-gradient buffers.
    public var bufferedParameters = SIMD4<Double>.zero
    /// Parameters of the embedding on a rank.
    public var embeddingParameters = 0.0
    /// Parameters of the head on a rank.
    public var headParameters = 0.0

    /// The memory of every class of layers the model has; the other lanes are zero.
    public init(_ model: LayerCostModel, _ memory: LayerMemoryModel, shape: LayerShape, modules: RecomputeModules) {
        for layerClass in LayerClass.all where model.classes.contains(layerClass) {
            let layer = memory.memory(layerClass, shape, recomputing: modules)
            let lane = layerClass.index
            saved[lane] = layer.savedSelective
            working[lane] = layer.saved
            input[lane] = layer.input
            transient[lane] = layer.transient
            denseParameters[lane] = layer.denseParameters
            expertParameters[lane] = layer.expertParameters
            bufferedParameters[lane] = layer.bufferedParameters
        }
        (embeddingParameters, headParameters) = model.endParameters(tensor: shape.tensor)
    }
}

/// The numbers of a `LayerTable` that price a candidate; plain ones, so that copying them is all that a copy costs.
public struct LayerPrices: Sendable {
    /// Forward time of a layer, in s.
    public var forward: SIMD4<Double>
    /// Backward time of a layer with the recomputation that its modules cost, in s.
    public var backward: SIMD4<Double>
    /// The part of `backward` that computes weight gradients, in s.
    public var weightGradient: SIMD4<Double>
    /// Memory of the layers.
    public var memory: LayerMemoryPrices
    /// Embedding, head and transfer.
    public var ends: EndCost

    /// The prices of an empty table, to be filled class by class.
    init(memory: LayerMemoryPrices, ends: EndCost) {
        (forward, backward, weightGradient) = (.zero, .zero, .zero)
        self.memory = memory
        self.ends = ends
    }

    /// Sets the time of a class of layers.
    mutating func set(_ cost: LayerCost, lane: Int) {
        forward[lane] = cost.forward.total
        backward[lane] = cost.backward.total + cost.selectiveRecompute
        weightGradient[lane] = cost.weightGradient
    }

    /// The prices of a shape's layers with nothing recomputed: with expert exchange as it is, and hidden behind another micro-batch as combined
    /// 1F1B makes it.
    public static func both(
        _ model: LayerCostModel, _ memory: LayerMemoryPrices, shape: LayerShape
    ) -> (exposed: LayerPrices, hidden: LayerPrices) {
        var exposed = LayerPrices(memory: memory, ends: model.ends(shape, data: 1))
        var hidden = exposed
        for layerClass in LayerClass.all where model.classes.contains(layerClass) {
            let costs = model.costs(layerClass, shape)
            exposed.set(costs.exposed, lane: layerClass.index)
            hidden.set(costs.hidden, lane: layerClass.index)
        }
        return (exposed, hidden)
    }
}
