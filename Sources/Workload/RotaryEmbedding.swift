/// How rotary positions are computed; it decides no arithmetic or memory, but what a framework must be told to build the model.
public struct RotaryEmbedding: Hashable, Sendable {
    /// The base of the frequencies, θ (Su et al., RoFormer, arXiv:2104.09864 §3.2.2).
    public var theta: Int
    /// How the frequencies are stretched for longer sequences; nil where they are not.
    public var scaling: Scaling?

    /// A way of stretching and by how much.
    public struct Scaling: Hashable, Sendable {
        /// The way.
        public var kind: Kind
        /// By how much the sequence is longer.
        public var factor: Double

        /// A stretching.
        public init(kind: Kind, factor: Double) {
            self.kind = kind
            self.factor = factor
        }
    }

    /// Ways of stretching, by the names of Hugging Face's `rope_type`.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Low frequencies only, by Llama 3.1's thresholds (1 and 4 turns in 8,192 positions).
        case llama3
        /// YaRN (Peng et al., arXiv:2309.00071).
        case yarn
        /// All frequencies alike.
        case linear
        /// As the sequence grows.
        case dynamic
    }

    /// A rotary embedding.
    public init(theta: Int, scaling: Scaling? = nil) {
        self.theta = theta
        self.scaling = scaling
    }
}
