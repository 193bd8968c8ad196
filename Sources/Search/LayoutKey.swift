import Parallelism

/// What makes two plans different to a person; variants of one layout compete among themselves.
///
/// b sequences over c context ranks and 2b over 2c are the same tokens on every rank, so they count as one layout: the better is shown.
struct LayoutKey: Hashable {
    private let sizes: SIMD8<Int32>
    private let variant: ParallelStrategy?
    /// Whether it comes before those that no stack can launch.
    private(set) var isPreferred: Bool

    /// The same layout on a stack that can launch it.
    var preferred: LayoutKey {
        var key = self
        key.isPreferred = true
        return key
    }

    /// The layout of a strategy; where variants are listed one by one, each is its own.
    init(_ s: ParallelStrategy, listsVariants: Bool = false, isPreferred: Bool = true) {
        let common = greatestCommonDivisor(s.microBatch, s.context)
        sizes = SIMD8(
            Int32(s.tensor), Int32(s.pipeline), Int32(s.expert), Int32(s.expertTensor), Int32(s.microBatch / common),
            Int32(s.context / common), 0, 0)
        variant = listsVariants ? s : nil
        self.isPreferred = isPreferred
    }
}

/// Euclid's algorithm.
private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? max(1, a) : greatestCommonDivisor(b, a % b) }
