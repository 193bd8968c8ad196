/// One thing a rank does with one chunk of the model and one micro-batch, or an overlapped pair of two such things.
///
/// An order of a deep pipeline holds hundreds of thousands of operations and the simulator reads each once, so an operation is a single
/// 64-bit word: micro-batch (18 bits), kind (2), stage (12), then the same three for the backward half of a pair.
public struct PipelineOperation: Hashable, Sendable {
    /// What is computed.
    public enum Kind: UInt8, CaseIterable, Sendable {
        /// Forward of a chunk, `F`.
        case forward
        /// Gradient of the chunk's input, `I`.
        case backwardInput
        /// Gradient of the chunk's weights, `W`.
        case backwardWeight
        /// Both gradients in one operation, `B`.
        case backward

        /// The letter the grammar uses.
        public var letter: Character {
            switch self {
            case .forward: "F"
            case .backwardInput: "I"
            case .backwardWeight: "W"
            case .backward: "B"
            }
        }

        /// The kind a letter stands for.
        public init?(letter: Character) {
            guard let kind = Self.allCases.first(where: { $0.letter == letter }) else { return nil }
            self = kind
        }
    }

    /// The number of global stages an operation can name.
    public static let stageLimit = 1 << 12
    /// The number of micro-batches (times slices) an operation can name.
    public static let microBatchLimit = 1 << 18

    let word: UInt64

    /// An operation on one chunk; `stage` < `stageLimit` and `microBatch` < `microBatchLimit`.
    public init(_ kind: Kind, stage: Int, microBatch: Int) {
        self.init(word: UInt64(Self.half(kind, stage, microBatch)))
    }

    /// A forward and a whole backward whose communication hides under each other's compute.
    public init(forward stage: Int, _ microBatch: Int, overlapping backwardStage: Int, _ backwardMicroBatch: Int) {
        let backward = UInt64(Self.half(.backward, backwardStage, backwardMicroBatch))
        self.init(word: UInt64(Self.half(.forward, stage, microBatch)) | backward << 32)
    }

    init(word: UInt64) { self.word = word }

    private static func half(_ kind: Kind, _ stage: Int, _ microBatch: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: microBatch) | UInt32(kind.rawValue) << 18 | UInt32(truncatingIfNeeded: stage) << 20
    }

    /// What is computed; for a pair, `.forward`.
    public var kind: Kind { Kind(rawValue: UInt8(word >> 18 & 3)) ?? .forward }
    /// The global stage (chunk).
    public var stage: Int { Int(word >> 20 & 0xFFF) }
    /// The micro-batch, from 0; with sequence slices, micro-batch · slices + slice.
    public var microBatch: Int { Int(word & 0x3FFFF) }
    /// Whether a backward runs overlapped with the forward. Its half is never zero: its kind is `.backward`.
    public var isPair: Bool { word >> 32 != 0 }
    /// The stage of a pair's backward half.
    public var pairedStage: Int { Int(word >> 52) }
    /// The micro-batch of a pair's backward half.
    public var pairedMicroBatch: Int { Int(word >> 32 & 0x3FFFF) }
}

extension PipelineOperation: CustomStringConvertible {
    /// The name in the grammar of PyTorch's schedules: `3I0`, or `(5F3;2B1)OVERLAP_F_B` for a pair.
    public var description: String {
        let first = "\(stage)\(kind.letter)\(microBatch)"
        return isPair ? "(\(first);\(pairedStage)B\(pairedMicroBatch))OVERLAP_F_B" : first
    }
}
