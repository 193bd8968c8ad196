/// A way in which tokens reach their experts and come back.
public enum TokenPath: String, CaseIterable, Hashable, Sendable {
    /// NCCL's all-to-all: one copy a token and expert, a message to every rank.
    case flat = "all-to-all"
    /// In two hops: inside the node to the rank of the same place, then one message a pair of nodes (Shen et al., SE-MoE, arXiv:2205.10034, §3.2;
    /// Hwang et al., Tutel, arXiv:2206.03382, §4.3, two-dimensional hierarchical).
    case hierarchical
    /// All tokens to all ranks, and a reduce-scatter back.
    case allGather = "all-gather"
    /// DeepEP's normal kernels: one copy a token and distinct node over the network, then one a distinct rank inside.
    case deepEP = "deep-ep"
    /// DeepEP's low-latency kernels: one message a token and expert, straight to its rank.
    case lowLatency = "deep-ep-low-latency"
    /// HybridEP: the copies of DeepEP, moved by copy engines as fast as links carry them.
    case hybridEP = "hybrid-ep"
}

/// What an exchange of one mixture layer asks for.
public struct TokenExchangeQuestion: Hashable, Sendable {
    /// Tokens of a rank.
    public var tokens: Double
    /// Numbers of a token.
    public var hidden: Double
    /// Experts that a token visits, and experts in all.
    public var perToken, experts: Double
    /// Expert-parallel ranks.
    public var ranks: Int
    /// Bytes of a number on the way to experts; back it has two.
    public var dispatchBytes = 2.0
    /// Nodes that a token's experts may be on, at most (DeepSeek-V3, arXiv:2412.19437, §2.1.2: 4); nil for any.
    public var nodeLimit: Int?
    /// Multiprocessors that DeepEP's normal kernels take.
    public var multiprocessors = 20.0
    /// Busiest over mean load of ranks, of which one is so busy, where no routing says more.
    public var imbalance = 1.0
    /// What ranks carry as tokens are routed; nil for uniform routing or one busy rank.
    public var routed: ExchangeRows?

    /// A question of uniform routing in 16 bits.
    public init(tokens: Double, hidden: Double, perToken: Double, experts: Double, ranks: Int) {
        (self.tokens, self.hidden, self.perToken, self.experts, self.ranks) = (tokens, hidden, perToken, experts, ranks)
    }
}

/// What an exchange takes on one path.
public struct TokenExchangePrice: Hashable, Sendable {
    /// The path.
    public let path: TokenPath
    /// Seconds of the way there and back.
    public let dispatch, combine: Double
    /// Bytes that the busiest rank sends or receives on the way there inside its domain and over the network, whichever are more.
    public let insideBytes, outsideBytes: Double
    /// Messages that it sends inside its domain and over the network.
    public let insideMessages, outsideMessages: Double
    /// Whether times follow measured kernels rather than the rates of links.
    public let isMeasured: Bool
    /// What the reader should know, in words.
    public let notes: [String]
}
