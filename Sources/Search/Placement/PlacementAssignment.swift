import Quantities

/// Moves many cells at once: those of a set in which no two share a term change places among themselves as a linear assignment says.
///
/// Where neighbours stay, what a cell costs at a position does not depend on the others of the set, so that the best of all their
/// permutations is found exactly: a very large neighbourhood (Ahuja, Ergun, Orlin and Punnen, Discrete Applied Mathematics 123, 2002). The
/// maxima over pipelines and rings are not sums; soft maxima stand for them, sharper every round. Ten rounds go as far down as hundreds of
/// exchanges a cell.
struct PlacementAssignment {
    /// Rounds, each with another set.
    var rounds: Int
    private var solver = LinearAssignment()

    init(rounds: Int) { self.rounds = rounds }

    /// Cells that change places in a round at most: an assignment takes the cube of their number.
    static let mostCells = 512

    /// Improves `state` and leaves it at the best placement met; returns its time without the fixed part.
    ///
    /// Does nothing where times of stages depend on their places, for those are terms of more than two cells, nor where nodes that cannot talk
    /// to each other must.
    mutating func run(_ state: inout PlacementState, _ random: inout SeededRandom) -> Double {
        guard state.isPlain, state.count > 2, rounds > 0, state.seconds.isFinite else { return state.seconds }
        var best = state.seconds
        var bestPosition = state.snapshot
        var stayed = [Bool](repeating: true, count: state.count)
        for round in 0..<rounds {
            let cells = independentCells(state, &stayed, &random)
            guard cells.count > 1 else { break }
            let places = cells.map { state.position[Int($0)] }
            let progress = Double(round) / Double(max(1, rounds - 1))
            let cost = PlacementSoftCost(state, progress: progress).matrix(cells, places, state)
            let columns = solver.columns(cells.count, cost)
            var position = state.snapshot
            for (row, cell) in cells.enumerated() { position[Int(cell)] = places[Int(columns[row])] }
            state.restore(position)
            if !state.seconds.isFinite {
                // Soft maxima around an infinite time say nothing; nodes that cannot talk came together here.
                state.restore(bestPosition)
                continue
            }
            if state.seconds < best {
                best = state.seconds
                bestPosition = position
            }
        }
        state.restore(bestPosition)
        return state.seconds
    }

    /// Cells of which no two share an arc: in random order, first those that stayed last time.
    private func independentCells(_ state: borrowing PlacementState, _ stayed: inout [Bool], _ random: inout SeededRandom) -> [Int32] {
        var order = Array(0..<Int32(state.count))
        for index in order.indices.dropLast() { order.swapAt(index, index + random.below(order.count - index)) }
        var isBarred = [Bool](repeating: false, count: state.count)
        var cells: [Int32] = []
        for turn in [true, false] {
            for cell in order where stayed[Int(cell)] == turn && !isBarred[Int(cell)] && cells.count < Self.mostCells {
                cells.append(cell)
                isBarred[Int(cell)] = true
                for end in state.pathArcs.ends(of: Int(cell)) { isBarred[Int(end.other)] = true }
                for end in state.ringArcs.ends(of: Int(cell)) { isBarred[Int(end.other)] = true }
            }
        }
        for cell in stayed.indices { stayed[cell] = true }
        for cell in cells { stayed[Int(cell)] = false }
        return cells
    }
}
