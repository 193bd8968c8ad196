/// Learned scales of a residual connection, beside the block whose it is: vectors of hidden width (Doge) or single numbers (Llama 3.2 Vision).
public struct ResidualScale: BlockShape {
    /// Vectors of hidden width.
    public var vectors = 0
    /// Single numbers.
    public var numbers = 0

    /// A scale whose sizes are still to be read.
    public init() {}

    /// `residual-scale`.
    public static let kind = "residual-scale"

    /// Its keys in model files.
    public static let fields: [BlockField<ResidualScale>] = [
        .count("vectors", \.vectors, in: 0...16, usual: 0), .count("numbers", \.numbers, in: 0...16, usual: 0),
    ]

    /// The product, which other kernels fuse.
    public func operators(hidden: Int) -> [Operator] {
        var work = Elementwise(kind: .norm, width: Width(hidden), tokens: .outer, bytes: 4)
        work.vectors = vectors * hidden + numbers
        return [Operator("residual scale", .elementwise(work), .vectors)]
    }
}
