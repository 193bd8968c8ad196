/// What of a model is trained, and in which format the rest of it is held.
public struct TrainingMethod: Hashable, Sendable {
    /// The name of a method.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Every weight, from scratch.
        case pretrain
        /// Every weight, of a model that is trained already.
        case full
        /// Low-rank adapters beside frozen weights (Hu et al., arXiv:2106.09685).
        case lora
        /// The same beside weights that are held in 4 bits (Dettmers et al., arXiv:2305.14314).
        case qlora
        /// Some layers, the rest of the model frozen.
        case frozen
        /// Every weight, towards what a frozen teacher answers: its forward pass runs beside the student's step (Hinton et al., arXiv:1503.02531).
        case distil
        /// Every weight of a trained model by two perturbed forward passes, whose losses' difference stands for the gradient: no backward pass, no
        /// states (MeZO; Malladi et al., arXiv:2305.17333).
        case zerothOrder = "zeroth-order"
    }

    /// The method.
    public var kind: Kind
    /// The adapters that are trained in place of the weights; nil without any.
    public var adapters: Adapters?
    /// Format of matrices that are not trained.
    public var baseFormat: WeightFormat
    /// Parts that are not trained, beside those that adapters stand for.
    public var frozen: FrozenParts
    /// The model whose logits are learned from; nil without one.
    public var teacher: TransformerModel?

    /// A method from its parts.
    public init(
        _ kind: Kind, adapters: Adapters? = nil, baseFormat: WeightFormat = .sixteen, frozen: FrozenParts = FrozenParts(),
        teacher: TransformerModel? = nil
    ) {
        self.kind = kind
        self.adapters = adapters
        self.baseFormat = baseFormat
        self.frozen = frozen
        self.teacher = teacher
    }

    /// Training of every weight.
    public static let pretrain = TrainingMethod(.pretrain)

    /// What happens to a teacher: nothing of it is trained, and it only runs forward.
    public static func watching(_ teacher: TransformerModel) -> TrainingMethod {
        TrainingMethod(.frozen, frozen: FrozenParts(everythingOf: teacher))
    }

    /// Whether every weight is trained.
    public var trainsEverything: Bool { adapters == nil && frozen.isEmpty && hasGradients }

    /// Whether there is a backward pass at all.
    public var hasGradients: Bool { kind != .zerothOrder }

    /// Whether the embedding, learned positions and whatever else stands before the first layer is trained.
    public var trainsEmbedding: Bool { adapters == nil && !frozen.embedding && hasGradients }

    /// Whether the head's matrix is trained.
    public var trainsHead: Bool { adapters == nil && !frozen.head && hasGradients }
}

/// The format of weights that are only read.
public enum WeightFormat: String, CaseIterable, Hashable, Sendable {
    /// The format of the job's activations, 16 bits.
    case sixteen = "16-bit"
    /// 8-bit integers with a scale a row (Dettmers et al., LLM.int8(), arXiv:2208.07339).
    case int8
    /// 4-bit normal floats in blocks of 64, whose scales are 8 bits in blocks of 256 (double quantisation; Dettmers et al., arXiv:2305.14314, §3).
    case nf4
    /// 4-bit integers in groups of 128, each with a 16-bit scale and a 4-bit zero (GPTQ; Frantar et al., arXiv:2210.17323).
    case int4

    /// Bytes of a weight of a matrix, scales included.
    public var bytes: Double {
        switch self {
        case .sixteen: 2
        case .int8: 1
        case .nf4: 0.5 + 1 / 64.0 + 4 / (64.0 * 256)
        case .int4: 0.5 + 2.5 / 128
        }
    }

    /// Whether a product has to widen the weights to 16 bits first.
    public var isQuantised: Bool { self != .sixteen }
}
