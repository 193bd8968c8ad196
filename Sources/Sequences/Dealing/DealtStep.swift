/// Which way sequences are dealt to ranks.
public enum Dealing: String, CaseIterable, Hashable, Sendable {
    /// Every sample a row of the full length on a static mesh.
    case padded
    /// Rows packed of samples on a static mesh.
    case packed
    /// Rows of different lengths but equal work on a static mesh, the longest documents held back until every row has one (WLB-LLM, arXiv:2503.17924).
    case variable
    /// Every sequence on as many ranks as hold it, in the order in which they come (ByteScale's naive form, arXiv:2502.21231 §3).
    case naive
    /// Megatron-Core's hybrid context parallelism.
    case hybrid
    /// Groups of different sizes for the sequences of a micro-batch, formed anew for the next (FlexSP, arXiv:2412.01523).
    case flexible
    /// Every sequence on as many ranks as hold it or as balance needs, the longest first to the least loaded.
    case balanced
}

extension Dealing {
    /// Whether sequences may wait for a later step.
    public var holdsBack: Bool { self == .variable }
}

/// A step as sequences were dealt.
public struct DealtStep: Hashable, Sendable {
    /// Time of the step, in s.
    public var seconds: Double
    /// What each rank computes of it, in s: the time of its micro-batches.
    public var busy: [Double]
    /// Sequences, or rows, by the ranks that share one: the n-th of groups of 2ⁿ ranks; of a static mesh the one of its size.
    public var groups: [Int: Int]
    /// Tokens that were dealt, padding left out.
    public var tokens: Int
    /// Share of all tokens computed that are padding.
    public var padding: Double
    /// What ran when; empty unless the dealer was asked to record it.
    public var spans: [DealtSpan] = []
    /// Tokens that wait for a later step.
    public var waiting = 0

    /// Mean share of the step in which a rank computes nothing.
    public var idle: Double {
        guard seconds > 0, !busy.isEmpty else { return 0 }
        return 1 - busy.reduce(0, +) / (Double(busy.count) * seconds)
    }
    /// The share of the rank that waits longest.
    public var worstIdle: Double { seconds > 0 ? 1 - (busy.min() ?? 0) / seconds : 0 }
}
