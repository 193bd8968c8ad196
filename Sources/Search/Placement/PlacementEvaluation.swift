/// The named parts of a placement's step time, in seconds.
public struct PlacementCost: Hashable, Sendable {
    /// The slowest pipeline: compute, sends on the critical path, stage collectives.
    public var pipeline: Double
    /// Data-parallel communication that nothing hides, of the slowest ring.
    public var data: Double
    /// What no placement changes.
    public var fixed: Double

    /// The step time.
    public var total: Double { pipeline + data + fixed }
}

extension PlacementProblem {
    /// The step time of a placement from first principles, term by term; the oracle of the delta evaluation.
    ///
    /// - Parameter position: the position of every cell, a permutation.
    public func cost(_ position: [Int32]) -> PlacementCost {
        precondition(position.count == count, "every cell has a position")
        let collectiveSeconds = collectives.map { seconds($0, position) }
        var stage = (0..<count).map { cellSeconds[$0] * slowness[Int(position[$0])] }
        for (collective, seconds) in zip(collectives, collectiveSeconds) {
            for member in collective.members { stage[Int(member)] += seconds }
        }
        return PlacementCost(
            pipeline: (0..<paths).map { pathSeconds($0, position, stage) }.max() ?? 0,
            data: (0..<rings).map { ringSeconds($0, position) }.max() ?? 0,
            fixed: fixedSeconds)
    }

    /// Time of one pipeline; `stage` holds the seconds of a micro-batch by cell.
    private func pathSeconds(_ path: Int, _ position: [Int32], _ stage: [Double]) -> Double {
        let arcs = pathArcs.start[path]..<pathArcs.start[path + 1]
        let cells = pathCellStart[path]..<pathCellStart[path + 1]
        let arcSeconds = arcs.map { arc in
            pathArcBytes[arc] * pipelineInverse[link(position[Int(pathArcs.from[arc])], position[Int(pathArcs.to[arc])])]
        }
        let times = cells.map { stage[Int(pathCells[$0])] }
        let steady = times.indices.map { index in
            let cell = Int(pathCells[cells.lowerBound + index])
            let period = times[index] + (cellPeriod[cell] - cellSeconds[cell]) * slowness[Int(position[cell])]
            // A stage waits for the arc behind it, the last for the one before it.
            return period + (arcSeconds.isEmpty ? 0 : steadyShare * arcSeconds[min(index, arcSeconds.count - 1)])
        }
        return arcSeconds.reduce(0, +) + fillShare * times.reduce(0, +) + steadyRounds * (steady.max() ?? 0)
    }

    /// Exposed time of one data-parallel ring: its bytes at the pace of its slowest link, less what hides.
    private func ringSeconds(_ ring: Int, _ position: [Int32]) -> Double {
        let slowest = (ringArcs.start[ring]..<ringArcs.start[ring + 1]).map { arc in
            ringInverse[link(position[Int(ringArcs.from[arc])], position[Int(ringArcs.to[arc])])]
        }.max()
        return max(0, ringBytes[ring] * (slowest ?? 0) - ringHidden[ring])
    }

    /// Exposed time of a stage collective, per micro-batch.
    func seconds(_ collective: StageCollective, _ position: [Int32]) -> Double {
        let members = collective.members
        var worst = 0.0
        switch collective.shape {
        case .ring:
            for index in members.indices {
                let next = index + 1 == members.count ? 0 : index + 1
                worst = max(worst, ringInverse[link(position[Int(members[index])], position[Int(members[next])])])
            }
        case .allToAll:
            for member in members {
                var sending = 0.0
                var receiving = 0.0
                for other in members where other != member {
                    sending += ringInverse[link(position[Int(member)], position[Int(other)])]
                    receiving += ringInverse[link(position[Int(other)], position[Int(member)])]
                }
                worst = max(worst, max(sending, receiving))
            }
        }
        return max(0, collective.bytes * worst - collective.hidden)
    }

    /// Index of the link between two positions in the matrices.
    func link(_ sender: Int32, _ receiver: Int32) -> Int {
        pipelineInverse.count == 1 ? 0 : Int(sender) * count + Int(receiver)
    }
}
