extension PipelineSchedule {
    /// The order of operations of this schedule for a shape.
    ///
    /// Throws `illegalShape`, with the rule and legal values, where the schedule does not exist for it.
    public func order(_ shape: ScheduleShape) throws(ScheduleError) -> ScheduleOrder {
        try check(shape)
        return switch self {
        case .gpipe: gpipeOrder(shape)
        case .oneForwardOneBackward: oneForwardOneBackwardOrder(shape)
        case .interleaved: try interleavedOrder(shape)
        case .loopedBFS: loopedBFSOrder(shape)
        case .zbH1, .interleavedZeroBubble: try zeroBubbleOrder(self, shape)
        case .zbH2: zbH2Order(shape)
        case .zbV: zbVOrder(shape)
        case .vHalf: vShapedOrder(self, .half, shape)
        case .vMin: vShapedOrder(self, .minimum, shape)
        case .dualPipe: dualPipeOrder(shape)
        case .dualPipeV: dualPipeVOrder(shape)
        case .combined1F1B: try combinedOrder(shape)
        case .chimera: chimeraOrder(shape)
        case .wave: waveOrder(shape)
        case .seq1F1B: seq1F1BOrder(shape)
        }
    }

    /// Throws where the schedule has no order for `shape`; cheap, for a search that only asks.
    public func check(_ shape: ScheduleShape) throws(ScheduleError) {
        let (p, m, v) = (shape.ranks, shape.microBatches, shape.chunksPerRank)
        func require(_ holds: Bool, _ rule: String, _ legal: String) throws(ScheduleError) {
            if !holds { throw .illegalShape(self, rule: rule, legal: legal) }
        }
        try require(p >= 1, "\(p) ranks", "p ≥ 1")
        try require(m >= 1, "\(m) micro-batches", "m ≥ 1")
        try require(v >= 1, "\(v) chunks a rank", "v ≥ 1")
        try require(shape.slices >= 1, "\(shape.slices) slices of a sequence", "slices ≥ 1")
        try require(shape.slices == 1 || self == .seq1F1B, "only seq1f1b cuts sequences into slices", "slices = 1")
        try Self.require(p, below: PipelineOperation.stageLimit, "ranks")
        try Self.require(v, below: PipelineOperation.stageLimit / p, "chunks a rank with \(p) ranks")
        try Self.require(m, below: PipelineOperation.microBatchLimit, "micro-batches")
        try Self.require(shape.slices, below: PipelineOperation.microBatchLimit / m, "slices of \(m) micro-batches")

        if let count = listedOperations(shape) {
            try Self.require(count, below: Self.listLimit, "operations of \(rawValue)")
        }

        switch self {
        case .gpipe, .oneForwardOneBackward, .zbH1, .zbH2, .seq1F1B:
            try require(v == 1, "one chunk a rank, not v = \(v)", "v = 1")
        case .interleaved, .interleavedZeroBubble:
            _ = try shape.resolvedGroupSize(for: self)
        case .combined1F1B:
            try require(v > 1 || p == 1, "overlap across ranks needs a second chunk (p = \(p), v = \(v))", "v ≥ 2, or p = 1")
            if v > 1 { _ = try shape.megatron.resolvedGroupSize(for: self) }
        case .loopedBFS:
            break
        case .zbV, .vHalf, .vMin:
            try require(v == 2, "two chunks a rank in a V, not v = \(v)", "v = 2")
        case .dualPipeV:
            try require(v == 2, "two chunks a rank in a V, not v = \(v)", "v = 2")
            try require(m >= 2 * p, "at least twice as many micro-batches as ranks (p = \(p), m = \(m))", "m ≥ \(2 * p)")
        case .dualPipe:
            try require(v == 1, "each direction has one chunk a rank, not v = \(v)", "v = 1")
            try require(p % 2 == 0, "an even number of ranks, not \(p)", "p = \(p + 1)\(p > 1 ? " or \(p - 1)" : "")")
            try require(
                m % 2 == 0 && m >= 2 * p, "an even number of micro-batches, at least 2p (p = \(p), m = \(m))",
                "m = \(2 * p), \(2 * p + 2), …")
        case .chimera:
            try require(v == 1, "each direction has one chunk a rank, not v = \(v)", "v = 1")
            try require(p % 2 == 0, "an even number of ranks, not \(p)", "p = \(p + 1)\(p > 1 ? " or \(p - 1)" : "")")
            try require(m % 2 == 0, "an even number of micro-batches, half in each direction, not \(m)", "m = \(m + 1) or \(max(2, m - 1))")
        case .wave:
            try require(v % 2 == 0, "a wave visits each rank twice, so v is even, not \(v)", "v = 2, 4, 6, …")
        }
    }

    /// Operations that an order laid out slot by slot may have; other orders are loops, and as short as their sizes are many.
    static let listLimit = 1 << 25

    /// The operations of an order that is laid out slot by slot; nil for others.
    private func listedOperations(_ shape: ScheduleShape) -> Int? {
        switch self {
        case .vHalf, .vMin: 6 * shape.ranks * shape.microBatches
        case .wave: 2 * shape.stageCount * shape.microBatches
        default: nil
        }
    }

    private static func require(_ value: Int, below limit: Int, _ what: String) throws(ScheduleError) {
        if value > limit { throw .tooLarge(what: what, value: value, limit: limit) }
    }

    /// The chunks a rank that this schedule has when none are asked for.
    public var usualChunksPerRank: Int {
        switch self {
        case .gpipe, .oneForwardOneBackward, .zbH1, .zbH2, .dualPipe, .chimera, .seq1F1B: 1
        case .interleaved, .loopedBFS, .interleavedZeroBubble, .zbV, .vHalf, .vMin, .dualPipeV, .combined1F1B, .wave: 2
        }
    }

    /// Whether the schedule takes the weight gradient apart from the input gradient, at least for some operations.
    public var splitsBackward: Bool {
        switch self {
        case .zbH1, .zbH2, .interleavedZeroBubble, .zbV, .vHalf, .vMin, .dualPipe, .dualPipeV: true
        default: false
        }
    }

    /// Whether the schedule runs forwards overlapped with backwards of other micro-batches.
    public var overlaps: Bool {
        switch self {
        case .dualPipe, .dualPipeV, .combined1F1B: true
        default: false
        }
    }

    /// How the schedule lays stages out over ranks.
    public var placement: StagePlacement {
        switch self {
        case .zbV, .vHalf, .vMin, .dualPipeV, .wave: .zigzag
        case .dualPipe, .chimera: .bidirectional
        default: .loop
        }
    }
}
