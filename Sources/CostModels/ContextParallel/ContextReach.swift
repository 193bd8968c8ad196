public import Workload

/// Over how many pieces of a sequence queries see, and so which steps of a ring have anything to compute.
///
/// A window of w tokens over pieces of n reaches ⌈(w − 1)/n⌉ pieces back. Chunks whose borders are borders of pieces reach none.
public struct ContextReach: Hashable, Sendable {
    /// Pieces before its own that a query sees: in a contiguous split of c pieces, and in one of 2c that deals each rank an early and a late one.
    public var contiguous, zigzag: Int

    /// Every piece.
    public static let whole = ContextReach(contiguous: .max, zigzag: .max)

    /// So many pieces.
    public init(contiguous: Int, zigzag: Int) {
        self.contiguous = contiguous
        self.zigzag = zigzag
    }

    /// What a query sees of a sequence over c ranks.
    public init(_ sight: Sight, sequence: Int, context: Int) {
        func pieces(of length: Int) -> Int {
            switch sight {
            case .window(let size) where size < sequence: (max(0, size - 1) + length - 1) / length
            case .chunk(let size) where size < sequence: length % size == 0 ? 0 : (max(0, size - 1) + length - 1) / length
            default: .max
            }
        }
        contiguous = pieces(of: max(1, sequence / context))
        zigzag = pieces(of: max(1, sequence / (2 * context)))
    }
}
