/// How fabrics join the ranks of an exchange: domains of `size` ranks each, the last of those that are left.
public struct ExchangeDomains: Hashable, Sendable {
    /// Ranks of the exchange, and of its largest domain.
    public let ranks, size: Int

    /// Ranks in order on fabrics of so many.
    public init(ranks: Int, size: Int) {
        self.ranks = max(1, ranks)
        self.size = min(max(1, size), self.ranks)
    }

    /// How many domains there are.
    public var count: Int { (ranks + size - 1) / size }

    /// Ranks of the smallest domain.
    public var smallest: Int { ranks % size == 0 ? size : ranks % size }

    /// Ranks of a domain.
    func size(of domain: Int) -> Int { domain < count - 1 ? size : smallest }

    /// The ranks of a domain.
    func members(of domain: Int) -> Range<Int> { domain * size..<domain * size + size(of: domain) }
}
