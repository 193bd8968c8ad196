import CostModels
import Parallelism
import Workload

/// What a shape's grids need of its prices beside those of its layers.
struct ShapePrices: Sendable {
    /// Parameters of embedding and head.
    let parameters: EndParameters
    /// The cost of embedding, head and transfer.
    fileprivate(set) var ends = EndCost()
    /// Whether its layers' times are there: not where no grid of the shape fits.
    fileprivate(set) var hasTimes = false
}

/// Layer prices of many shapes, a layer of each class after the other.
private struct LayerLists: Sendable {
    /// Memory with nothing dropped.
    var memory: [LayerMemory] = []
    /// Memory with the modules of selective recomputation dropped.
    var selective: [LayerMemory] = []
    /// The least activations that a layer keeps, whatever is recomputed.
    var least: [Double] = []
    /// Times with nothing recomputed, and with expert exchange hidden behind another micro-batch.
    var plain: [LayerTimes] = []
    var combined: [LayerTimes] = []

    static func += (all: inout LayerLists, part: LayerLists) {
        all.memory += part.memory
        all.selective += part.selective
        all.least += part.least
        all.plain += part.plain
        all.combined += part.combined
    }
}

/// The prices of every shape and the bounds of every grid of a space.
struct GridBounds: Sendable {
    /// By shape.
    private var shapes: [ShapePrices] = []
    private var layers = LayerLists()
    /// How many classes of layers and copies of shared weights each shape has prices of.
    private let places: Int
    /// Lower bounds of the step time by grid, in s; infinite where the memory is not enough.
    private(set) var times: [Double] = []
    /// Lower bounds of the memory by grid.
    private(set) var memory: [StepModel.MemoryParts] = []
    /// Whether all were computed.
    let isComplete: Bool

    /// The prices of some shapes with the bounds of their grids.
    private struct Part: Sendable {
        var shapes: [ShapePrices] = []
        var layers = LayerLists()
        var times: [Double] = []
        var memory: [StepModel.MemoryParts] = []
    }

    /// What a scan reads of the prices, through buffers that it does not own.
    struct View {
        fileprivate let shapes: UnsafeBufferPointer<ShapePrices>
        fileprivate let memory, selective: UnsafeBufferPointer<LayerMemory>
        fileprivate let least: UnsafeBufferPointer<Double>
        fileprivate let plain, combined: UnsafeBufferPointer<LayerTimes>
        /// How many classes of layers and copies of shared weights there are.
        let places: Int

        /// The prices of a shape.
        subscript(shape: Int32) -> Shape {
            let first = Int(shape) * places
            let range = first..<first + places
            let prices = shapes[Int(shape)]
            return Shape(
                prices: prices, memory: LayerMemoryView(UnsafeBufferPointer(rebasing: memory[range]), ends: prices.parameters),
                selective: LayerMemoryView(UnsafeBufferPointer(rebasing: selective[range]), ends: prices.parameters),
                least: UnsafeBufferPointer(rebasing: least[range]), plain: UnsafeBufferPointer(rebasing: plain[range]),
                combined: UnsafeBufferPointer(rebasing: combined[range]))
        }
    }

    /// The prices of one shape; see `LayerLists`.
    struct Shape {
        let prices: ShapePrices
        let memory, selective: LayerMemoryView
        let least: UnsafeBufferPointer<Double>
        let plain, combined: UnsafeBufferPointer<LayerTimes>
    }

    /// Reads the prices through buffers.
    func withView<Result>(_ body: (View) -> Result) -> Result {
        shapes.withUnsafeBufferPointer { shapes in
            layers.memory.withUnsafeBufferPointer { memory in
                layers.selective.withUnsafeBufferPointer { selective in
                    layers.least.withUnsafeBufferPointer { least in
                        layers.plain.withUnsafeBufferPointer { plain in
                            layers.combined.withUnsafeBufferPointer { combined in
                                body(
                                    View(
                                        shapes: shapes, memory: memory, selective: selective, least: least, plain: plain,
                                        combined: combined, places: places))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Prices the shapes of a space: their memory first, and their time where some grid may fit or everything is to be priced.
    init(_ scan: GridScan.Setting, threads: Int, isCancelled: @escaping @Sendable () -> Bool) async {
        places = scan.model.layers.places
        let count = scan.space.shapes.count
        let parts = await Workers.map(0..<count, chunk: 16, threads: threads, isCancelled: isCancelled) { range in
            var part = Part()
            part.shapes.reserveCapacity(range.count)
            for shape in range { Self.price(shape, scan, into: &part) }
            return part
        }
        shapes.reserveCapacity(count)
        times.reserveCapacity(scan.space.grids.count)
        memory.reserveCapacity(scan.space.grids.count)
        for part in parts {
            shapes += part.shapes
            layers += part.layers
            times += part.times
            memory += part.memory
        }
        isComplete = shapes.count == count
    }

    private static func price(_ index: Int, _ scan: GridScan.Setting, into part: inout Part) {
        let model = scan.model
        let shape = scan.space.shapes[index]
        let choices = scan.recompute
        let memory = model.layerMemory.memory(shape, recomputing: [])
        let selective = choices.allowsSelective ? model.layerMemory.memory(shape, recomputing: choices.modules) : memory
        let least = zip(memory, selective).map { plain, selective in
            var least = Double.infinity
            if choices.allowsNone { least = min(least, plain.savedSelective) }
            if choices.allowsSelective { least = min(least, selective.savedSelective) }
            if choices.allowsFull { least = min(least, scan.offload.allowsCheckpoints ? 0 : plain.input) }
            if choices.allowsNone, scan.offload.allowsLayers { least = 0 }
            if !scan.offload.modules.isEmpty {
                if choices.allowsNone { least = min(least, plain.leastWithModulesMoved) }
                if choices.allowsSelective { least = min(least, selective.leastWithModulesMoved) }
            }
            return least == .infinity ? 0 : least
        }
        var prices = ShapePrices(parameters: model.layers.endParameters(tensor: shape.tensor))
        let first = part.memory.count
        let found = boundMemory(index, scan, memory, least, prices.parameters, into: &part)
        var plain = [LayerTimes](repeating: LayerTimes(), count: memory.count)
        var combined = plain
        if found.fits || !scan.request.prunes {
            prices.hasTimes = true
            prices.ends = model.layers.ends(shape, data: 1)
            if found.hidesExperts, !scan.request.inputs.choices.overlapsExperts {
                (plain, combined) = model.layers.bothTimes(shape)
            } else {
                plain = scan.times(shape, recomputing: [], hidesExperts: false)
                combined = plain
            }
        }
        for (place, grid) in scan.space.gridsOfShape[index].lazy.map({ scan.space.grids[$0] }).enumerated() {
            guard let size = scan.catalog.sizes[Int(grid.pipeline)], prices.hasTimes,
                !scan.request.prunes || model.mostBytes(part.memory[first + place]) <= scan.memoryLimit
            else {
                part.times.append(.infinity)
                continue
            }
            part.times.append(
                model.gridBound(
                    microBatches: grid.microBatches, speed: size.speed, size.counts.combined[0] > 0 ? combined : plain, prices.ends,
                    layersByClass: scan.layersByClass, stretch: scan.stretch))
        }
        part.shapes.append(prices)
        part.layers += LayerLists(memory: memory, selective: selective, least: least, plain: plain, combined: combined)
    }

    /// Bounds the memory of a shape's grids; says whether one may fit, and whether one may hide expert exchange.
    private static func boundMemory(
        _ index: Int, _ scan: GridScan.Setting, _ layers: [LayerMemory], _ least: [Double], _ ends: EndParameters, into part: inout Part
    ) -> (fits: Bool, hidesExperts: Bool) {
        let model = scan.model
        let shape = scan.space.shapes[index]
        var fits = false
        var hidesExperts = false
        layers.withUnsafeBufferPointer { layers in
            least.withUnsafeBufferPointer { least in
                for grid in scan.space.gridsOfShape[index].lazy.map({ scan.space.grids[$0] }) {
                    guard let size = scan.catalog.sizes[Int(grid.pipeline)] else {
                        part.memory.append(StepModel.MemoryParts())
                        continue
                    }
                    let bound = model.memoryBound(
                        scan.leastMemory(grid, ends, least), LayerMemoryView(layers, ends: ends), layersByClass: scan.layersByClass,
                        pipeline: Int(grid.pipeline), share: size.leastShare)
                    part.memory.append(bound)
                    fits = fits || model.mostBytes(bound) <= scan.memoryLimit
                    hidesExperts = hidesExperts || (shape.expert > 1 && size.counts.combined[0] > 0)
                }
            }
        }
        return (fits, hidesExperts)
    }
}
