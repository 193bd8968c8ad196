import Foundation
import Quantities

/// Seeded annealing towards placements whose links stay under caps and whose paths take the same time.
///
/// The maxima of a step's time tell little of what a move is worth: most moves change none of them. Here every link above its cap counts in full,
/// every path above the mean too, and all paths a little, so that the energy is a sum of what single cells feel. A cell then meets eight
/// places at once, and what it would feel there alone rules out nearly all of them.
struct CappedAnnealing: ~Copyable {
    /// A link that touches a cell, seen from there.
    struct End {
        /// Links of the other end's place to this cell's, in rows of the other's.
        var rows: UnsafeMutablePointer<Float>
        /// The cell at the other end.
        var other: Int32
        /// Bytes of a path's arc; 0 for a ring's.
        var slope: Float
        /// Seconds for each second per byte above the cap.
        var excess: Float
        /// Seconds per byte that cost nothing beyond `slope`.
        var cap: Float
    }

    private let links: PlacementLinks
    let count: Int
    let stride: Int
    private let active: Int
    let paths: Int
    private let pathArcs: Int
    private let arena: BufferArena
    let position: UnsafeMutablePointer<Int32>
    let cellAt: UnsafeMutablePointer<Int32>
    let ends: UnsafeMutablePointer<End>
    /// Where the ends of each cell begin.
    let slots: UnsafeMutablePointer<Int32>
    /// The path of each cell; the number of paths for none.
    let pathOf: UnsafeMutablePointer<Int32>
    /// Seconds of each path's arcs; the last is of cells without a path and stays at zero.
    let pathSum: UnsafeMutablePointer<Float>
    /// By place, the most that the cell there could gain elsewhere.
    private let gain: UnsafeMutablePointer<Float>
    /// Rows of the cell that is being moved.
    private let rows: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
    private let leastPipeline: Float
    /// A path of `t` seconds costs `bend · max(0, t − pathFloor)²`: at the mean a second costs as much as in the mean over all paths.
    var pathFloor: Float = 0
    var bend: Float = 0
    private let share: Float
    /// How much more a second on a path costs, per share of the mean that it is above it.
    var steepness: Float
    var pending: [(path: Int, change: Float)] = []
    /// Moves that were tried.
    private(set) var tried = 0

    /// −ln of evenly spaced numbers in (0, 1): the exponential variates that decide whether a worse placement is taken.
    static let exponentials: [Float] = (0..<1024).map { -log((Float($0) + 0.5) / 1024) }

    init(_ problem: PlacementProblem, _ links: PlacementLinks, _ caps: PlacementCaps, position initial: [Int32], steepness: Double = 30) {
        var arena = BufferArena()
        self.links = links
        count = problem.count
        pathArcs = problem.pathArcBytes.count
        stride = links.stride
        active = problem.activeCount
        paths = problem.paths
        share = 1 / Float(max(1, problem.paths))
        self.steepness = Float(steepness)
        leastPipeline = Float(links.leastPipeline)
        var touching = [[End]](repeating: [], count: problem.count)
        for arc in CappedArcs(problem, caps).arcs {
            let matrices = arc.path >= 0 ? (links.pipelineFrom, links.pipelineTo) : (links.ringFrom, links.ringTo)
            let (slope, excess, cap) = (Float(arc.slope), Float(arc.excess), Float(arc.cap))
            touching[arc.to].append(End(rows: matrices.0, other: Int32(arc.from), slope: slope, excess: excess, cap: cap))
            touching[arc.from].append(End(rows: matrices.1, other: Int32(arc.to), slope: slope, excess: excess, cap: cap))
        }
        var slots: [Int32] = [0]
        for list in touching { slots.append((slots.last ?? 0) + Int32(list.count)) }
        ends = arena.copy(touching.flatMap { $0 })
        self.slots = arena.copy(slots)
        var pathOf = [Int32](repeating: Int32(problem.paths), count: problem.count)
        for path in 0..<problem.paths {
            for cell in problem.pathCells[problem.pathCellStart[path]..<problem.pathCellStart[path + 1]] { pathOf[Int(cell)] = Int32(path) }
        }
        self.pathOf = arena.copy(pathOf)
        cellAt = arena.filled(0 as Int32, stride)
        gain = arena.filled(0 as Float, stride)
        position = arena.copy(initial)
        pathSum = arena.filled(0 as Float, problem.paths + 1)
        rows = arena.filled(links.pipelineFrom, max(1, touching.map(\.count).max() ?? 1))
        self.arena = arena
        rebuild()
    }

    deinit { arena.free() }

    /// Goes on from another placement.
    mutating func restore(_ placement: [Int32]) {
        for cell in 0..<count { position[cell] = placement[cell] }
        rebuild()
    }

    /// The placement as an array.
    var snapshot: [Int32] { Array(UnsafeBufferPointer(start: position, count: count)) }

    /// Tries moves, several at a time, at a temperature in seconds.
    mutating func run(moves: Int, temperature: Double, _ random: inout SeededRandom) {
        let end = tried + moves
        let temperature = Float(temperature)
        while tried < end {
            let bits = random.next()
            let cell = Int(truncatingIfNeeded: ((bits >> 44) &* UInt64(truncatingIfNeeded: active)) >> 20)
            let first = Int(truncatingIfNeeded: ((bits & 0xFFFFF) &* UInt64(truncatingIfNeeded: stride / 8)) >> 20) * 8
            move(cell, first, temperature, bits >> 20)
        }
    }

    /// Chunks of eight places that a cell meets in a row.
    private static let chunks = 8

    /// Moves a cell to the first of the places from `first` on that the temperature allows.
    @inline(__always)
    private mutating func move(_ cell: Int, _ first: Int, _ temperature: Float, _ bits: UInt64) {
        let (start, end) = (Int(slots[cell]), Int(slots[cell + 1]))
        let place = Int(position[cell])
        var present: Float = 0
        var presentSum: Float = 0
        for slot in start..<end {
            let end = ends[slot]
            let row = end.rows + Int(position[Int(end.other)]) * stride
            rows[slot - start] = row
            let x = row[place]
            presentSum += end.slope * x
            present += end.excess * max(0, x - end.cap)
        }
        let path = Int(pathOf[cell])
        let sum = pathSum[path]
        present += pathCost(sum)
        let rest = sum - presentSum
        var first = first
        for chunk in 0..<Self.chunks {
            let limit = temperature * Self.exponentials[Int(truncatingIfNeeded: (bits >> UInt64(2 * chunk)) & 1023)]
            var sums = SIMD8<Float>(repeating: 0)
            var cost = SIMD8<Float>(repeating: -present - limit) - gain.vector(first)
            for slot in start..<end {
                let end = ends[slot]
                let x = rows[slot - start].vector(first)
                sums += end.slope * x
                cost += end.excess * (pointwiseMax(x, SIMD8(repeating: end.cap)) - end.cap)
            }
            let above = pointwiseMax(sums + (rest - pathFloor), SIMD8(repeating: 0))
            cost += bend * above * above
            tried += 8
            let candidates = cost .< 0
            if any(candidates) {
                for lane in 0..<8 where candidates[lane] {
                    let to = first + lane
                    guard to != place, to < count else { continue }
                    if exchange(cell, Int(cellAt[to]), limit) { return }
                }
            }
            first += 8
            if first >= stride { first = 0 }
        }
    }

    @inline(__always)
    func pathCost(_ sum: Float) -> Float {
        let above = max(0, sum - pathFloor)
        return bend * above * above
    }

    /// What a cell's links cost at a place when `other`, with which it changes places, is where the cell was, or both stay where they are.
    @inline(__always)
    func felt(_ cell: Int, at place: Int, exchanging other: Int, isFirst: Bool) -> (sum: Float, excess: Float) {
        var result = (sum: Float(0), excess: Float(0))
        for slot in Int(slots[cell])..<Int(slots[cell + 1]) {
            let end = ends[slot]
            var far = Int(position[Int(end.other)])
            if Int(end.other) == other {
                // The arc between the two counts once.
                guard isFirst else { continue }
                if place == far { far = Int(position[cell]) }
            }
            let x = (end.rows + far * stride)[place]
            result.sum += end.slope * x
            result.excess += end.excess * max(0, x - end.cap)
        }
        return result
    }

    /// Exchanges two cells if that raises the energy by no more than `limit`.
    private mutating func exchange(_ a: Int, _ b: Int, _ limit: Float) -> Bool {
        let (placeA, placeB) = (Int(position[a]), Int(position[b]))
        let oldA = felt(a, at: placeA, exchanging: b, isFirst: true)
        let newA = felt(a, at: placeB, exchanging: b, isFirst: true)
        let oldB = felt(b, at: placeB, exchanging: a, isFirst: false)
        let newB = felt(b, at: placeA, exchanging: a, isFirst: false)
        let (pathA, pathB) = (Int(pathOf[a]), Int(pathOf[b]))
        let (changeA, changeB) = (newA.sum - oldA.sum, newB.sum - oldB.sum)
        var rise = newA.excess - oldA.excess + newB.excess - oldB.excess
        if pathA == pathB {
            rise += pathCost(pathSum[pathA] + changeA + changeB) - pathCost(pathSum[pathA])
        } else {
            rise += pathCost(pathSum[pathA] + changeA) - pathCost(pathSum[pathA])
            rise += pathCost(pathSum[pathB] + changeB) - pathCost(pathSum[pathB])
        }
        guard rise <= limit else { return false }
        position[a] = Int32(truncatingIfNeeded: placeB)
        position[b] = Int32(truncatingIfNeeded: placeA)
        cellAt[placeA] = Int32(truncatingIfNeeded: b)
        cellAt[placeB] = Int32(truncatingIfNeeded: a)
        if pathA < paths { pathSum[pathA] += changeA }
        if pathB < paths { pathSum[pathB] += changeB }
        refresh(a)
        refresh(b)
        for slot in Int(slots[a])..<Int(slots[a + 1]) { refresh(Int(ends[slot].other)) }
        for slot in Int(slots[b])..<Int(slots[b + 1]) { refresh(Int(ends[slot].other)) }
        return true
    }

    /// Notes what a cell could gain at most.
    @inline(__always)
    private func refresh(_ cell: Int) {
        let place = Int(position[cell])
        let path = Int(pathOf[cell])
        var excess: Float = 0
        var sum: Float = 0
        for slot in Int(slots[cell])..<Int(slots[cell + 1]) {
            let end = ends[slot]
            let x = (end.rows + Int(position[Int(end.other)]) * stride)[place]
            excess += end.excess * max(0, x - end.cap)
            sum += end.slope * max(0, x - leastPipeline)
        }
        gain[place] = excess + pathCost(pathSum[path]) - pathCost(pathSum[path] - sum)
    }

    func sumPaths() {
        for path in 0...paths { pathSum[path] = 0 }
        for cell in 0..<count where Int(pathOf[cell]) < paths {
            let place = Int(position[cell])
            for slot in Int(slots[cell])..<Int(slots[cell + 1]) where ends[slot].slope > 0 {
                // Each arc is met from both its ends.
                pathSum[Int(pathOf[cell])] +=
                    0.5 * ends[slot].slope * (ends[slot].rows + Int(position[Int(ends[slot].other)]) * stride)[place]
            }
        }
    }

    /// Seconds of a link of a path in the mean, as far as they count.
    var usualLink: Double { paths > 0 && pathArcs > 0 ? Double(max(0, pathFloor)) / Double(pathArcs) : 0 }

    /// Recomputes what moves have kept up to date, and lets paths be as slow as their mean.
    mutating func rebuild() {
        for cell in 0..<count { cellAt[Int(position[cell])] = Int32(cell) }
        sumPaths()
        var mean: Float = 0
        for path in 0..<paths { mean += pathSum[path] * share }
        bend = share * steepness / (2 * max(mean, .leastNormalMagnitude))
        pathFloor = mean - mean / steepness
        for cell in 0..<count { refresh(cell) }
    }
}
