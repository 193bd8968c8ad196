/// A placement under change: recomputes only the terms that a swap touches, and takes any number of swaps back bit for bit.
///
/// All state lies in flat buffers that the annealer's inner loop reads through pointers; arrays with their checks cost a third more per
/// move. Sums drift by rounding, so `rebuild()` is due every hundred thousand swaps or so.
struct PlacementState: ~Copyable {
    let count: Int
    let paths: Int
    let rings: Int
    /// The position of every cell.
    let position: UnsafeMutablePointer<Int32>
    /// Time of the slowest path, and which it is.
    private(set) var slowestPath = 0.0
    private(set) var slowestPathIndex = 0
    /// Exposed time of the slowest ring, and which it is.
    private(set) var slowestRing = 0.0
    private(set) var slowestRingIndex = 0

    let problem: PlacementProblem
    let pathArcs: ArcBuffers
    let ringArcs: ArcBuffers
    let hasStageTerms: Bool
    let arena: BufferArena
    let links: PlacementLinks
    /// Distance of the rows of links.
    let stride: Int
    let pipelineInverse: UnsafeMutablePointer<Float>
    let ringInverse: UnsafeMutablePointer<Float>
    let pathArcBytes: UnsafeMutablePointer<Double>
    let pathArcSeconds: UnsafeMutablePointer<Double>
    let pathArcSum: UnsafeMutablePointer<Double>
    let pathConstant: UnsafeMutablePointer<Double>
    /// Whether the steady state waits for arcs.
    let hasSteadyArcs: Bool
    /// Seconds between micro-batches of the slowest cell that waits for an arc, the arc's own time not counted.
    let arcPeriod: UnsafeMutablePointer<Double>
    /// Seconds between micro-batches of each path: the slowest of its cells with the arc that it waits for.
    let pathPeriod: UnsafeMutablePointer<Double>
    /// The least that `pathPeriod` can be, arcs or not.
    let pathPeriodFloor: UnsafeMutablePointer<Double>
    let pathSeconds: UnsafeMutablePointer<Double>
    let ringBytes: UnsafeMutablePointer<Double>
    let ringHidden: UnsafeMutablePointer<Double>
    let ringArcInverse: UnsafeMutablePointer<Double>
    let ringWorst: UnsafeMutablePointer<Double>
    let ringSeconds: UnsafeMutablePointer<Double>
    let stageSeconds: UnsafeMutablePointer<Double>
    let pathsOf: [[Int32]]
    /// The path of each cell, −1 for none; meaningful where the problem is plain.
    let pathOf: UnsafeMutablePointer<Int32>
    /// Whether no time of a stage depends on its place and no cell has two paths, so that `isHopeless` can tell.
    let isPlain: Bool
    /// Whether some cell has two paths.
    let hasSharedCells: Bool
    let inversePaths: Double
    /// One over the usual seconds per byte of a ring link.
    let usualRate: Double
    /// Weight of `pull` of each ring's links: the ring's time at the usual rate over the number of all links.
    let ringPull: UnsafeMutablePointer<Double>
    let collectives: CollectiveBuffers
    /// What the annealer follows where the maximum is flat: entry 0 the sum over all paths, entry 1 the pulls of all ring links.
    let sums: UnsafeMutablePointer<Double>
    var log: UndoLog
    var touchedPaths: [Int32] = []
    /// The move in which a stage of each path last changed its time, so that the path is noted once.
    let noted: UnsafeMutablePointer<Int>
    var move = 0
    var touchedRings: [Int32] = []

    init(_ problem: PlacementProblem, position initial: [Int32], links: PlacementLinks? = nil) {
        var arena = BufferArena()
        let pathsOf = Self.pathsOfCells(problem)
        let hasSharedCells = pathsOf.contains { $0.count > 1 }
        let links = links ?? PlacementLinks(problem)
        self.problem = problem
        self.links = links
        stride = links.stride
        count = problem.count
        paths = problem.paths
        rings = problem.rings
        hasStageTerms = problem.hasStageTerms
        position = arena.copy(initial)
        pathArcs = ArcBuffers(problem.pathArcs, cells: problem.count, stride: links.stride, &arena)
        ringArcs = ArcBuffers(problem.ringArcs, cells: problem.count, stride: links.stride, &arena)
        pipelineInverse = links.pipelineFrom
        ringInverse = links.ringFrom
        pathArcBytes = arena.copy(problem.pathArcBytes)
        pathArcSeconds = arena.zeros(problem.pathArcBytes.count)
        pathArcSum = arena.zeros(paths)
        pathConstant = arena.zeros(paths)
        hasSteadyArcs = problem.steadyShare > 0 && problem.steadyRounds > 0
        arcPeriod = arena.zeros(problem.pathArcBytes.count)
        pathPeriod = arena.zeros(paths)
        pathPeriodFloor = arena.zeros(paths)
        pathSeconds = arena.zeros(paths)
        ringBytes = arena.copy(problem.ringBytes)
        ringHidden = arena.copy(problem.ringHidden)
        ringArcInverse = arena.zeros(problem.ringArcs.from.count)
        ringWorst = arena.zeros(rings)
        ringSeconds = arena.zeros(rings)
        stageSeconds = arena.zeros(count)
        collectives = CollectiveBuffers(problem.collectives, cells: problem.count, &arena)
        sums = arena.zeros(2)
        noted = arena.filled(-1, paths)
        self.pathsOf = pathsOf
        pathOf = arena.copy(pathsOf.map { $0.first ?? -1 })
        self.hasSharedCells = hasSharedCells
        isPlain = !hasStageTerms && !hasSharedCells
        inversePaths = 1 / Double(max(1, problem.paths))
        let usual = problem.usualRingInverse
        usualRate = usual > 0 ? 1 / usual : 0
        let arcCount = Double(max(1, problem.ringArcs.from.count))
        ringPull = arena.copy(problem.ringBytes.map { $0 * usual / arcCount })
        log = UndoLog()
        self.arena = arena
        rebuild()
    }

    /// The paths of each cell.
    private static func pathsOfCells(_ problem: PlacementProblem) -> [[Int32]] {
        var pathsOf = [[Int32]](repeating: [], count: problem.count)
        for path in 0..<problem.paths {
            for cell in problem.pathCells[problem.pathCellStart[path]..<problem.pathCellStart[path + 1]] {
                pathsOf[Int(cell)].append(Int32(path))
            }
        }
        return pathsOf
    }

    deinit {
        arena.free()
        log.free()
    }

    /// The step time without its fixed part.
    var seconds: Double { slowestPath + slowestRing }

    /// The step time plus `softness` times means over all paths and ring links, which give the search a slope where the maximum is flat.
    func energy(softness: Double) -> Double {
        seconds + softness * (sums[0] * inversePaths + sums[1])
    }

    /// The placement as an array.
    var snapshot: [Int32] { Array(UnsafeBufferPointer(start: position, count: count)) }

    /// Starts a move: `rollback()` returns to here.
    mutating func begin() {
        log.begin(slowestPath, slowestPathIndex, slowestRing, slowestRingIndex)
    }

    /// Takes back all swaps since `begin()`.
    mutating func rollback() {
        (slowestPath, slowestPathIndex, slowestRing, slowestRingIndex) = log.rollback(position)
    }

    /// Exchanges the positions of two different cells.
    mutating func swap(_ a: Int, _ b: Int) {
        log.exchange(position, a, b)
        move += 1
        if hasStageTerms { moveStageTerms(a, b) }
        updatePathArcs(of: a, except: -1)
        updatePathArcs(of: b, except: Int32(truncatingIfNeeded: a))
        settlePaths()
        guard rings > 0 else { return }
        updateRingArcs(of: a, except: -1)
        updateRingArcs(of: b, except: Int32(truncatingIfNeeded: a))
        settleRings()
    }

    /// Moves the whole placement to `snapshot` and recomputes everything.
    mutating func restore(_ snapshot: [Int32]) {
        for cell in 0..<count { position[cell] = snapshot[cell] }
        rebuild()
    }

    /// Seconds per byte over an arc between `place`, where `end` is, and `far`.
    @inline(__always)
    func inverse(_ matrix: UnsafeMutablePointer<Float>, _ end: ArcEnd, _ place: Int32, _ far: Int32) -> Double {
        Double(matrix[Int(truncatingIfNeeded: place &* end.factor &+ far &* end.otherFactor)])
    }

    mutating func updatePathArcs(of cell: Int, except other: Int32) {
        let place = position[cell]
        for slot in Int(pathArcs.slots[cell])..<Int(pathArcs.slots[cell + 1]) {
            let end = pathArcs.ends[slot]
            if end.other == other { continue }
            let arc = Int(end.arc)
            let new = pathArcBytes[arc] * inverse(pipelineInverse, end, place, position[Int(end.other)])
            let path = Int(end.owner)
            let sum = pathArcSum[path] + (new - pathArcSeconds[arc])
            log.set(pathArcSeconds + arc, new)
            log.set(pathArcSum + path, sum)
            if touchedPaths.last != end.owner { touchedPaths.append(end.owner) }
        }
    }

    mutating func updateRingArcs(of cell: Int, except other: Int32) {
        let place = position[cell]
        for slot in Int(ringArcs.slots[cell])..<Int(ringArcs.slots[cell + 1]) {
            let end = ringArcs.ends[slot]
            if end.other == other { continue }
            let arc = Int(end.arc)
            let new = inverse(ringInverse, end, place, position[Int(end.other)])
            let old = ringArcInverse[arc]
            let ring = Int(end.owner)
            log.set(ringArcInverse + arc, new)
            log.set(sums + 1, sums[1] + ringPull[ring] * (pull(new) - pull(old)))
            let worst = ringWorst[ring]
            if new > worst {
                log.set(ringWorst + ring, new)
                if touchedRings.last != end.owner { touchedRings.append(end.owner) }
            } else if old == worst, new < worst {
                touchedRings.append(end.owner)
            }
        }
    }

    /// Recomputes the touched paths from their arcs' sum and finds the slowest.
    mutating func settlePaths() {
        var mustScan = false
        for path in touchedPaths {
            let path = Int(path)
            let new = hasStageTerms ? pathTime(path) : plainPathTime(path)
            let old = pathSeconds[path]
            if new == old { continue }
            log.set(sums, sums[0] + (new - old))
            log.set(pathSeconds + path, new)
            if new >= slowestPath {
                slowestPath = new
                slowestPathIndex = path
            } else if path == slowestPathIndex {
                mustScan = true
            }
        }
        touchedPaths.removeAll(keepingCapacity: true)
        if mustScan { (slowestPath, slowestPathIndex) = Self.largest(pathSeconds, paths) }
    }

    /// Recomputes the touched rings, whose slowest link may have changed, and finds the slowest.
    mutating func settleRings() {
        var mustScan = false
        for ring in touchedRings {
            let ring = Int(ring)
            let start = Int(ringArcs.start[ring])
            let worst = Self.largest(ringArcInverse + start, Int(ringArcs.start[ring + 1]) - start).value
            log.set(ringWorst + ring, worst)
            let new = max(0, ringBytes[ring] * worst - ringHidden[ring])
            let old = ringSeconds[ring]
            if new == old { continue }
            log.set(ringSeconds + ring, new)
            if new >= slowestRing {
                slowestRing = new
                slowestRingIndex = ring
            } else if ring == slowestRingIndex {
                mustScan = true
            }
        }
        touchedRings.removeAll(keepingCapacity: true)
        if mustScan { (slowestRing, slowestRingIndex) = Self.largest(ringSeconds, rings) }
    }

    /// Recomputes every term from the positions.
    mutating func rebuild() {
        for cell in 0..<count { stageSeconds[cell] = problem.cellSeconds[cell] * problem.slowness[Int(position[cell])] }
        for index in problem.collectives.indices {
            sumExchanges(index)
            let seconds = collectiveTime(index)
            collectives.seconds[index] = seconds
            for slot in Int(collectives.start[index])..<Int(collectives.start[index + 1]) {
                stageSeconds[Int(collectives.members[slot])] += seconds
            }
        }
        sums[0] = 0
        sums[1] = 0
        for path in 0..<paths {
            pathArcSum[path] = 0
            for arc in Int(pathArcs.start[path])..<Int(pathArcs.start[path + 1]) {
                let link = Int(position[Int(pathArcs.from[arc])]) * stride + Int(position[Int(pathArcs.to[arc])])
                pathArcSeconds[arc] = pathArcBytes[arc] * Double(pipelineInverse[link])
                pathArcSum[path] += pathArcSeconds[arc]
            }
            pathSeconds[path] = pathTime(path)
            preparePeriods(path)
            pathConstant[path] = pathSeconds[path] - pathArcSum[path] - problem.steadyRounds * pathPeriod[path]
            sums[0] += pathSeconds[path]
        }
        for ring in 0..<rings {
            ringWorst[ring] = 0
            for arc in Int(ringArcs.start[ring])..<Int(ringArcs.start[ring + 1]) {
                let link = Int(position[Int(ringArcs.from[arc])]) * stride + Int(position[Int(ringArcs.to[arc])])
                ringArcInverse[arc] = Double(ringInverse[link])
                ringWorst[ring] = max(ringWorst[ring], ringArcInverse[arc])
                sums[1] += ringPull[ring] * pull(ringArcInverse[arc])
            }
            ringSeconds[ring] = max(0, ringBytes[ring] * ringWorst[ring] - ringHidden[ring])
        }
        (slowestPath, slowestPathIndex) = Self.largest(pathSeconds, paths)
        (slowestRing, slowestRingIndex) = Self.largest(ringSeconds, rings)
        log.begin(slowestPath, slowestPathIndex, slowestRing, slowestRingIndex)
    }

    /// The cell that sends over the slowest link of the slowest ring; nil without rings.
    var slowestRingSender: Int? {
        guard rings > 0 else { return nil }
        let start = Int(ringArcs.start[slowestRingIndex])
        let arcs = Int(ringArcs.start[slowestRingIndex + 1]) - start
        return Int(ringArcs.from[start + Self.largest(ringArcInverse + start, arcs).index])
    }

    /// The first path through a cell; nil for an idle cell.
    func firstPath(of cell: Int) -> Int? { pathsOf[cell].first.map(Int.init) }

    /// The largest of `count` non-negative numbers and its first index; zero for none.
    static func largest(_ values: UnsafeMutablePointer<Double>, _ count: Int) -> (value: Double, index: Int) {
        var best = (value: 0.0, index: 0)
        for index in 0..<count where values[index] > best.value { best = (values[index], index) }
        return best
    }
}
