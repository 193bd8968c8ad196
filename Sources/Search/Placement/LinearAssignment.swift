/// The assignment of rows to columns of a square matrix whose costs add up to the least, exact.
///
/// Shortest augmenting paths with dual potentials (Jonker and Volgenant, Computing 38, 1987): a row after the other finds the cheapest way to
/// a free column. O(n³), some ten milliseconds for 512 rows. It keeps its buffers.
struct LinearAssignment {
    private var rowPrice: [Double] = []
    private var columnPrice: [Double] = []
    private var rowOf: [Int32] = []
    private var columnOf: [Int32] = []
    private var least: [Double] = []
    private var from: [Int32] = []
    private var open: [Int32] = []

    /// The column of every row.
    mutating func columns(_ count: Int, _ cost: [Float]) -> [Int32] {
        precondition(cost.count == count * count, "the costs are a square matrix")
        rowPrice = [Double](repeating: 0, count: count)
        columnPrice = rowPrice
        least = rowPrice
        rowOf = [Int32](repeating: -1, count: count)
        columnOf = rowOf
        from = rowOf
        open = rowOf
        // Column minima first: they leave few rows without their cheapest column.
        cost.withUnsafeBufferPointer { cost in
            for column in 0..<count { columnPrice[column] = Double(cost[column]) }
            for row in 1..<max(count, 1) {
                for column in 0..<count { columnPrice[column] = min(columnPrice[column], Double(cost[row * count + column])) }
            }
            for row in 0..<count { augment(row, count, cost) }
        }
        return columnOf
    }

    /// Gives a row a column, moving others on along the cheapest path.
    private mutating func augment(_ start: Int, _ count: Int, _ cost: UnsafeBufferPointer<Float>) {
        var openCount = count
        for column in 0..<count {
            least[column] = .infinity
            open[column] = Int32(column)
        }
        var row = start
        var distance = 0.0
        var closed: [Int32] = []
        var end = -1
        rowPrice.withUnsafeMutableBufferPointer { rowPrice in
            columnPrice.withUnsafeMutableBufferPointer { columnPrice in
                least.withUnsafeMutableBufferPointer { least in
                    from.withUnsafeMutableBufferPointer { from in
                        open.withUnsafeMutableBufferPointer { open in
                            while true {
                                let base = row * count
                                let offset = distance - rowPrice[row]
                                var nearest = Double.infinity
                                var place = 0
                                for index in 0..<openCount {
                                    let column = Int(open[index])
                                    let reached = offset + Double(cost[base + column]) - columnPrice[column]
                                    if reached < least[column] {
                                        least[column] = reached
                                        from[column] = Int32(truncatingIfNeeded: row)
                                    }
                                    if least[column] < nearest || (least[column] == nearest && rowOf[column] < 0) {
                                        nearest = least[column]
                                        place = index
                                    }
                                }
                                distance = nearest
                                let column = Int(open[place])
                                openCount -= 1
                                open[place] = open[openCount]
                                if rowOf[column] < 0 {
                                    end = column
                                    break
                                }
                                closed.append(Int32(column))
                                row = Int(rowOf[column])
                            }
                        }
                        rowPrice[start] += distance
                        for column in closed {
                            let column = Int(column)
                            rowPrice[Int(rowOf[column])] += distance - least[column]
                            columnPrice[column] -= distance - least[column]
                        }
                    }
                }
            }
        }
        // Every row on the path gives its column up to the one that reached it.
        var column = end
        while true {
            let row = Int(from[column])
            rowOf[column] = Int32(row)
            let given = Int(columnOf[row])
            columnOf[row] = Int32(column)
            if row == start { return }
            column = given
        }
    }
}
