import CostModels
import Parallelism
import Schedules

/// The layer prices of the shape that was asked for last: grids that differ only in p and d share them, and follow each other.
struct ShapePrices {
    private let model: StepModel
    private var shape: LayerShape?
    private var tables: [LayerTable?] = [nil, nil, nil, nil]

    init(_ model: StepModel) { self.model = model }

    /// The prices of a grid with modules recomputed (none: the empty set), with expert exchange hidden for combined 1F1B.
    mutating func table(for s: ParallelStrategy, recomputing modules: RecomputeModules, isCombined: Bool) -> LayerTable {
        let wanted = LayerShape(s)
        if wanted != shape {
            shape = wanted
            tables = [nil, nil, nil, nil]
        }
        let slot = (modules.isEmpty ? 0 : 1) + (isCombined ? 2 : 0)
        if let known = tables[slot], known.modules == modules { return known.with(data: s.data, model.layers) }
        var asked = s
        asked.schedule = isCombined ? .combined1F1B : .oneForwardOneBackward
        let table = model.table(for: asked, recomputing: modules)
        tables[slot] = table
        return table
    }
}
