import Quantities

/// Moves of many cells at once, each to the best of all places that they leave.
extension CappedAnnealing {
    /// Lets a set of cells of which no two share a link change places among themselves as is best for all, if that lowers the energy.
    ///
    /// At a temperature, in seconds a cell, every place seems dearer by a random amount of about that size, and what rises by no more is taken.
    mutating func assign(
        _ most: Int, _ solver: inout LinearAssignment, _ random: inout SeededRandom, temperature: Float = 0
    ) -> Bool {
        let cells = independentCells(most, &random)
        let width = cells.count
        guard width > 1 else { return false }
        let places = cells.map { Int(position[Int($0)]) }
        var cost = [Float](repeating: 0, count: width * width)
        var sums = [Float](repeating: 0, count: width)
        for (row, cell) in cells.enumerated() {
            for column in 0..<width { sums[column] = 0 }
            for slot in Int(slots[Int(cell)])..<Int(slots[Int(cell) + 1]) {
                let end = ends[slot]
                let line = end.rows + Int(position[Int(end.other)]) * stride
                for column in 0..<width {
                    let x = line[places[column]]
                    sums[column] += end.slope * x
                    cost[row * width + column] += end.excess * max(0, x - end.cap)
                }
            }
            // What the path would cost were this cell the only one of it that moves.
            let path = Int(pathOf[Int(cell)])
            guard path < paths else { continue }
            let (others, present) = (pathSum[path] - sums[row], pathCost(pathSum[path]))
            for column in 0..<width { cost[row * width + column] += pathCost(others + sums[column]) - present }
        }
        if temperature > 0 {
            for index in cost.indices { cost[index] += temperature * Self.exponentials[Int(truncatingIfNeeded: random.next() >> 54)] }
        }
        for index in cost.indices where !(cost[index] < 1e12) { cost[index] = 1e12 }
        let columns = solver.columns(width, cost)
        return apply(cells, places, columns, temperature)
    }

    /// Moves cells to the places of `columns`, cycle by cycle, where that raises the energy by less than the temperature for each cell.
    private mutating func apply(_ cells: [Int32], _ places: [Int], _ columns: [Int32], _ temperature: Float) -> Bool {
        var isDone = [Bool](repeating: false, count: cells.count)
        var changes = [Float](repeating: 0, count: paths + 1)
        var touched: [Int] = []
        var hasMoved = false
        for start in cells.indices where !isDone[start] {
            var excess: Float = 0
            var row = start
            var limit: Float = 0
            repeat {
                limit += temperature
                isDone[row] = true
                let (cell, next) = (Int(cells[row]), Int(columns[row]))
                let old = felt(cell, at: places[row], exchanging: -1, isFirst: true)
                let new = felt(cell, at: places[next], exchanging: -1, isFirst: true)
                excess += new.excess - old.excess
                let path = Int(pathOf[cell])
                changes[path] += new.sum - old.sum
                touched.append(path)
                row = next
            } while row != start
            var rise = excess
            for path in touched where changes[path] != 0 && path < paths {
                rise += pathCost(pathSum[path] + changes[path]) - pathCost(pathSum[path])
                pathSum[path] += changes[path]
                pending.append((path, changes[path]))
                changes[path] = 0
            }
            if rise < limit {
                hasMoved = true
                repeat {
                    put(Int(cells[row]), at: places[Int(columns[row])])
                    row = Int(columns[row])
                } while row != start
            } else {
                for (path, change) in pending { pathSum[path] -= change }
            }
            changes[paths] = 0
            pending.removeAll(keepingCapacity: true)
            touched.removeAll(keepingCapacity: true)
        }
        sumPaths()
        return hasMoved
    }

    private func put(_ cell: Int, at place: Int) {
        position[cell] = Int32(truncatingIfNeeded: place)
        cellAt[place] = Int32(truncatingIfNeeded: cell)
    }

    /// Cells of which no two share a link, in random order, those at links above their caps first.
    private func independentCells(_ most: Int, _ random: inout SeededRandom) -> [Int32] {
        var order = Array(0..<Int32(count))
        for index in order.indices.dropLast() { order.swapAt(index, index + random.below(order.count - index)) }
        var isBarred = [Bool](repeating: false, count: count)
        var cells: [Int32] = []
        var slow: Float = 0
        for path in 0..<paths { slow = max(slow, pathSum[path]) }
        slow *= 0.999
        for turn in [true, false] {
            for cell in order
            where cells.count < most && !isBarred[Int(cell)] && (!turn || isAboveCap(Int(cell)) || pathSum[Int(pathOf[Int(cell)])] > slow) {
                cells.append(cell)
                isBarred[Int(cell)] = true
                for slot in Int(slots[Int(cell)])..<Int(slots[Int(cell) + 1]) { isBarred[Int(ends[slot].other)] = true }
            }
        }
        return cells
    }

    private func isAboveCap(_ cell: Int) -> Bool {
        let place = Int(position[cell])
        for slot in Int(slots[cell])..<Int(slots[cell + 1]) {
            let end = ends[slot]
            if end.excess > 0, (end.rows + Int(position[Int(end.other)]) * stride)[place] > end.cap { return true }
        }
        return false
    }
}
