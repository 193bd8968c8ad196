/// The number format of the matrix products of a training step.
public enum Precision: String, CaseIterable, Hashable, Sendable {
    /// Brain floating point, 16 bit.
    case bf16
    /// IEEE half precision with loss scaling.
    case fp16
    /// IEEE single precision (TF32 tensor cores where the GPU has them).
    case fp32
    /// 8-bit floating point with per-tensor or current scaling.
    case fp8
    /// 8-bit floating point with one scale for each row of inputs and column of weights (torchao's `rowwise`).
    case fp8Rowwise = "fp8-rowwise"
    /// 8-bit floating point with one scale per 32 elements (OCP microscaling).
    case mxfp8
    /// 4-bit floating point with two-level scaling (NVIDIA).
    case nvfp4

    /// Whether linear layers run below 16 bits; attention and the head stay at 16.
    public var isLow: Bool {
        switch self {
        case .fp8, .fp8Rowwise, .mxfp8, .nvfp4: true
        case .bf16, .fp16, .fp32: false
        }
    }
    /// Bytes of an activation element between operators.
    public var activationBytes: Double { self == .fp32 ? 4 : 2 }
}

/// What is to be trained: batch, sequence, formats and, for cost, how many tokens.
public struct TrainingJob: Hashable, Sendable {
    /// Sequences an optimizer step consumes over the whole cluster.
    public var globalBatch: Int
    /// Tokens of a sequence, s.
    public var sequenceLength: Int
    /// Format of the linear layers.
    public var precision: Precision
    /// The optimizer.
    public var optimizer: Optimizer
    /// Format of the gradients; nil leaves it to the software stack.
    public var gradientFormat: GradientFormat?
    /// Tokens of the whole training; nil where only the step matters.
    public var tokens: Double?
    /// Busiest over mean load of expert ranks; 1 is balanced routing.
    public var expertImbalance: Double
    /// Which experts tokens visit; nil where all that is known of it is `expertImbalance`.
    public var routing: ExpertRouting?
    /// What of the model is trained.
    public var method: TrainingMethod
    /// The documents that sequences are packed of; nil where each is one.
    public var documents: DocumentMix?

    /// A job; routing is balanced unless said otherwise.
    public init(
        globalBatch: Int, sequenceLength: Int, precision: Precision = .bf16, optimizer: Optimizer = .adam, tokens: Double? = nil,
        expertImbalance: Double = 1, gradientFormat: GradientFormat? = nil, method: TrainingMethod = .pretrain,
        routing: ExpertRouting? = nil, documents: DocumentMix? = nil
    ) {
        self.globalBatch = globalBatch
        self.sequenceLength = sequenceLength
        self.precision = precision
        self.optimizer = optimizer
        self.tokens = tokens
        self.expertImbalance = expertImbalance
        self.gradientFormat = gradientFormat
        self.method = method
        self.routing = routing
        self.documents = documents
    }

    /// Busiest over mean load of so many expert ranks in layers that are routed alike, or the mean over all layers.
    public func busiestExperts(ranks: Int, group: Int? = nil) -> Double { routing?.busiest(ranks: ranks, group: group) ?? expertImbalance }

    /// Tokens of one optimizer step that are not padding.
    public var filledTokensPerStep: Double { tokensPerStep * (documents?.filled ?? 1) }

    /// Tokens of one optimizer step.
    public var tokensPerStep: Double { Double(globalBatch) * Double(sequenceLength) }
}
