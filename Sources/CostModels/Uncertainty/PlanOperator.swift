public import Hardware

/// An operator of a plan's own shape that can be timed by itself, on a few GPUs or in a few minutes, without running the plan.
public struct PlanOperator: Hashable, Sendable {
    /// What it is and how large.
    public enum Work: Hashable, Sendable {
        /// A product of m rows with an n × k matrix.
        case product(m: Int, n: Int, k: Int)
        /// Products of `rows` rows each with the n × k matrices of `experts` experts, in one kernel.
        case grouped(experts: Int, rows: Int, n: Int, k: Int)
        /// Causal attention, forward and backward, of `batch` sequences.
        case attention(batch: Int, sequence: Int, heads: Int, width: Int, window: Int?)
        /// A collective over ranks that are `stride` GPUs apart, `stride` such groups at once; bytes of the whole tensor.
        case collective(Collective, ranks: Int, stride: Int, bytes: Int)
        /// Tokens of a rank of an expert-parallel group, to their experts.
        case exchange(ranks: Int, tokens: Int, perToken: Int, width: Int)
    }

    /// The work.
    public let work: Work
    /// Whether its numbers have 8 bits.
    public let isLow: Bool

    /// An operator's work.
    public init(_ work: Work, isLow: Bool = false) { (self.work, self.isLow) = (work, isLow) }

    /// A word for programs.
    public var kind: String {
        switch work {
        case .product: "product"
        case .grouped: "grouped_product"
        case .attention: "attention"
        case .collective: "collective"
        case .exchange: "token_exchange"
        }
    }

    /// The sizes by name, for programs.
    public var sizes: [(name: String, value: Int)] {
        switch work {
        case .product(let m, let n, let k): [("m", m), ("n", n), ("k", k)]
        case .grouped(let experts, let rows, let n, let k): [("experts", experts), ("rows", rows), ("n", n), ("k", k)]
        case .attention(let batch, let sequence, let heads, let width, let window):
            [("batch", batch), ("sequence", sequence), ("heads", heads), ("width", width)] + (window.map { [("window", $0)] } ?? [])
        case .collective(_, let ranks, let stride, let bytes): [("ranks", ranks), ("stride", stride), ("bytes", bytes)]
        case .exchange(let ranks, let tokens, let perToken, let width):
            [("ranks", ranks), ("tokens", tokens), ("experts_per_token", perToken), ("width", width)]
        }
    }

    /// Standard deviation of the logarithm of its time around the model of its kind, of shapes that were not fitted: 1.25 times the mean error on
    /// held-out points (docs/accuracy.md: products of 1,024 and more 5.5 % in 16 bits and 9.8 % in 8, smaller ones 14.8 %, attention 8.5 %, collectives
    /// 6.9 %; grouped products within 10 %, which is taken for exchanges too).
    public var deviation: Double {
        switch work {
        case .product(let m, let n, let k): min(m, n, k) < 1024 ? 0.185 : isLow ? 0.122 : 0.069
        case .grouped, .exchange: 0.1
        case .attention: 0.106
        case .collective: 0.086
        }
    }
}
