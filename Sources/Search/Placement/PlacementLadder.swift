import Dispatch
import Synchronization

/// A bound of what all arcs of pipelines take together while no ring is slower than a cap.
///
/// The rings of two neighbouring stages are the sides of a ladder, the arcs of pipelines between them its rungs: a rung from `i` to `j` is followed by
/// one from a ring's successor of `i` to one of `j`. Under a cap a position has few successors, so a good rung rarely has good ones after it, and the
/// best `m` rungs in a row that begin at `i` cost at least
///
///     f₁(i, j) = inverse(i, j),  fₘ(i, j) = inverse(i, j) + min over successors k of i, l of j, with k ≠ j and l ≠ i, of fₘ₋₁(k, l)
///
/// Rings are closed, so that every rung is in `m` such windows: the sum over all rungs is at least a `m`-th of what the windows from all
/// their senders cost. Windows may visit a position twice, which no placement does; that only lowers the bound.
struct PlacementLadder {
    private let problem: PlacementProblem
    /// Bytes that each cell sends over rungs.
    private let sent: [Double]
    /// The rings that are sides.
    private let rings: [Int]
    /// Costs of rungs, a row a sender and a row a receiver; infinite on the diagonal.
    private let links: PlacementLinks

    /// Rungs of a window; more of them gain little.
    private static let rungs = 8
    /// Successors of a position, in the mean, beyond which a cap says little.
    private static let mostSuccessors = 32
    /// Caps that are tried.
    private static let caps = 6
    /// More than single precision loses over a window.
    private static let rounding = 1e-6

    /// The ladders of a problem; nil unless every arc of a pipeline is a rung.
    init?(_ problem: PlacementProblem) {
        guard problem.rings > 0, !problem.pathArcBytes.isEmpty, problem.ringInverse.count > 1 else { return nil }
        // Of rings that share cells the heaviest counts.
        var next = [Int](repeating: -1, count: problem.count)
        var sides: [Int] = []
        for ring in (0..<problem.rings).sorted(by: { (problem.ringBytes[$0], $1) > (problem.ringBytes[$1], $0) }) {
            let arcs = problem.ringArcs.start[ring]..<problem.ringArcs.start[ring + 1]
            guard Set(arcs.map { problem.ringArcs.from[$0] }).count == arcs.count,
                arcs.allSatisfy({ next[Int(problem.ringArcs.from[$0])] < 0 })
            else { continue }
            for arc in arcs { next[Int(problem.ringArcs.from[arc])] = Int(problem.ringArcs.to[arc]) }
            sides.append(ring)
        }
        var bytes: [Int: Double] = [:]
        var sent = [Double](repeating: 0, count: problem.count)
        for (arc, amount) in problem.pathArcBytes.enumerated() {
            let (from, to) = (Int(problem.pathArcs.from[arc]), Int(problem.pathArcs.to[arc]))
            guard from != to, bytes.updateValue(amount, forKey: from * problem.count + to) == nil else { return nil }
            sent[from] += amount
        }
        for (key, amount) in bytes {
            let (from, to) = key.quotientAndRemainder(dividingBy: problem.count)
            guard next[from] >= 0, next[to] >= 0, next[from] != to, next[to] != from,
                bytes[next[from] * problem.count + next[to]] == amount
            else { return nil }
        }
        self.problem = problem
        self.sent = sent
        rings = sides
        links = PlacementLinks(problem)
        for place in 0..<problem.count {
            links.pipelineFrom[place * links.stride + place] = .infinity
            links.pipelineTo[place * links.stride + place] = .infinity
        }
    }

    /// The least of exposed rings and pipelines together, from what rings take at least and what pipelines take for a sum of their arcs.
    ///
    /// Either rings stay under a cap, and arcs cost what ladders say, or they take as long as the cap lets them: over caps in a row the
    /// least of each ring time and of the arcs under the next cap bounds both.
    func bound(rings least: Double, arcs plain: Double, pipelines: (Double) -> Double) -> Double {
        let floor = pipelines(plain)
        var gain = pipelines(max(plain, arcSum(exposed: least) ?? plain)) - floor
        guard gain > 0 else { return least + floor }
        // Where nothing keeps the least cap, caps up to a tenth of everything later are tried.
        if !gain.isFinite { gain = 0.1 * (least + floor) }
        let exposed = (0...Self.caps).map { least + gain * Double($0) / Double(Self.caps) }
        // Each is found alone, so that threads change nothing.
        let found = Mutex([Double](repeating: plain, count: Self.caps))
        nonisolated(unsafe) let ladder = self
        DispatchQueue.concurrentPerform(iterations: Self.caps) { index in
            let sum = ladder.arcSum(exposed: exposed[index + 1]) ?? plain
            found.withLock { $0[index] = max(plain, sum) }
        }
        let sums = found.withLock { $0 } + [plain]
        return zip(exposed, sums).map { $0 + pipelines($1) }.min() ?? least + floor
    }

    /// The least Σ bytes/B over all arcs of pipelines while no ring shows longer than so many seconds; nil where that says little.
    private func arcSum(exposed: Double) -> Double? {
        let cap = rings.map { (exposed + problem.ringHidden[$0]) / problem.ringBytes[$0] }.max() ?? .infinity
        guard let successors = Successors(problem, cap: cap * (1 + 1e-12), most: Self.mostSuccessors * problem.count) else { return nil }
        let windows = windows(successors).map { Double($0) * (1 - Self.rounding) / Double(Self.rungs) }
        // The largest amounts at the cheapest windows; a place without any sends nothing.
        return zip(sent.sorted(by: >), windows.sorted()).reduce(0) { $1.0 > 0 ? $0 + $1.0 * $1.1 : $0 }
    }

    /// What the best window from each position costs, s/B.
    private func windows(_ successors: Successors) -> [Float] {
        var arena = BufferArena()
        defer { arena.free() }
        let (count, stride) = (problem.count, links.stride)
        var costs = (links.pipelineFrom, links.pipelineTo)
        var best = arena.filled(0 as Float, count * stride)
        var other = arena.filled(Float.infinity, count * stride)
        let turned = arena.filled(Float.infinity, count * stride)
        best.update(from: costs.0, count: count * stride)
        for _ in 1..<Self.rungs {
            // Over the successors of a row's end, then of a column's; rows and columns change places.
            successors.least(best, to: other, stride)
            PlacementLinks.transpose(other, to: turned, count, stride)
            successors.least(turned, to: other, stride)
            for (row, column) in successors.adjacent {
                let (row, column) = (Int(row), Int(column))
                other[column * stride + row] = successors.leastApart(best, row, column, stride)
            }
            costs = (costs.1, costs.0)
            for index in 0..<count * stride { other[index] += costs.0[index] }
            swap(&best, &other)
        }
        if Self.rungs % 2 == 0 {
            PlacementLinks.transpose(best, to: turned, count, stride)
            best = turned
        }
        return (0..<count).map { row in (0..<count).reduce(.infinity) { min($0, best[row * stride + $1]) } }
    }
}

/// The positions that a ring can go on to under a cap.
private struct Successors {
    /// Successors of all positions, one after the other.
    private var list: [Int32] = []
    private var start: [Int] = [0]
    /// Pairs of positions of which one is a successor of the other, both ways around.
    private(set) var adjacent: [(Int32, Int32)] = []

    /// Nil where there are more than `most`.
    init?(_ problem: PlacementProblem, cap: Double, most: Int) {
        let count = problem.count
        for row in 0..<count {
            for column in 0..<count where column != row && problem.ringInverse[row * count + column] <= cap {
                list.append(Int32(column))
                adjacent.append((Int32(row), Int32(column)))
                adjacent.append((Int32(column), Int32(row)))
            }
            guard list.count <= most else { return nil }
            start.append(list.count)
        }
    }

    /// Each row becomes the least of its successors' rows, element by element.
    func least(_ matrix: UnsafeMutablePointer<Float>, to result: UnsafeMutablePointer<Float>, _ stride: Int) {
        for row in 0..<start.count - 1 {
            let target = result + row * stride
            target.update(repeating: .infinity, count: stride)
            for place in start[row]..<start[row + 1] {
                let source = matrix + Int(list[place]) * stride
                for first in Swift.stride(from: 0, to: stride, by: PlacementLinks.lanes) {
                    let least = pointwiseMin(target.vector(first), source.vector(first))
                    UnsafeMutableRawPointer(target + first).storeBytes(of: least, as: SIMD8<Float>.self)
                }
            }
        }
    }

    /// The least over successors of `row` but `column`, and of `column` but `row`.
    func leastApart(_ matrix: UnsafeMutablePointer<Float>, _ row: Int, _ column: Int, _ stride: Int) -> Float {
        var least = Float.infinity
        for one in start[row]..<start[row + 1] where Int(list[one]) != column {
            let values = matrix + Int(list[one]) * stride
            for other in start[column]..<start[column + 1] where Int(list[other]) != row { least = min(least, values[Int(list[other])]) }
        }
        return least
    }
}
