/// Work over a range split among threads, its results in an order that does not depend on their number.
enum Workers {
    /// The results of `body` for each chunk of `range`, in order; those of chunks that were not begun when asked to stop are missing.
    static func map<Result: Sendable>(
        _ range: Range<Int>, chunk: Int, threads: Int, isCancelled: @escaping @Sendable () -> Bool,
        _ body: @escaping @Sendable (Range<Int>) -> Result
    ) async -> [Result] {
        let chunks = (range.count + chunk - 1) / chunk
        let workers = max(1, min(threads, chunks))
        @Sendable func work(_ worker: Int) -> [(Int, Result)] {
            var results: [(Int, Result)] = []
            for index in stride(from: worker, to: chunks, by: workers) {
                if isCancelled() { break }
                let first = range.lowerBound + index * chunk
                results.append((index, body(first..<min(range.upperBound, first + chunk))))
            }
            return results
        }
        if workers == 1 { return work(0).map(\.1) }
        return await withTaskGroup(of: [(Int, Result)].self) { group in
            for worker in 0..<workers { group.addTask { work(worker) } }
            var all: [(Int, Result)] = []
            for await part in group { all += part }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
