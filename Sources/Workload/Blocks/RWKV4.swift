/// The time mixing of RWKV-4 (Peng et al., arXiv:2305.13048, §3.1): a weighted mean of values with a decay for every channel.
public struct RWKV4: BlockShape {
    /// Channels of the recurrence.
    public var channels = 1

    /// A mixer whose sizes are still to be read.
    public init() {}

    /// `rwkv-4`.
    public static let kind = "rwkv-4"

    /// Its keys in model files.
    public static let fields: [BlockField<RWKV4>] = [.count("channels", \.channels, in: ModelLimits.width)]

    /// Three mixes with the token before, receptance, key and value, the recurrence with its decay and its bonus for the current token, and the
    /// projection out.
    public func operators(hidden: Int) -> [Operator] {
        let inner = Width(channels, .tensor)
        return [
            RWKVShift.operation(mixes: 3, hidden: hidden),
            Mixer.projection("receptance, key and value", Width(channels, of: 3, .tensor), from: Width(hidden)),
            Mixer.recurrence(
                Recurrence(.selective, heads: channels, keyHeads: 1, keyWidth: 1, valueWidth: 1, chunk: 1, parameters: 2 * channels)),
            Mixer.gatedNorm(inner), Mixer.output(inner, hidden: hidden),
        ]
    }
}

/// The channel mixing of RWKV-4: a feed-forward with squared ReLU whose output a receptance gates.
public struct RWKVChannelMix: BlockShape {
    /// Inner width.
    public var width = 1

    /// A block whose sizes are still to be read.
    public init() {}

    /// `rwkv-channel-mix`.
    public static let kind = "rwkv-channel-mix"

    /// Its keys in model files.
    public static let fields: [BlockField<RWKVChannelMix>] = [.count("width", \.width, in: ModelLimits.width)]

    /// Two mixes with the token before, the feed-forward, and the receptance.
    public func operators(hidden: Int) -> [Operator] {
        [RWKVShift.operation(mixes: 2, hidden: hidden)]
            + FeedForward.operators(width: width, hidden: hidden, gates: 1, hasBias: false, isShared: false, in: .feedForward)
            + [Mixer.projection("receptance", Width(hidden, .tensor), from: Width(hidden)), Mixer.gatedNorm(Width(hidden))]
    }
}

/// Mixes of a token with the one before.
enum RWKVShift {
    /// `mixes` of them, each with a learned vector, kept as inputs of as many products.
    static func operation(mixes: Int, hidden: Int) -> Operator {
        var shift = Elementwise(kind: .activation, width: Width(hidden), tokens: .outer, bytes: Double(2 * (mixes + 1)))
        shift.vectors = mixes * hidden
        return Operator(
            "token shift", .elementwise(shift), .recurrent,
            saved: [SavedTensor(Width(hidden), .gathered, .linearInput, copies: Double(mixes - 1))])
    }
}
