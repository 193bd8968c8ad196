/// The optimizer, which decides the bytes of state a parameter carries.
public enum Optimizer: String, CaseIterable, Hashable, Sendable {
    /// Adam or AdamW with fp32 master weights and two fp32 moments.
    case adam
    /// Adam with bf16 moments and fp32 master weights.
    case adamBF16Moments = "adam-bf16-moments"
    /// Adam with bf16 moments on bf16 weights, rounded stochastically, without master weights.
    case adamBF16 = "adam-bf16"
    /// Adam with 8-bit moments in blocks and fp32 master weights (Dettmers et al., arXiv:2110.02861).
    case adam8Bit = "adam-8bit"
    /// Adafactor without momentum: a row and a column of second moments a matrix, and fp32 master weights (Shazeer and Stern, arXiv:1804.04235).
    case adafactor
    /// Lion: one fp32 momentum and fp32 master weights (Chen et al., arXiv:2302.06675).
    case lion
    /// Muon: one fp32 momentum and fp32 master weights.
    case muon
    /// Stochastic gradient descent with momentum and fp32 master weights.
    case sgd
    /// Stochastic gradient descent without momentum, with fp32 master weights.
    case plainSGD = "sgd-plain"

    /// Bytes of moments a parameter carries.
    public var momentBytes: Double {
        switch self {
        case .adam: 8
        case .adamBF16Moments, .adamBF16, .muon, .sgd, .lion: 4
        // A scale in fp32 for each block of 256 of either moment.
        case .adam8Bit: 2 + 2 * 4 / 256.0
        case .adafactor, .plainSGD: 0
        }
    }

    /// Bytes of the second moment a parameter carries, in formats that torch's Adam takes the square roots of as they are; 0 for the others.
    public var secondMomentBytes: Double {
        switch self {
        case .adam: 4
        case .adamBF16Moments, .adamBF16: 2
        case .adam8Bit, .adafactor, .lion, .muon, .sgd, .plainSGD: 0
        }
    }

    /// Whether fp32 master weights stand beside 16-bit ones.
    public var hasMasterWeights: Bool { self != .adamBF16 }

    /// Bytes of master weights and moments a parameter carries.
    public var stateBytesPerParameter: Double { momentBytes + (hasMasterWeights ? 4 : 0) }

    /// Bytes that an update reads and writes of a parameter, over those of Adam's: the gradient, the state twice, and the 16-bit weight.
    public var trafficOverAdam: Double { (4 + 2 * (stateBytesPerParameter + (hasMasterWeights ? 0 : 2)) + (hasMasterWeights ? 2 : 0)) / 30 }
}
