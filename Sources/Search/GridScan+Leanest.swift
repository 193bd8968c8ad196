import CostModels
import Parallelism
import Schedules
import Workload

extension GridScan {
    /// Scans one grid for the candidate that needs least memory, less than `limit` bytes, whatever time it takes.
    func scanLeanest(_ index: Int, below limit: Double, _ view: PipelineCatalog.View, _ prices: GridBounds.View, _ scratch: inout Scratch) {
        let model = setting.model
        let legality = setting.space.legality
        let choices = setting.recompute
        let grid = setting.space.grids[index]
        let shape = prices[grid.shape]
        guard let size = setting.catalog.sizes[Int(grid.pipeline)] else { return }
        var s = grid.strategy
        let skipsCombined = s.expert == 1 && setting.request.constraints.schedules == nil
        let least = setting.leastMemory(grid, shape.memory.ends, shape.least)
        for number in size.entries {
            let entry = view.entries[number]
            if entry.isCombined, skipsCombined { continue }
            s.schedule = entry.schedule
            s.virtualStages = entry.virtualStages
            s.layout = setting.catalog.layouts[entry.layout]
            s.groupSize = s.pipeline
            if let group = legality.smallestGroup(for: s, allowed: setting.request.constraints.groupSize) { s.groupSize = group }
            if let rule = legality.pipelineViolation(of: s) {
                scratch.result.reject(s, by: rule)
                continue
            }
            let peaks = InFlight.Peaks(
                entry.schedule, model.scheduleShape(of: s), table: UnsafeBufferPointer(rebasing: view.peaks[entry.peaks]))
            let bound = model.memoryBound(least, shape.memory, view.memoryRanks(entry.stages.lowerBound), peaks: peaks)
            guard model.mostBytes(bound) < scratch.result.leanest?.memoryHigh ?? limit else { continue }
            for choice in setting.space.shardings[Int(grid.sharding)] {
                (s.sharding, s.shardGroup, s.offload) = (choice.sharding, choice.group, choice.offload)
                guard setting.offload.permits(s.offload) else { continue }
                let terms = model.memoryTerms(s, headParameters: shape.memory.ends.head)
                func consider(_ recompute: Recompute, _ n: Int, _ memory: LayerMemoryView) {
                    s.recompute = recompute
                    s.recomputeLayers = n
                    s.recomputeModules = recompute == .selective ? choices.modules : []
                    if let rule = legality.stackChoiceViolation(of: s) { return scratch.result.reject(s, by: rule) }
                    let price = model.memoryPrice(
                        terms, memory, view.memoryRanks(entry.stages.lowerBound + n), isBidirectional: entry.isBidirectional, peaks: peaks)
                    guard price.high < scratch.result.leanest?.memoryHigh ?? limit, model.fitsHost(price) else { return }
                    scratch.result.leanest = Finding(
                        bound: .infinity, memoryHigh: price.high, grid: Int32(index), entry: Int32(number), groupSize: Int32(s.groupSize),
                        shardGroup: Int32(s.shardGroup), recomputeLayers: Int32(n), sharding: s.sharding, recompute: recompute,
                        offload: s.offload)
                }
                if choices.allowsNone { consider(.none, 0, shape.memory) }
                if choices.allowsSelective { consider(.selective, 0, shape.selective) }
                // Memory falls with the number of layers, but the first of them must be held whole.
                if choices.allowsFull, let most = entry.recomputed.last.map({ view.recomputed[$0] }) { consider(.full, most, shape.memory) }
            }
        }
    }
}
