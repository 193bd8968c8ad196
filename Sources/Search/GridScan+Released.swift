import CostModels
import Parallelism
import Workload

/// What of activations is computed again or moves: of each, only the least that fits can matter.
extension GridScan {
    /// Prices full recomputation of each number of layers; only the fewest that fit can matter, since more are only slower.
    ///
    /// Memory falls and time rises with the layers, so the fewest are found by halving; the others count as ruled out.
    func considerFull(
        _ strategy: ParallelStrategy, _ pipeline: Pipeline, _ sharding: ShardingTerms, _ times: UnsafeBufferPointer<LayerTimes>,
        _ result: inout ScanResult
    ) {
        var s = strategy
        let numbers = UnsafeBufferPointer(rebasing: pipeline.view.recomputed[pipeline.flat.recomputed])
        if numbers.isEmpty, !(setting.space.legality.stack?.launches.partialRecompute ?? true) {
            let constraints = setting.request.constraints
            s.recomputeLayers = (1...max(1, pipeline.flat.mostLayers)).first(where: constraints.recomputeLayers.contains) ?? 1
            result.reject(s, by: .stackPartialRecompute)
        }
        considerFewest(numbers, &result) { n, result in
            s.recomputeLayers = n
            return consider(
                s, pipeline, sharding, bound(s, pipeline, times, releasing: n), pipeline.shape.memory, releasing: n, &result)
        }
    }

    /// Prices moving the activations of each number of layers; again only the fewest that fit can matter.
    func considerMoved(
        _ strategy: ParallelStrategy, _ pipeline: Pipeline, _ sharding: ShardingTerms, _ times: UnsafeBufferPointer<LayerTimes>,
        _ result: inout ScanResult
    ) {
        var s = strategy
        considerFewest(UnsafeBufferPointer(rebasing: pipeline.view.recomputed[pipeline.flat.offloaded]), &result) { n, result in
            s.offload.layers = n
            return consider(
                s, pipeline, sharding, bound(s, pipeline, times, releasing: n), pipeline.shape.memory, releasing: n, &result)
        }
    }

    /// Finds by halving the fewest of ascending numbers that fit; the others count as ruled out.
    private func considerFewest(
        _ numbers: UnsafeBufferPointer<Int>, _ result: inout ScanResult, _ price: (Int, inout ScanResult) -> Outcome
    ) {
        // More than fits leaves more memory free, which is what one objective wants.
        guard setting.request.prunes, setting.request.objective != .memoryHeadroom else {
            for n in numbers { _ = price(n, &result) }
            return
        }
        guard let first = numbers.first else { return }
        guard price(first, &result) == .tooLarge else {
            result.pruned += numbers.count - 1
            return
        }
        guard numbers.count > 1 else { return }
        var large = 0
        var fit = numbers.count - 1
        var priced = 2
        if price(numbers[fit], &result) != .tooLarge {
            while fit - large > 1 {
                let middle = (large + fit) / 2
                priced += 1
                if price(numbers[middle], &result) == .tooLarge { large = middle } else { fit = middle }
            }
        }
        result.pruned += numbers.count - priced
    }

    /// Prices moving the inputs of modules where nothing else fits: it can only take longer, so that what fits without it is better.
    @inline(__always)
    func considerModules(
        _ strategy: ParallelStrategy, _ pipeline: Pipeline, _ sharding: ShardingTerms, _ times: UnsafeBufferPointer<LayerTimes>,
        _ memory: LayerMemoryView, after plainly: Outcome, _ result: inout ScanResult
    ) {
        let sets = setting.offload.modules
        guard !sets.isEmpty else { return }
        // Where copies hide, moving takes as long as not moving: what fits without it stays as it is.
        guard plainly == .tooLarge || setting.request.objective == .memoryHeadroom || setting.offload.demandsModules else {
            result.pruned += sets.count
            return
        }
        var s = strategy
        let n = pipeline.flat.mostLayers
        var last: OffloadModules = []
        for set in sets {
            let modules = set.left(recomputing: s.recomputeModules)
            guard !modules.isEmpty, modules != last else {
                result.pruned += 1
                continue
            }
            last = modules
            s.offload.modules = modules
            _ = consider(
                s, pipeline, sharding, bound(s, pipeline, times, releasing: n, memory), memory, releasing: n, &result)
        }
    }
}
