/// Steepest bottleneck descent: exchanges a cell of the slowest pipeline or ring with any other while that shortens the step.
///
/// It ends where no exchange that touches a slowest term helps, which no exchange of other cells could either.
struct PlacementDescent {
    /// Exchanges to try at most.
    var limit: Int

    /// Improves `state` and returns its time without the fixed part.
    func run(_ state: inout PlacementState) -> Double {
        var tries = 0
        var improved = true
        while improved, tries < limit {
            improved = false
            for cell in criticalCells(state) {
                var bestOther: Int?
                var best = state.energy(softness: tieBreak)
                for other in 0..<state.count where other != cell {
                    state.begin()
                    state.swap(cell, other)
                    let energy = state.energy(softness: tieBreak)
                    if energy < best * (1 - 1e-12) {
                        best = energy
                        bestOther = other
                    }
                    state.rollback()
                }
                tries += state.count
                if let bestOther {
                    state.begin()
                    state.swap(cell, bestOther)
                    improved = true
                    break
                }
            }
        }
        state.rebuild()
        return state.seconds
    }

    /// Weight of the means, small enough to decide only between equal maxima.
    private var tieBreak: Double { 1e-4 }

    private func criticalCells(_ state: borrowing PlacementState) -> [Int] {
        var cells: [Int] = []
        if state.paths > 0 {
            let path = state.problem.pathCellStart[state.slowestPathIndex]..<state.problem.pathCellStart[state.slowestPathIndex + 1]
            cells += path.map { Int(state.problem.pathCells[$0]) }
        }
        if let sender = state.slowestRingSender, state.slowestRing > 0 { cells.insert(sender, at: 0) }
        return cells
    }
}
