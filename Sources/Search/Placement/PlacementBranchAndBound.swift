/// Exact placement by depth-first branch and bound; for a dozen cells.
///
/// Cells get positions one after the other, pipeline by pipeline. A partial placement is cut when what it has fixed, completed with the
/// best link still free for every arc, is no faster than the best placement known. Where turning all pipelines by one around their rings
/// changes nothing, the first position is given to the first pipeline only.
struct PlacementBranchAndBound {
    private let problem: PlacementProblem
    private let count: Int
    /// Cells in the order in which they get positions.
    private let order: [Int]
    private let turns: Bool
    private var position: [Int32]
    private var isTaken: [Bool]
    private var best: Double
    private var bestPosition: [Int32]
    /// Best free link out of and into each position, by matrix; recomputed at every node of the tree.
    private var leastSend: [Double]
    private var leastReceive: [Double]
    private var leastRing: [Double]
    /// Partial placements that were looked at.
    private(set) var visited = 0
    /// Partial placements after which the search gives up its proof: a few seconds.
    private let limit: Int

    /// A search that starts with the knowledge of one placement.
    init(_ problem: PlacementProblem, start: [Int32], limit: Int = 4_000_000) {
        self.problem = problem
        self.limit = limit
        count = problem.count
        var order: [Int] = []
        for cell in problem.pathCells.map(Int.init) + Array(0..<problem.activeCount) where !order.contains(cell) { order.append(cell) }
        self.order = order
        turns = problem.canTurn
        position = [Int32](repeating: -1, count: problem.count)
        isTaken = [Bool](repeating: false, count: problem.count)
        best = problem.cost(start).total
        bestPosition = start
        leastSend = [Double](repeating: 0, count: problem.count)
        leastReceive = leastSend
        leastRing = leastSend
    }

    /// The best placement of all, or the best found and false if the tree was too large.
    mutating func run() -> (position: [Int32], isProven: Bool) {
        descend(0)
        return (bestPosition, visited <= limit)
    }

    private mutating func descend(_ depth: Int) {
        visited += 1
        if visited > limit { return }
        if depth == order.count {
            let complete = completed()
            let seconds = problem.cost(complete).total
            if seconds < best {
                best = seconds
                bestPosition = complete
            }
            return
        }
        let cell = order[depth]
        for place in 0..<count where !isTaken[place] {
            if turns, place == 0, problem.firstPath(of: cell) != 0 { continue }
            position[cell] = Int32(place)
            isTaken[place] = true
            if bound() < best * (1 - 1e-12) { descend(depth + 1) }
            isTaken[place] = false
            position[cell] = -1
        }
    }

    /// Idle cells take what is left, in order.
    private func completed() -> [Int32] {
        var free = (0..<count).filter { !isTaken[$0] }.makeIterator()
        return position.map { $0 >= 0 ? $0 : Int32(free.next() ?? 0) }
    }

    /// A time that no completion of the current partial placement beats.
    private mutating func bound() -> Double {
        let slow = refreshFreeLinks()
        var stage = (0..<count).map { cell in
            problem.cellSeconds[cell] * (position[cell] >= 0 ? problem.slowness[Int(position[cell])] : slow)
        }
        for collective in problem.collectives where collective.members.allSatisfy({ position[Int($0)] >= 0 }) {
            let seconds = problem.seconds(collective, position)
            for member in collective.members { stage[Int(member)] += seconds }
        }
        var slowest = 0.0
        for path in 0..<problem.paths {
            let arcs = problem.pathArcs.start[path]
            let arcCount = problem.pathArcs.start[path + 1] - arcs
            let cells = problem.pathCellStart[path]
            var sum = 0.0
            var steady = 0.0
            var exposed = 0.0
            for index in 0..<max(arcCount, problem.pathCellStart[path + 1] - cells) {
                let arcSeconds = index < arcCount ? pathArcBound(arcs + index) : 0
                sum += arcSeconds
                if index < arcCount { exposed = arcSeconds }
                guard cells + index < problem.pathCellStart[path + 1] else { continue }
                let cell = Int(problem.pathCells[cells + index])
                let speed = position[cell] >= 0 ? problem.slowness[Int(position[cell])] : slow
                sum += problem.fillShare * stage[cell]
                steady = max(
                    steady, stage[cell] + (problem.cellPeriod[cell] - problem.cellSeconds[cell]) * speed + problem.steadyShare * exposed)
            }
            slowest = max(slowest, sum + problem.steadyRounds * steady)
        }
        var ring = 0.0
        for arc in problem.ringArcs.from.indices {
            let owner = Int(problem.ringArcs.owner[arc])
            ring = max(ring, problem.ringBytes[owner] * ringArcBound(arc) - problem.ringHidden[owner])
        }
        return problem.fixedSeconds + slowest + ring
    }

    private func pathArcBound(_ arc: Int) -> Double {
        let from = position[Int(problem.pathArcs.from[arc])]
        let to = position[Int(problem.pathArcs.to[arc])]
        let bytes = problem.pathArcBytes[arc]
        switch (from >= 0, to >= 0) {
        case (true, true): return bytes * problem.pipelineInverse[problem.link(from, to)]
        case (true, false): return bytes * leastSend[Int(from)]
        case (false, true): return bytes * leastReceive[Int(to)]
        case (false, false): return bytes * leastFree
        }
    }

    private func ringArcBound(_ arc: Int) -> Double {
        let from = position[Int(problem.ringArcs.from[arc])]
        let to = position[Int(problem.ringArcs.to[arc])]
        if from >= 0, to >= 0 { return problem.ringInverse[problem.link(from, to)] }
        return from >= 0 ? leastRing[Int(from)] : 0
    }

    private var leastFree = 0.0

    /// Finds the best links to positions still free, and returns the least slowness among those.
    private mutating func refreshFreeLinks() -> Double {
        var slow = Double.infinity
        leastFree = .infinity
        for node in 0..<count {
            var send = Double.infinity
            var receive = Double.infinity
            var ring = Double.infinity
            for free in 0..<count where !isTaken[free] && free != node {
                send = min(send, problem.pipelineInverse[node * count + free])
                receive = min(receive, problem.pipelineInverse[free * count + node])
                ring = min(ring, problem.ringInverse[node * count + free])
            }
            leastSend[node] = send.isFinite ? send : 0
            leastReceive[node] = receive.isFinite ? receive : 0
            leastRing[node] = ring.isFinite ? ring : 0
            if !isTaken[node] {
                slow = min(slow, problem.slowness[node])
                leastFree = min(leastFree, leastSend[node])
            }
        }
        if !leastFree.isFinite { leastFree = 0 }
        return slow.isFinite ? slow : 1
    }
}

extension PlacementProblem {
    /// The first path through a cell.
    func firstPath(of cell: Int) -> Int? {
        (0..<paths).first { path in
            pathCells[pathCellStart[path]..<pathCellStart[path + 1]].contains(Int32(cell))
        }
    }

    /// Whether giving every pipeline the place of the next leaves the problem as it is.
    ///
    /// So it is with equal pipelines and rings that go around them in their order, which is the usual case without stage collectives.
    var canTurn: Bool {
        guard paths > 1, collectives.isEmpty, count == activeCount, pathCells.count == count else { return false }
        let length = pathCells.count / paths
        var next = [Int](repeating: -1, count: count)
        for path in 0..<paths {
            guard pathCellStart[path + 1] - pathCellStart[path] == length else { return false }
            for index in 0..<length {
                next[Int(pathCells[path * length + index])] = Int(pathCells[(path + 1) % paths * length + index])
            }
        }
        guard !next.contains(-1), (0..<count).allSatisfy({ cellSeconds[$0] == cellSeconds[next[$0]] }) else { return false }
        let pathFacts = pathArcs.from.indices.map { [Double(pathArcs.from[$0]), Double(pathArcs.to[$0]), pathArcBytes[$0]] }
        let turnedPaths = pathFacts.map { [Double(next[Int($0[0])]), Double(next[Int($0[1])]), $0[2]] }
        let ringFacts = ringArcs.from.indices.map { arc in
            let ring = Int(ringArcs.owner[arc])
            return [Double(ringArcs.from[arc]), Double(ringArcs.to[arc]), ringBytes[ring], ringHidden[ring]]
        }
        let turnedRings = ringFacts.map { [Double(next[Int($0[0])]), Double(next[Int($0[1])]), $0[2], $0[3]] }
        return Set(pathFacts) == Set(turnedPaths) && Set(ringFacts) == Set(turnedRings)
    }
}
