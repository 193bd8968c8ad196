import CostModels
import Parallelism

/// Layer prices of a shape, as far as its grids need them.
struct ShapePrices: Sendable {
    /// Memory with nothing dropped.
    let memory: LayerMemoryPrices
    /// Memory with the modules of selective recomputation dropped.
    let selective: LayerMemoryPrices
    /// The least that a layer keeps, by class, whatever is recomputed.
    let leastActivations: SIMD4<Double>
    /// Time with nothing recomputed, and with expert exchange hidden behind another micro-batch; nil where no grid of the shape fits.
    fileprivate(set) var plain: LayerPrices?
    fileprivate(set) var combined: LayerPrices?
}

/// The prices of every shape and the bounds of every grid of a space.
struct GridBounds: Sendable {
    /// By shape.
    private(set) var prices: [ShapePrices] = []
    /// Lower bounds of the step time by grid, in s; infinite where the memory is not enough.
    private(set) var times: [Double] = []
    /// Lower bounds of the memory by grid.
    private(set) var memory: [StepModel.MemoryParts] = []
    /// Whether all were computed.
    let isComplete: Bool

    /// The prices of some shapes with the bounds of their grids.
    private struct Part: Sendable {
        var prices: [ShapePrices] = []
        var times: [Double] = []
        var memory: [StepModel.MemoryParts] = []
    }

    /// Prices the shapes of a space: their memory first, and their time where some grid may fit or everything is to be priced.
    init(_ scan: GridScan.Setting, threads: Int, isCancelled: @escaping @Sendable () -> Bool) async {
        let shapes = scan.space.shapes.count
        let parts = await Workers.map(0..<shapes, chunk: 16, threads: threads, isCancelled: isCancelled) { range in
            var part = Part()
            part.prices.reserveCapacity(range.count)
            for shape in range { Self.price(shape, scan, into: &part) }
            return part
        }
        prices.reserveCapacity(shapes)
        times.reserveCapacity(scan.space.grids.count)
        memory.reserveCapacity(scan.space.grids.count)
        for part in parts {
            prices += part.prices
            times += part.times
            memory += part.memory
        }
        isComplete = prices.count == shapes
    }

    private static func price(_ index: Int, _ scan: GridScan.Setting, into part: inout Part) {
        let model = scan.model
        let shape = scan.space.shapes[index]
        let choices = scan.recompute
        let memory = LayerMemoryPrices(model.layers, model.layerMemory, shape: shape, modules: [])
        let selective =
            choices.allowsSelective ? LayerMemoryPrices(model.layers, model.layerMemory, shape: shape, modules: choices.modules) : memory
        var least = SIMD4<Double>(repeating: .infinity)
        if choices.allowsNone { least = pointwiseMin(least, memory.saved) }
        if choices.allowsSelective { least = pointwiseMin(least, selective.saved) }
        if choices.allowsFull { least = pointwiseMin(least, memory.input) }
        if least[0] == .infinity { least = .zero }
        var prices = ShapePrices(memory: memory, selective: selective, leastActivations: least)
        var hidesExperts = false
        var fits = false
        for grid in scan.space.gridsOfShape[index].lazy.map({ scan.space.grids[$0] }) {
            guard let size = scan.catalog.sizes[Int(grid.pipeline)] else {
                part.memory.append(StepModel.MemoryParts())
                continue
            }
            let bound = model.memoryBound(
                scan.leastMemory(grid, memory, least), memory, layersByClass: scan.layersByClass, pipeline: Int(grid.pipeline),
                share: size.leastShare)
            part.memory.append(bound)
            fits = fits || model.mostBytes(bound) <= scan.memoryLimit
            hidesExperts = hidesExperts || (shape.expert > 1 && size.counts.combined[0] > 0)
        }
        let first = part.memory.count - scan.space.gridsOfShape[index].count
        if fits || !scan.request.prunes {
            if hidesExperts, !scan.request.inputs.choices.overlapsExperts {
                let both = LayerPrices.both(model.layers, memory, shape: shape)
                (prices.plain, prices.combined) = (both.exposed, both.hidden)
            } else {
                prices.plain = scan.prices(shape, memory, recomputing: [], hidesExperts: false)
                prices.combined = prices.plain
            }
        }
        for (place, grid) in scan.space.gridsOfShape[index].lazy.map({ scan.space.grids[$0] }).enumerated() {
            guard let size = scan.catalog.sizes[Int(grid.pipeline)], let plain = prices.plain, let combined = prices.combined,
                !scan.request.prunes || model.mostBytes(part.memory[first + place]) <= scan.memoryLimit
            else {
                part.times.append(.infinity)
                continue
            }
            part.times.append(
                model.gridBound(
                    microBatches: grid.microBatches, speed: size.speed, size.counts.combined[0] > 0 ? combined : plain,
                    layersByClass: scan.layersByClass, stretch: scan.stretch))
        }
        part.prices.append(prices)
    }
}
