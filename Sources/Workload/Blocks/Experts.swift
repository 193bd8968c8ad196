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
    /// Whether those of shared experts do (ERNIE 4.5).
    public var hasSharedBias = false
    /// Whether the router carries a trained bias (gpt-oss); a load-balancing buffer is not a parameter.
    public var hasRouterBias: Bool
    /// Whether a gate multiplies each expert's activation; nil where that is as in the model's dense block, or usual.
    public var isGated: Bool?
    /// Width of the tokens that routed experts work on, where a projection makes them narrower (Nemotron-3 Super's latent experts); nil where
    /// that is the residual stream's.
    public var latentWidth: Int?
    /// Experts that return their input or nothing, and so only the router knows (LongCat-Flash).
    public var nullExperts = 0
    /// Whether the sum of the experts has a bias (JetMoE).
    public var hasOutputBias = false
    /// Whether the router's input is scaled channel by channel and its weights expert by expert (Gemma 4).
    public var hasRouterScales = false
    /// Leading layers that stay dense (DeepSeek's first_k_dense_replace).
    public var firstDenseLayers: Int
    /// One mixture layer every n layers after those (1: all of them); the last of each n is the mixture.
    public var everyLayers: Int

    /// A mixture whose sizes are still to be read.
    public init() { self.init(count: 1, perToken: 1, width: 1) }

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
