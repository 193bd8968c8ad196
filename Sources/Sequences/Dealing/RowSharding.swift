/// How the tokens of a packed row are split over the context ranks that share it.
public enum RowSharding: String, CaseIterable, Hashable, Sendable {
    /// Every document by itself, so that ranks have equal attention (Transformer Engine's packed sequences).
    case documents
    /// The row in twice as many slices as ranks, an early and a late one each, whatever documents lie in them (PyTorch's `headtail` load balancer).
    case headTail = "head-tail"
    /// The row in as many slices as ranks.
    case contiguous

    /// Attention of the rank that has most over the mean of all, for documents that follow each other in a row of `tokens`, relative to what a row of
    /// one document has, which prices of rows hold already.
    public func factor(_ documents: [Int], tokens: Int, ranks: Int) -> Double {
        guard self != .documents, ranks > 1, tokens > 0, !documents.isEmpty else { return 1 }
        return imbalance(documents, tokens, ranks) / imbalance([tokens], tokens, ranks)
    }

    private func imbalance(_ documents: [Int], _ tokens: Int, _ ranks: Int) -> Double {
        let slices = self == .headTail ? 2 * ranks : ranks
        let pairs = Self.pairs(documents, before: (0...slices).map { Double(tokens) * Double($0) / Double(slices) })
        var most = 0.0
        for rank in 0..<ranks {
            var work = pairs[rank + 1] - pairs[rank]
            if self == .headTail { work += pairs[slices - rank] - pairs[slices - 1 - rank] }
            most = max(most, work)
        }
        let mean = (pairs[slices] - pairs[0]) / Double(ranks)
        return mean > 0 ? most / mean : 1
    }

    /// Pairs of queries and keys of all queries before each of some places of a row, which ascend.
    private static func pairs(_ documents: [Int], before places: [Double]) -> [Double] {
        var pairs: [Double] = []
        var (document, start, sum) = (0, 0.0, 0.0)
        for place in places {
            while document < documents.count, start + Double(documents[document]) <= place {
                let length = Double(documents[document])
                sum += length * length / 2
                start += length
                document += 1
            }
            let inside = document < documents.count ? max(0, place - start) : 0
            pairs.append(sum + inside * inside / 2)
        }
        return pairs
    }
}
