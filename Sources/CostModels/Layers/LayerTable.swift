public import Parallelism
import Quantities
import Workload

/// The prices of a model's layers and ends for one shape, laid out for the second level of evaluation: one lane a layer class.
public struct LayerTable: Sendable {
    /// Forward time of a layer, in s.
    public let forward: SIMD4<Double>
    /// Backward time of a layer with the recomputation that `modules` costs, in s.
    public let backward: SIMD4<Double>
    /// The part of `backward` that computes weight gradients, in s.
    public let weightGradient: SIMD4<Double>
    /// Bytes kept for a layer in flight, with the selected modules dropped.
    public let saved: SIMD4<Double>
    /// Bytes of a layer whose activations are all alive, while it is recomputed.
    public let working: SIMD4<Double>
    /// Bytes of a layer's input, kept when the layer is recomputed.
    public let input: SIMD4<Double>
    /// Transient bytes of a layer's backward.
    public let transient: SIMD4<Double>
    /// Parameters of a rank outside routed experts.
    public let denseParameters: SIMD4<Double>
    /// Parameters of a rank in routed experts.
    public let expertParameters: SIMD4<Double>
    /// Parameters in dummy weight-gradient buffers.
    public let bufferedParameters: SIMD4<Double>
    /// Embedding, head and transfer.
    public private(set) var ends: EndCost
    /// The layers as priced, by class, for explanations.
    public let costs: [LayerCost]
    /// The shape these prices belong to.
    public let shape: LayerShape
    /// What selective recomputation drops.
    public let modules: RecomputeModules

    /// Prices every class of layers the model has; the other lanes are zero.
    ///
    /// `overlapsExperts` says whether expert exchange runs beside another micro-batch's compute, as combined 1F1B makes it.
    public init(
        _ model: LayerCostModel, _ memory: LayerMemoryModel, shape: LayerShape, modules: RecomputeModules, data: Int, overlapsExperts: Bool
    ) {
        self.shape = shape
        self.modules = modules
        let costs = LayerClass.all.map {
            model.classes.contains($0) ? model.cost($0, shape, recomputing: modules, overlapsExperts: overlapsExperts) : LayerCost()
        }
        let memories = LayerClass.all.map { model.classes.contains($0) ? memory.memory($0, shape, recomputing: modules) : LayerMemory() }
        func lanes<T>(_ rows: [T], _ value: (T) -> Double) -> SIMD4<Double> {
            SIMD4(value(rows[0]), value(rows[1]), value(rows[2]), value(rows[3]))
        }
        self.costs = costs
        forward = lanes(costs) { $0.forward.total }
        backward = lanes(costs) { $0.backward.total + $0.selectiveRecompute }
        weightGradient = lanes(costs) { $0.weightGradient }
        saved = lanes(memories) { $0.savedSelective }
        working = lanes(memories) { $0.saved }
        input = lanes(memories) { $0.input }
        transient = lanes(memories) { $0.transient }
        denseParameters = lanes(memories) { $0.denseParameters }
        expertParameters = lanes(memories) { $0.expertParameters }
        bufferedParameters = lanes(memories) { $0.bufferedParameters }
        ends = model.ends(shape, data: data)
    }

    /// The same prices where a stage has `data` data-parallel ranks, which only moves the next stage nearer or farther.
    public func with(data: Int, _ model: LayerCostModel) -> LayerTable {
        var table = self
        table.ends.transfer = model.transferSeconds(bytes: ends.transferBytes, stride: shape.tensor * shape.context * data)
        return table
    }
}
