import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

/// Prices every choice left open by one grid: schedule, virtual stages, layout, sharding and recomputation.
///
/// From the cheapest test to the dearest: a bound on the time of all choices under one schedule, the rules, a bound on their memory, then the
/// time and the memory of each choice.
struct GridScan: Sendable {
    let setting: Setting

    /// What all grids of a search share; a class, so that passing it on copies none of it.
    final class Setting: Sendable {
        let model: StepModel
        let request: SearchRequest
        let space: StrategySpace
        let catalog: PipelineCatalog
        let recompute: RecomputeChoices
        let offload: OffloadChoices
        /// Layers of the model by class.
        let layersByClass: [Double]
        /// Straggler factor of the cluster.
        let stretch: Double
        /// Bytes that a plan must fit.
        let memoryLimit: Double

        init(_ model: StepModel, _ request: SearchRequest, _ space: StrategySpace, _ catalog: PipelineCatalog) {
            self.model = model
            self.request = request
            self.space = space
            self.catalog = catalog
            recompute = RecomputeChoices(request)
            offload = OffloadChoices(request, isPriced: model.pricesOffload)
            layersByClass = model.layersByClass
            stretch = model.stragglerFactor(request.inputs.cluster.gpus)
            memoryLimit = request.memoryLimit.count
        }

        /// The times of a shape's layers with modules recomputed, with expert exchange hidden for combined 1F1B.
        func times(_ shape: LayerShape, recomputing modules: RecomputeModules, hidesExperts: Bool) -> [LayerTimes] {
            model.layers.times(
                shape, recomputing: modules, overlapsExperts: request.inputs.choices.overlapsExperts || hidesExperts)
        }

        /// The least memory that the choices of a grid can need, from that of its shape.
        func leastMemory(
            _ grid: StrategySpace.Grid, _ ends: EndParameters, _ activations: UnsafeBufferPointer<Double>
        ) -> StepModel.LeastMemory {
            var s = grid.strategy
            var least = StepModel.LeastMemory(activations: activations)
            for choice in space.shardings[Int(grid.sharding)] {
                (s.sharding, s.shardGroup, s.offload) = (choice.sharding, choice.group, choice.offload)
                least.include(model.memoryTerms(s, headParameters: ends.head))
            }
            return least
        }

        /// Candidates of a grid before any rule looks at them, which is what a bound on the grid rules out.
        func candidates(_ grid: StrategySpace.Grid) -> Int {
            guard let size = catalog.sizes[Int(grid.pipeline)] else { return 0 }
            let skipsCombined = grid.expert == 1 && request.constraints.schedules == nil
            let counts = skipsCombined ? size.counts.all &- size.counts.combined : size.counts.all
            return space.shardings[Int(grid.sharding)].count
                * (counts[0] * recompute.plain * (1 + offload.modules.count)
                    + (recompute.allowsFull ? (offload.allowsCheckpoints ? 2 : 1) * counts[1] : 0)
                    + (offload.allowsLayers && recompute.allowsNone ? counts[2] : 0))
        }

        /// The strategy of a finding.
        func strategy(_ finding: Finding) -> ParallelStrategy {
            let entry = catalog.entries[Int(finding.entry)]
            var s = space.grids[Int(finding.grid)].strategy
            s.schedule = entry.schedule
            s.virtualStages = entry.virtualStages
            s.layout = catalog.layouts[entry.layout]
            s.groupSize = Int(finding.groupSize)
            s.sharding = finding.sharding
            s.shardGroup = Int(finding.shardGroup)
            s.recompute = finding.recompute
            s.recomputeLayers = Int(finding.recomputeLayers)
            if finding.recompute == .selective { s.recomputeModules = recompute.modules }
            s.offload = finding.offload
            return s
        }
    }

    /// What a thread carries from grid to grid.
    struct Scratch {
        var result = ScanResult()
        fileprivate var shardings: [ShardingTerms] = []
        /// The times with selective recomputation of the shape that needed them last.
        fileprivate var selective: (shape: Int32, hidesExperts: Bool, times: [LayerTimes])?
        /// The chains of modules of the shape that needed them last, with nothing and with selected modules recomputed.
        var chains: (plain: (shape: Int32, of: ModuleChains)?, selective: (shape: Int32, of: ModuleChains)?)
    }

    /// A way of sharding with what it makes of a grid's time and memory.
    struct ShardingTerms {
        let choice: ShardingChoice
        let gathers: StepModel.GatherTerms?
        let replicas: StepModel.ReplicaTerms
        let memory: StepModel.MemoryTerms
    }

    /// What became of a candidate.
    enum Outcome {
        case fits, tooLarge, tooSlow
    }

    /// One entry of the catalog on one grid, with everything that its candidates share.
    struct Pipeline {
        let grid: Int
        let entry: Int
        let flat: PipelineCatalog.Entry
        let view: PipelineCatalog.View
        let shape: GridBounds.Shape
        let terms: StepModel.PipelineTerms
        let peaks: InFlight.Peaks
        /// Candidates whose bound exceeds this cannot be among the answers, in s.
        let limit: Double
    }

    /// Scans one grid for candidates whose bound is at most `limit`.
    func scan(
        _ index: Int, limit: Double, _ view: PipelineCatalog.View, _ prices: GridBounds.View, _ scratch: inout Scratch
    ) {
        // Times with gathers of parameters, those with nothing recomputed first.
        withUnsafeTemporaryAllocation(of: LayerTimes.self, capacity: 2 * prices.places) { buffer in
            scan(index, limit: limit, view, prices[setting.space.grids[index].shape], buffer, &scratch)
        }
    }

    private func scan(
        _ index: Int, limit: Double, _ view: PipelineCatalog.View, _ shape: GridBounds.Shape,
        _ buffer: UnsafeMutableBufferPointer<LayerTimes>, _ scratch: inout Scratch
    ) {
        let model = setting.model
        let grid = setting.space.grids[index]
        guard let size = setting.catalog.sizes[Int(grid.pipeline)], shape.prices.hasTimes else { return }
        var s = grid.strategy
        let ends = shape.prices.ends
        let transfer = model.layers.transferSeconds(bytes: ends.transferBytes, stride: s.tensor * s.context * s.data)
        let prunes = setting.request.prunes
        let skipsCombined = s.expert == 1 && setting.request.constraints.schedules == nil
        let least = setting.leastMemory(grid, shape.memory.ends, shape.least)
        let shardings = setting.space.shardings[Int(grid.sharding)].count
        scratch.shardings.removeAll(keepingCapacity: true)
        for number in size.entries {
            let entry = view.entries[number]
            if entry.isCombined, skipsCombined { continue }
            s.schedule = entry.schedule
            s.virtualStages = entry.virtualStages
            let terms = model.pipelineTerms(
                s, transfer: transfer, isBidirectional: entry.isBidirectional, firstSlowness: entry.firstSlowness)
            let base = model.pipelineBound(
                terms, ends, entry.isCombined ? shape.combined : shape.plain, shape.memory, view.timeRanks(entry.stages.lowerBound))
            let candidates = shardings * candidates(of: entry)
            if prunes, model.timeBound(base, stretch: setting.stretch) > limit {
                scratch.result.pruned += candidates
                continue
            }
            s.layout = setting.catalog.layouts[entry.layout]
            s.groupSize = s.pipeline
            if let group = setting.space.legality.smallestGroup(for: s, allowed: setting.request.constraints.groupSize) {
                s.groupSize = group
            }
            if let rule = setting.space.legality.pipelineViolation(of: s) {
                scratch.result.reject(s, by: rule)
                continue
            }
            let peaks = InFlight.Peaks(
                entry.schedule, model.scheduleShape(of: s), table: UnsafeBufferPointer(rebasing: view.peaks[entry.peaks]))
            if prunes {
                let bound = model.memoryBound(least, shape.memory, view.memoryRanks(entry.stages.lowerBound), peaks: peaks)
                if model.mostBytes(bound) > setting.memoryLimit {
                    scratch.result.rejectMemory(candidates, bound)
                    continue
                }
            }
            if scratch.shardings.isEmpty { addShardings(grid, shape, &scratch) }
            let pipeline = Pipeline(
                grid: index, entry: number, flat: entry, view: view, shape: shape, terms: terms, peaks: peaks, limit: limit)
            considerAll(s, pipeline, base, buffer, &scratch)
        }
    }

    /// What is left to choose of an entry under one sharding.
    private func candidates(of entry: PipelineCatalog.Entry) -> Int {
        let choices = setting.recompute
        let full = choices.allowsFull ? entry.recomputed.count * (setting.offload.allowsCheckpoints ? 2 : 1) : 0
        return choices.plain * (1 + setting.offload.modules.count) + full
            + (setting.offload.allowsLayers && choices.allowsNone ? entry.offloaded.count : 0)
    }

    private func addShardings(_ grid: StrategySpace.Grid, _ shape: GridBounds.Shape, _ scratch: inout Scratch) {
        var s = grid.strategy
        for choice in setting.space.shardings[Int(grid.sharding)] {
            (s.sharding, s.shardGroup, s.offload) = (choice.sharding, choice.group, choice.offload)
            scratch.shardings.append(
                ShardingTerms(
                    choice: choice, gathers: setting.model.gatherTerms(s), replicas: setting.model.replicaTerms(s),
                    memory: setting.model.memoryTerms(s, headParameters: shape.memory.ends.head)))
        }
    }

    /// Considers every sharding and recomputation under one entry; `base` bounds the pipeline with nothing recomputed and nothing gathered.
    private func considerAll(
        _ strategy: ParallelStrategy, _ pipeline: Pipeline, _ base: StepModel.PipelineBound,
        _ buffer: UnsafeMutableBufferPointer<LayerTimes>, _ scratch: inout Scratch
    ) {
        let model = setting.model
        let legality = setting.space.legality
        let choices = setting.recompute
        let isCombined = pipeline.flat.isCombined
        let shape = pipeline.shape
        let plain = isCombined ? shape.combined : shape.plain
        let gathered = UnsafeMutableBufferPointer(rebasing: buffer[..<plain.count])
        let selective = UnsafeMutableBufferPointer(rebasing: buffer[plain.count...])
        var s = strategy
        for place in scratch.shardings.indices {
            let sharding = scratch.shardings[place]
            (s.sharding, s.shardGroup, s.offload) = (sharding.choice.sharding, sharding.choice.group, sharding.choice.offload)
            s.recompute = .none
            s.recomputeLayers = 0
            s.recomputeModules = []
            if let rule = legality.stackChoiceViolation(of: s) {
                scratch.result.reject(s, by: rule)
                continue
            }
            var times = plain
            if sharding.gathers != nil {
                model.gather(sharding.gathers, plain, shape.memory, into: gathered)
                times = UnsafeBufferPointer(gathered)
            }
            if choices.allowsNone {
                let bound = sharding.gathers != nil ? bound(s, pipeline, times, releasing: 0) : base
                let plainly = consider(s, pipeline, sharding, bound, shape.memory, releasing: 0, &scratch.result)
                considerModules(s, pipeline, sharding, times, shape.memory, after: plainly, &scratch)
            }
            if choices.allowsSelective {
                s.recompute = .selective
                s.recomputeModules = choices.modules
                if !isCombined || allowsRecomputation(s, &scratch.result) {
                    selectiveTimes(pipeline, &scratch).withUnsafeBufferPointer {
                        model.gather(sharding.gathers, $0, shape.selective, into: selective)
                    }
                    let bound = bound(s, pipeline, UnsafeBufferPointer(selective), releasing: 0)
                    let selectively = consider(s, pipeline, sharding, bound, shape.selective, releasing: 0, &scratch.result)
                    considerModules(
                        s, pipeline, sharding, UnsafeBufferPointer(selective), shape.selective, after: selectively, &scratch)
                }
                s.recomputeModules = []
            }
            if choices.allowsFull {
                s.recompute = .full
                s.recomputeLayers = 1
                if isCombined, !allowsRecomputation(s, &scratch.result) { continue }
                considerFull(s, pipeline, sharding, times, &scratch.result)
                if setting.offload.allowsCheckpoints {
                    s.offload.checkpoints = true
                    considerFull(s, pipeline, sharding, times, &scratch.result)
                    s.offload.checkpoints = false
                }
            }
            if choices.allowsNone, setting.offload.allowsLayers {
                (s.recompute, s.recomputeLayers, s.offload.layers) = (.none, 0, 1)
                if let rule = legality.choiceViolation(of: s) ?? legality.stackChoiceViolation(of: s) {
                    if !pipeline.flat.offloaded.isEmpty { scratch.result.reject(s, by: rule) }
                } else {
                    considerMoved(s, pipeline, sharding, times, &scratch.result)
                }
            }
        }
    }

    private func selectiveTimes(_ pipeline: Pipeline, _ scratch: inout Scratch) -> [LayerTimes] {
        let shape = setting.space.grids[pipeline.grid].shape
        let hidesExperts = pipeline.flat.isCombined
        if let known = scratch.selective, known.shape == shape, known.hidesExperts == hidesExperts { return known.times }
        let times = setting.times(
            setting.space.shapes[Int(shape)], recomputing: setting.recompute.modules, hidesExperts: hidesExperts)
        scratch.selective = (shape, hidesExperts, times)
        return times
    }

    /// Bounds a pipeline of which n layers of each virtual stage are released, as `s` releases them.
    @inline(__always)
    func bound(
        _ s: ParallelStrategy, _ pipeline: Pipeline, _ times: UnsafeBufferPointer<LayerTimes>, releasing n: Int,
        _ memory: LayerMemoryView? = nil
    ) -> StepModel.PipelineBound {
        setting.model.pipelineBound(
            pipeline.terms.releasing(s, setting.model), pipeline.shape.prices.ends, times, memory ?? pipeline.shape.memory,
            pipeline.view.timeRanks(pipeline.flat.stages.lowerBound + n))
    }

    /// Whether the stack can recompute so under a schedule that splits layers; counts the candidate as rejected where it cannot.
    private func allowsRecomputation(_ s: ParallelStrategy, _ result: inout ScanResult) -> Bool {
        guard let rule = setting.space.legality.stackChoiceViolation(of: s) else { return true }
        result.reject(s, by: rule)
        return false
    }

    /// Prices one candidate: its time first, and its memory where the time may be among the best.
    @inline(__always)
    func consider(
        _ s: ParallelStrategy, _ pipeline: Pipeline, _ sharding: ShardingTerms, _ bound: StepModel.PipelineBound,
        _ memory: LayerMemoryView, releasing n: Int, _ result: inout ScanResult
    ) -> Outcome {
        let model = setting.model
        let stages = pipeline.flat.stages.lowerBound + n
        let time = model.timeBound(bound, sharding.replicas, memory, pipeline.view.timeRanks(stages), stretch: setting.stretch)
        if setting.request.prunes, time > pipeline.limit {
            result.pruned += 1
            return .tooSlow
        }
        guard setting.offload.permits(s.offload) else { return .tooSlow }
        let price = model.memoryPrice(
            s.offload.movesActivations ? sharding.memory.releasing(s, model) : sharding.memory, memory, pipeline.view.memoryRanks(stages),
            isBidirectional: pipeline.flat.isBidirectional,
            peaks: pipeline.peaks)
        result.evaluated += 1
        let finding = Finding(
            bound: time, memoryHigh: price.high, grid: Int32(pipeline.grid), entry: Int32(pipeline.entry), groupSize: Int32(s.groupSize),
            shardGroup: Int32(s.shardGroup), recomputeLayers: Int32(s.recomputeLayers), sharding: s.sharding, recompute: s.recompute,
            offload: s.offload)
        guard price.high <= setting.memoryLimit, model.fitsHost(price) else {
            result.overMemory[(price.high <= setting.memoryLimit ? .host : price.parts.dominant).rawValue] += 1
            // Moving more only fills the host further.
            guard price.high > setting.memoryLimit else { return .tooSlow }
            if price.high < result.leanest?.memoryHigh ?? .infinity { result.leanest = finding }
            return .tooLarge
        }
        result.feasible += 1
        result.findings.append(finding)
        return .fits
    }
}
