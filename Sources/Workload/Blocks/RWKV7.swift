/// The time mixing of RWKV-7 (Peng et al., arXiv:2503.14456, §3): a delta rule with vector-valued decay and learning rate.
public struct RWKV7: BlockShape {
    /// Heads, H; all together are as wide as the residual stream.
    public var heads = 1
    /// Width of a head.
    public var headDimension = 1
    /// Rank of the decay's projection.
    public var decayRank = 1
    /// Rank of the learning rate's projection.
    public var rateRank = 1
    /// Rank of the mix with the first layer's values; 0 in that layer.
    public var valueRank = 0
    /// Rank of the gate's projection.
    public var gateRank = 1
    /// Tokens of a chunk.
    public var chunk = 64

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `rwkv-7`.
    public static let kind = "rwkv-7"

    /// Its keys in model files.
    public static let fields: [BlockField<RWKV7>] = [
        .count("heads", \.heads, in: ModelLimits.heads), .count("head_dimension", \.headDimension, in: ModelLimits.headDimension),
        .count("decay_rank", \.decayRank, in: ModelLimits.rank), .count("rate_rank", \.rateRank, in: ModelLimits.rank),
        .count("value_rank", \.valueRank, in: 0...ModelLimits.rank.upperBound, usual: 0),
        .count("gate_rank", \.gateRank, in: ModelLimits.rank),
        .count("chunk", \.chunk, in: ModelLimits.chunk, usual: 64),
    ]

    /// Six mixes with the token before, receptance, key and value, four projections of low rank, the recurrence, its norm with a bonus for the
    /// current token, and the projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(heads, of: headDimension, .tensor)
        var shift = Elementwise(kind: .activation, width: Width(hidden), tokens: .outer, bytes: 2 * 7)
        shift.vectors = 6 * hidden
        let value = valueRank > 0 ? Mixer.lowRank("value mix", inner, rank: valueRank, hidden: hidden, bias: inner.elements) : []
        return [
            Operator(
                "token shift", .elementwise(shift), .recurrent, saved: [SavedTensor(Width(hidden), .gathered, .linearInput, copies: 5)]),
            Mixer.projection("receptance, key and value", Width(heads, of: 3 * headDimension, .tensor), from: Width(hidden)),
        ]
            + Mixer.lowRank("decay", inner, rank: decayRank, hidden: hidden, bias: inner.elements)
            + Mixer.lowRank("learning rate", inner, rank: rateRank, hidden: hidden, bias: inner.elements) + value
            + Mixer.lowRank("gate", inner, rank: gateRank, hidden: hidden) + [
                // Scales of the removed and of the replaced key, and the bonus.
                Mixer.recurrence(
                    Recurrence(
                        .channelDelta, heads: heads, keyHeads: heads, keyWidth: headDimension, valueWidth: headDimension, chunk: chunk,
                        parameters: 3 * inner.elements),
                    keeping: [
                        SavedTensor(Width(heads, of: 2 * chunk, .tensor), .whole, .activation), SavedTensor(inner, .whole, .bytes(4)),
                    ]),
                Mixer.gatedNorm(inner, own: 2 * inner.elements), Mixer.output(inner, hidden: hidden),
            ]
    }
}
