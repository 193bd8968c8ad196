/// The sizes that decide an order: ranks p, micro-batches m, chunks a rank v, and what some schedules add.
public struct ScheduleShape: Hashable, Sendable {
    /// Pipeline ranks, p.
    public var ranks: Int
    /// Micro-batches of one step, m.
    public var microBatches: Int
    /// Chunks that a micro-batch visits on each rank, v; 1 for the bidirectional schedules, whose second chunk is a replica.
    public var chunksPerRank: Int
    /// Micro-batches a group, N, for the interleaved schedules; nil for the rule's own choice.
    public var groupSize: Int?
    /// The rule for groups.
    public var groupRule: GroupRule
    /// Slices of each sequence, for `seq1f1b`.
    public var slices: Int

    /// A shape; only ranks and micro-batches have no default.
    public init(
        ranks: Int, microBatches: Int, chunksPerRank: Int = 1, groupSize: Int? = nil, groupRule: GroupRule = .pytorch, slices: Int = 1
    ) {
        self.ranks = ranks
        self.microBatches = microBatches
        self.chunksPerRank = chunksPerRank
        self.groupSize = groupSize
        self.groupRule = groupRule
        self.slices = slices
    }

    /// Stages of the model, p·v.
    public var stageCount: Int { ranks * chunksPerRank }

    /// The group size N that the rule yields, for a positive number of ranks; `schedule` is named in the error.
    func resolvedGroupSize(for schedule: PipelineSchedule) throws(ScheduleError) -> Int {
        switch groupRule {
        case .pytorch: try pytorchGroupSize(schedule)
        case .megatron: try megatronGroupSize(schedule)
        }
    }

    private func pytorchGroupSize(_ schedule: PipelineSchedule) throws(ScheduleError) -> Int {
        if let groupSize {
            guard groupSize >= 1, microBatches % groupSize == 0, groupSize >= min(ranks, microBatches) else {
                throw .illegalShape(
                    schedule, rule: "a group under the pytorch rule divides the \(microBatches) micro-batches and has at least min(p, m)",
                    legal: list((min(ranks, microBatches)...microBatches).filter { microBatches % $0 == 0 }, "a group of"))
            }
            return groupSize
        }
        let rounds = max(1, microBatches / ranks)
        guard microBatches % rounds == 0 else {
            throw .illegalShape(
                schedule, rule: "\(microBatches) micro-batches do not divide into max(1, ⌊m/p⌋) = \(rounds) rounds",
                legal: list(nearby(microBatches) { $0 % max(1, $0 / ranks) == 0 }, "m ="))
        }
        return microBatches / rounds
    }

    private func megatronGroupSize(_ schedule: PipelineSchedule) throws(ScheduleError) -> Int {
        guard chunksPerRank > 1 || schedule == .interleavedZeroBubble else {
            throw .illegalShape(schedule, rule: "Megatron-LM interleaves two or more chunks a rank", legal: "v ≥ 2, or the pytorch rule")
        }
        let size = groupSize ?? ranks
        func fits(_ size: Int, _ count: Int) -> Bool {
            size >= ranks && size <= count && (count % size == 0 || count % size >= ranks)
        }
        guard fits(size, microBatches) else {
            let sizes = microBatches < ranks ? [] : (ranks...microBatches).filter { fits($0, microBatches) }
            throw .illegalShape(
                schedule, rule: "a group of \(size) needs p ≤ N ≤ m and m mod N = 0 or ≥ p (p = \(ranks), m = \(microBatches))",
                legal: sizes.isEmpty ? "m ≥ \(ranks)" : list(sizes, "a group of"))
        }
        return size
    }

    private func list(_ values: [Int], _ prefix: String) -> String {
        let shown = values.prefix(8).map(String.init).joined(separator: ", ")
        return "\(prefix) \(shown)\(values.count > 8 ? ", …" : "")"
    }

    /// The nearest values below and above that pass.
    private func nearby(_ value: Int, _ passes: (Int) -> Bool) -> [Int] {
        [(1..<max(2, value)).reversed().first(where: passes), (value + 1...value + ranks + 1).first(where: passes)].compactMap { $0 }
    }
}
