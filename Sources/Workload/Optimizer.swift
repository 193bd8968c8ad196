/// The optimizer, which decides the bytes of state a parameter carries.
public enum Optimizer: Hashable, Sendable {
    /// Adam or AdamW with fp32 master weights and two fp32 moments.
    case adam
    /// Adam with bf16 moments and fp32 master weights.
    case adamBF16Moments
    /// Adam with bf16 moments on bf16 weights, rounded stochastically, without master weights.
    case adamBF16
    /// Adam with 8-bit moments in blocks and fp32 master weights (Dettmers et al., arXiv:2110.02861).
    case adam8Bit
    /// Adafactor without momentum: a row and a column of second moments a matrix, and fp32 master weights (Shazeer and Stern, arXiv:1804.04235).
    case adafactor
    /// Lion: one fp32 momentum and fp32 master weights (Chen et al., arXiv:2302.06675).
    case lion
    /// Muon: one fp32 momentum and fp32 master weights.
    case muon
    /// Stochastic gradient descent with momentum and fp32 master weights.
    case sgd
    /// Stochastic gradient descent without momentum, with fp32 master weights.
    case plainSGD
    /// Adam whose master weights and moments each have a format (Megatron-Core's precision-aware optimizer).
    case precisionAware(StateFormats)

    /// Bytes of moments a parameter carries.
    public var momentBytes: Double {
        switch self {
        case .adam: 8
        case .adamBF16Moments, .adamBF16, .muon, .sgd, .lion: 4
        // A scale in fp32 for each block of 256 of either moment.
        case .adam8Bit: 2 + 2 * 4 / 256.0
        case .adafactor, .plainSGD: 0
        case .precisionAware(let formats): formats.first.bytes + formats.second.bytes
        }
    }

    /// Bytes of the second moment a parameter carries, in formats that torch's Adam takes the square roots of as they are; 0 for the others.
    public var secondMomentBytes: Double {
        switch self {
        case .adam: 4
        case .adamBF16Moments, .adamBF16: 2
        // Its fused kernel makes no list of roots.
        case .adam8Bit, .adafactor, .lion, .muon, .sgd, .plainSGD, .precisionAware: 0
        }
    }

    /// Whether master weights stand beside 16-bit ones.
    public var hasMasterWeights: Bool { self != .adamBF16 }

    /// Bytes of master weights a parameter carries.
    public var masterBytes: Double {
        switch self {
        case .adamBF16: 0
        case .precisionAware(let formats): formats.master.bytes
        default: 4
        }
    }

    /// Bytes of master weights and moments a parameter carries.
    public var stateBytesPerParameter: Double { momentBytes + masterBytes }

    /// Bytes that an update reads and writes of a parameter, over those of Adam's: the gradient, the state twice, and the 16-bit weight.
    public var trafficOverAdam: Double { (4 + 2 * (stateBytesPerParameter + (hasMasterWeights ? 0 : 2)) + (hasMasterWeights ? 2 : 0)) / 30 }
}

extension Optimizer: RawRepresentable, CaseIterable {
    /// Those that have a name; formats of states are written out.
    public static let allCases: [Optimizer] = [
        .adam, .adamBF16Moments, .adamBF16, .adam8Bit, .adafactor, .lion, .muon, .sgd, .plainSGD,
    ]

    /// The name as options and files have it, such as `adam-8bit` or `adam:fp16/fp8/fp8`.
    public var rawValue: String {
        switch self {
        case .adam: "adam"
        case .adamBF16Moments: "adam-bf16-moments"
        case .adamBF16: "adam-bf16"
        case .adam8Bit: "adam-8bit"
        case .adafactor: "adafactor"
        case .lion: "lion"
        case .muon: "muon"
        case .sgd: "sgd"
        case .plainSGD: "sgd-plain"
        case .precisionAware(let formats): "adam:\(formats.text)"
        }
    }

    /// The optimizer of a name; nil where there is none.
    public init?(rawValue: String) {
        if let named = Self.allCases.first(where: { $0.rawValue == rawValue }) {
            self = named
        } else if rawValue.hasPrefix("adam:"), let formats = StateFormats(rawValue.dropFirst("adam:".count)) {
            self = .precisionAware(formats)
        } else {
            return nil
        }
    }

    /// The named optimizer whose code this is.
    public var named: Optimizer { if case .precisionAware = self { .adamBF16Moments } else { self } }
}
