import Dispatch
import Foundation
import Quantities
import Synchronization

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

    /// How many times as long a move takes as where no collective has many members: each move of a member changes the times of all.
    private var moveWork: Int {
        let together = collectives.reduce(0) { $0 + $1.members.count * $1.members.count }
        return max(1, together / (8 * max(1, count)))
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
        let budget = (moves ?? defaultMoves) / moveWork
        // Small problems end in different basins; large ones need the whole budget to cool once.
        let restarts = count <= 32 ? 4 : 1
        let links = PlacementLinks(self)
        var state = PlacementState(self, position: identity, links: links)
        let rounds = assignmentRounds(budget)
        // Where cells are many, what is built from nothing is far ahead of what moves make of rank order.
        let builds = rounds > 0 && state.isPlain && count > Self.fewCells && state.seconds.isFinite
        let isLarge = builds && count > 256
        var best = isLarge ? state.seconds : PlacementDescent(limit: max(budget, 1)).run(&state)
        var bestPosition = state.snapshot
        if builds { construct(rounds, links, seed, &state, budget, &best, &bestPosition) }
        // Where assignments go far down, half the moves suffice beside them.
        let share = rounds > 0 && count > 128 ? 2 : 1
        for restart in 0..<restarts where budget > 0 && !isLarge {
            var random = SeededRandom(seed: seed).stream(restart)
            state.restore(identity)
            _ = PlacementAnnealing(moves: budget / restarts / share).run(&state, active: activeCount, &random)
            keepBest(&state, budget, &best, &bestPosition)
        }
        // From rank order and, where that is quick, from the best so far with other sets; what is built of many cells gains nothing by it.
        let starts = count > 128 ? 2 : 8
        for restart in 0..<(rounds > 0 && !isLarge ? starts : 0) {
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

    /// Cells up to which moves and assignments leave nothing to be built.
    private static let fewCells = 32

    /// Builds placements under caps of several heights, and lets many cells of each change places at once, first at a temperature.
    ///
    /// A temperature of a fiftieth of what a link costs leaves local optima and loses little; paths that are slower than others then count ever
    /// more. A cap that a share of all links keeps can be kept by all links of a placement where the share is some n^−0.3, by measurement.
    private func construct(
        _ rounds: Int, _ links: PlacementLinks, _ seed: UInt64, _ state: inout PlacementState, _ budget: Int, _ best: inout Double,
        _ bestPosition: inout [Int32]
    ) {
        let usual = pow(Double(count), -0.3)
        let (ring, pipeline) = (Self.sortedSample(ringInverse, count), Self.sortedSample(pipelineInverse, count))
        let isLarge = count > 256
        let caps = (isLarge ? [0.88, 0.96, 1.04, 1.12] : [0.85, 1.0, 1.15]).map { factor in
            let share = min(1, factor * usual)
            return PlacementCaps(
                self, ringInverse: ring[Int(share * Double(ring.count - 1))],
                pipelineInverse: pipeline[Int(share * Double(pipeline.count - 1))])
        }
        // Each has randomness of its own and they are compared in order, so that threads change nothing.
        nonisolated(unsafe) let shared = links
        let found = Mutex([[Int32]?](repeating: nil, count: caps.count))
        DispatchQueue.concurrentPerform(iterations: caps.count) { index in
            let position = self.built(under: caps[index], rounds, shared, SeededRandom(seed: seed).stream(100 + index), budget)
            found.withLock { $0[index] = position }
        }
        for position in found.withLock({ $0 }) {
            guard let position else { continue }
            state.restore(position)
            keepBest(&state, budget, &best, &bestPosition)
        }
    }

    /// A placement that is built under caps and improved.
    private func built(
        under caps: PlacementCaps, _ rounds: Int, _ links: PlacementLinks, _ random: SeededRandom, _ budget: Int
    ) -> [Int32] {
        var random = random
        let isLarge = count > 256
        let rounds = isLarge ? 2 * rounds : rounds
        let additions = min(max(16_384, 128 * count) * count, max(16_384 * count, 32 * budget))
        let start = PlacementConstruction(budget: additions, caps: caps).run(self, links)
        var state = PlacementState(self, position: start, links: links)
        var annealing = CappedAnnealing(self, links, caps, position: start)
        var solver = LinearAssignment()
        var (least, found) = (Double.infinity, start)
        for round in 0..<rounds {
            let progress = Double(round) / Double(rounds)
            if round % (isLarge ? 5 : 10) == 0 {
                if isLarge { annealing.steepness = Float(30 * pow(2, min(1, progress / 0.7))) }
                annealing.rebuild()
            }
            let temperature = isLarge ? Float(0.02 * annealing.usualLink * max(0, 1 - progress / 0.8)) : 0
            guard annealing.assign(PlacementAssignment.mostCells, &solver, &random, temperature: temperature) else { continue }
            state.restore(annealing.snapshot)
            if state.seconds < least { (least, found) = (state.seconds, annealing.snapshot) }
        }
        // Moves of pairs undo what assignments of many cells found.
        if isLarge { return found }
        annealing.restore(found)
        anneal(&annealing, moves: budget, caps, &state, &random)
        return least < state.seconds ? found : state.snapshot
    }

    /// Cools from where moves just begin to pay, and leaves `state` at the best placement met.
    private func anneal(
        _ annealing: inout CappedAnnealing, moves: Int, _ caps: PlacementCaps, _ state: inout PlacementState, _ random: inout SeededRandom
    ) {
        let steps = 100
        var (least, found) = (Double.infinity, annealing.snapshot)
        let hottest = 0.01 * max(caps.ring, caps.period)
        for step in 0..<steps {
            annealing.run(moves: moves / steps, temperature: hottest * pow(0.01, Double(step) / Double(steps)), &random)
            annealing.rebuild()
            state.restore(annealing.snapshot)
            if state.seconds < least { (least, found) = (state.seconds, annealing.snapshot) }
        }
        state.restore(found)
    }

    /// Seconds per byte of a sample of the links, best first.
    private static func sortedSample(_ matrix: [Double], _ count: Int) -> [Double] {
        let stride = max(1, count * count / 4096)
        return Swift.stride(from: 1, to: count * count, by: stride).filter { $0 / count != $0 % count }.map { matrix[$0] }.sorted()
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
        var random = SeededRandom(seed: seed)
        let links = PlacementLinks(self)
        var state = PlacementState(self, position: identity, links: links)
        guard state.isPlain, state.seconds.isFinite else {
            _ = PlacementAnnealing(moves: moves).run(&state, active: activeCount, &random)
            return state.snapshot
        }
        let (ring, pipeline) = (Self.sortedSample(ringInverse, count), Self.sortedSample(pipelineInverse, count))
        let caps = PlacementCaps(self, ringInverse: ring[ring.count / 4], pipelineInverse: pipeline[pipeline.count / 4])
        var annealing = CappedAnnealing(self, links, caps, position: identity)
        anneal(&annealing, moves: moves, caps, &state, &random)
        return state.snapshot
    }
}
