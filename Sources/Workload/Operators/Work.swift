/// What an operator computes for a token; widths say what divides it.
public enum Work: Hashable, Sendable {
    /// A product with a weight matrix.
    case product(DenseProduct)
    /// Products with the matrices of the experts that a token visits.
    case experts(ExpertProduct)
    /// Scores, softmax and their product with the values.
    case attention(AttentionWork)
    /// Scores of all earlier tokens and the choice of the best.
    case scoring(KeyScoring)
    /// A linear recurrence over tokens, computed in chunks.
    case recurrence(Recurrence)
    /// A recurrence that goes token by token.
    case sequential(SequentialRecurrence)
    /// A convolution over a few tokens, channel by channel.
    case convolution(ShortConvolution)
    /// The choice of experts.
    case routing(Routing)
    /// A kernel bound by memory.
    case elementwise(Elementwise)
    /// Tokens that travel to their experts and back.
    case exchange(TokenExchange)
}

/// A product of tokens with a weight matrix of `inputs` × (`outputs` + `keyValues`).
public struct DenseProduct: Hashable, Sendable {
    /// Columns of the matrix.
    public var outputs: Width
    /// More columns with a division of their own, as keys and values beside queries; zero units where there are none.
    public var keyValues = Width(0)
    /// Rows of the matrix.
    public var inputs: Width
    /// Matrices of equal width that `outputs` joins, such as a gate and what it gates; `keyValues` joins two more. Software that does not fuse
    /// projections multiplies by each of them.
    public var matrices = 1
    /// Elements of a bias that is split like the outputs.
    public var bias = 0
    /// Elements of a bias that every rank holds.
    public var outputBias = 0
    /// Elements of a token that are cast to 8 bits before the product, in low precision.
    public var castInputs = Width(0)
    /// Elements of a token's output gradient that are cast likewise.
    public var castGradients = Width(0)

    /// A product without bias or casts.
    public init(_ outputs: Width, from inputs: Width) {
        self.outputs = outputs
        self.inputs = inputs
    }

    /// Weights of the matrix.
    public var weights: Int { (outputs.elements + keyValues.elements) * inputs.elements }
    /// Whether tensor parallelism divides the matrix; every rank holds it otherwise.
    public var isSplit: Bool { outputs.division != .none || inputs.division != .none }
}

/// A product of rows with one matrix an expert.
public struct ExpertProduct: Hashable, Sendable {
    /// Experts, E.
    public var experts: Int
    /// Experts that a token visits, k.
    public var perToken: Int
    /// Columns of an expert's matrix.
    public var outputs: Width
    /// Rows of an expert's matrix.
    public var inputs: Width
    /// Elements of an expert's bias.
    public var bias = 0

    /// Weights of one expert's matrix.
    public var weights: Int { outputs.elements * inputs.elements }
}

/// Attention without its projections.
public struct AttentionWork: Hashable, Sendable {
    /// Query heads, a.
    public var heads: Int
    /// Key/value heads, g.
    public var keyValueHeads: Int
    /// Width of a query·key product.
    public var queryKeyWidth: Int
    /// Width of a value head.
    public var valueWidth: Int
    /// What a query sees.
    public var sight: Sight
    /// Whether keys and values are projected up from a latent.
    public var isLatent: Bool
    /// Learned sink logits, one a head; 0 without.
    public var sinks: Int
    /// Width of a query·key product where only chosen keys are read: that of the latent vectors themselves, where keys are latent.
    public var sparseKeyWidth = 0
    /// Width of a value likewise.
    public var sparseValueWidth = 0
    /// Width of the latent that keys and values are projected up from; 0 where they are not.
    public var latentRank = 0
    /// Width of the rotary part of a latent key, which all heads share.
    public var latentRotary = 0
}

/// The router of a mixture.
public struct Routing: Hashable, Sendable {
    /// Width of the residual stream.
    public var hidden: Int
    /// Experts, E.
    public var experts: Int
    /// Whether a scalar gates the shared experts.
    public var hasSharedGate: Bool
    /// Elements of the router's trained bias.
    public var bias: Int

    /// Weights of the router and of the shared gate.
    public var weights: Int { hidden * (experts + (hasSharedGate ? 1 : 0)) }
}

/// A kernel that moves bytes.
public struct Elementwise: Hashable, Sendable {
    /// How many passes over its least traffic a kernel of its kind takes.
    public enum Kind: Hashable, Sendable {
        /// Norms, residuals and dropout.
        case norm
        /// Activations, rotary embedding, transposes.
        case activation
        /// Sorting of tokens by expert, and what is fused with it.
        case permutation
        /// The two sorts of a token, one where the dispatcher sorts too.
        case sorting
    }

    /// The kind.
    public var kind: Kind
    /// Elements of a token.
    public var width: Width
    /// Tokens that it runs over.
    public var tokens: Tokens
    /// Bytes read and written an element, forward; the backward moves twice as many.
    public var bytes: Double
    /// Elements of learned vectors, which every rank holds.
    public var vectors = 0
    /// Elements of learned vectors that are divided as `width` is.
    public var sharedOut = 0
    /// Bytes an element that recomputing `repeatModule` moves again; 0 where it is no part of one.
    public var repeatedBytes = 0.0
    /// The kind of the kernel that moves them.
    public var repeatKind = Kind.activation
    /// The module of selective recomputation that repeats a part of it.
    public var repeatModule: RecomputeModules = []
}

/// Dispatch of tokens to experts and their return.
public struct TokenExchange: Hashable, Sendable {
    /// Width of a token.
    public var hidden: Int
    /// Experts that a token visits, k.
    public var perToken: Int
}

/// The tokens of a micro-batch that a rank holds at a place of a layer.
public enum Tokens: Hashable, Sendable {
    /// All of its context rank, s·b/c: inside tensor-parallel blocks.
    case whole
    /// Those between blocks: ÷ t with sequence parallelism.
    case outer
    /// Inputs of column-parallel products: as `outer`, unless the stack keeps them gathered.
    case gathered
    /// The rows that a rank's experts receive.
    case routed
}
