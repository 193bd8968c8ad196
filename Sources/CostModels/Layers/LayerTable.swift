import Parallelism
import Quantities
public import Workload

/// The prices of a model's layers and ends for one shape, laid out for the second level of evaluation, with what explains them.
public struct LayerTable: Sendable {
    /// What candidates are priced from.
    public let prices: LayerPrices
    /// The layers as priced, by class, for explanations.
    public let costs: [LayerCost]

    /// Prices every class of layers the model has; the other lanes are zero.
    ///
    /// `overlapsExperts` says whether expert exchange runs beside another micro-batch's compute, as combined 1F1B makes it.
    public init(
        _ model: LayerCostModel, _ memory: LayerMemoryModel, shape: LayerShape, modules: RecomputeModules, data: Int, overlapsExperts: Bool
    ) {
        self.init(
            model, LayerMemoryPrices(model, memory, shape: shape, modules: modules), shape: shape, modules: modules, data: data,
            overlapsExperts: overlapsExperts)
    }

    /// The same with memory that is priced already.
    public init(
        _ model: LayerCostModel, _ memory: LayerMemoryPrices, shape: LayerShape, modules: RecomputeModules, data: Int,
        overlapsExperts: Bool
    ) {
        costs = LayerClass.all.map {
            model.classes.contains($0) ? model.cost($0, shape, recomputing: modules, overlapsExperts: overlapsExperts) : LayerCost()
        }
        var prices = LayerPrices(memory: memory, ends: model.ends(shape, data: data))
        for (lane, cost) in costs.enumerated() { prices.set(cost, lane: lane) }
        self.prices = prices
    }

    /// Forward time of a layer, in s.
    public var forward: SIMD4<Double> { prices.forward }
    /// Backward time of a layer with the recomputation that its modules cost, in s.
    public var backward: SIMD4<Double> { prices.backward }
    /// The part of `backward` that computes weight gradients, in s.
    public var weightGradient: SIMD4<Double> { prices.weightGradient }
    /// Bytes kept for a layer in flight, with the selected modules dropped.
    public var saved: SIMD4<Double> { prices.memory.saved }
    /// Bytes of a layer's input, kept when the layer is recomputed.
    public var input: SIMD4<Double> { prices.memory.input }
    /// Parameters of a rank outside routed experts.
    public var denseParameters: SIMD4<Double> { prices.memory.denseParameters }
    /// Parameters of a rank in routed experts.
    public var expertParameters: SIMD4<Double> { prices.memory.expertParameters }
    /// Embedding, head and transfer.
    public var ends: EndCost { prices.ends }
}
