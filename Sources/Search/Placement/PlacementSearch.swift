extension PlacementProblem {
    /// Positions up to which a search proves its answer by branch and bound unless told otherwise.
    public static let exactByDefault = 10
    /// Positions up to which an exact search may be asked for.
    public static let exactLimit = 12

    /// Positions up to which links that differ are held as a matrix: 2,048 take some 100 MB.
    public static let largest = 2048

    /// The budget that `auto` gives to annealing: enough for 64 nodes in some 30 ms and for 1,024 in about a second. Moves that change the
    /// time of stages take some ten times as long, so there are fewer of them.
    public var defaultMoves: Int {
        hasStageTerms ? min(400_000, max(20_000, 1000 * count)) : min(4_000_000, max(20_000, 4000 * count))
    }

    /// Rounds of assignments beside annealing with a budget of moves: a round takes about as long as a hundred moves a cell.
    private func assignmentRounds(_ budget: Int) -> Int {
        let rounds = budget / (80 * max(1, count))
        return hasStageTerms || rounds < 4 ? 0 : min(rounds, 60)
    }

    /// The best placement that annealing, assignments, descent and, on request, branch and bound find.
    ///
    /// Never worse than rank order, and rank order itself where nothing is better. The result depends on problem, seed and moves only.
    ///
    /// - Parameters:
    ///   - exact: whether to go on until the answer is proven.
    ///   - seed: of all randomness.
    ///   - moves: annealing moves over all restarts; `defaultMoves` unless given.
    /// - Returns: the position of every cell, and whether no other placement is faster.
    public func solved(exact: Bool = false, seed: UInt64, moves: Int? = nil) -> (position: [Int32], isProven: Bool) {
        guard !isSymmetric, activeCount > 0, count > 1 else { return (identity, true) }
        let budget = moves ?? defaultMoves
        // Small problems end in different basins; large ones need the whole budget to cool once.
        let restarts = count <= 32 ? 4 : 1
        var state = PlacementState(self, position: identity)
        var best = PlacementDescent(limit: max(budget, 1)).run(&state)
        var bestPosition = state.snapshot
        let rounds = assignmentRounds(budget)
        // Where assignments go far down, half the moves suffice beside them.
        let share = rounds > 0 && count > 128 ? 2 : 1
        for restart in 0..<restarts where budget > 0 {
            var random = SeededRandom(seed: seed).stream(restart)
            state.restore(identity)
            _ = PlacementAnnealing(moves: budget / restarts / share).run(&state, active: activeCount, &random)
            keepBest(&state, budget, &best, &bestPosition)
        }
        // From rank order and, where that is quick, from the best so far with other sets.
        let starts = count > 512 ? 1 : count > 128 ? 2 : 8
        for restart in 0..<(rounds > 0 ? starts : 0) {
            var random = SeededRandom(seed: seed).stream(restarts + restart)
            state.restore(restart == 0 ? identity : bestPosition)
            var assignment = PlacementAssignment(rounds: rounds)
            _ = assignment.run(&state, &random)
            keepBest(&state, budget, &best, &bestPosition)
        }
        var isProven = false
        if exact {
            var search = PlacementBranchAndBound(self, start: bestPosition)
            (bestPosition, isProven) = search.run()
        }
        return (cost(bestPosition).total < cost(identity).total * (1 - 1e-9) ? bestPosition : identity, isProven)
    }

    /// Descends from where a search ended, and keeps what is better than before.
    private func keepBest(_ state: inout PlacementState, _ budget: Int, _ best: inout Double, _ bestPosition: inout [Int32]) {
        let seconds = PlacementDescent(limit: max(budget, 1)).run(&state)
        guard seconds < best * (1 - 1e-9) else { return }
        best = seconds
        bestPosition = state.snapshot
    }

    /// What annealing alone makes of rank order with a budget of moves; for measuring it.
    public func annealed(seed: UInt64, moves: Int) -> [Int32] {
        guard !isSymmetric else { return identity }
        var state = PlacementState(self, position: identity)
        var random = SeededRandom(seed: seed)
        _ = PlacementAnnealing(moves: moves).run(&state, active: activeCount, &random)
        return state.snapshot
    }
}
