/// A part of a study's cells, such as the third of eight.
public struct Shard: Hashable, Sendable, CustomStringConvertible {
    /// Which part, from 1.
    public let index: Int
    /// How many parts there are.
    public let count: Int

    /// The part that `3/8` names; nil for what names none.
    public init?(_ text: String) {
        let sides = text.split(separator: "/", omittingEmptySubsequences: false)
        guard sides.count == 2, let index = Int(sides[0]), let count = Int(sides[1]), (1...10_000).contains(count),
            (1...count).contains(index)
        else { return nil }
        (self.index, self.count) = (index, count)
    }

    /// A part of so many.
    public init(_ index: Int, of count: Int) { (self.index, self.count) = (index, count) }

    /// As it is written.
    public var description: String { "\(index)/\(count)" }

    /// The indices of the part's cells, in order.
    ///
    /// The dearest cell that is left goes to the part that has least to do (Graham, 1969: at most 4/3 of the best balance); of equals the first, so
    /// that every machine deals alike.
    public func cells(costs: [Double]) -> [Int] {
        var loads = [Double](repeating: 0, count: count)
        var mine: [Int] = []
        for cell in costs.indices.sorted(by: { (costs[$1], $0) < (costs[$0], $1) }) {
            let part = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
            loads[part] += costs[cell]
            if part == index - 1 { mine.append(cell) }
        }
        return mine.sorted()
    }
}

/// What a search is expected to take, to balance parts and to tell the time that is left.
public enum CellCost {
    /// Seconds of one core, roughly: grids grow with the divisors of the number of GPUs and of the layers, and mixtures have many times the grids.
    public static func expected(gpus: Int, layers: Int, hasExperts: Bool) -> Double {
        let doublings = 1 + log2(gpus)
        return 1e-3 * doublings * doublings * (1 + Double(layers) / 64) * (hasExperts ? 12 : 1)
    }

    private static func log2(_ number: Int) -> Double { Double(Int.bitWidth - 1 - max(number, 1).leadingZeroBitCount) }
}
