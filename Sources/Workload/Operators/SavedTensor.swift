/// A tensor that a layer keeps for its backward pass, or that is alive while it runs.
public struct SavedTensor: Hashable, Sendable {
    /// The format it is kept in, which stack and precision decide.
    public enum Format: Hashable, Sendable {
        /// The input of a linear layer: 8 bits where the stack keeps those, otherwise as activations are.
        case linearInput
        /// An activation.
        case activation
        /// The input of a normalisation: more where the kernel is not fused.
        case normInput
        /// A second copy in 8 bits beside the activation, where linear inputs are kept so.
        case lowCopy
        /// What unfused activations keep beside their input.
        case activationExtra
        /// So many bytes whatever the precision.
        case bytes(Double)
    }

    /// Elements of a token.
    public var width: Width
    /// Tokens that it holds.
    public var tokens: Tokens
    /// Its format.
    public var format: Format
    /// Copies, which need not be whole.
    public var copies: Double
    /// Modules of selective recomputation that drop it.
    public var modules: RecomputeModules
    /// The module whose input it is, with which it can leave the GPU; none for most.
    public var moving: OffloadModules

    /// A tensor of `width` elements for each of some tokens.
    public init(
        _ width: Width, _ tokens: Tokens, _ format: Format, copies: Double = 1, in modules: RecomputeModules = [],
        moving: OffloadModules = []
    ) {
        self.width = width
        self.tokens = tokens
        self.format = format
        self.copies = copies
        self.modules = modules
        self.moving = moving
    }

    /// Bytes a token in 16-bit training with fused kernels on one rank, of a token that visits `perToken` experts.
    public func sixteenBitBytes(perToken: Int) -> Double {
        let element: Double =
            switch format {
            case .linearInput, .activation, .normInput: 2
            case .lowCopy, .activationExtra: 0
            case .bytes(let count): count
            }
        return Double(width.elements) * element * copies * (tokens == .routed ? Double(perToken) : 1)
    }
}
