/// Deals the sequences of a step in each way and says what the step then takes.
public struct StepDealer: Sendable {
    /// What sequences take.
    public let prices: SequencePrices
    /// Tokens of a row of the static mesh.
    public let rowTokens: Int
    /// How rows of the static mesh are packed.
    public let packing: PackingMode
    /// Whether steps say what ran when.
    public var recordsSpans = false

    /// A dealer.
    public init(_ prices: SequencePrices, rowTokens: Int, packing: PackingMode = .bestFit) {
        self.prices = prices
        self.rowTokens = max(1, rowTokens)
        self.packing = packing
    }

    /// The step of sequences that arrive for it; nil where no rank group holds the longest.
    public func step(_ lengths: [Int], _ dealing: Dealing) -> DealtStep? {
        var held = HeldSequences(self)
        return step(lengths, dealing, &held)
    }

    /// The step of sequences that arrive for it and of those that wait; nil where no rank group holds the longest.
    func step(_ lengths: [Int], _ dealing: Dealing, _ held: inout HeldSequences) -> DealtStep? {
        switch dealing {
        case .padded: return mesh(lengths, .none, &held)
        case .packed: return mesh(lengths, packing == .none ? .bestFit : packing, &held)
        case .variable: return variable(lengths, &held)
        case .naive: return lengths.allSatisfy { $0 <= prices.longest } ? naive(lengths) : nil
        case .hybrid: return hybrid(lengths)
        case .flexible: return flexible(lengths)
        case .balanced: return lengths.allSatisfy { $0 <= prices.longest } ? balanced(lengths) : nil
        }
    }

    /// Sequences that wait for a later step.
    struct HeldSequences {
        fileprivate var packing: WorkloadPacking
        /// Rows that did not make a micro-batch of every replica.
        fileprivate var rows: [[Int]] = []

        init(_ dealer: StepDealer) {
            let ranks = dealer.meshRanks
            packing = WorkloadPacking(
                dealer.prices.mesh, rowTokens: dealer.rowTokens * dealer.prices.microBatch, room: ranks * dealer.prices.room,
                replicas: dealer.prices.ranks / ranks)
        }
    }

    // MARK: A static mesh

    /// Ranks that share a row.
    private var meshRanks: Int { max(1, min(prices.mesh.ranks, prices.ranks)) }

    /// Rows dealt in turn to the replicas of a static mesh, whose context ranks share every row.
    ///
    /// A step has as many rows as make whole micro-batches of all replicas; what is left goes first in the next.
    private func mesh(_ lengths: [Int], _ mode: PackingMode, _ held: inout HeldSequences) -> DealtStep {
        let rows = held.rows + PackedRows(lengths, mode, capacity: rowTokens).rows
        let round = prices.ranks / meshRanks * prices.microBatch
        let count = rows.count < round ? rows.count : rows.count / round * round
        held.rows = Array(rows[count...])
        let tokens = rows[..<count].reduce(0) { $0 + $1.reduce(0, +) }
        let padding = count == 0 ? 0 : 1 - Double(tokens) / (Double(count) * Double(rowTokens))
        return finish(work(rows[..<count], isPadded: mode == .none), tokens: tokens, padding: padding, stride: meshRanks)
    }

    /// What rows take beyond rows of equal work, in s.
    func unevenness(_ rows: ArraySlice<[Int]>) -> Double {
        let work = work(rows, isPadded: false)
        let replicas = stride(from: 0, to: prices.ranks, by: meshRanks)
        let batches = replicas.map { Double(work.times[$0].count) }
        let mean = replicas.reduce(0) { $0 + work.times[$1].reduce(0, +) } / Double(batches.count)
        let most = batches.max() ?? 1
        // Of equal micro-batches every one but the bubble's is computed by somebody at all times.
        let even = mean * (1 + prices.bubble * Double(prices.pipeline - 1) / max(1, most))
        return max(0, finish(work, tokens: 0, stride: meshRanks).seconds - prices.after - even)
    }

    /// Rows dealt in turn to the replicas.
    private func work(_ all: ArraySlice<[Int]>, isPadded: Bool) -> RankWork {
        var work = RankWork(prices.ranks, records: recordsSpans)
        let row = Double(rowTokens)
        // A padded row is computed as one document of its full length.
        let isWhole = isPadded || prices.mesh.ignoresDocuments
        for (index, start) in stride(from: all.startIndex, to: all.endIndex, by: prices.microBatch).enumerated() {
            let rows = all[start..<min(start + prices.microBatch, all.endIndex)]
            var (tokens, squares) = (0, 0.0)
            for documents in rows {
                tokens += documents.reduce(0, +)
                squares +=
                    isWhole
                    ? row * row
                    : documents.reduce(0.0) { $0 + Double($1) * Double($1) }
                        * prices.sharding.factor(documents, tokens: rowTokens, ranks: meshRanks)
            }
            let computed = row * Double(rows.count)
            let seconds = prices.mesh.seconds(tokens: computed, documents: isWhole ? computed : Double(tokens), squares: squares)
            run(index, seconds: seconds, tokens: tokens, on: &work)
        }
        work.groups = [meshRanks: all.count]
        return work
    }

    /// Rows of equal work, which hold no padding.
    private func variable(_ lengths: [Int], _ held: inout HeldSequences) -> DealtStep {
        let rows = held.packing.rows(lengths)
        var work = RankWork(prices.ranks, records: recordsSpans)
        for (index, row) in rows.enumerated() where row.tokens > 0 {
            let tokens = Double(row.tokens)
            run(index, seconds: prices.mesh.seconds(tokens: tokens, documents: tokens, squares: row.squares), tokens: row.tokens, on: &work)
        }
        work.groups = [meshRanks: rows.count]
        var step = finish(work, tokens: rows.reduce(0) { $0 + $1.tokens }, stride: meshRanks)
        step.waiting = held.packing.waitingTokens
        return step
    }

    /// Runs a row on the replica whose turn it is.
    private func run(_ row: Int, seconds: Double, tokens: Int, on work: inout RankWork) {
        let first = row % (prices.ranks / meshRanks) * meshRanks
        work.run(first..<first + meshRanks, seconds: seconds, tokens: tokens)
    }

    // MARK: A group for every sequence

    /// Adds a sequence: a micro-batch of its own where ranks share it, else room in the open one.
    private func add(_ length: Int, rank: Int, level: Int, to work: inout RankWork) {
        let price = prices.groups[level]
        work.groups[price.ranks, default: 0] += 1
        guard price.ranks == 1 else {
            let members = rank..<min(rank + price.ranks, prices.ranks)
            for member in members { work.close(member, fixed: prices.groups[0].fixed) }
            return work.run(members, seconds: price.seconds(length) + price.fixed, tokens: length)
        }
        if work.openTokens(rank) + length > prices.capacity { work.close(rank, fixed: price.fixed) }
        work.fill(rank, tokens: length, seconds: price.seconds(length))
    }

    /// The step of what ranks computed: the longest pipeline, or wait, of any rank; of a mesh the first of each `stride` stands for its group.
    private func finish(_ work: RankWork, tokens: Int, padding: Double = 0, stride step: Int = 1) -> DealtStep {
        var work = work
        for rank in 0..<prices.ranks { work.close(rank, fixed: prices.groups[0].fixed) }
        var pipeline = UnevenPipeline()
        var most = work.ends.max() ?? 0
        if prices.pipeline > 1 {
            for rank in stride(from: 0, to: prices.ranks, by: step) {
                let own = work.times[rank].reduce(0, +)
                let span = pipeline.makespan(work.times[rank], stages: prices.pipeline)
                most = max(most, own + prices.bubble * (span - own))
            }
        }
        return DealtStep(
            seconds: most + prices.after, busy: work.times.map { $0.reduce(0, +) }, groups: work.groups, tokens: tokens, padding: padding,
            spans: work.spans)
    }

    private func balanced(_ lengths: [Int]) -> DealtStep {
        func step(_ knowsPipeline: Bool) -> DealtStep {
            let dealt = BalanceScheduler(prices, knowsPipeline: knowsPipeline).deal(lengths)
            var work = RankWork(prices.ranks, records: recordsSpans)
            for place in dealt.places { add(lengths[Int(place.sequence)], rank: Int(place.rank), level: Int(place.level), to: &work) }
            return finish(work, tokens: lengths.reduce(0, +))
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
        var work = RankWork(prices.ranks, records: recordsSpans)
        var room = [Int](repeating: prices.capacity, count: prices.ranks)
        // Before this rank no block of any size is empty in the round.
        var emptyFrom = 0
        var cursor = 0
        func close() {
            for rank in 0..<prices.ranks {
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
            if size == 1 { room[rank] -= length } else { for member in rank..<rank + size { room[member] = 0 } }
        }
        return finish(work, tokens: lengths.reduce(0, +))
    }

    /// Megatron's groups, behind each of which ranks wait for each other; every sample is a micro-batch of its own there.
    private func hybrid(_ lengths: [Int]) -> DealtStep? {
        let scheduler = HybridContextScheduler(ranks: prices.ranks, capacity: prices.capacity)
        guard let dealt = scheduler.groups(lengths) else { return nil }
        var work = RankWork(prices.ranks, records: recordsSpans)
        var sharing = [Int](repeating: 0, count: lengths.count)
        for group in dealt {
            for samples in group { for sample in samples { sharing[sample] = 0 } }
            for samples in group { for sample in samples { sharing[sample] += 1 } }
            // Members of a set hold the same samples in the same order.
            var rank = 0
            while rank < group.count {
                guard let first = group[rank].first else { rank += 1; continue }
                let members = rank..<min(rank + sharing[first], group.count)
                for sample in group[rank] {
                    let price = price(of: members.count)
                    work.run(members, seconds: price.seconds(lengths[sample]) + price.fixed, tokens: lengths[sample])
                }
                rank = members.upperBound
            }
            work.wait()
        }
        for count in sharing { work.groups[count, default: 0] += 1 }
        return finish(work, tokens: lengths.reduce(0, +))
    }

    /// FlexSP's groups, behind each micro-batch of which ranks wait for each other.
    private func flexible(_ lengths: [Int]) -> DealtStep? {
        let planner = FlexibleGroups(prices: prices)
        guard let batches = planner.microBatches(lengths) else { return nil }
        var work = RankWork(prices.ranks, records: recordsSpans)
        for groups in batches {
            // The largest first, so that every group is an aligned block.
            var rank = 0
            for group in groups {
                let members = rank..<rank + prices.groups[group.level].ranks
                work.groups[members.count, default: 0] += group.sequences.count
                work.run(members, seconds: planner.seconds(group), tokens: group.tokens)
                rank = members.upperBound
            }
            work.wait()
        }
        return finish(work, tokens: lengths.reduce(0, +))
    }

    private func price(of ranks: Int) -> GroupPrice {
        prices.groups.last { $0.ranks <= ranks } ?? prices.groups[0]
    }
}
