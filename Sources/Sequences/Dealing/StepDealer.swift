/// Deals the sequences of a step in each way and says what the step then takes.
public struct StepDealer: Sendable {
    /// What sequences take.
    public let prices: SequencePrices
    /// Tokens of a row of the static mesh.
    public let rowTokens: Int
    /// How rows of the static mesh are packed.
    public let packing: PackingMode

    /// A dealer.
    public init(_ prices: SequencePrices, rowTokens: Int, packing: PackingMode = .bestFit) {
        self.prices = prices
        self.rowTokens = max(1, rowTokens)
        self.packing = packing
    }

    /// The step; nil where no rank group holds the longest sequence.
    public func step(_ lengths: [Int], _ dealing: Dealing) -> DealtStep? {
        switch dealing {
        case .padded: return mesh(lengths, .none)
        case .packed: return mesh(lengths, packing == .none ? .bestFit : packing)
        case .naive: return lengths.allSatisfy { $0 <= prices.longest } ? naive(lengths) : nil
        case .hybrid: return hybrid(lengths)
        case .balanced: return lengths.allSatisfy { $0 <= prices.longest } ? balanced(lengths) : nil
        }
    }

    // MARK: A static mesh

    /// Rows dealt in turn to the replicas of a static mesh, whose context ranks share every row.
    private func mesh(_ lengths: [Int], _ mode: PackingMode) -> DealtStep {
        let packed = PackedRows(lengths, mode, capacity: rowTokens)
        let size = max(1, min(prices.mesh.ranks, prices.ranks))
        let replicas = prices.ranks / size
        var times = [[Double]](repeating: [], count: replicas)
        let row = Double(rowTokens)
        for (index, documents) in packed.rows.enumerated() {
            let tokens = documents.reduce(0, +)
            // A padded row is computed as one document of its full length.
            let squares = mode == .none ? row * row : documents.reduce(0.0) { $0 + Double($1) * Double($1) }
            times[index % replicas].append(
                prices.mesh.seconds(tokens: row, documents: mode == .none ? row : Double(tokens), squares: squares))
        }
        var pipeline = UnevenPipeline()
        let most = times.reduce(0.0) { max($0, pipeline.makespan($1, stages: prices.pipeline)) }
        let busy = times.flatMap { Array(repeating: $0.reduce(0, +), count: size) }
        return DealtStep(
            seconds: most + prices.after, busy: busy, groups: [size: packed.rows.count], tokens: lengths.reduce(0, +),
            padding: packed.padding)
    }

    // MARK: A group for every sequence

    /// Ranks that compute a list of micro-batches, and what they hold of the one that is open.
    private struct RankWork {
        var times: [[Double]]
        var open: [(tokens: Int, seconds: Double)]
        var groups: [Int: Int] = [:]

        init(_ ranks: Int) {
            times = Array(repeating: [], count: ranks)
            open = Array(repeating: (0, 0), count: ranks)
        }

        mutating func close(_ rank: Int, fixed: Double) {
            guard open[rank].tokens > 0 else { return }
            times[rank].append(open[rank].seconds + fixed)
            open[rank] = (0, 0)
        }
    }

    /// Adds a sequence: a micro-batch of its own where ranks share it, else room in the open one.
    private func add(_ length: Int, rank: Int, level: Int, to work: inout RankWork) {
        let price = prices.groups[level]
        work.groups[price.ranks, default: 0] += 1
        guard price.ranks == 1 else {
            for member in rank..<min(rank + price.ranks, prices.ranks) {
                work.close(member, fixed: prices.groups[0].fixed)
                work.times[member].append(price.seconds(length) + price.fixed)
            }
            return
        }
        if work.open[rank].tokens + length > prices.capacity { work.close(rank, fixed: price.fixed) }
        work.open[rank].tokens += length
        work.open[rank].seconds += price.seconds(length)
    }

    private func finish(_ work: RankWork, tokens: Int, ends: [Double]? = nil) -> DealtStep {
        var work = work
        for rank in 0..<prices.ranks { work.close(rank, fixed: prices.groups[0].fixed) }
        var pipeline = UnevenPipeline()
        var most = 0.0
        for rank in 0..<prices.ranks { most = max(most, pipeline.makespan(work.times[rank], stages: prices.pipeline)) }
        if prices.pipeline == 1, let ends { most = max(most, ends.max() ?? 0) }
        return DealtStep(
            seconds: most + prices.after, busy: work.times.map { $0.reduce(0, +) }, groups: work.groups, tokens: tokens, padding: 0)
    }

    private func balanced(_ lengths: [Int]) -> DealtStep {
        func step(_ knowsPipeline: Bool) -> DealtStep {
            let dealt = BalanceScheduler(prices, knowsPipeline: knowsPipeline).deal(lengths)
            var work = RankWork(prices.ranks)
            for place in dealt.places { add(lengths[Int(place.sequence)], rank: Int(place.rank), level: Int(place.level), to: &work) }
            return finish(work, tokens: lengths.reduce(0, +), ends: knowsPipeline ? nil : dealt.ends)
        }
        guard prices.pipeline > 1 else {
            let own = step(false)
            // Of few sequences Megatron's groups are tried too, which by luck can be better.
            guard lengths.count * prices.ranks <= 1 << 16, let other = hybrid(lengths), other.seconds < own.seconds else { return own }
            return other
        }
        let (plain, aware) = (step(false), step(true))
        return aware.seconds < plain.seconds ? aware : plain
    }

    /// Rounds in the order in which sequences come: each takes the first aligned block of ranks that are empty in the round, short ones fill ranks up.
    private func naive(_ lengths: [Int]) -> DealtStep {
        var work = RankWork(prices.ranks)
        var room = [Int](repeating: prices.capacity, count: prices.ranks)
        // Before this rank no block of any size is empty in the round.
        var emptyFrom = 0
        var (cursor, ends) = (0, [Double](repeating: 0, count: prices.ranks))
        func close() {
            for rank in 0..<prices.ranks {
                if work.open[rank].tokens > 0 { ends[rank] += work.open[rank].seconds + prices.groups[0].fixed }
                work.close(rank, fixed: prices.groups[0].fixed)
                room[rank] = prices.capacity
            }
            (cursor, emptyFrom) = (0, 0)
        }
        for length in lengths {
            let level = prices.level(length)
            let size = min(prices.groups[level].ranks, prices.ranks)
            var rank: Int?
            for _ in 0..<2 where rank == nil {
                if size == 1 {
                    while cursor < prices.ranks, room[cursor] < length { cursor += 1 }
                    if cursor < prices.ranks { rank = cursor }
                } else {
                    while emptyFrom < prices.ranks, room[emptyFrom] != prices.capacity { emptyFrom += 1 }
                    rank = stride(from: emptyFrom / size * size, to: prices.ranks - size + 1, by: size).first { block in
                        (block..<block + size).allSatisfy { room[$0] == prices.capacity }
                    }
                }
                if rank == nil { close() }
            }
            guard let rank else { continue }
            add(length, rank: rank, level: level, to: &work)
            if size == 1 {
                room[rank] -= length
            } else {
                // Members wait for the last of them.
                let start = ends[rank..<rank + size].max() ?? 0
                for member in rank..<rank + size {
                    room[member] = 0
                    ends[member] = start + prices.groups[level].seconds(length) + prices.groups[level].fixed
                }
            }
        }
        close()
        return finish(work, tokens: lengths.reduce(0, +), ends: ends)
    }

    /// Megatron's groups, behind each of which ranks wait for each other.
    private func hybrid(_ lengths: [Int]) -> DealtStep? {
        let scheduler = HybridContextScheduler(ranks: prices.ranks, capacity: prices.capacity)
        guard let dealt = scheduler.groups(lengths) else { return nil }
        var (seconds, busy) = (0.0, [Double](repeating: 0, count: prices.ranks))
        var groups: [Int: Int] = [:]
        var sharing = [Int](repeating: 0, count: lengths.count)
        for group in dealt {
            for samples in group { for sample in samples { sharing[sample] = 0 } }
            for samples in group { for sample in samples { sharing[sample] += 1 } }
            var slowest = 0.0
            for (rank, samples) in group.enumerated() {
                var time = 0.0
                for sample in samples {
                    let price = price(of: sharing[sample])
                    time += price.seconds(lengths[sample]) + price.fixed
                }
                busy[rank] += time
                slowest = max(slowest, time)
            }
            seconds += slowest
        }
        for count in sharing { groups[count, default: 0] += 1 }
        // Megatron runs it without pipelines; a longer one takes its fill as well.
        let fill = dealt.isEmpty ? 0 : Double(prices.pipeline - 1) * seconds / Double(dealt.count)
        return DealtStep(
            seconds: seconds + fill + prices.after, busy: busy, groups: groups, tokens: lengths.reduce(0, +), padding: 0)
    }

    private func price(of ranks: Int) -> GroupPrice {
        prices.groups.last { $0.ranks <= ranks } ?? prices.groups[0]
    }
}
