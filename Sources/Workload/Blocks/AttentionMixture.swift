/// A mixture of attention heads: each expert has the queries and the output of a set of heads, and all share keys and values (Shen et al., JetMoE,
/// arXiv:2404.07413, §2.2).
public struct AttentionMixture: BlockShape {
    /// Experts.
    public var count = 1
    /// Experts that a token visits.
    public var perToken = 1
    /// Heads of one expert, each with a key and a value.
    public var heads = 1
    /// Width of a head.
    public var headDimension = 1

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `attention-mixture`.
    public static let kind = "attention-mixture"

    /// Its keys in model files.
    public static let fields: [BlockField<AttentionMixture>] = [
        .count("count", \.count, in: ModelLimits.experts), .count("per_token", \.perToken, in: ModelLimits.experts),
        .count("heads", \.heads, in: ModelLimits.heads), .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
    ]

    /// Heads wider than any expert, or more experts visited than there are.
    public func problem() -> BlockProblem? {
        if heads * headDimension > ModelLimits.width.upperBound {
            return BlockProblem(
                key: "heads", what: "\(heads) heads of \(headDimension) are \(heads * headDimension) wide",
                remedy: "expected a width of at most \(ModelLimits.width.upperBound)")
        }
        guard perToken > count else { return nil }
        return BlockProblem(
            key: "per_token", what: "a token cannot visit \(perToken) of \(count) experts", remedy: "per_token must be at most count")
    }

    /// The router, queries of the visited experts, shared keys and values, the core of all visited heads, and the outputs with one bias.
    public func operators(hidden: Int) -> [Operator] {
        let h = Width(hidden)
        let inner = Width(heads, of: headDimension, .expertTensor)
        let keyValues = Width(heads, of: 2 * headDimension, .tensor)
        var bias = Elementwise(kind: .activation, width: h, tokens: .outer, bytes: 4)
        bias.vectors = hidden
        return [
            Operator(
                "router", .routing(Routing(hidden: hidden, experts: count, hasSharedGate: false, bias: 0)), .router,
                saved: [SavedTensor(Width(count), .gathered, .bytes(12))]),
            Operator("dispatch and combine", .exchange(TokenExchange(hidden: hidden, perToken: perToken)), .vectors),
            Operator(
                "expert queries", .experts(ExpertProduct(experts: count, perToken: perToken, outputs: inner, inputs: h)), .routedExperts,
                saved: [SavedTensor(h, .routed, .linearInput), SavedTensor(inner, .routed, .activation)], joins: [.query]),
            Operator(
                "key/value projection", .product(DenseProduct(keyValues, from: h)), .attention,
                saved: [SavedTensor(keyValues, .whole, .activation)], joins: [.key, .value]),
            Operator(
                "attention core",
                .attention(
                    AttentionWork(
                        heads: heads * perToken, keyValueHeads: heads, queryKeyWidth: headDimension, valueWidth: headDimension,
                        sight: .whole,
                        isLatent: false, sinks: 0)), .attention, in: .coreAttention),
            Operator(
                "expert outputs", .experts(ExpertProduct(experts: count, perToken: perToken, outputs: h, inputs: inner)), .routedExperts,
                saved: [SavedTensor(inner, .routed, .linearInput)], joins: [.attentionOutput]),
            Operator("output bias", .elementwise(bias), .vectors),
        ]
    }
}
