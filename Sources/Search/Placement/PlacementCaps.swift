/// What the links of rings, and those that a path's steady state waits for, are to stay under, in seconds.
///
/// Only the slowest of them shows in a step's time. Under a cap they cost nothing; what is above it counts for each link.
struct PlacementCaps {
    /// Exposed seconds of a ring.
    var ring: Double
    /// Seconds between micro-batches of a path.
    var period: Double

    /// Caps that links of `inverse` seconds per byte just keep.
    init(_ problem: PlacementProblem, ringInverse: Double, pipelineInverse: Double) {
        ring = 0
        for (bytes, hidden) in zip(problem.ringBytes, problem.ringHidden) { ring = max(ring, bytes * ringInverse - hidden) }
        period = 0
        for (arc, base) in problem.arcPeriods.enumerated() {
            period = max(period, base + problem.steadyShare * problem.pathArcBytes[arc] * pipelineInverse)
        }
    }
}

/// The arcs of a problem without stage terms, each with what its link costs under caps: `slope · x + excess · max(0, x − cap)` for `x`
/// seconds per byte.
struct CappedArcs {
    struct Arc {
        var from: Int
        var to: Int
        /// The path, or −1 for an arc of a ring.
        var path: Int
        /// Bytes that a path sends.
        var slope: Double
        var excess: Double
        var cap: Double
    }

    private(set) var arcs: [Arc] = []

    init(_ problem: PlacementProblem, _ caps: PlacementCaps) {
        let periods = problem.arcPeriods
        for arc in problem.pathArcs.from.indices {
            let waited = problem.steadyShare * problem.pathArcBytes[arc]
            arcs.append(
                Arc(
                    from: Int(problem.pathArcs.from[arc]), to: Int(problem.pathArcs.to[arc]), path: Int(problem.pathArcs.owner[arc]),
                    slope: problem.pathArcBytes[arc], excess: problem.steadyRounds * waited,
                    cap: waited > 0 ? max(0, caps.period - periods[arc]) / waited : 0))
        }
        for arc in problem.ringArcs.from.indices {
            let ring = Int(problem.ringArcs.owner[arc])
            let bytes = problem.ringBytes[ring]
            arcs.append(
                Arc(
                    from: Int(problem.ringArcs.from[arc]), to: Int(problem.ringArcs.to[arc]), path: -1, slope: 0, excess: bytes,
                    cap: (caps.ring + problem.ringHidden[ring]) / bytes))
        }
    }
}

extension PlacementProblem {
    /// Seconds between micro-batches of the slowest cell that waits for each path arc, the arc's own time not counted, on nodes of the first
    /// one's speed.
    var arcPeriods: [Double] {
        var periods = [Double](repeating: 0, count: pathArcBytes.count)
        for path in 0..<paths {
            let (first, arcs) = (pathArcs.start[path], pathArcs.start[path + 1] - pathArcs.start[path])
            guard arcs > 0 else { continue }
            for index in 0..<(pathCellStart[path + 1] - pathCellStart[path]) {
                let arc = first + min(index, arcs - 1)
                periods[arc] = max(periods[arc], cellPeriod[Int(pathCells[pathCellStart[path] + index])] * (slowness.first ?? 1))
            }
        }
        return periods
    }
}
