public import Parallelism

/// A block between two collectives of a tensor-parallel group: attention, or feed-forward; one pass through it.
public struct OverlapBlock: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Seconds of the product that reads what is gathered, of what stands between, and of the product whose output is scattered.
    public var first, middle, last: Double
    /// Seconds of compute that nobody waits for, as weight gradients.
    public var trailing: Double
    /// What `first` and `last` take longer in pieces of their rows, as a factor of at least 1.
    public var pieceFactor = 1.0
    /// Seconds of the collective before it (a gather) and after it (a scatter, or an all-reduce).
    public var gather, scatter: Double

    /// A block from its times, in s.
    public init(_ name: String, first: Double, middle: Double, last: Double, trailing: Double = 0, gather: Double, scatter: Double) {
        (self.name, self.first, self.middle, self.last) = (name, first, middle, last)
        (self.trailing, self.gather, self.scatter) = (trailing, gather, scatter)
    }

    /// What moves within its compute over other ranks than those of its own collectives.
    var inner: [InnerExchange] = []

    /// Context ranks' keys and values, or tokens on their way to experts, within a block's compute.
    struct InnerExchange: Hashable, Sendable {
        /// Whose it is.
        enum Group: Hashable, Sendable {
            /// Context ranks.
            case context
            /// Expert ranks.
            case expert
        }

        /// Whose it is.
        var group: Group
        /// Seconds of the block's compute before it begins, and before it ends.
        var start, end: Double
    }

    /// A piece of its compute as the block at a place of a list; all of it unless told.
    func part(_ place: Int, from: Double = 0, _ seconds: Double? = nil) -> Lanes.Part {
        Lanes.Part(block: place, from: from, to: from + (seconds ?? compute))
    }

    /// Adds so many seconds before what stands between its first product and its last.
    mutating func wait(_ seconds: Double) {
        middle += seconds
        for index in inner.indices {
            inner[index].start += seconds
            inner[index].end += seconds
        }
    }

    /// Seconds of its compute.
    public var compute: Double { first + middle + last + trailing }
    /// Seconds of its collectives.
    public var exchange: Double { gather + scatter }
}

/// The order of the two lanes for a stack of blocks.
extension OverlapTechnique {
    /// Who moves the bytes, and so what runs beside compute costs it.
    public var contention: LaneContention {
        switch self {
        case .none, .splitBatch, .ladder, .parallelBlocks: .multiprocessors
        case .userBuffers: .userBuffers
        case .asynchronous: .peerCopies
        case .fused: .nearMemory
        case .noExchange: .none
        }
    }

    /// Tiles in which a fused product stores its output: every store is sent as it is made, so that only their order is kept.
    private static let tiles = 64
    /// What products of half the rows take longer than half of the whole.
    static let halfRowsLoss = 0.03

    /// The lanes of blocks that follow each other; collectives are cut into `pieces` where the technique cuts them.
    public func lanes(_ blocks: [OverlapBlock], pieces: Int = 8) -> Lanes {
        switch self {
        case .noExchange:
            return chain(
                blocks.map {
                    OverlapBlock($0.name, first: $0.first, middle: $0.middle, last: $0.last, trailing: $0.trailing, gather: 0, scatter: 0)
                })
        case .none: return chain(blocks)
        case .parallelBlocks: return chain(joined(blocks))
        case .userBuffers, .asynchronous: return tiled(blocks, gathers: max(1, pieces), scatters: max(1, pieces))
        case .fused: return tiled(blocks, gathers: 1, scatters: Self.tiles)
        case .splitBatch: return halved(blocks)
        case .ladder: return ladder(blocks)
        }
    }

    /// One thing after the other.
    private func chain(_ blocks: [OverlapBlock]) -> Lanes {
        var lanes = Lanes()
        var before: [Int] = []
        for (place, block) in blocks.enumerated() {
            let gather = lanes.add("\(block.name) gather", .exchange, block.gather, after: before)
            let compute = lanes.add(block.name, .compute, block.compute, after: [gather] + before, part: block.part(place))
            before = [lanes.add("\(block.name) scatter", .exchange, block.scatter, after: [compute]), compute]
        }
        return lanes
    }

    /// Pairs of blocks side by side, their collectives once.
    private func joined(_ blocks: [OverlapBlock]) -> [OverlapBlock] {
        stride(from: 0, to: blocks.count, by: 2).map { place in
            guard place + 1 < blocks.count else { return blocks[place] }
            let (a, b) = (blocks[place], blocks[place + 1])
            return OverlapBlock(
                "\(a.name) + \(b.name)", first: a.first + b.first, middle: a.middle + b.middle, last: a.last + b.last,
                trailing: a.trailing + b.trailing, gather: max(a.gather, b.gather), scatter: max(a.scatter, b.scatter))
        }
    }

    /// Products cut into tiles, each beside a piece of the collective before or after it.
    private func tiled(_ blocks: [OverlapBlock], gathers: Int, scatters: Int) -> Lanes {
        var lanes = Lanes()
        var before: [Int] = []
        for (place, block) in blocks.enumerated() {
            var tiles: [Int] = []
            let (pieces, whole) = (Double(gathers), Double(scatters))
            // One kernel that stores tile by tile loses nothing; kernels of a piece each do.
            let last = self == .fused ? block.last : block.last * block.pieceFactor
            let gathered = (0..<gathers).map { piece in
                lanes.add("\(block.name) gather \(piece)", .exchange, block.gather / pieces, after: before)
            }
            for piece in 0..<gathers {
                tiles.append(
                    lanes.add(
                        "\(block.name) first \(piece)", .compute, block.first * block.pieceFactor / pieces,
                        after: [gathered[piece]] + before))
            }
            let middle = lanes.add(
                "\(block.name) middle", .compute, block.middle, after: tiles, part: block.part(place, from: block.first, block.middle))
            var stored: [Int] = []
            for tile in 0..<scatters {
                let part = lanes.add("\(block.name) last \(tile)", .compute, last / whole, after: [middle])
                stored.append(lanes.add("\(block.name) scatter \(tile)", .exchange, block.scatter / whole, after: [part]))
            }
            _ = lanes.add("\(block.name) gradients", .compute, block.trailing)
            before = stored
        }
        return lanes
    }

    /// Two halves of the batch in turn.
    private func halved(_ blocks: [OverlapBlock]) -> Lanes {
        var lanes = Lanes()
        var before: [[Int]] = [[], []]
        let share = (1 + Self.halfRowsLoss) / 2
        for (place, block) in blocks.enumerated() {
            for half in 0..<2 {
                let gather = lanes.add("\(block.name) gather \(half)", .exchange, block.gather / 2, after: before[half])
                let compute = lanes.add(
                    "\(block.name) \(half)", .compute, (block.first + block.middle + block.last) * share, after: [gather] + before[half],
                    part: block.part(place, from: 0, block.first + block.middle + block.last))
                before[half] = [lanes.add("\(block.name) scatter \(half)", .exchange, block.scatter / 2, after: [compute])]
                _ = lanes.add("\(block.name) gradients \(half)", .compute, block.trailing * share)
            }
        }
        return lanes
    }

    /// Blocks that wait for the collective of the block before the last.
    private func ladder(_ blocks: [OverlapBlock]) -> Lanes {
        var lanes = Lanes()
        var ends: [Int] = []
        for (place, block) in blocks.enumerated() {
            let needs = place >= 2 ? [ends[place - 2]] : []
            let compute = lanes.add(block.name, .compute, block.compute, after: needs, part: block.part(place))
            ends.append(lanes.add("\(block.name) exchange", .exchange, block.exchange, after: [compute]))
        }
        return lanes
    }
}
