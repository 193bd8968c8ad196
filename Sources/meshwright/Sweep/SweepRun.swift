import Foundation
import Reports
import Search
import Studies
import Synchronization

/// Answers the cells of a study: from the store what is in it, by searching on all cores what is not.
struct SweepRun {
    let questions: SweepQuestions
    let store: CellStore?
    /// Searches at a time, each on one core.
    let threads: Int
    let isCancelled: @Sendable () -> Bool
    /// What draws the table while cells are searched.
    var watch: SweepWatch?

    /// The answers by cell, and how many of them came from the store; those that were not come to are nil.
    func results(of cells: [Int]) async throws -> (results: [CellResult?], remembered: Int) {
        var results = [CellResult?](repeating: nil, count: questions.cells.count)
        var pending: [Pending] = []
        for index in cells {
            guard let key = questions.keys[index] else { continue }
            if let result = store?.result(key) {
                results[index] = result
            } else {
                pending.append(Pending(index: index, key: key, cost: questions.costs[index]))
            }
        }
        let remembered = cells.count { results[$0] != nil }
        watch?.begin(results)
        // The dearest first, so that the last to finish is a short one; answers are put where their cells stand.
        let queue = SweepQueue(pending.sorted { ($1.cost, $0.index) < ($0.cost, $1.index) }, isCancelled: isCancelled)
        let progress = SweepProgress(cells: pending.count, cost: pending.reduce(0) { $0 + $1.cost }, remembered: remembered)
        let found = try await withThrowingTaskGroup(of: [(Int, CellResult)].self) { group in
            for _ in 0..<max(1, min(threads, pending.count)) {
                group.addTask {
                    var mine: [(Int, CellResult)] = []
                    while let next = queue.take() {
                        let answer = CellAnswer(try questions.question(next.index), isCancelled: isCancelled)
                        guard let result = await answer.result() else { break }
                        store?.keep(result, of: questions.cells[next.index], under: next.key)
                        mine.append((next.index, result))
                        if let watch { watch.found(result, at: next.index) } else { progress.finished(next.cost) }
                    }
                    return mine
                }
            }
            var all: [(Int, CellResult)] = []
            for try await part in group { all += part }
            return all
        }
        progress.clear()
        for (index, result) in found { results[index] = result }
        return (results, remembered)
    }

    /// A cell to search.
    struct Pending: Sendable {
        var index: Int
        var key: String
        var cost: Double
    }
}

/// Cells that threads take one by one.
final class SweepQueue: Sendable {
    private let pending: [SweepRun.Pending]
    private let next = Atomic(0)
    private let isCancelled: @Sendable () -> Bool

    init(_ pending: [SweepRun.Pending], isCancelled: @escaping @Sendable () -> Bool) {
        (self.pending, self.isCancelled) = (pending, isCancelled)
    }

    /// The next cell; nil where none is left or the run is to stop.
    func take() -> SweepRun.Pending? {
        guard !isCancelled() else { return nil }
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        return index < pending.count ? pending[index] : nil
    }
}
