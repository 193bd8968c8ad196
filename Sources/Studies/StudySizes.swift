/// Numbers of GPUs of a study.
public enum StudySizes: Hashable, Sendable {
    /// These, and no others.
    case list([Int])
    /// From one to another by doubling, for tables; with a deadline or a budget every whole number of nodes between them too.
    case range(ClosedRange<Int>)

    /// The sizes that tables show, smallest first.
    public var grid: [Int] {
        switch self {
        case .list(let sizes): return sizes.sorted()
        case .range(let range):
            var sizes = [range.lowerBound]
            while let last = sizes.last, last <= range.upperBound / 2 { sizes.append(2 * last) }
            if let last = sizes.last, last < range.upperBound { sizes.append(range.upperBound) }
            return sizes
        }
    }

    /// Every whole number of nodes of a range that the grid has not, smallest first.
    func between(gpusPerNode: Int) -> [Int] {
        guard case .range(let range) = self, gpusPerNode > 0 else { return [] }
        let inGrid = Set(grid)
        let first = (range.lowerBound + gpusPerNode - 1) / gpusPerNode
        let last = range.upperBound / gpusPerNode
        guard first <= last else { return [] }
        return (first...last).map { $0 * gpusPerNode }.filter { !inGrid.contains($0) }
    }
}
