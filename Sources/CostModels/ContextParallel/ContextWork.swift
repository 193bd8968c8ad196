public import Parallelism

/// What an attention of a layer computes and could move, on one rank for one micro-batch.
public struct ContextWork: Hashable, Sendable {
    /// How keys and values move.
    public var kind: ContextParallelKind
    /// Context-parallel size, c.
    public var context: Int
    /// Ranks of an inner group; 1 for flat kinds.
    public var inner: Int
    /// Tensor-parallel size, t: context ranks lie that far apart.
    public var tensor: Int
    /// Keys and values of the whole sequence on a tensor rank, as they travel: 2·b·s·(g/t)·(d_qk + d_v) B, or their latent.
    public var keyValueBytes: Double
    /// Queries of the whole sequence on a tensor rank, 2·b·s·(a/t)·d_qk B.
    public var queryBytes: Double
    /// Outputs of the whole sequence on a tensor rank, 2·b·s·(a/t)·d_v B.
    public var outputBytes: Double
    /// Log-sum-exp of the whole sequence on a tensor rank, 4·b·s·(a/t) B.
    public var statisticsBytes: Double
    /// Tokens of a micro-batch on all context ranks, b·s, whose heads are packed for a trade; 0 where nothing is packed.
    public var tokens: Double
    /// Attention of a rank if all had the same, forward, in s.
    public var forward: Double
    /// The same backward, in s.
    public var backward: Double
    /// How far queries see over the pieces of a ring.
    public var reach: ContextReach

    /// An attention from its parts.
    public init(
        kind: ContextParallelKind, context: Int, inner: Int = 1, tensor: Int = 1, keyValueBytes: Double, queryBytes: Double = 0,
        outputBytes: Double = 0, statisticsBytes: Double = 0, tokens: Double = 0, forward: Double = 0, backward: Double = 0,
        reach: ContextReach = .whole
    ) {
        self.kind = kind
        self.context = context
        self.inner = inner
        self.tensor = tensor
        self.keyValueBytes = keyValueBytes
        self.queryBytes = queryBytes
        self.outputBytes = outputBytes
        self.statisticsBytes = statisticsBytes
        self.tokens = tokens
        self.forward = forward
        self.backward = backward
        self.reach = reach
    }

    /// Attention of a rank in a pass if all had the same, in s.
    func attention(_ pass: ContextPass) -> Double { pass == .forward ? forward : backward }
    /// c as a number.
    var ranks: Double { Double(context) }
    /// Keys and values of a rank, in B.
    var share: Double { keyValueBytes / ranks }
}
