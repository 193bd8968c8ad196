/// Deals sequences to groups of ranks so that all end together: longest processing time first (Graham, 1969), under the tokens that a rank holds.
///
/// A sequence takes the fewest ranks, a power of two, that hold it, and twice as many as long as it alone would take longer than the mean
/// load. Groups are aligned blocks of ranks. The longest go first, each to the block whose busiest rank has least, so that their members start together.
public struct BalanceScheduler: Sendable {
    /// What sequences take.
    public let prices: SequencePrices
    /// Whether the bubble that a rank's longest micro-batch makes in its pipeline counts as its load.
    public let knowsPipeline: Bool

    /// A scheduler.
    public init(_ prices: SequencePrices, knowsPipeline: Bool = true) {
        self.prices = prices
        self.knowsPipeline = knowsPipeline
    }

    /// Where a sequence goes.
    public struct Place: Hashable, Sendable {
        /// Its place among the lengths.
        public var sequence: Int32
        /// The first rank of its group.
        public var rank: Int32
        /// The place of its group's size among the prices.
        public var level: Int32
    }

    /// Where all sequences go, in the order in which they are dealt, and when each rank has computed its own, waiting for others of its groups
    /// included: the best of a few widths of groups and, where sequences are few, of two orders.
    public func deal(_ lengths: [Int]) -> Deal {
        let narrow = levels(lengths, widening: .infinity)
        var best = deal(lengths, narrow, byLevel: true)
        let isSmall = lengths.count * prices.ranks <= Self.mostPairs
        for widening in [1, 0.5] {
            let levels = levels(lengths, widening: widening)
            guard levels != narrow || isSmall else { continue }
            for byLevel in isSmall ? [true, false] : [true] {
                let other = deal(lengths, levels, byLevel: byLevel)
                if other.end < best.end { best = other }
            }
        }
        guard isSmall else { return best }
        let other = deal(lengths, narrow, byLevel: false)
        return other.end < best.end ? other : best
    }

    /// Where sequences go.
    public struct Deal: Sendable {
        /// The places, in the order in which sequences are dealt.
        public var places: [Place]
        /// When each rank ends.
        public var ends: [Double]

        /// When the last rank ends.
        public var end: Double { ends.max() ?? 0 }
    }

    /// Pairs of sequences and ranks up to which orders are tried that look at every block for every sequence.
    private static let mostPairs = 1 << 18

    /// Deals sequences on groups of given sizes: the widest groups first, or the longest time first whatever the group.
    func deal(_ lengths: [Int], _ levels: [Int32], byLevel: Bool) -> Deal {
        var order = [(cost: Double, sequence: Int32, level: Int32)]()
        order.reserveCapacity(lengths.count)
        for index in lengths.indices {
            order.append((prices.groups[Int(levels[index])].seconds(lengths[index]), Int32(index), levels[index]))
        }
        if byLevel {
            order.sort { ($0.level, $0.cost, $1.sequence) > ($1.level, $1.cost, $0.sequence) }
        } else {
            order.sort { ($0.cost, $0.level, $1.sequence) > ($1.cost, $1.level, $0.sequence) }
        }
        return byLevel ? dealByLevel(order) : dealByTime(order)
    }

    private var bubbles: Double { knowsPipeline ? Double(prices.pipeline - 1) : 0 }

    /// Level by level, blocks of a level in a heap.
    private func dealByLevel(_ order: [(cost: Double, sequence: Int32, level: Int32)]) -> Deal {
        let ranks = prices.ranks
        var ends = [Double](repeating: 0, count: ranks)
        var places: [Place] = []
        places.reserveCapacity(order.count)
        var (next, heap) = (0, LoadHeap())
        while next < order.count {
            let level = order[next].level
            let size = min(prices.groups[Int(level)].ranks, ranks)
            heap.fill(ranks / size) { block in ends[block * size..<(block + 1) * size].max() ?? 0 }
            while next < order.count, order[next].level == level {
                let one = order[next]
                // A rank's first micro-batch is its longest, and fills its pipeline.
                let cost = one.cost + (heap.leastLoad == 0 ? bubbles * one.cost : 0)
                places.append(Place(sequence: one.sequence, rank: Int32(heap.least * size), level: level))
                heap.add(cost)
                next += 1
            }
            heap.read { block, load in for rank in block * size..<(block + 1) * size { ends[rank] = max(ends[rank], load) } }
        }
        return Deal(places: places, ends: ends)
    }

    /// The longest time first, every block of a sequence's size looked at.
    private func dealByTime(_ order: [(cost: Double, sequence: Int32, level: Int32)]) -> Deal {
        let ranks = prices.ranks
        var ends = [Double](repeating: 0, count: ranks)
        var places: [Place] = []
        for one in order {
            let size = min(prices.groups[Int(one.level)].ranks, ranks)
            var best = (block: 0, load: Double.infinity)
            for block in 0..<ranks / size {
                var load = 0.0
                for rank in block * size..<(block + 1) * size { load = max(load, ends[rank]) }
                if load < best.load { best = (block, load) }
            }
            let end = best.load + one.cost + (best.load == 0 ? bubbles * one.cost : 0)
            for rank in best.block * size..<(best.block + 1) * size { ends[rank] = end }
            places.append(Place(sequence: one.sequence, rank: Int32(best.block * size), level: one.level))
        }
        return Deal(places: places, ends: ends)
    }

    /// The group of each sequence: the smallest that holds it, widened while it alone takes longer than `widening` times the mean load of ranks.
    func levels(_ lengths: [Int], widening: Double) -> [Int32] {
        let most = prices.groups.lastIndex { $0.ranks <= prices.ranks } ?? 0
        var total = 0.0
        var levels = lengths.map { length -> Int32 in
            let level = min(prices.level(length), most)
            total += prices.groups[level].seconds(length) * Double(prices.groups[level].ranks)
            return Int32(level)
        }
        guard widening.isFinite else { return levels }
        let mean = total / Double(prices.ranks)
        let fill = knowsPipeline ? Double(prices.pipeline) : 1
        for index in lengths.indices {
            var level = Int(levels[index])
            while level < most, fill * prices.groups[level].seconds(lengths[index]) > widening * mean,
                prices.groups[level + 1].seconds(lengths[index]) < prices.groups[level].seconds(lengths[index])
            { level += 1 }
            levels[index] = Int32(level)
        }
        return levels
    }
}
