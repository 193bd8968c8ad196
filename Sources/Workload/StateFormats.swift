/// The formats of the states of Megatron-Core's precision-aware optimizer (`OptimizerConfig`; Transformer Engine, `FusedAdam`).
public struct StateFormats: Hashable, Sendable {
    /// Format of the master weights.
    public var master: Master
    /// Format of the first moments.
    public var first: Moment
    /// Format of the second moments.
    public var second: Moment

    /// Formats one by one.
    public init(master: Master, first: Moment, second: Moment) {
        (self.master, self.first, self.second) = (master, first, second)
    }

    /// A format of master weights.
    public enum Master: String, CaseIterable, Hashable, Sendable {
        /// Whole, 4 bytes.
        case fp32
        /// fp32 of which the upper 16 bits are the bf16 weight: the other 16 are kept, 2 bytes (`store_param_remainders`).
        case remainder
        /// 2 bytes, with a scale a tensor.
        case fp16

        /// Bytes of an element.
        public var bytes: Double { self == .fp32 ? 4 : 2 }
    }

    /// A format of moments; below fp32 with a scale a tensor.
    public enum Moment: String, CaseIterable, Hashable, Sendable {
        /// 4 bytes.
        case fp32
        /// 2 bytes.
        case fp16
        /// 2 bytes.
        case bf16
        /// 1 byte.
        case fp8

        /// Bytes of an element.
        public var bytes: Double {
            switch self {
            case .fp32: 4
            case .fp16, .bf16: 2
            case .fp8: 1
            }
        }
    }

    /// Master weights, first and second moments, such as `fp16/fp8/fp8`.
    public var text: String { "\(master.rawValue)/\(first.rawValue)/\(second.rawValue)" }

    /// Reads such a text; nil where it is none.
    public init?(_ text: Substring) {
        let words = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 3, let master = Master(rawValue: words[0]), let first = Moment(rawValue: words[1]),
            let second = Moment(rawValue: words[2])
        else { return nil }
        self.init(master: master, first: first, second: second)
    }
}
