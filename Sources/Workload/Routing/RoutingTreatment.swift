/// What a framework does with visits that experts get unevenly, by name, with what it costs.
public enum RoutingTreatment: Hashable, Sendable {
    /// Every visit is computed: the busiest rank has what its experts get (Gale et al., MegaBlocks, arXiv:2211.15841).
    case dropless
    /// An expert takes so many times the mean and drops the rest (Fedus et al., Switch Transformers, arXiv:2101.03961, §2.2;
    /// `--moe-expert-capacity-factor` of Megatron-LM): nobody waits long, and the dropped visits train nothing.
    case drop(capacity: Double)
    /// The same, and experts that get less compute padding, so that every expert has equally many rows, known to the host before
    /// (`--moe-pad-expert-input-to-capacity`).
    case pad(capacity: Double)
    /// Biases of the router are moved until loads are nearly alike (Wang et al., arXiv:2408.15664, table 2: the busiest expert has 4 % over the
    /// mean; DeepSeek-V3): no loss of its own, and no step waits much.
    case auxiliaryFree
    /// Routing is drawn alike for a benchmark (`--moe-router-force-load-balancing`): nobody waits, and nothing is learnt.
    case forced

    /// What the busiest expert has over the mean where biases balance loads: MaxVio of arXiv:2408.15664, table 2.
    public static let auxiliaryFreeMost = 1.04

    /// A treatment by its name: `dropless`, `drop:1.25`, `pad:1.25`, `aux-free`, `forced`; nil for others.
    public init?(_ text: String) {
        func capacity(after word: String) -> Double? {
            guard text.hasPrefix(word), let number = Double(text.dropFirst(word.count)), number >= 0.1, number <= 1000 else { return nil }
            return number
        }
        switch text {
        case "dropless": self = .dropless
        case "aux-free": self = .auxiliaryFree
        case "forced": self = .forced
        default:
            if let number = capacity(after: "drop:") {
                self = .drop(capacity: number)
            } else if let number = capacity(after: "pad:") {
                self = .pad(capacity: number)
            } else {
                return nil
            }
        }
    }

    /// Its name, which reads back.
    public var name: String {
        switch self {
        case .dropless: "dropless"
        case .drop(let capacity): "drop:\(capacity)"
        case .pad(let capacity): "pad:\(capacity)"
        case .auxiliaryFree: "aux-free"
        case .forced: "forced"
        }
    }

    /// Whether every expert has the same rows each time, so that the host need not wait for counts.
    public var isStatic: Bool { if case .pad = self { true } else { false } }

    /// Rows that each expert computes, over all visits of the layer, of the shares that it gets.
    func loads(_ shares: ArraySlice<Double>) -> [Double] {
        let mean = 1 / Double(max(1, shares.count))
        switch self {
        case .dropless: return Array(shares)
        case .drop(let capacity): return shares.map { min($0, capacity * mean) }
        case .pad(let capacity): return shares.map { _ in capacity * mean }
        case .forced: return shares.map { _ in mean }
        case .auxiliaryFree:
            let over = (shares.max() ?? mean) / mean - 1
            let kept = over > Self.auxiliaryFreeMost - 1 ? (Self.auxiliaryFreeMost - 1) / over : 1
            return shares.map { mean + ($0 - mean) * kept }
        }
    }

    /// Visits that travel to each expert, of the shares that it gets; padding travels to nobody's tokens.
    func visits(_ shares: ArraySlice<Double>) -> [Double] {
        guard case .pad(let capacity) = self else { return loads(shares) }
        return RoutingTreatment.drop(capacity: capacity).loads(shares)
    }

    /// Share of the visits of a layer that are dropped.
    func dropped(_ shares: ArraySlice<Double>) -> Double {
        switch self {
        case .drop(let capacity), .pad(let capacity):
            shares.reduce(0) { $0 + max(0, $1 - capacity / Double(max(1, shares.count))) }
        default: 0
        }
    }
}
