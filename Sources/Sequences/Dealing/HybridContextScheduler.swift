/// Megatron-Core's own scheduler of hybrid context parallelism, `BalancedCPScheduler` (megatron/core/pipeline_parallel/hybrid_cp_schedule.py, commit
/// d98e8a64), step by step: the same groups and the same samples.
///
/// It estimates a sequence of s tokens on k ranks as s²/k, gives it the fewest ranks, a power of two, that hold it, and ends a group of sequences,
/// behind which all ranks wait for each other, once their loads are within 5 %.
public struct HybridContextScheduler: Sendable {
    /// Ranks to deal to.
    public let ranks: Int
    /// Tokens that a rank holds at most (`--max-seqlen-per-dp-cp-rank`).
    public let capacity: Int

    private static let slack = 0.05

    /// A scheduler.
    public init(ranks: Int, capacity: Int) {
        self.ranks = max(1, ranks)
        self.capacity = max(1, capacity)
    }

    /// The fewest ranks, a power of two, that hold a sequence.
    public static func needed(_ length: Int, capacity: Int) -> Int {
        var ranks = 1
        while ranks < 1 << 40, length > ranks * capacity { ranks *= 2 }
        return ranks
    }

    private func needed(_ length: Int) -> Int { Self.needed(length, capacity: capacity) }

    private func work(_ length: Int, over ranks: Int? = nil) -> Double {
        Double(length) * Double(length) / Double(ranks ?? needed(length))
    }

    /// A sample and its length.
    private struct Sample {
        let id: Int
        let length: Int
    }

    /// The samples of every rank in every group, by their places in `lengths`; nil where one needs more ranks than there are.
    public func groups(_ lengths: [Int]) -> [[[Int]]]? {
        guard lengths.allSatisfy({ needed($0) <= ranks }) else { return nil }
        // A stable sort, as Python's.
        var left = lengths.indices.map { Sample(id: $0, length: lengths[$0]) }
            .sorted { $0.length != $1.length ? $0.length > $1.length : $0.id < $1.id }
        var groups: [[[Int]]] = []
        while !left.isEmpty {
            var group = Group(ranks: ranks)
            left = fill(&group, from: left)
            groups.append(group.samples.map { $0.map(\.id) })
        }
        return groups
    }

    /// What ranks of a group hold so far.
    private struct Group {
        var samples: [[Sample]]
        var loads: [Double]
        /// The set of ranks that a rank belongs to; −1 for none.
        var setOfRank: [Int]
        var members: [[Int]] = []
        var sizes: [Int] = []
        /// Loads of the sets, whose members all have the same.
        var setLoads: [Double] = []
        /// The sets of each size, by its logarithm, and the first rank of no set.
        var setsOfSize: [[Int]] = Array(repeating: [], count: 64)
        var firstFree = 0

        init(ranks: Int) {
            samples = Array(repeating: [], count: ranks)
            loads = Array(repeating: 0, count: ranks)
            setOfRank = Array(repeating: -1, count: ranks)
        }

        var slack: Double { (loads.max() ?? 0) - (loads.min() ?? 0) }
    }

    /// Runs of samples with about equal work, as many as different numbers of ranks are needed.
    private func buckets(_ samples: [Sample]) -> [[Sample]] {
        let kinds = Set(samples.map { needed($0.length) }).count
        let target = samples.reduce(0) { $0 + work($1.length) } / Double(kinds)
        var (buckets, current, sum, remaining): ([[Sample]], [Sample], Double, Int) = ([], [], 0, kinds)
        for (index, sample) in samples.enumerated() {
            let work = work(sample.length)
            if !current.isEmpty, sum + work > target * 1.1 || samples.count - index <= remaining - buckets.count {
                buckets.append(current)
                (current, sum) = ([], 0)
                remaining -= 1
            }
            current.append(sample)
            sum += work
        }
        if !current.isEmpty { buckets.append(current) }
        return buckets
    }

    /// Fills a group; returns the samples left for the next ones.
    private func fill(_ group: inout Group, from samples: [Sample]) -> [Sample] {
        var buckets = buckets(samples)
        var heads = Array(repeating: 0, count: buckets.count)
        var first = 0
        var previous: Int?
        var checks = false
        while first < buckets.count {
            let free = ranks - group.firstFree
            let chosen = (first..<buckets.count).first { index in
                guard heads[index] < buckets[index].count else { return false }
                let size = needed(buckets[index][heads[index]].length)
                return !group.setsOfSize[size.trailingZeroBitCount].isEmpty || free >= size
            }
            guard let bucket = chosen else { break }
            let sample = buckets[bucket][heads[bucket]]
            let size = needed(sample.length)
            if previous == nil { previous = size }
            place(sample, size, &group)
            heads[bucket] += 1
            while first < buckets.count, heads[first] == buckets[first].count { first += 1 }
            if size < previous ?? size { checks = true }
            if checks, first < buckets.count, group.slack <= Self.slack * (group.loads.max() ?? 0) { break }
        }
        var left = (first..<buckets.count).flatMap { buckets[$0][heads[$0]...] }
        trim(&group, &left)
        while let empty = group.samples.firstIndex(where: \.isEmpty), widen(&group, empty: empty) {}
        buckets.removeAll()
        return left
    }

    /// Adds a sample to the least loaded set of as many ranks, or to a new one of free ranks, which have no load yet, where that is less loaded.
    private func place(_ sample: Sample, _ needed: Int, _ group: inout Group) {
        let level = needed.trailingZeroBitCount
        var best = -1
        for set in group.setsOfSize[level] where best < 0 || group.setLoads[set] < group.setLoads[best] { best = set }
        if ranks - group.firstFree >= needed, best < 0 || group.setLoads[best] > 0 {
            best = group.sizes.count
            let members = Array(group.firstFree..<group.firstFree + needed)
            for rank in members { group.setOfRank[rank] = best }
            group.members.append(members)
            group.sizes.append(needed)
            group.setLoads.append(0)
            group.setsOfSize[level].append(best)
            group.firstFree += needed
        }
        guard best >= 0 else { return }
        let cost = work(sample.length)
        group.setLoads[best] += cost
        for rank in group.members[best] {
            group.samples[rank].append(sample)
            group.loads[rank] += cost
        }
    }

    /// Takes the last samples of the most loaded set back while that helps balance.
    private func trim(_ group: inout Group, _ left: inout [Sample]) {
        while true {
            let most = group.loads.max() ?? 0
            guard group.slack > Self.slack * most, group.loads.min() != 0, let busiest = group.loads.firstIndex(of: most),
                group.samples[busiest].count > 1, let last = group.samples[busiest].last
            else { return }
            let cost = work(last.length)
            var loads = group.loads
            let members = group.members[group.setOfRank[busiest]]
            for rank in members { loads[rank] -= cost }
            guard (loads.max() ?? 0) - (loads.min() ?? 0) < group.slack else { return }
            group.loads = loads
            for rank in members { group.samples[rank].removeLast() }
            left.append(last)
        }
    }

    /// Doubles the first of the smallest sets, pushing what lies behind it to the empty ranks; false where that is not possible.
    private func widen(_ group: inout Group, empty: Int) -> Bool {
        guard let smallest = group.sizes.min(), let set = group.sizes.firstIndex(of: smallest) else { return false }
        let size = min(2 * smallest, ranks)
        let more = size - smallest
        let members = group.members[set]
        guard more > 0, let begin = members.first, let end = members.last, end < empty, empty + more <= ranks else { return false }
        let (samples, loads) = (group.samples, group.loads)
        for rank in 0..<ranks where rank >= begin { (group.samples[rank], group.loads[rank]) = ([], 0) }
        let shared = samples[end]
        for rank in begin...(end + more) {
            group.samples[rank] = shared
            group.loads[rank] = shared.first.map { work($0.length, over: size) } ?? 0
        }
        for (offset, rank) in ((end + 1)..<empty).enumerated() where end + more + 1 + offset < ranks {
            group.samples[end + more + 1 + offset] = samples[rank]
            group.loads[end + more + 1 + offset] = loads[rank]
        }
        group.sizes[set] = size
        group.members[set] = Array(begin...(end + more))
        for later in group.members.indices where later > set { group.members[later] = group.members[later].map { $0 + more } }
        return true
    }
}
