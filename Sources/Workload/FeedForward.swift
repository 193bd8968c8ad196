/// The dense feed-forward block of a layer.
public struct FeedForward: Hashable, Sendable {
    /// Inner width, f.
    public var width: Int
    /// Whether a gate multiplies the activation (SwiGLU, GeGLU): three matrices instead of two.
    public var isGated: Bool
    /// Whether the linear layers carry biases.
    public var hasBias: Bool

    /// A block of inner width `width`.
    public init(width: Int, isGated: Bool, hasBias: Bool = false) {
        self.width = width
        self.isGated = isGated
        self.hasBias = hasBias
    }

    /// Weight matrices of the block: 3 gated, 2 otherwise.
    public var matrices: Int { isGated ? 3 : 2 }
}

/// The mixture of experts that replaces the dense block on some layers.
public struct Experts: Hashable, Sendable {
    /// Routed experts, E.
    public var count: Int
    /// Routed experts a token visits, k.
    public var perToken: Int
    /// Inner width of one routed expert, f_e.
    public var width: Int
    /// Inner width of all shared experts together; 0 where there are none.
    public var sharedWidth: Int
    /// Whether a learned scalar gates the shared expert (Qwen2-MoE).
    public var hasSharedGate: Bool
    /// Whether expert linear layers carry biases (gpt-oss).
    public var hasBias: Bool
    /// Whether the router carries a trained bias (gpt-oss); a load-balancing buffer is not a parameter.
    public var hasRouterBias: Bool
    /// Leading layers that stay dense (DeepSeek's first_k_dense_replace).
    public var firstDenseLayers: Int
    /// One mixture layer every n layers after those (1: all of them); the last of each n is the mixture.
    public var everyLayers: Int

    /// A mixture on every layer unless said otherwise.
    public init(
        count: Int, perToken: Int, width: Int, sharedWidth: Int = 0, hasSharedGate: Bool = false, hasBias: Bool = false,
        hasRouterBias: Bool = false, firstDenseLayers: Int = 0, everyLayers: Int = 1
    ) {
        self.count = count
        self.perToken = perToken
        self.width = width
        self.sharedWidth = sharedWidth
        self.hasSharedGate = hasSharedGate
        self.hasBias = hasBias
        self.hasRouterBias = hasRouterBias
        self.firstDenseLayers = firstDenseLayers
        self.everyLayers = everyLayers
    }
}
