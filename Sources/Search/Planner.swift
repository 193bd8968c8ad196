public import CostModels
import Foundation
import Parallelism
import Quantities
import Schedules

/// Finds the strategies that train fastest within memory, exactly.
///
/// 1. A coarse scan prices the plainest choices of every grid; the exact times of its best give a first threshold.
/// 2. The full scan prices everything whose lower bound does not exceed the threshold.
/// 3. Survivors are simulated in the order of their bounds until the next bound exceeds the k-th best exact time: nothing that could be
///    among the first k is ever dropped (a test compares with pricing everything).
/// 4. Where nodes or links differ, the ranks of the finalists get places, and their order becomes that of the placed step times.
///
/// Work items are scanned independently and merged in order, so plans and counts are the same for any number of threads.
public struct Planner: Sendable {
    /// The question.
    public let request: SearchRequest
    /// The prices.
    public let model: StepModel
    /// Tells whether the search should stop early with what it has.
    let isCancelled: @Sendable () -> Bool

    /// A planner for a request.
    public init(_ request: SearchRequest, isCancelled: @escaping @Sendable () -> Bool = { false }) {
        self.request = request
        self.isCancelled = isCancelled
        model = StepModel(request.inputs)
    }

    /// Whether the GPUs together hold parameters, gradients and optimizer state; where they do not, nothing fits.
    var holdsStates: Bool { model.leastStates <= request.memoryLimit.count }

    /// Searches; `progress` hears the share of the work that is done.
    public func search(progress: @escaping @Sendable (Double) -> Void = { _ in }) async -> SearchOutcome {
        let space = StrategySpace(request, isCancelled: isCancelled)
        let catalog = PipelineCatalog(space, model: model, isCancelled: isCancelled)
        var simulation = Finalists(model: model, request: request)
        var coarse = (result: ScanResult(), isComplete: true)
        if request.prunes, holdsStates {
            coarse = await scan(space, catalog, threshold: .infinity, isCoarse: true, progress: { progress(0.3 * $0) })
            simulation.run(coarse.result.findings, isCancelled: isCancelled)
        }
        let threshold = request.prunes ? simulation.threshold : .infinity
        let full = await scan(space, catalog, threshold: threshold, isCoarse: false, progress: { progress(0.3 + 0.6 * $0) })
        if !request.scanOnly { simulation.run(full.result.findings, isCancelled: isCancelled) }
        if !request.scanOnly, request.objective == .memoryHeadroom {
            simulation.runLeanest(full.result.findings, isCancelled: isCancelled)
        }
        let placement = finalistPlacement()
        let finalists = await placement.placed(simulation.finalists())
        var plans = simulation.plans(finalists)
        if let first = plans.first { plans[0] = placement.refined(first) }
        progress(1)
        var counts = SearchCounts()
        counts.evaluated = full.result.evaluated
        counts.pruned = full.result.pruned
        counts.feasible = full.result.feasible
        counts.illegal = space.rejected.values.reduce(0, +) + full.result.illegal.values.reduce(0, +)
        counts.simulated = simulation.simulated
        counts.isComplete = coarse.isComplete && full.isComplete && !isCancelled()
        for (rule, number) in space.rejected { counts.rejected[rule.rawValue, default: 0] += number }
        for (rule, number) in full.result.illegal { counts.rejected[rule.rawValue, default: 0] += number }
        for part in MemoryPart.allCases {
            let number = full.result.overMemory[part.rawValue]
            if number > 0 { counts.rejected["memory: \(part)", default: 0] += number }
        }
        let leanest = simulation.best.isEmpty ? full.result.leanest.map { ($0.strategy, $0.memoryHigh) } : nil
        let examples = space.examples.merging(full.result.examples) { first, _ in first }
        return SearchOutcome(plans: plans, counts: counts, leanest: leanest, examples: examples)
    }

    /// Scans all grids on the request's threads.
    private func scan(
        _ space: StrategySpace, _ catalog: PipelineCatalog, threshold: Double, isCoarse: Bool,
        progress: @escaping @Sendable (Double) -> Void
    ) async -> (result: ScanResult, isComplete: Bool) {
        let scan = GridScan(
            model: model, request: request, legality: space.legality, catalog: catalog, threshold: threshold, isCoarse: isCoarse,
            layersByClass: model.layersByClass, isCancelled: isCancelled)
        let grids = space.grids
        // Chunks are small enough to balance threads and do not depend on their number.
        let chunk = 32
        let chunks = (grids.count + chunk - 1) / chunk
        let workers = max(1, min(request.threads, chunks))
        let isCancelled = isCancelled
        return await withTaskGroup(of: [(Int, ScanResult)].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var results: [(Int, ScanResult)] = []
                    var prices = ShapePrices(scan.model)
                    for index in stride(from: worker, to: chunks, by: workers) {
                        if isCancelled() { break }
                        var result = ScanResult()
                        for grid in grids[(index * chunk)..<min(grids.count, (index + 1) * chunk)] where !isCancelled() {
                            result.merge(scan.scan(grid, &prices))
                        }
                        results.append((index, result))
                        if worker == 0 { progress(Double(index + 1) / Double(chunks)) }
                    }
                    return results
                }
            }
            var all: [(Int, ScanResult)] = []
            for await part in group { all += part }
            all.sort { $0.0 < $1.0 }
            var merged = ScanResult()
            for (_, result) in all { merged.merge(result) }
            return (merged, all.count == chunks)
        }
    }
}
