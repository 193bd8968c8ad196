/// A linear recurrence over the tokens of a sequence with a state a head, computed in chunks: within a chunk as masked products of queries and
/// keys, between chunks through the state.
///
/// Dao and Gu, Transformers are SSMs, arXiv:2405.21060, §6; Yang et al., Gated Delta Networks, arXiv:2412.06464, §3.3.
public struct Recurrence: Hashable, Sendable {
    /// How a token changes the state S of a head.
    public enum Update: String, Hashable, Sendable, CaseIterable {
        /// S ← a·S + k·vᵀ with a decay of its own for every channel and state (Mamba-1): no matrix products, one pass over the tokens.
        case selective
        /// S ← a·S + k·vᵀ with a scalar decay a head (lightning attention, mLSTM).
        case decay
        /// The same by Mamba-2's scan, whose kernels compute convolution and states again on the way back.
        case scan
        /// S ← a·(S − β·k·(kᵀS)) + β·k·vᵀ with a scalar decay (gated delta net).
        case delta
        /// The same with a decay for every key channel (Kimi delta attention, RWKV-7).
        case channelDelta = "channel-delta"
    }

    /// The update.
    public var update: Update
    /// Heads, H, which tensor parallelism divides.
    public var heads: Int
    /// Heads of queries and keys, G, which groups of value heads share.
    public var keyHeads: Int
    /// Width of a key, N: rows of the state.
    public var keyWidth: Int
    /// Width of a value head, P: columns of the state.
    public var valueWidth: Int
    /// Tokens of a chunk, Q.
    public var chunk: Int
    /// Learned numbers beside the projections, such as decays and skips.
    public var parameters: Int

    /// A recurrence of some heads.
    public init(_ update: Update, heads: Int, keyHeads: Int, keyWidth: Int, valueWidth: Int, chunk: Int, parameters: Int) {
        self.update = update
        self.heads = heads
        self.keyHeads = keyHeads
        self.keyWidth = keyWidth
        self.valueWidth = valueWidth
        self.chunk = chunk
        self.parameters = parameters
    }

    /// Numbers of the state of one sequence, H·N·P.
    public var state: Int { heads * keyWidth * valueWidth }

    /// FLOPs of a token's forward pass.
    ///
    /// Decay and scan: 2·Q·(N·G + P·H) inside the chunk, whose squares kernels compute whole, and 4·N·P·H to read and to update the state. Delta: keys
    /// against keys and the two products with the inverted triangle beside that, and the state that is taken away. Selective: 6·N·P·H.
    public var flops: Double {
        let (h, n, p, q) = (Double(heads), Double(keyWidth), Double(valueWidth), Double(chunk))
        return switch update {
        case .selective: 6 * h * n * p
        case .decay, .scan: 2 * q * (n * Double(keyHeads) + p * h) + 4 * h * n * p
        case .delta, .channelDelta: 2 * q * h * (3 * n + 2 * p) + 6 * h * n * p
        }
    }
}

/// A recurrence whose gates read the state of the token before, so that tokens go one by one (Pöppel et al., FlashRNN, arXiv:2412.07752).
public struct SequentialRecurrence: Hashable, Sendable {
    /// Gates: 4 of an LSTM.
    public var gates: Int
    /// Heads, which tensor parallelism divides.
    public var heads: Int
    /// Width of a head.
    public var headWidth: Int
    /// Elements of the gates' biases.
    public var bias: Int

    /// A recurrence of some heads.
    public init(gates: Int, heads: Int, headWidth: Int, bias: Int) {
        self.gates = gates
        self.heads = heads
        self.headWidth = headWidth
        self.bias = bias
    }

    /// Weights of the recurrent matrices, one of width × width a gate and head.
    public var weights: Int { gates * heads * headWidth * headWidth }
}

/// A causal convolution over a few tokens, channel by channel.
public struct ShortConvolution: Hashable, Sendable {
    /// Channels that heads of their own have.
    public var channels: Width
    /// Channels that groups of heads share; zero units where there are none.
    public var sharedChannels = Width(0)
    /// Tokens that an output sees.
    public var taps: Int
    /// Whether each channel has a bias.
    public var hasBias: Bool

    /// Weights and biases.
    public var parameters: Int { (channels.elements + sharedChannels.elements) * (taps + (hasBias ? 1 : 0)) }

    /// A convolution of some channels.
    public init(_ channels: Width, taps: Int, hasBias: Bool) {
        self.channels = channels
        self.taps = taps
        self.hasBias = hasBias
    }
}

/// Scores of every earlier token by small heads, and the choice of the best.
public struct KeyScoring: Hashable, Sendable {
    /// Heads.
    public var heads: Int
    /// Width of a head.
    public var width: Int
    /// Tokens chosen.
    public var chosen: Int

    /// Scores by some heads.
    public init(heads: Int, width: Int, chosen: Int) {
        self.heads = heads
        self.width = width
        self.chosen = chosen
    }
}
