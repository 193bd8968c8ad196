extension PlacementProblem {
    /// A time that no placement beats, in seconds; cheap enough to print with every answer: O(n²), times the good links of a node.
    ///
    /// The slowest pipeline takes at least the mean of all, and the sum over all is an assignment problem, whose dual gives a bound without
    /// solving it. A ring is as slow as its slowest link, every node of it sends over one link and receives over another, and only
    /// one node can have the best link, so the k-th best bounds a ring of k nodes. The two parts add up because the cost adds them.
    /// Where pipelines and rings cross as rungs and sides of ladders do, rings near their bound leave pipelines little choice, which counts too.
    public var lowerBound: Double {
        if isSymmetric { return cost(identity).total }
        let arcs = arcSumBound()
        guard let ladder = PlacementLadder(self) else { return separateBound }
        return fixedSeconds + ladder.bound(rings: ringBound, arcs: arcs) { pipelineBound(arcSum: $0) }
    }

    /// As `lowerBound`, with the best links for rings and pipelines each.
    var separateBound: Double { fixedSeconds + pipelineBound(arcSum: arcSumBound()) + ringBound }

    /// Bound of the slowest pipeline, from one of all their arcs together, Σ bytes/B.
    private func pipelineBound(arcSum: Double) -> Double {
        guard paths > 0 else { return 0 }
        let slow = slowness.sorted()
        let fastest = slow.first ?? 1
        let arcMean = arcSum / Double(paths)
        let computeSum = fillShare * pairedSum(pathCells.map { cellSeconds[Int($0)] }, slow)
        // The slowest stage of the job sits in some path; of that path only the least is known.
        var heaviest = 0.0
        var leastPath = Double.infinity
        var meanOfHeaviest = 0.0
        let cheapest = cheapestLink
        for path in 0..<paths {
            let cells = pathCells[pathCellStart[path]..<pathCellStart[path + 1]].map { cellSeconds[Int($0)] }
            let arcs = pathArcBytes[pathArcs.start[path]..<pathArcs.start[path + 1]]
            leastPath = min(leastPath, fillShare * fastest * cells.reduce(0, +) + cheapest * arcs.reduce(0, +))
            let period = pathCells[pathCellStart[path]..<pathCellStart[path + 1]].map { cellPeriod[Int($0)] }.max() ?? 0
            meanOfHeaviest += period * fastest
            heaviest = max(heaviest, period)
        }
        let sorted = (0..<activeCount).map { cellPeriod[$0] }.sorted(by: >)
        let slowestStage = zip(sorted, slow).map { $0 * $1 }.max() ?? 0
        let mean = arcMean + computeSum / Double(paths) + steadyRounds * meanOfHeaviest / Double(paths)
        return max(mean, leastPath + steadyRounds * max(slowestStage, heaviest * fastest))
    }

    /// The least Σ bytes/B over all path arcs, from the dual of the assignment of cells to positions.
    ///
    /// With potentials u, v such that u(a) + v(b) never exceeds the link's seconds per byte, the sum is at least Σ sent(c)·u(x(c)) +
    /// Σ received(c)·v(x(c)), and each of the two is least when large cells meet small potentials.
    private func arcSumBound() -> Double {
        var sent = [Double](repeating: 0, count: count)
        var received = sent
        for arc in pathArcBytes.indices {
            sent[Int(pathArcs.from[arc])] += pathArcBytes[arc]
            received[Int(pathArcs.to[arc])] += pathArcBytes[arc]
        }
        let rowsFirst = potentials(byRows: true)
        let columnsFirst = potentials(byRows: false)
        let bounds = [rowsFirst, columnsFirst].map { pairedSum(sent, $0.send.sorted()) + pairedSum(received, $0.receive.sorted()) }
        return bounds.max() ?? 0
    }

    /// Feasible dual potentials: row minima and then column minima of what is left, or the other way round.
    private func potentials(byRows: Bool) -> (send: [Double], receive: [Double]) {
        var first = [Double](repeating: .infinity, count: count)
        var second = first
        func value(_ i: Int, _ j: Int) -> Double { pipelineInverse[byRows ? i * count + j : j * count + i] }
        guard count > 1 else { return ([0], [0]) }
        for i in 0..<count { for j in 0..<count where j != i { first[i] = min(first[i], value(i, j)) } }
        for i in 0..<count { for j in 0..<count where j != i { second[j] = min(second[j], value(i, j) - first[i]) } }
        return byRows ? (first, second) : (second, first)
    }

    /// Bound of the slowest ring's exposed time.
    private var ringBound: Double {
        guard rings > 0, count > 1 else { return 0 }
        var least = [Double](repeating: 0, count: count)
        for node in 0..<count {
            var send = Double.infinity
            var receive = Double.infinity
            for other in 0..<count where other != node {
                send = min(send, ringInverse[node * count + other])
                receive = min(receive, ringInverse[other * count + node])
            }
            least[node] = max(send, receive)
        }
        least.sort()
        // The heaviest rings alone, for every number of them: they cover that many nodes, so one holds a node as bad as the last.
        let heaviestFirst = (0..<rings).sorted { (ringBytes[$0], $1) > (ringBytes[$1], $0) }
        var covered = [Bool](repeating: false, count: count)
        var nodes = 0
        var best = 0.0
        for (index, ring) in heaviestFirst.enumerated() {
            for arc in ringArcs.start[ring]..<ringArcs.start[ring + 1] where !covered[Int(ringArcs.from[arc])] {
                covered[Int(ringArcs.from[arc])] = true
                nodes += 1
            }
            let worst = least[nodes - 1]
            let exposed = heaviestFirst[0...index].map { ringBytes[$0] * worst - ringHidden[$0] }.min() ?? 0
            best = max(best, exposed)
        }
        return best
    }

    /// The least seconds per byte of any pipeline link.
    private var cheapestLink: Double {
        var least = Double.infinity
        for i in 0..<count { for j in 0..<count where j != i { least = min(least, pipelineInverse[i * count + j]) } }
        return least.isFinite ? least : 0
    }

    /// Least sum of products of `weights`, padded with zeros, and distinct entries of `ascending`.
    private func pairedSum(_ weights: [Double], _ ascending: [Double]) -> Double {
        zip(weights.sorted(by: >), ascending).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
