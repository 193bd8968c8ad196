import CPrefetch

extension PlacementState {
    /// Asks for the links that `isHopeless` will read, so that they arrive while another move is decided.
    ///
    /// With 1,024 nodes nearly every look-up misses the near caches; asking one move ahead more than doubles the moves per second.
    @inline(__always)
    func prefetch(_ a: Int, _ b: Int) {
        prefetch(pathArcs, pipelineInverse, a, to: position[b])
        prefetch(pathArcs, pipelineInverse, b, to: position[a])
        prefetch(ringArcs, ringInverse, a, to: position[b])
        prefetch(ringArcs, ringInverse, b, to: position[a])
    }

    @inline(__always)
    private func prefetch(_ arcs: ArcBuffers, _ matrix: UnsafeMutablePointer<Float>, _ cell: Int, to place: Int32) {
        for slot in Int(arcs.slots[cell])..<Int(arcs.slots[cell + 1]) {
            let end = arcs.ends[slot]
            prefetchLine(matrix + Int(truncatingIfNeeded: place &* end.factor &+ position[Int(end.other)] &* end.otherFactor))
        }
    }

    /// Whether exchanging two cells certainly raises the energy above `limit`; reads only, and far less than a swap.
    ///
    /// Most moves of a cool annealing end here: first at the pipelines, then at the rings.
    func isHopeless(_ a: Int, _ b: Int, limit: Double, softness: Double) -> Bool {
        guard isPlain else { return false }
        var one = pathChange(a, to: position[b], exchanging: b, isFirst: true)
        var other = pathChange(b, to: position[a], exchanging: a, isFirst: false)
        let pathA = Int(pathOf[a])
        let pathB = Int(pathOf[b])
        var slowest = pathA != slowestPathIndex && pathB != slowestPathIndex ? slowestPath : 0
        if pathA == pathB {
            one.merge(other)
            other = PathChange()
            if pathA >= 0 {
                settle(&one, pathA)
                slowest = max(slowest, pathSeconds[pathA] + one.seconds)
            }
        } else {
            if pathA >= 0 {
                settle(&one, pathA)
                slowest = max(slowest, pathSeconds[pathA] + one.seconds)
            }
            if pathB >= 0 {
                settle(&other, pathB)
                slowest = max(slowest, pathSeconds[pathB] + other.seconds)
            }
        }
        var floor = slowest + softness * inversePaths * (sums[0] + one.seconds + other.seconds)
        if rings == 0 || floor > limit { return floor > limit }
        if holdsWorstLink(a) || holdsWorstLink(b) { return false }
        floor += slowestRing
        var ring = slowestRing
        var pulls = sums[1]
        ringChange(a, to: position[b], exchanging: b, isFirst: true, &ring, &pulls)
        ringChange(b, to: position[a], exchanging: a, isFirst: false, &ring, &pulls)
        return floor + (ring - slowestRing) + softness * pulls > limit
    }

    /// How strongly the search pulls at a ring's link: the fourth power of its seconds per byte over the usual, at most 2⁴.
    ///
    /// The maximum over a ring does not tell which of its other links are bad; this does, and weighs the worst most.
    @inline(__always)
    func pull(_ inverse: Double) -> Double {
        let ratio = min(inverse * usualRate, 2)
        let square = ratio * ratio
        return square * square
    }

    /// Change of the arcs' time of a cell's path if the cell changed places with `other`, which is at `place`; an arc between the two counts
    /// for the first cell only.
    @inline(__always)
    private func pathChange(_ cell: Int, to place: Int32, exchanging other: Int, isFirst: Bool) -> PathChange {
        var change = PathChange()
        for slot in Int(pathArcs.slots[cell])..<Int(pathArcs.slots[cell + 1]) {
            let end = pathArcs.ends[slot]
            let isBetween = Int(end.other) == other
            if isBetween, !isFirst { continue }
            let far = isBetween ? position[cell] : position[Int(end.other)]
            let arc = Int(end.arc)
            let new = pathArcBytes[arc] * inverse(pipelineInverse, end, place, far)
            change.seconds += new - pathArcSeconds[arc]
            guard hasSteadyArcs else { continue }
            change.period = max(change.period, arcPeriod[arc] + problem.steadyShare * new)
            let old = arcPeriod[arc] + problem.steadyShare * pathArcSeconds[arc]
            if old == pathPeriod[Int(end.owner)] { change.touchesSlowest = true }
        }
        return change
    }

    /// What a move would do to a path.
    private struct PathChange {
        /// Change of its time, in s; of its arcs alone until `settle` adds the steady state's.
        var seconds = 0.0
        /// The slowest period among the arcs that change.
        var period = 0.0
        /// Whether the arc of the slowest period changes, so that another may become the slowest.
        var touchesSlowest = false

        @inline(__always)
        mutating func merge(_ other: PathChange) {
            seconds += other.seconds
            period = max(period, other.period)
            touchesSlowest = touchesSlowest || other.touchesSlowest
        }
    }

    /// Adds the least by which the steady state of a path changes.
    @inline(__always)
    private func settle(_ change: inout PathChange, _ path: Int) {
        guard hasSteadyArcs else { return }
        let period = max(change.touchesSlowest ? pathPeriodFloor[path] : pathPeriod[path], change.period)
        change.seconds += problem.steadyRounds * (period - pathPeriod[path])
    }

    /// Whether a cell is at the slowest link of one of its rings.
    @inline(__always)
    private func holdsWorstLink(_ cell: Int) -> Bool {
        for slot in Int(ringArcs.slots[cell])..<Int(ringArcs.slots[cell + 1]) {
            let end = ringArcs.ends[slot]
            if ringArcInverse[Int(end.arc)] == ringWorst[Int(end.owner)] { return true }
        }
        return false
    }

    /// Raises `slowest` to the time of the slowest ring, and adds to `pulls`, as `pathChange` does for paths.
    @inline(__always)
    private func ringChange(
        _ cell: Int, to place: Int32, exchanging other: Int, isFirst: Bool, _ slowest: inout Double, _ pulls: inout Double
    ) {
        for slot in Int(ringArcs.slots[cell])..<Int(ringArcs.slots[cell + 1]) {
            let end = ringArcs.ends[slot]
            let isBetween = Int(end.other) == other
            if isBetween, !isFirst { continue }
            let ring = Int(end.owner)
            let new = inverse(ringInverse, end, place, isBetween ? position[cell] : position[Int(end.other)])
            slowest = max(slowest, ringBytes[ring] * new - ringHidden[ring])
            pulls += ringPull[ring] * (pull(new) - pull(ringArcInverse[Int(end.arc)]))
        }
    }
}
