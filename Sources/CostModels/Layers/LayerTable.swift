import Parallelism
import Quantities
public import Workload

/// The prices of a model's layers and ends for one shape, a place a class in the order of `LayerClasses` and then a place a copy of shared weights,
/// with what explains them.
public struct LayerTable: Sendable {
    /// The layers as priced, for explanations.
    public let costs: [LayerCost]
    /// Their times.
    public let times: [LayerTimes]
    /// Their memory.
    public let memory: [LayerMemory]
    /// Embedding, head and transfer.
    public let ends: EndCost

    /// Prices every class of layers the model has.
    ///
    /// `overlapsExperts` says whether expert exchange runs beside another micro-batch's compute, as combined 1F1B makes it.
    public init(
        _ model: LayerCostModel, _ memory: LayerMemoryModel, shape: LayerShape, modules: RecomputeModules, data: Int, overlapsExperts: Bool
    ) {
        let costs =
            model.classes.classes.indices.map {
                model.cost($0, shape, recomputing: modules, overlapsExperts: overlapsExperts)
            } + repeatElement(LayerCost(), count: model.classes.shared.count)
        self.costs = costs
        times = costs.map { LayerTimes($0, sharesLink: model.sharesLink) }
        self.memory = memory.memory(shape, recomputing: modules)
        ends = model.ends(shape, data: data)
    }

    /// Reads the memory through a view.
    @inline(__always)
    func withMemory<Result>(_ body: (LayerMemoryView) -> Result) -> Result {
        memory.withUnsafeBufferPointer { body(LayerMemoryView($0, ends: ends.parameters)) }
    }
}
