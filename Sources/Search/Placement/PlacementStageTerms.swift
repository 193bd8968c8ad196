extension PlacementState {
    /// Updates the stage times that change when `a` and `b`, which already have their new positions, change places.
    mutating func moveStageTerms(_ a: Int, _ b: Int) {
        let slowA = problem.slowness[Int(position[a])]
        let slowB = problem.slowness[Int(position[b])]
        addStageSeconds(Int32(a), problem.cellSeconds[a] * (slowA - slowB))
        addStageSeconds(Int32(b), problem.cellSeconds[b] * (slowB - slowA))
        for index in collectivesOf[a] { updateCollective(Int(index)) }
        for index in collectivesOf[b] where !collectivesOf[a].contains(index) { updateCollective(Int(index)) }
    }

    private mutating func updateCollective(_ index: Int) {
        let collective = problem.collectives[index]
        let new = seconds(of: collective)
        let difference = new - collectiveSeconds[index]
        log.set(collectiveSeconds + index, new)
        for member in collective.members { addStageSeconds(member, difference) }
    }

    private mutating func addStageSeconds(_ cell: Int32, _ difference: Double) {
        let cell = Int(cell)
        log.set(stageSeconds + cell, stageSeconds[cell] + difference)
        for path in pathsOf[cell] where !touchedPaths.contains(path) { touchedPaths.append(path) }
    }

    func seconds(of collective: PlacementProblem.StageCollective) -> Double {
        var worst = 0.0
        let members = collective.members
        for index in members.indices {
            let row = Int(position[Int(members[index])])
            switch collective.shape {
            case .ring:
                let next = index + 1 == members.count ? 0 : index + 1
                worst = max(worst, Double(ringInverse[row * count + Int(position[Int(members[next])])]))
            case .allToAll:
                var sending = 0.0
                var receiving = 0.0
                for other in members.indices where other != index {
                    let column = Int(position[Int(members[other])])
                    sending += Double(ringInverse[row * count + column])
                    receiving += Double(ringInverse[column * count + row])
                }
                worst = max(worst, max(sending, receiving))
            }
        }
        return max(0, collective.bytes * worst - collective.hidden)
    }

    /// Time of a path from its arcs and the current stage times.
    func pathTime(_ path: Int) -> Double {
        let firstArc = Int(pathArcs.start[path])
        let arcs = Int(pathArcs.start[path + 1]) - firstArc
        let firstCell = problem.pathCellStart[path]
        var sum = 0.0
        var slowest = 0.0
        for index in 0..<(problem.pathCellStart[path + 1] - firstCell) {
            let cell = Int(problem.pathCells[firstCell + index])
            let time = stageSeconds[cell]
            let period = time + (problem.cellPeriod[cell] - problem.cellSeconds[cell]) * problem.slowness[Int(position[cell])]
            sum += time
            slowest = max(slowest, period + (index < arcs ? problem.steadyShare * pathArcSeconds[firstArc + index] : 0))
        }
        return pathArcSum[path] + problem.fillShare * sum + problem.steadyRounds * slowest
    }
}
