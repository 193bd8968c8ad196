import Foundation
import Quantities

/// Seeded simulated annealing over placements (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983), with moves that fit the problem.
///
/// Most moves exchange two cells; a part of them takes a cell of the slowest pipeline or ring, for only those lower a maximum. Now and
/// then a whole pipeline changes places with another or a segment of one is reversed. The budget is counted in moves, never in time, so
/// the same seed gives the same placement everywhere.
struct PlacementAnnealing {
    /// Moves to try.
    var moves: Int
    /// Weight of the mean over paths and rings beside the maximum at the start; it fades to a tenth.
    var softness = 1.0
    /// The temperature at the start, over the mean rise of random exchanges.
    var start = 1.0
    /// Share of moves, in 256ths, that take a cell of the slowest path or ring.
    var aimed: UInt64 = 32
    /// Share of moves, in 256ths, that change several cells at once.
    var structural: UInt64 = 1
    /// Moves whose links are asked for before they are used, a power of two: one move takes less time than the farther caches.
    private static let ahead = 4
    /// Moves between changes of temperature.
    private let block = 256

    /// −ln of evenly spaced numbers in (0, 1): the exponential variates that decide whether a worse placement is taken.
    private static let exponentials: [Double] = (0..<1024).map { -log((Double($0) + 0.5) / 1024) }

    init(moves: Int, start: Double = 1) {
        self.moves = moves
        self.start = start
    }

    /// Improves `state` and leaves it at the best placement met; returns its time without the fixed part.
    func run(_ state: inout PlacementState, active: Int, _ random: inout SeededRandom) -> Double {
        var best = state.seconds
        var bestPosition = state.snapshot
        guard state.count > 1, active > 0, moves > 0 else { return best }
        let typical = typicalStep(&state, active, &random)
        let hottest = typical * start
        guard hottest > 0 else { return best }
        let coolest = typical * 1e-3
        var softness = self.softness
        var energy = state.energy(softness: softness)
        var isBestSaved = true
        let exponentials = Self.exponentials
        var done = 0
        var drawn: [Proposal] = []
        for _ in 0..<Self.ahead { drawn.append(draw(state, active, &random)) }
        var place = 0
        while done < moves {
            let progress = Double(done) / Double(moves)
            let temperature = hottest * pow(coolest / hottest, progress)
            softness = self.softness * (1 - 0.9 * progress)
            if done & 0x1FFFF == 0 { state.rebuild() }
            energy = state.energy(softness: softness)
            for _ in 0..<min(block, moves - done) {
                let proposal = drawn[place]
                let next = draw(state, active, &random)
                drawn[place] = next
                place = (place + 1) & (Self.ahead - 1)
                state.prefetch(next.first, next.second)
                let limit = energy + temperature * exponentials[Int(truncatingIfNeeded: proposal.bits & 1023)]
                guard make(proposal, &state, active, limit, softness) else { continue }
                let new = state.energy(softness: softness)
                if new > limit {
                    state.rollback()
                    continue
                }
                if state.seconds > best, !isBestSaved {
                    // The state before this move was the best so far and is about to be lost: keep it, then move.
                    let moved = state.snapshot
                    state.rollback()
                    bestPosition = state.snapshot
                    isBestSaved = true
                    state.restore(moved)
                }
                energy = new
                if state.seconds < best {
                    best = state.seconds
                    isBestSaved = false
                }
            }
            done += block
        }
        if !isBestSaved, state.seconds <= best { bestPosition = state.snapshot }
        state.restore(bestPosition)
        return state.seconds
    }

    /// A move to try: two different cells, and random bits that decide what becomes of them.
    private struct Proposal {
        var bits: UInt64
        var first: Int
        var second: Int
    }

    /// The next move to try; one random word has bits for all of it.
    @inline(__always)
    private func draw(_ state: borrowing PlacementState, _ active: Int, _ random: inout SeededRandom) -> Proposal {
        let bits = random.next()
        var first = Int(truncatingIfNeeded: ((bits >> 46) &* UInt64(truncatingIfNeeded: active)) >> 18)
        if (bits >> 18) & 255 < aimed { first = aim(state, first, random.next()) }
        let second = Int(truncatingIfNeeded: ((bits >> 26 & 0xFFFFF) &* UInt64(truncatingIfNeeded: state.count - 1)) >> 20)
        return Proposal(bits: bits, first: first, second: second >= first ? second + 1 : second)
    }

    /// Makes a move; false, with nothing done, where its energy would certainly exceed `limit`.
    @inline(__always)
    private func make(
        _ proposal: Proposal, _ state: inout PlacementState, _ active: Int, _ limit: Double, _ softness: Double
    ) -> Bool {
        let kind = (proposal.bits >> 10) & 255
        if kind < structural, proposal.second < active {
            state.begin()
            if proposal.bits >> 26 & 1 == 0 {
                exchangePaths(&state, proposal.first, proposal.second)
            } else {
                reverse(&state, proposal.first, Int(truncatingIfNeeded: proposal.bits >> 27 & 7))
            }
        } else {
            if state.isHopeless(proposal.first, proposal.second, limit: limit, softness: softness) { return false }
            state.begin()
            state.swap(proposal.first, proposal.second)
        }
        return true
    }

    /// A cell of the slowest path, or at the slowest link of the slowest ring.
    private func aim(_ state: borrowing PlacementState, _ cell: Int, _ bits: UInt64) -> Int {
        if bits & 1 == 0, state.slowestRing > 0, let sender = state.slowestRingSender { return sender }
        guard state.paths > 0 else { return cell }
        let start = state.problem.pathCellStart[state.slowestPathIndex]
        let count = state.problem.pathCellStart[state.slowestPathIndex + 1] - start
        return Int(state.problem.pathCells[start + Int(truncatingIfNeeded: ((bits >> 32) &* UInt64(truncatingIfNeeded: count)) >> 32)])
    }

    /// Exchanges the pipelines of two cells stage by stage.
    private func exchangePaths(_ state: inout PlacementState, _ a: Int, _ b: Int) {
        let first = state.cells(ofPathThrough: a)
        let second = state.cells(ofPathThrough: b)
        guard first != second, first.count == second.count else { return state.swap(a, b) }
        for offset in 0..<first.count {
            let one = Int(state.problem.pathCells[first.lowerBound + offset])
            let other = Int(state.problem.pathCells[second.lowerBound + offset])
            if one != other { state.swap(one, other) }
        }
    }

    /// Reverses up to `length` + 2 neighbouring stages of a cell's pipeline.
    private func reverse(_ state: inout PlacementState, _ cell: Int, _ length: Int) {
        let path = state.cells(ofPathThrough: cell)
        guard let place = path.first(where: { state.problem.pathCells[$0] == Int32(cell) }) else { return }
        var low = place
        var high = min(path.upperBound - 1, place + 1 + length)
        while low < high {
            state.swap(Int(state.problem.pathCells[low]), Int(state.problem.pathCells[high]))
            low += 1
            high -= 1
        }
    }

    /// Mean rise of energy over random exchanges that make things worse: the scale of the temperature.
    private func typicalStep(_ state: inout PlacementState, _ active: Int, _ random: inout SeededRandom) -> Double {
        let energy = state.energy(softness: softness)
        var sum = 0.0
        var rises = 0
        for _ in 0..<128 {
            let first = random.below(active)
            var second = random.below(state.count - 1)
            if second >= first { second += 1 }
            state.begin()
            state.swap(first, second)
            let rise = state.energy(softness: softness) - energy
            if rise > 0 {
                sum += rise
                rises += 1
            }
            state.rollback()
        }
        return rises > 0 ? sum / Double(rises) : 0
    }
}

extension PlacementState {
    /// Where in `problem.pathCells` the first path through a cell lies; empty for an idle cell.
    func cells(ofPathThrough cell: Int) -> Range<Int> {
        guard let path = firstPath(of: cell) else { return 0..<0 }
        return problem.pathCellStart[path]..<problem.pathCellStart[path + 1]
    }
}
