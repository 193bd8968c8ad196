public import Parallelism

/// What sequences take on a group of context ranks, as few numbers: for one micro-batch of a rank, forward and backward.
///
/// Everything but attention grows with tokens; attention grows with the squares of documents; what a ring sends grows with the tokens of the whole row,
/// whether documents need it or not, and hides under attention.
public struct GroupPrice: Hashable, Sendable {
    /// Ranks of the group.
    public var ranks: Int
    /// Time of a micro-batch that does not depend on its tokens, in s.
    public var fixed: Double
    /// Time a token of the row beside attention, in s.
    public var perToken: Double
    /// Attention of a document: s a token, and s a token squared.
    public var attentionPerToken: Double
    /// See `attentionPerToken`.
    public var perSquare: Double
    /// Transfers of a token of the row beside attention, in s.
    public var transferPerToken: Double
    /// Exchanges of a token of the row that nothing hides, in s.
    public var exposedPerToken = 0.0
    /// Share of the attention beside which transfers run: (c − 1)/c of a ring.
    public var hidingShare: Double
    /// Share of the shorter of attention and transfer that shows.
    public var visibleShare: Double
    /// Whether attention takes the whole square of a row, whatever documents it holds: products that keep their scores.
    public var ignoresDocuments = false
    /// Copies of activations to the host and back a token beyond those that stay, in s, and how many tokens of a sequence stay.
    public var copyPerToken = 0.0
    /// See `copyPerToken`.
    public var staying = 0.0

    /// A price from its parts.
    public init(
        ranks: Int, fixed: Double = 0, perToken: Double, attentionPerToken: Double = 0, perSquare: Double, transferPerToken: Double = 0,
        hidingShare: Double = 0, visibleShare: Double = 0
    ) {
        self.ranks = ranks
        self.fixed = fixed
        self.perToken = perToken
        self.attentionPerToken = attentionPerToken
        self.perSquare = perSquare
        self.transferPerToken = transferPerToken
        self.hidingShare = hidingShare
        self.visibleShare = visibleShare
    }

    /// Time of a row of `tokens` tokens whose documents have lengths that sum to `documents` and squares that sum to `squares`, in s.
    @inline(__always)
    public func seconds(tokens: Double, documents: Double, squares: Double) -> Double {
        let attention = attentionPerToken * documents + perSquare * squares
        let transfer = transferPerToken * tokens
        let beside = hidingShare * attention
        return fixed + (perToken + exposedPerToken) * tokens + attention + max(transfer, beside) - beside + visibleShare
            * min(transfer, beside)
    }

    /// Time of one sequence, without what does not depend on its tokens, in s: its compute, or the copies of as much of its activations as does not fit.
    @inline(__always)
    public func seconds(_ length: Int) -> Double {
        let tokens = Double(length)
        let compute = seconds(tokens: tokens, documents: tokens, squares: tokens * tokens) - fixed
        return max(compute, copyPerToken * (tokens - staying))
    }
}

/// What sequences take on groups of every size that may serve them.
public struct SequencePrices: Hashable, Sendable {
    /// Prices of groups of 1, 2, 4 … ranks.
    public let groups: [GroupPrice]
    /// Price of the static mesh's group.
    public let mesh: GroupPrice
    /// How the static mesh splits packed rows over context ranks.
    public let sharding: RowSharding
    /// Tokens that a rank holds at most: of groups, and of rows of a fixed length.
    public let capacity: Int
    /// Tokens that a rank's memory has room for, at least `capacity`: of rows whose lengths vary.
    public let room: Int
    /// Ranks that sequences are dealt to: data times context.
    public let ranks: Int
    /// How groups exchange keys and values.
    public let groupKind: ContextParallelKind
    /// Stages of a rank's pipeline.
    public let pipeline: Int
    /// Bubble of the schedule over that of one forward and one backward in turn.
    public let bubble: Double
    /// Rows of a micro-batch of the static mesh.
    public let microBatch: Int
    /// What follows the pipeline, in s.
    public let after: Double

    /// Prices from their parts; `groups` has at least one, and `room` is `capacity` unless given.
    public init(
        groups: [GroupPrice], mesh: GroupPrice, capacity: Int, room: Int? = nil, ranks: Int, pipeline: Int = 1, after: Double = 0,
        sharding: RowSharding = .documents, bubble: Double = 1, microBatch: Int = 1, groupKind: ContextParallelKind = .ring
    ) {
        precondition(!groups.isEmpty)
        self.groups = groups
        self.mesh = mesh
        self.sharding = sharding
        self.capacity = max(1, capacity)
        self.room = max(1, capacity, room ?? capacity)
        self.ranks = max(1, ranks)
        self.pipeline = max(1, pipeline)
        self.after = after
        self.bubble = bubble
        self.groupKind = groupKind
        self.microBatch = max(1, microBatch)
    }

    /// The smallest group, by its place among `groups`, that holds a sequence; the largest where none does.
    @inline(__always)
    public func level(_ length: Int) -> Int {
        var level = 0
        while level + 1 < groups.count, length > groups[level].ranks * capacity { level += 1 }
        return level
    }

    /// The longest sequence that the largest group holds.
    public var longest: Int { groups[groups.count - 1].ranks * capacity }
}
