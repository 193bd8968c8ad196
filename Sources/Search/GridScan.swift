import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

/// Prices every choice left open by one grid: schedule, virtual stages, layout, sharding and recomputation.
struct GridScan: Sendable {
    let model: StepModel
    let request: SearchRequest
    let legality: Legality
    let catalog: PipelineCatalog
    /// Candidates whose bound exceeds this cannot be among the answers, in s.
    let threshold: Double
    /// Whether only the plainest choices are tried, to find a first threshold.
    let isCoarse: Bool
    /// Layers of the model by class.
    let layersByClass: SIMD4<Double>
    /// Tells whether to stop early; the grids of the largest clusters have many thousands of candidates each.
    let isCancelled: @Sendable () -> Bool

    /// Scans one grid; `prices` carries what the grid before it priced.
    func scan(_ grid: StrategySpace.Grid, _ prices: inout ShapePrices) -> ScanResult {
        var result = ScanResult()
        var s = grid.strategy
        guard let entries = catalog.entries[s.pipeline] else { return result }
        let modes = recomputeModes()
        let modules = RecomputeModules.worthwhile(request)
        let triesSelective = modes.contains(.selective) && !modules.isEmpty && !isCoarse
        var plain = prices.table(for: s, recomputing: [], isCombined: false)
        if request.prunes, gridBound(s, entries, plain, &prices) > threshold {
            result.pruned += candidates(s, entries, modes, triesSelective: triesSelective)
            return result
        }
        var selective = triesSelective ? prices.table(for: s, recomputing: modules, isCombined: false) : nil
        var overlaps = false
        for entry in entries where !isCancelled() {
            // Combined 1F1B exists to hide expert exchange; entries that overlap come together, so prices change once.
            let isCombined = entry.schedule == .combined1F1B
            if isCombined, s.expert == 1, request.constraints.schedules == nil { continue }
            s.schedule = entry.schedule
            if isCombined != overlaps {
                overlaps = isCombined
                plain = prices.table(for: s, recomputing: [], isCombined: isCombined)
                selective = triesSelective ? prices.table(for: s, recomputing: modules, isCombined: isCombined) : nil
            }
            s.virtualStages = entry.virtualStages
            s.layout = entry.layout
            s.groupSize = s.pipeline
            if let group = legality.smallestGroup(for: s, allowed: request.constraints.groupSize) { s.groupSize = group }
            s.recompute = .none
            s.recomputeLayers = 0
            s.sharding = .none
            s.shardGroup = 1
            if let rule = legality.pipelineViolation(of: s) {
                result.reject(s, by: rule)
                continue
            }
            let inFlight = InFlight(entry.schedule, model.scheduleShape(of: s), table: entry.peaks)
            for (sharding, group) in shardings(s) {
                s.sharding = sharding
                s.shardGroup = group
                s.recompute = .none
                s.recomputeLayers = 0
                s.recomputeModules = []
                if let rule = legality.stackChoiceViolation(of: s) {
                    result.reject(s, by: rule)
                    continue
                }
                if modes.contains(.none) {
                    _ = consider(s, plain, entry.stages[0], inFlight, &result)
                }
                if let selective {
                    s.recompute = .selective
                    s.recomputeModules = modules
                    if !isCombined || allowsRecomputation(s, &result) {
                        _ = consider(s, selective, entry.stages[0], inFlight, &result)
                    }
                    s.recomputeModules = []
                }
                if modes.contains(.full) {
                    s.recompute = .full
                    s.recomputeLayers = 1
                    if isCombined, !allowsRecomputation(s, &result) { continue }
                    considerFull(s, plain, entry, inFlight, &result)
                }
            }
        }
        return result
    }

    /// Prices full recomputation of each number of layers; only the fewest that fit can matter, since more are only slower.
    ///
    /// Memory falls and time rises with the layers, so the fewest are found by halving; the others count as ruled out.
    private func considerFull(
        _ strategy: ParallelStrategy, _ table: LayerTable, _ entry: PipelineCatalog.Entry, _ inFlight: InFlight, _ result: inout ScanResult
    ) {
        var s = strategy
        let numbers = recomputedLayers(entry)
        if numbers.isEmpty, !recomputesParts {
            s.recomputeLayers = (1...max(1, entry.mostLayers)).first(where: request.constraints.recomputeLayers.contains) ?? 1
            result.reject(s, by: .stackPartialRecompute)
        }
        func outcome(_ index: Int, _ result: inout ScanResult) -> Outcome {
            s.recomputeLayers = numbers[index]
            return consider(s, table, entry.stages[numbers[index]], inFlight, &result)
        }
        // More recomputation than fits leaves more memory free, which is what one objective wants.
        guard request.prunes, request.objective != .memoryHeadroom || isCoarse else {
            for index in numbers.indices { _ = outcome(index, &result) }
            return
        }
        guard !numbers.isEmpty else { return }
        guard outcome(0, &result) == .tooLarge else {
            result.pruned += numbers.count - 1
            return
        }
        guard numbers.count > 1 else { return }
        var large = 0
        var fit = numbers.count - 1
        var priced = 2
        if outcome(fit, &result) != .tooLarge {
            while fit - large > 1 {
                let middle = (large + fit) / 2
                priced += 1
                if outcome(middle, &result) == .tooLarge { large = middle } else { fit = middle }
            }
        }
        result.pruned += numbers.count - priced
    }

    /// Whether the stack can recompute so under a schedule that splits layers; counts the candidate as rejected where it cannot.
    private func allowsRecomputation(_ s: ParallelStrategy, _ result: inout ScanResult) -> Bool {
        guard let rule = legality.stackChoiceViolation(of: s) else { return true }
        result.reject(s, by: rule)
        return false
    }

    /// A lower bound of every candidate of the grid, in s; where a schedule hides expert exchange, with it hidden.
    private func gridBound(
        _ s: ParallelStrategy, _ entries: [PipelineCatalog.Entry], _ plain: LayerTable, _ prices: inout ShapePrices
    ) -> Double {
        guard s.expert > 1, entries.contains(where: { $0.schedule == .combined1F1B }) else {
            return model.gridBound(s, plain, layersByClass: layersByClass)
        }
        let hidden = prices.table(for: s, recomputing: [], isCombined: true)
        return model.gridBound(s, hidden, layersByClass: layersByClass)
    }

    /// Candidates of a grid before any rule looks at them, which is what a bound on the grid rules out.
    private func candidates(_ s: ParallelStrategy, _ entries: [PipelineCatalog.Entry], _ modes: Set<Recompute>, triesSelective: Bool) -> Int
    {
        let shardings = shardings(s).count
        return entries.reduce(0) { sum, entry in
            let choices = (modes.contains(.none) ? 1 : 0) + (triesSelective ? 1 : 0)
            return sum + shardings * (choices + (modes.contains(.full) ? recomputedLayers(entry).count : 0))
        }
    }

    /// What became of a candidate.
    private enum Outcome {
        case fits, tooLarge, tooSlow
    }

    /// Prices one candidate: its time first, and its memory where the time may be among the best.
    @inline(__always)
    private func consider(
        _ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment, _ inFlight: InFlight, _ result: inout ScanResult
    ) -> Outcome {
        let time = model.timeBound(s, table, stages)
        if request.prunes, time > threshold {
            result.pruned += 1
            return .tooSlow
        }
        let memory = model.memoryPrice(s, table, stages, inFlight: inFlight)
        result.evaluated += 1
        guard memory.high <= request.memoryLimit.count else {
            result.overMemory[memory.parts.dominant.rawValue] += 1
            if memory.high < result.leanest?.memoryHigh ?? .infinity {
                result.leanest = Finding(bound: time, memoryHigh: memory.high, strategy: s)
            }
            return .tooLarge
        }
        result.feasible += 1
        if time <= threshold { result.findings.append(Finding(bound: time, memoryHigh: memory.high, strategy: s)) }
        return .fits
    }

    private func recomputeModes() -> Set<Recompute> {
        let launchable = legality.stack?.launches.recompute ?? Set(Recompute.allCases)
        return launchable.intersection(request.constraints.recompute ?? launchable)
    }

    /// Whether full recomputation may leave layers of a stage out.
    private var recomputesParts: Bool { legality.stack?.launches.partialRecompute ?? true }

    private func recomputedLayers(_ entry: PipelineCatalog.Entry) -> [Int] {
        guard entry.mostLayers >= 1 else { return [] }
        if isCoarse { return [entry.mostLayers] }
        if !recomputesParts { return [entry.mostLayers].filter { request.constraints.recomputeLayers.contains($0) } }
        return (1...entry.mostLayers).filter { request.constraints.recomputeLayers.contains($0) }
    }

    /// The ways of sharding to try: without and with every mode, over all replicas or, where the stack can, over those of a domain.
    private func shardings(_ s: ParallelStrategy) -> [(OptimizerSharding, Int)] {
        var result: [(OptimizerSharding, Int)] = []
        let constraints = request.constraints
        let launches = legality.stack?.launches
        for sharding in OptimizerSharding.allCases {
            guard constraints.sharding?.contains(sharding) ?? true, launches?.shardings.contains(sharding) ?? true else { continue }
            if sharding == .none {
                if constraints.shardGroup.contains(1) { result.append((sharding, 1)) }
                continue
            }
            var groups = [s.data]
            if launches?.hybridSharding ?? true, !isCoarse {
                let domain = model.inputs.cluster.first.fabric.domainSize
                let local = domain / (s.tensor * s.context)
                if local > 1, local < s.data, s.data % local == 0 { groups.append(local) }
            }
            if constraints.shardGroup.isPinned {
                groups = StrategySpace.divisors(s.data).filter { constraints.shardGroup.contains($0) }
            }
            result += groups.map { (sharding, $0) }
        }
        return result
    }
}
