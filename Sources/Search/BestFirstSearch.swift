import CostModels
import Parallelism
import Quantities

/// Scans grids in the order of their bounds and simulates what they leave, until no grid left can hold an answer.
///
/// Rounds of grids are scanned in parallel against one threshold, which falls between rounds; their sizes do not depend on the number of
/// threads, so neither do counts and plans.
struct BestFirstSearch {
    private let setting: GridScan.Setting
    private let isCancelled: @Sendable () -> Bool
    /// What was simulated.
    private(set) var finalists: Finalists
    /// What was counted.
    private(set) var result = ScanResult()
    /// Whether the whole space was searched.
    private(set) var isComplete = false

    init(_ setting: GridScan.Setting, isCancelled: @escaping @Sendable () -> Bool) {
        self.setting = setting
        self.isCancelled = isCancelled
        finalists = Finalists(model: setting.model, request: setting.request)
    }

    /// Grids of the first round, and of the largest.
    private static let fewest = 16
    private static let most = 1024

    /// Searches; where nothing fits, finds the candidate that needs least memory if that is asked for. `progress` hears the share of the work
    /// that is done.
    mutating func run(advises: Bool, progress: @Sendable (Double) -> Void) async {
        let request = setting.request
        let bounds = await GridBounds(setting, threads: request.threads, isCancelled: isCancelled)
        guard bounds.isComplete else { return }
        progress(0.2)
        let order = ordered(bounds)
        let scan = GridScan(setting: setting)
        var next = 0
        var size = request.prunes ? Self.fewest : max(1, order.count)
        while next < order.count, !isCancelled() {
            let limits = order[next..<min(order.count, next + size)].map { finalists.limit(setting.space.grids[$0]) }
            if request.prunes, bounds.times[order[next]] > finalists.limit { break }
            let found = await scanRound(scan, bounds, Array(order[next..<next + limits.count]), limits)
            next += limits.count
            size = min(2 * size, Self.most)
            result.merge(found)
            if !request.scanOnly { finalists.run(found.findings, setting.strategy, isCancelled: isCancelled) }
            if request.objective == .memoryHeadroom {
                let limit = finalists.limit
                result.findings.removeAll { $0.bound > limit }
            } else {
                result.findings = []
            }
            progress(0.2 + 0.7 * Double(next) / Double(order.count))
        }
        for grid in order[next...] where !isCancelled() { result.pruned += setting.candidates(setting.space.grids[grid]) }
        isComplete = !isCancelled()
        guard !request.scanOnly else { return }
        if request.objective == .memoryHeadroom { finalists.runLeanest(result.findings, setting.strategy, isCancelled: isCancelled) }
        if advises, finalists.best.isEmpty, isComplete { await findLeanest(scan, bounds) }
    }

    /// The grids whose memory may do, those with the lowest time first; the others are counted.
    private mutating func ordered(_ bounds: GridBounds) -> [Int] {
        let grids = setting.space.grids
        guard setting.request.prunes else { return Array(grids.indices) }
        var order: [Int] = []
        for index in grids.indices {
            if bounds.times[index] < .infinity {
                order.append(index)
            } else {
                result.rejectMemory(setting.candidates(grids[index]), bounds.memory[index])
            }
        }
        order.sort { bounds.times[$0] != bounds.times[$1] ? bounds.times[$0] < bounds.times[$1] : $0 < $1 }
        return order
    }

    private func scanRound(_ scan: GridScan, _ bounds: GridBounds, _ grids: [Int], _ limits: [Double]) async -> ScanResult {
        let setting = setting
        let isCancelled = isCancelled
        let prunes = setting.request.prunes
        let parts = await Workers.map(0..<grids.count, chunk: 8, threads: setting.request.threads, isCancelled: isCancelled) { range in
            setting.catalog.withView { catalog in
                bounds.withView { prices in
                    var scratch = GridScan.Scratch()
                    for place in range where !isCancelled() {
                        let grid = grids[place]
                        if prunes, bounds.times[grid] > limits[place] {
                            scratch.result.pruned += setting.candidates(setting.space.grids[grid])
                        } else {
                            scan.scan(grid, limit: limits[place], catalog, prices, &scratch)
                        }
                    }
                    return scratch.result
                }
            }
        }
        var found = ScanResult()
        for part in parts { found.merge(part) }
        return found
    }

    /// Finds the candidate that needs least memory, for advice where nothing fits: grids with the lowest bound of their memory first, until
    /// the next cannot need less than what was found.
    private mutating func findLeanest(_ scan: GridScan, _ bounds: GridBounds) async {
        let least = bounds.memory.map(setting.model.mostBytes)
        let order = least.indices.sorted { least[$0] != least[$1] ? least[$0] < least[$1] : $0 < $1 }
        let setting = setting
        let isCancelled = isCancelled
        var next = 0
        var size = Self.fewest
        result.leanest = nil
        while next < order.count, !isCancelled() {
            let limit = result.leanest?.memoryHigh ?? .infinity
            if least[order[next]] >= limit { break }
            let grids = Array(order[next..<min(order.count, next + size)])
            let parts = await Workers.map(0..<grids.count, chunk: 8, threads: setting.request.threads, isCancelled: isCancelled) { range in
                setting.catalog.withView { catalog in
                    bounds.withView { prices in
                        var scratch = GridScan.Scratch()
                        for place in range where least[grids[place]] < scratch.result.leanest?.memoryHigh ?? limit {
                            scan.scanLeanest(grids[place], below: limit, catalog, prices, &scratch)
                        }
                        return scratch.result
                    }
                }
            }
            for part in parts {
                if let lean = part.leanest, lean.memoryHigh < result.leanest?.memoryHigh ?? .infinity { result.leanest = lean }
                result.examples.merge(part.examples) { first, _ in first }
                for (rule, number) in part.illegal where result.leanest == nil { result.illegal[rule, default: 0] += number }
            }
            next += grids.count
            size = min(2 * size, Self.most)
        }
        isComplete = isComplete && !isCancelled()
    }

    /// The strategy that needs least memory and the bytes that it needs, where nothing fits.
    var leanest: (strategy: ParallelStrategy, bytes: Double)? {
        guard finalists.best.isEmpty, let finding = result.leanest else { return nil }
        return (setting.strategy(finding), finding.memoryHigh)
    }
}
