import Quantities

/// Builds a placement ring by ring: a beam search that keeps the best beginnings of each.
///
/// A cell of the second ring has one neighbour of its ring and one of its path in place, so that with `m` places free it finds links among
/// the best `1/√m`, far beyond what exchanges reach afterwards, for those must suit all neighbours at once. What is left for the last ring
/// falls on every path alike, and the beam widens as places grow few. Ring links count only beyond a cap, for only the slowest shows; so
/// do the links that a path's steady state waits for.
struct PlacementConstruction {
    /// Additions that are weighed, over all rings.
    var budget: Int
    /// What links cost nothing under.
    var caps: PlacementCaps
    /// How much more a second counts on a path that is slower than the mean, per share of the mean.
    var steepness: Float = 60

    /// What a link of a new cell adds: `slope · x + excess · max(0, x − cap)` of its seconds per byte `x`.
    private struct Term {
        /// The other cell.
        var other: Int
        var isRing: Bool
        /// Whether the other cell sends.
        var isForward: Bool
        var slope: Float
        var excess: Float
        var cap: Float
    }

    private struct Candidate {
        var score: Float
        var parent: Int32
        var place: Int32
    }

    /// A placement of all cells.
    func run(_ problem: PlacementProblem, _ links: PlacementLinks) -> [Int32] {
        let groups = Self.groups(problem)
        let terms = self.terms(problem, groups)
        var position = [Int32](repeating: -1, count: problem.count)
        var isFree = [Bool](repeating: true, count: problem.count)
        var pathSums = [Float](repeating: 0, count: problem.paths + 1)
        var pathOf = [Int](repeating: problem.paths, count: problem.count)
        for path in 0..<problem.paths {
            for cell in problem.pathCells[problem.pathCellStart[path]..<problem.pathCellStart[path + 1]] { pathOf[Int(cell)] = path }
        }
        let least = Float(links.leastPipeline)
        let wholePath = max(Float(problem.pathArcBytes.reduce(0, +)) * least / Float(max(1, problem.paths)), .leastNormalMagnitude)
        let share = 1 / Float(max(1, problem.paths))
        var next = 0
        for cells in groups {
            let free = (0..<problem.count).filter { isFree[$0] }
            let width = max(4, min(2048, budget / groups.count / (cells.count * free.count)))
            let group = Group(
                cells: cells, terms: Array(terms[next..<next + cells.count]), free: free, width: width, links: links, share: share)
            let mean = pathSums.dropLast().reduce(0, +) / Float(max(1, problem.paths))
            // How far each path is from the mean, in units of what makes a second count twice.
            let behind = cells.map { pathOf[$0] < problem.paths ? pathSums[pathOf[$0]] - mean : 0 }
            let unit = wholePath / steepness
            for (cell, place) in zip(cells, group.best(position, behind, unit)) {
                position[cell] = Int32(place)
                isFree[place] = false
            }
            for (index, cell) in cells.enumerated() {
                for term in terms[next + index] where term.slope > 0 {
                    let rows = term.isForward ? links.pipelineFrom : links.pipelineTo
                    pathSums[pathOf[cell]] += term.slope * rows[Int(position[term.other]) * links.stride + Int(position[cell])]
                }
            }
            next += cells.count
        }
        return position
    }

    /// The cells of a ring, or of what rings leave, that are placed together.
    private struct Group {
        let cells: [Int]
        let terms: [[Term]]
        let free: [Int]
        let width: Int
        let links: PlacementLinks
        let share: Float

        /// The places of the cells.
        func best(_ position: [Int32], _ behind: [Float], _ unit: Float) -> [Int] {
            var arena = BufferArena()
            defer { arena.free() }
            let lanes = PlacementLinks.lanes
            let stride = (free.count + lanes - 1) / lanes * lanes
            var turn: [Int: Int] = [:]
            for (index, cell) in cells.enumerated() { turn[cell] = index }
            let among = compressed(stride, &arena, turn)
            let base = arena.filled(0 as Float, stride)
            // Two banks of beginnings: places by turn, and infinity where they are taken.
            var places = (arena.filled(0 as Int32, width * cells.count), arena.filled(0 as Int32, width * cells.count))
            var taken = (arena.filled(0 as Float, width * stride), arena.filled(0 as Float, width * stride))
            for place in free.count..<max(free.count, stride) { taken.0[place] = .infinity }
            var scores = [Float](repeating: 0, count: width)
            var hashes = ([UInt64](repeating: 0, count: width), [UInt64](repeating: 0, count: width))
            var random = SeededRandom(seed: 1)
            let marks = free.map { _ in random.next() }
            var kept = 1
            var best: [Candidate] = []
            for index in cells.indices {
                for (column, place) in free.enumerated() {
                    var sum: Float = 0
                    for term in terms[index] where turn[term.other] == nil {
                        let x = rows(term)[Int(position[term.other]) * links.stride + place]
                        sum += term.excess * max(0, x - term.cap)
                        guard !term.isRing else { continue }
                        let above = max(0, 1 + (behind[index] + term.slope * (x - Float(links.leastPipeline))) / unit)
                        sum += share * unit * 0.5 * above * above
                    }
                    base[column] = sum
                }
                best.removeAll(keepingCapacity: true)
                let inside = terms[index].filter { turn[$0.other] != nil }
                for parent in 0..<kept {
                    let near = inside.map { term -> (Term, UnsafeMutablePointer<Float>) in
                        let matrix = among[(term.isRing ? 2 : 0) + (term.isForward ? 0 : 1)] ?? base
                        return (term, matrix + Int(places.0[parent * cells.count + (turn[term.other] ?? 0)]) * stride)
                    }
                    scan(near, base, taken.0 + parent * stride, scores[parent], Int32(parent), stride, &best)
                }
                best.sort { ($0.score, $0.parent, $0.place) < ($1.score, $1.parent, $1.place) }
                kept = 0
                for candidate in best {
                    let parent = Int(candidate.parent)
                    // The same places in another order, ending at the same, are worse.
                    let hash = hashes.0[parent] ^ marks[Int(candidate.place)]
                    guard
                        !(0..<kept).suffix(8).contains(where: {
                            hashes.1[$0] == hash && places.1[$0 * cells.count + index] == candidate.place
                        })
                    else { continue }
                    (places.1 + kept * cells.count).update(from: places.0 + parent * cells.count, count: index)
                    (taken.1 + kept * stride).update(from: taken.0 + parent * stride, count: stride)
                    places.1[kept * cells.count + index] = candidate.place
                    taken.1[kept * stride + Int(candidate.place)] = .infinity
                    scores[kept] = candidate.score
                    hashes.1[kept] = hash
                    kept += 1
                }
                swap(&places.0, &places.1)
                swap(&taken.0, &taken.1)
                swap(&hashes.0, &hashes.1)
            }
            return cells.indices.map { free[Int(places.0[$0])] }
        }

        private func rows(_ term: Term) -> UnsafeMutablePointer<Float> {
            term.isRing ? (term.isForward ? links.ringFrom : links.ringTo) : (term.isForward ? links.pipelineFrom : links.pipelineTo)
        }

        /// The links among the free places that terms inside the group need.
        private func compressed(_ stride: Int, _ arena: inout BufferArena, _ turn: [Int: Int]) -> [UnsafeMutablePointer<Float>?] {
            var result: [UnsafeMutablePointer<Float>?] = [nil, nil, nil, nil]
            for term in terms.joined() where turn[term.other] != nil {
                let kind = (term.isRing ? 2 : 0) + (term.isForward ? 0 : 1)
                guard result[kind] == nil else { continue }
                let copy = arena.filled(0 as Float, free.count * stride)
                let matrix = rows(term)
                for (row, from) in free.enumerated() {
                    for (column, to) in free.enumerated() { copy[row * stride + column] = matrix[from * links.stride + to] }
                }
                result[kind] = copy
            }
            return result
        }

        /// Adds the places of a beginning that are among the best to `best`, a heap with the worst on top.
        @inline(__always)
        private func scan(
            _ near: [(term: Term, row: UnsafeMutablePointer<Float>)], _ base: UnsafeMutablePointer<Float>,
            _ taken: UnsafeMutablePointer<Float>, _ score: Float, _ parent: Int32, _ stride: Int, _ best: inout [Candidate]
        ) {
            near.withUnsafeBufferPointer { near in
                var limit = best.count < width ? Float.infinity : best[0].score
                for first in Swift.stride(from: 0, to: stride, by: PlacementLinks.lanes) {
                    var sum = taken.vector(first) + base.vector(first) + score
                    for link in near {
                        let x = link.row.vector(first)
                        sum +=
                            share * link.term.slope * x + link.term.excess
                            * (pointwiseMax(x, SIMD8(repeating: link.term.cap)) - link.term.cap)
                    }
                    guard any(sum .< limit) else { continue }
                    for lane in 0..<PlacementLinks.lanes where sum[lane] < limit {
                        PlacementConstruction.push(Candidate(score: sum[lane], parent: parent, place: Int32(first + lane)), width, &best)
                        limit = best.count < width ? Float.infinity : best[0].score
                    }
                }
            }
        }
    }

    private static func push(_ candidate: Candidate, _ width: Int, _ heap: inout [Candidate]) {
        if heap.count < width {
            heap.append(candidate)
            var child = heap.count - 1
            while child > 0, heap[(child - 1) / 2].score < heap[child].score {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
            return
        }
        heap[0] = candidate
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return }
            if child + 1 < heap.count, heap[child + 1].score > heap[child].score { child += 1 }
            guard heap[child].score > heap[parent].score else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }

    /// Cells ring by ring, then path by path, then the rest one by one.
    private static func groups(_ problem: PlacementProblem) -> [[Int]] {
        var groups: [[Int]] = []
        var isIn = [Bool](repeating: false, count: problem.count)
        func add(_ cells: some Sequence<Int>) {
            let new = cells.filter { !isIn[$0] }
            for cell in new { isIn[cell] = true }
            if !new.isEmpty { groups.append(new) }
        }
        for ring in 0..<problem.rings {
            add((problem.ringArcs.start[ring]..<problem.ringArcs.start[ring + 1]).map { Int(problem.ringArcs.from[$0]) })
        }
        for path in 0..<problem.paths {
            add(problem.pathCells[problem.pathCellStart[path]..<problem.pathCellStart[path + 1]].map { Int($0) })
        }
        add(0..<problem.count)
        return groups
    }

    /// The links of each cell, in the order of the groups, to cells before it.
    private func terms(_ problem: PlacementProblem, _ groups: [[Int]]) -> [[Term]] {
        var turn = [Int](repeating: 0, count: problem.count)
        for (index, cell) in groups.joined().enumerated() { turn[cell] = index }
        var terms = [[Term]](repeating: [], count: problem.count)
        for arc in CappedArcs(problem, caps).arcs {
            // Where the sender is in place its row holds the link to every receiver.
            let isForward = turn[arc.from] < turn[arc.to]
            terms[max(turn[arc.from], turn[arc.to])].append(
                Term(
                    other: isForward ? arc.from : arc.to, isRing: arc.path < 0, isForward: isForward, slope: Float(arc.slope),
                    excess: Float(arc.excess), cap: Float(arc.cap)))
        }
        return terms
    }
}
