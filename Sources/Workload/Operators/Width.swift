/// A width of a tensor, in units such as heads, and what divides it over ranks.
public struct Width: Hashable, Sendable {
    /// What divides a width.
    public enum Division: Hashable, Sendable {
        /// Every rank has all of it.
        case none
        /// Tensor parallelism, ÷ t.
        case tensor
        /// Tensor parallelism, but every rank has at least one unit: key/value heads are repeated where t exceeds them.
        case tensorRepeating
        /// The tensor parallelism of experts, ÷ x.
        case expertTensor
    }

    /// Units.
    public var count: Int
    /// Elements of a unit.
    public var each: Int
    /// What divides the units.
    public var division: Division

    /// `count` units of `each` elements.
    public init(_ count: Int, of each: Int = 1, _ division: Division = .none) {
        self.count = count
        self.each = each
        self.division = division
    }

    /// All elements.
    public var elements: Int { count * each }

    /// Elements on a rank of a tensor group of `t` and an expert tensor group of `x`.
    @inline(__always)
    public func onRank(tensor t: Double, expertTensor x: Double) -> Double {
        switch division {
        case .none: Double(elements)
        case .tensor: Double(elements) / t
        case .tensorRepeating: max(Double(count) / t, 1) * Double(each)
        case .expertTensor: Double(elements) / x
        }
    }
}
