/// The dense feed-forward block of a layer.
public struct FeedForward: Hashable, Sendable {
    /// Inner width, f.
    public var width: Int
    /// Whether a gate multiplies the activation (SwiGLU, GeGLU): three matrices instead of two.
    public var isGated: Bool
    /// Whether the linear layers carry biases.
    public var hasBias: Bool
    /// Whether the activation is normalised with weights before the product out (BitNet).
    public var hasInnerNorm = false
    /// Learned numbers of the activation itself (Apertus's xIELU has 2).
    public var activationParameters = 0

    /// A block of inner width `width`.
    public init(width: Int, isGated: Bool, hasBias: Bool = false) {
        self.width = width
        self.isGated = isGated
        self.hasBias = hasBias
    }

    /// A block whose sizes are still to be read.
    public init() { self.init(width: 1, isGated: true) }

    /// Weight matrices of the block: 3 gated, 2 otherwise.
    public var matrices: Int { isGated ? 3 : 2 }
}
