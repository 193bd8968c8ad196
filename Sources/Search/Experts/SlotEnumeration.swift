/// Every number of copies and every packing of few slots.
struct SlotEnumeration {
    private let loads: [Double]
    private let experts: [Int]
    private let ranks, slots, perRank: Int

    /// Slots up to which all is tried.
    private static let most = 10

    /// nil where there are too many slots.
    init?(_ loads: [Double], _ experts: [Int], ranks: Int, slots: Int) {
        guard slots <= Self.most, ranks > 0, slots % ranks == 0 else { return nil }
        (self.loads, self.experts, self.ranks, self.slots, perRank) = (loads, experts, ranks, slots, slots / ranks)
    }

    /// The lightest busiest rank below `most`, with the expert of each slot; nil where none is.
    func solved(below most: Double) -> (slots: [Int32], most: Double)? {
        var best: (slots: [Int32], most: Double)?
        var limit = most * (1 - 1e-12)
        var copies = [Int](repeating: 1, count: experts.count)
        func spread(_ index: Int, _ left: Int) {
            guard index < experts.count - 1 else {
                copies[index] = 1 + left
                if let packed = packed(copies, below: limit) { (best, limit) = (packed, packed.most * (1 - 1e-12)) }
                return
            }
            for more in 0...left {
                copies[index] = 1 + more
                spread(index + 1, left - more)
            }
        }
        if !experts.isEmpty { spread(0, slots - experts.count) }
        return best
    }

    private func packed(_ copies: [Int], below most: Double) -> (slots: [Int32], most: Double)? {
        var items: [(weight: Double, expert: Int)] = []
        for (index, expert) in experts.enumerated() {
            for _ in 0..<copies[index] { items.append((loads[expert] / Double(copies[index]), expert)) }
        }
        items.sort { ($1.weight, $0.expert) < ($0.weight, $1.expert) }
        guard items[0].weight < most else { return nil }
        var limit = most
        var best: [[Int]]?
        var bins = [[Int]](repeating: [], count: ranks)
        var sums = [Double](repeating: 0, count: ranks)
        func place(_ item: Int) {
            guard item < items.count else {
                let heaviest = sums.max() ?? 0
                if heaviest < limit { (best, limit) = (bins, heaviest) }
                return
            }
            var triedEmpty = false
            for bin in 0..<ranks where bins[bin].count < perRank && sums[bin] + items[item].weight < limit {
                // Empty bins are alike.
                if bins[bin].isEmpty {
                    if triedEmpty { continue }
                    triedEmpty = true
                }
                let before = sums[bin]
                bins[bin].append(items[item].expert)
                sums[bin] += items[item].weight
                place(item + 1)
                bins[bin].removeLast()
                sums[bin] = before
            }
        }
        place(0)
        return best.map { bins in (bins.flatMap { $0.map(Int32.init) }, limit) }
    }
}
