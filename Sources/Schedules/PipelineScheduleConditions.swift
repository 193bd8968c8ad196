extension PipelineSchedule {
    /// Whether p ranks, v chunks a rank, m micro-batches and groups of N micro-batches make a legal run of this schedule.
    ///
    /// This is the quick answer for loops; building the order explains a refusal.
    public func allows(pipeline p: Int, virtualStages v: Int, microBatches m: Int, groupSize n: Int, groupRule: GroupRule) -> Bool {
        guard p >= 1, v >= 1, m >= 1 else { return false }
        switch self {
        // `PipelineScheduleSingle` (PyTorch 2.15, schedules.py line 1441) wants a micro-batch for every stage.
        case .gpipe, .oneForwardOneBackward: return v == 1 && (groupRule == .megatron || m >= p)
        case .zbH1, .zbH2, .seq1F1B: return v == 1
        case .interleaved: return v >= 2 && p > 1 && groupIsLegal(p, m, n, groupRule)
        case .interleavedZeroBubble: return p > 1 && groupIsLegal(p, m, n, groupRule)
        case .loopedBFS: return p > 1
        case .zbV, .vHalf, .vMin: return v == 2 && p > 1
        case .dualPipeV: return v == 2 && p > 1 && m >= 2 * p
        case .dualPipe: return v == 1 && p > 1 && p % 2 == 0 && m % 2 == 0 && m >= 2 * p
        case .combined1F1B: return v == 1 ? p == 1 : groupIsLegal(p, m, n, .megatron)
        case .chimera: return v == 1 && p > 1 && p % 2 == 0 && m % 2 == 0
        case .wave: return v >= 2 && v % 2 == 0 && p > 1
        }
    }

    private func groupIsLegal(_ p: Int, _ m: Int, _ n: Int, _ rule: GroupRule) -> Bool {
        switch rule {
        case .megatron: return n >= p && n <= m && (m % n == 0 || m % n >= p)
        case .pytorch:
            let rounds = max(1, m / p)
            return m % rounds == 0 && n == m / rounds
        }
    }

    /// The conditions of `allows`, in words.
    public var conditions: String {
        switch self {
        case .gpipe, .oneForwardOneBackward: "it needs vpp 1, and in PyTorch at least pp micro-batches"
        case .zbH1, .zbH2, .seq1F1B: "it needs vpp 1"
        case .interleaved, .interleavedZeroBubble:
            "it needs pp above 1, vpp of 2 or more, and groups of N micro-batches with pp ≤ N ≤ m and m mod N either 0 or at least pp"
        case .loopedBFS: "it needs pp above 1"
        case .zbV, .vHalf, .vMin: "it needs pp above 1 and vpp 2"
        case .dualPipeV: "it needs pp above 1, vpp 2 and at least 2·pp micro-batches"
        case .dualPipe:
            "it needs an even pp, vpp 1 (each rank holds a stage of both directions) and an even number of at least 2·pp micro-batches"
        case .combined1F1B: "it needs vpp of 2 or more when pp is above 1, grouped as interleaved schedules are"
        case .chimera: "it needs an even pp, vpp 1 (each rank holds a stage of both directions) and an even number of micro-batches"
        case .wave: "it needs pp above 1 and an even vpp"
        }
    }
}
