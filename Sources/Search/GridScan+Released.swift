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
        let memory = s.offload.checkpoints ? pipeline.shape.memory.timed(by: times) : pipeline.shape.memory
        considerFewest(numbers, &result) { n, result in
            s.recomputeLayers = n
            return consider(s, pipeline, sharding, bound(s, pipeline, times, releasing: n), memory, releasing: n, &result)
        }
    }

    /// Prices moving the activations of each number of layers; again only the fewest that fit can matter.
    func considerMoved(
        _ strategy: ParallelStrategy, _ pipeline: Pipeline, _ sharding: ShardingTerms, _ times: UnsafeBufferPointer<LayerTimes>,
        _ result: inout ScanResult
    ) {
        var s = strategy
        let memory = pipeline.shape.memory.timed(by: times)
        considerFewest(UnsafeBufferPointer(rebasing: pipeline.view.recomputed[pipeline.flat.offloaded]), &result) { n, result in
            s.offload.layers = n
            return consider(s, pipeline, sharding, bound(s, pipeline, times, releasing: n), memory, releasing: n, &result)
        }
    }

    /// Finds by halving the fewest of ascending numbers that fit; the others count as ruled out.
    private func considerFewest(
        _ numbers: UnsafeBufferPointer<Int>, _ result: inout ScanResult, _ price: (Int, inout ScanResult) -> Outcome
    ) {
        considerFewest(of: numbers.count, shrinks: true, &result) { price(numbers[$0], &$1) }
    }

    /// Finds the first of some choices that fits, each slower than the one before; the others count as ruled out. Where each is leaner than the one
    /// before as well, it is found by halving.
    private func considerFewest(
        of count: Int, shrinks: Bool, _ result: inout ScanResult, _ price: (Int, inout ScanResult) -> Outcome
    ) {
        // More than fits leaves more memory free, which is what one objective wants.
        guard setting.request.prunes, setting.request.objective != .memoryHeadroom else {
            for n in 0..<count { _ = price(n, &result) }
            return
        }
        guard count > 0 else { return }
        guard price(0, &result) == .tooLarge else {
            result.pruned += count - 1
            return
        }
        guard count > 1 else { return }
        guard shrinks else {
            for n in 1..<count where price(n, &result) != .tooLarge {
                result.pruned += count - n - 1
                return
            }
            return
        }
        var large = 0
        var fit = count - 1
        var priced = 2
        if price(fit, &result) != .tooLarge {
            while fit - large > 1 {
                let middle = (large + fit) / 2
                priced += 1
                if price(middle, &result) == .tooLarge { large = middle } else { fit = middle }
            }
        }
        result.pruned += count - priced
    }

    /// Prices every set of modules whose inputs may move, where it does not fit without: moving can only take longer.
    @inline(__always)
    func considerModules(
        _ strategy: ParallelStrategy, _ pipeline: Pipeline, _ sharding: ShardingTerms, _ times: UnsafeBufferPointer<LayerTimes>,
        _ memory: LayerMemoryView, after plainly: Outcome, _ scratch: inout Scratch
    ) {
        let sets = setting.offload.modules
        guard !sets.isEmpty else { return }
        guard plainly == .tooLarge || setting.request.objective == .memoryHeadroom || setting.offload.demandsModules else {
            scratch.result.pruned += sets.count
            return
        }
        considerChains(strategy, pipeline, sharding, times, memory, of: sets, &scratch)
    }

    private func considerChains(
        _ strategy: ParallelStrategy, _ pipeline: Pipeline, _ sharding: ShardingTerms, _ times: UnsafeBufferPointer<LayerTimes>,
        _ memory: LayerMemoryView, of sets: [OffloadModules], _ scratch: inout Scratch
    ) {
        var s = strategy
        let n = pipeline.flat.mostLayers
        let memory = memory.timed(by: times)
        let chains = chains(of: sets, s.recomputeModules, memory, setting.space.grids[pipeline.grid].shape, &scratch)
        scratch.result.pruned += sets.count - chains.reduce(0) { $0 + $1.count }
        // What has not left by the end of a forward pass is at most two layers': where a rank has two of each class, moving more leaves less.
        let shrinks = pipeline.view.memoryRanks(pipeline.flat.stages.lowerBound + n).releasesPairs
        for chain in chains {
            considerFewest(of: chain.count, shrinks: shrinks, &scratch.result) { place, result in
                s.offload.modules = chain[place]
                return consider(
                    s, pipeline, sharding, bound(s, pipeline, times, releasing: n, memory), memory, releasing: n, &result)
            }
        }
    }

    /// The chains of a shape, which its pipelines share.
    private func chains(
        of sets: [OffloadModules], _ recomputed: RecomputeModules, _ memory: LayerMemoryView, _ shape: Int32, _ scratch: inout Scratch
    ) -> [[OffloadModules]] {
        let known = recomputed.isEmpty ? scratch.chains.plain : scratch.chains.selective
        if let known, known.shape == shape { return known.of.chains }
        let made = ModuleChains(sets, recomputing: recomputed, memory.layers)
        if recomputed.isEmpty { scratch.chains.plain = (shape, made) } else { scratch.chains.selective = (shape, made) }
        return made.chains
    }
}
