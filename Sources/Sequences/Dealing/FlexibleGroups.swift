/// Groups of different sizes for the sequences of a micro-batch, all at once, as FlexSP forms them (Wang et al., arXiv:2412.01523, §4).
///
/// Sequences are sorted by length and cut into micro-batches of as many tokens each; in a micro-batch every group of ranks takes some sequences, and all wait for
/// the slowest before groups are formed anew. FlexSP solves an integer program for a micro-batch; here the least time is found by bisection, each step of
/// which fills groups the longest sequence first. Groups are powers of two; short sequences travel in bundles, as there in buckets.
struct FlexibleGroups {
    /// What sequences take.
    let prices: SequencePrices

    /// Ranks that take sequences together.
    struct Group {
        /// The place of its size among the prices.
        var level: Int
        /// The places of its sequences among the lengths.
        var sequences: [Int] = []
        /// The sum of their lengths, and of the squares of them.
        var tokens = 0
        var squares = 0.0
    }

    /// Sequences that stay together.
    private struct Bundle {
        var sequences: [Int] = []
        var tokens = 0
        var squares = 0.0
    }

    /// Bundles that fill what a rank holds.
    private static let bundles = 8
    /// Numbers of micro-batches that are tried beyond the fewest that hold everything.
    private static let tried = 3
    /// Steps of the bisection.
    private static let bisections = 9

    /// The micro-batches of a step, each its groups, the largest first; nil where no group holds the longest sequence.
    func microBatches(_ lengths: [Int]) -> [[Group]]? {
        guard !lengths.isEmpty else { return [] }
        let bundles = bundled(lengths)
        let tokens = lengths.reduce(0, +)
        let room = prices.ranks * prices.capacity
        let fewest = max(1, (tokens + room - 1) / room)
        var best: (seconds: Double, batches: [[Group]])?
        var count = fewest
        // Where sequences leave room that no other takes, more micro-batches than tokens alone would need hold everything.
        var left = Self.tried
        while left > 0, count <= max(bundles.count, fewest) {
            defer { count += best == nil ? max(1, count / 8) : 1 }
            guard let batches = divided(bundles, tokens: tokens, into: count) else { continue }
            left -= 1
            let total = batches.reduce(0.0) { sum, groups in sum + (groups.map { seconds($0) }.max() ?? 0) }
            if total < best?.seconds ?? .infinity { best = (total, batches) }
        }
        return best?.batches
    }

    /// What a group takes, in s.
    func seconds(_ group: Group) -> Double { seconds(group.level, group.tokens, group.squares) }

    private func seconds(_ level: Int, _ tokens: Int, _ squares: Double) -> Double {
        prices.groups[level].seconds(tokens: Double(tokens), documents: Double(tokens), squares: squares)
    }

    /// Sequences, the longest first, short ones in bundles.
    private func bundled(_ lengths: [Int]) -> [Bundle] {
        let order = lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
        let most = max(1, prices.capacity / Self.bundles)
        var (bundles, open): ([Bundle], Bundle) = ([], Bundle())
        for index in order {
            let length = lengths[index]
            if open.tokens > 0, open.tokens + length > most {
                bundles.append(open)
                open = Bundle()
            }
            open.sequences.append(index)
            open.tokens += length
            open.squares += Double(length) * Double(length)
        }
        bundles.append(open)
        return bundles
    }

    /// Micro-batches of about as many tokens each; nil where one does not fit.
    private func divided(_ bundles: [Bundle], tokens: Int, into count: Int) -> [[Group]]? {
        var batches: [[Group]] = []
        var (start, passed) = (0, 0)
        for batch in 1...count {
            var end = start
            while end < bundles.count, batch == count || passed * count < batch * tokens {
                passed += bundles[end].tokens
                end += 1
            }
            guard let groups = fastest(bundles[start..<end]) else { return nil }
            batches.append(groups)
            start = end
        }
        return batches
    }

    /// The groups in which a micro-batch ends first, as far as bisection finds them; nil where ranks do not hold it.
    private func fastest(_ bundles: ArraySlice<Bundle>) -> [Group]? {
        guard let first = bundles.first else { return [] }
        guard var best = filled(bundles, within: .infinity) else { return nil }
        var high = best.map { seconds($0) }.max() ?? 0
        // No group is faster than the longest sequence on its best size, nor all than the work of all on theirs.
        var low = levels(first.tokens).map { alone(first, $0) }.min() ?? 0
        for _ in 0..<Self.bisections where high > low * 1.01 {
            let middle = (low + high) / 2
            if let groups = filled(bundles, within: middle) {
                best = groups
                high = min(middle, groups.map { seconds($0) }.max() ?? 0)
            } else {
                low = middle
            }
        }
        return best
    }

    /// The sizes that hold so many tokens.
    private func levels(_ tokens: Int) -> ClosedRange<Int> {
        let widest = prices.groups.lastIndex { $0.ranks <= prices.ranks } ?? 0
        return min(prices.level(tokens), widest)...widest
    }

    private func alone(_ bundle: Bundle, _ level: Int) -> Double { seconds(level, bundle.tokens, bundle.squares) }

    /// Groups that end within a time: each bundle goes to the emptiest group of the least size that is fast enough for it, else to a new one, else to a larger one.
    private func filled(_ bundles: ArraySlice<Bundle>, within limit: Double) -> [Group]? {
        var groups: [Group] = []
        var heaps = [LoadHeap](repeating: LoadHeap(), count: prices.groups.count)
        var free = prices.ranks
        for bundle in bundles {
            let sizes = levels(bundle.tokens)
            guard
                let level = sizes.first(where: { bundle.tokens <= prices.groups[$0].ranks * prices.capacity && alone(bundle, $0) <= limit })
            else { return nil }
            if add(bundle, to: &groups, &heaps[level], within: limit) { continue }
            if prices.groups[level].ranks <= free {
                free -= prices.groups[level].ranks
                heaps[level].insert(groups.count, load: 0)
                groups.append(Group(level: level))
                guard add(bundle, to: &groups, &heaps[level], within: limit) else { return nil }
                continue
            }
            let found = (level...sizes.upperBound).dropFirst().contains { add(bundle, to: &groups, &heaps[$0], within: limit) }
            guard found else { return nil }
        }
        return groups.sorted { $0.level > $1.level }
    }

    /// Adds a bundle to the emptiest group of a size, by its tokens or by its time, whichever is fuller; false where that has no room.
    private func add(_ bundle: Bundle, to groups: inout [Group], _ heap: inout LoadHeap, within limit: Double) -> Bool {
        guard !heap.isEmpty else { return false }
        let (index, level) = (heap.least, groups[heap.least].level)
        let tokens = groups[index].tokens + bundle.tokens
        let squares = groups[index].squares + bundle.squares
        let room = Double(tokens) / Double(prices.groups[level].ranks * prices.capacity)
        let seconds = seconds(level, tokens, squares)
        guard room <= 1, seconds <= limit else { return false }
        groups[index].sequences += bundle.sequences
        (groups[index].tokens, groups[index].squares) = (tokens, squares)
        heap.add((limit.isFinite ? max(room, seconds / limit) : room) - heap.leastLoad)
        return true
    }
}
