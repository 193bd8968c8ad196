extension PlacementState {
    /// Updates the stage times that change when `a` and `b`, which already have their new positions, change places.
    mutating func moveStageTerms(_ a: Int, _ b: Int) {
        let slowA = problem.slowness[Int(position[a])]
        let slowB = problem.slowness[Int(position[b])]
        if slowA != slowB {
            addStageSeconds(a, problem.cellSeconds[a] * (slowA - slowB))
            addStageSeconds(b, problem.cellSeconds[b] * (slowB - slowA))
        }
        for slot in Int(collectives.slots[a])..<Int(collectives.slots[a + 1]) {
            updateCollective(Int(collectives.owners[slot]), a, b, isFirst: true)
        }
        for slot in Int(collectives.slots[b])..<Int(collectives.slots[b + 1]) {
            updateCollective(Int(collectives.owners[slot]), b, a, isFirst: false)
        }
    }

    /// Updates a collective of `cell`, which has changed places with `other`.
    @inline(__always)
    private mutating func updateCollective(_ index: Int, _ cell: Int, _ other: Int, isFirst: Bool) {
        // A ring that both take part in is up to date the second time, and updating it again changes nothing.
        if !collectives.isRing[index], !moveExchanges(index, cell, other, isFirst: isFirst) { return }
        let new = collectiveTime(index)
        let difference = new - collectives.seconds[index]
        guard difference != 0 else { return }
        log.set(collectives.seconds + index, new)
        for slot in Int(collectives.start[index])..<Int(collectives.start[index + 1]) {
            addStageSeconds(Int(collectives.members[slot]), difference)
        }
    }

    /// Updates what the members of an all-to-all send and receive; false where both cells take part, so that its time stays.
    @inline(__always)
    private mutating func moveExchanges(_ index: Int, _ cell: Int, _ other: Int, isFirst: Bool) -> Bool {
        let (start, end) = (Int(collectives.start[index]), Int(collectives.start[index + 1]))
        var (own, others) = (-1, -1)
        for slot in start..<end {
            let member = Int(collectives.members[slot])
            if member == cell { own = slot }
            if member == other { others = slot }
        }
        if others >= 0 {
            guard isFirst else { return false }
            let (sending, receiving) = (collectives.sending[own], collectives.receiving[own])
            log.set(collectives.sending + own, collectives.sending[others])
            log.set(collectives.receiving + own, collectives.receiving[others])
            log.set(collectives.sending + others, sending)
            log.set(collectives.receiving + others, receiving)
            return false
        }
        let (new, old) = (Int(position[cell]), Int(position[other]))
        var (sending, receiving) = (0.0, 0.0)
        for slot in start..<end where slot != own {
            let place = Int(position[Int(collectives.members[slot])])
            let (to, from) = (Double(ringInverse[new * stride + place]), Double(ringInverse[place * stride + new]))
            sending += to
            receiving += from
            log.set(collectives.sending + slot, collectives.sending[slot] + (from - Double(ringInverse[place * stride + old])))
            log.set(collectives.receiving + slot, collectives.receiving[slot] + (to - Double(ringInverse[old * stride + place])))
        }
        log.set(collectives.sending + own, sending)
        log.set(collectives.receiving + own, receiving)
        return true
    }

    /// Sums what the members of an all-to-all send and receive where they are now.
    func sumExchanges(_ index: Int) {
        guard !collectives.isRing[index] else { return }
        let (start, end) = (Int(collectives.start[index]), Int(collectives.start[index + 1]))
        for slot in start..<end {
            let row = Int(position[Int(collectives.members[slot])])
            var (sending, receiving) = (0.0, 0.0)
            for other in start..<end where other != slot {
                let column = Int(position[Int(collectives.members[other])])
                sending += Double(ringInverse[row * stride + column])
                receiving += Double(ringInverse[column * stride + row])
            }
            collectives.sending[slot] = sending
            collectives.receiving[slot] = receiving
        }
    }

    @inline(__always)
    private mutating func addStageSeconds(_ cell: Int, _ difference: Double) {
        log.set(stageSeconds + cell, stageSeconds[cell] + difference)
        guard !hasSharedCells else {
            for path in pathsOf[cell] where !touchedPaths.contains(path) { touchedPaths.append(path) }
            return
        }
        let path = pathOf[cell]
        guard path >= 0, noted[Int(path)] != move else { return }
        noted[Int(path)] = move
        touchedPaths.append(path)
    }

    /// Exposed time of a collective where its members are now.
    @inline(__always)
    func collectiveTime(_ index: Int) -> Double {
        let start = Int(collectives.start[index])
        let end = Int(collectives.start[index + 1])
        var worst = Float(0)
        if collectives.isRing[index] {
            var from = Int(position[Int(collectives.members[end - 1])])
            for slot in start..<end {
                let to = Int(position[Int(collectives.members[slot])])
                worst = max(worst, ringInverse[from * stride + to])
                from = to
            }
            return max(0, collectives.bytes[index] * Double(worst) - collectives.hidden[index])
        }
        var slowest = 0.0
        for slot in start..<end { slowest = max(slowest, max(collectives.sending[slot], collectives.receiving[slot])) }
        return max(0, collectives.bytes[index] * slowest - collectives.hidden[index])
    }

    /// Time of a path whose stages take the same wherever they run.
    @inline(__always)
    mutating func plainPathTime(_ path: Int) -> Double {
        guard hasSteadyArcs else { return pathArcSum[path] + pathConstant[path] + problem.steadyRounds * pathPeriod[path] }
        let period = slowestPeriod(path)
        if period != pathPeriod[path] { log.set(pathPeriod + path, period) }
        return pathArcSum[path] + pathConstant[path] + problem.steadyRounds * period
    }

    /// Notes which periods wait for which arcs of a path, and the slowest of them.
    func preparePeriods(_ path: Int) {
        pathPeriod[path] = 0
        pathPeriodFloor[path] = 0
        guard hasSteadyArcs else { return }
        let firstArc = Int(pathArcs.start[path])
        let arcs = Int(pathArcs.start[path + 1]) - firstArc
        for arc in firstArc..<firstArc + arcs { arcPeriod[arc] = 0 }
        for index in 0..<(problem.pathCellStart[path + 1] - problem.pathCellStart[path]) {
            let cell = Int(problem.pathCells[problem.pathCellStart[path] + index])
            let slowness = problem.slowness[Int(position[cell])]
            let period = stageSeconds[cell] + (problem.cellPeriod[cell] - problem.cellSeconds[cell]) * slowness
            pathPeriodFloor[path] = max(pathPeriodFloor[path], period)
            guard arcs > 0 else { continue }
            let arc = firstArc + min(index, arcs - 1)
            arcPeriod[arc] = max(arcPeriod[arc], period)
        }
        pathPeriod[path] = slowestPeriod(path)
    }

    /// The slowest of a path's cells with the arc that it waits for.
    @inline(__always)
    private func slowestPeriod(_ path: Int) -> Double {
        var slowest = pathPeriodFloor[path]
        for arc in Int(pathArcs.start[path])..<Int(pathArcs.start[path + 1]) {
            slowest = max(slowest, arcPeriod[arc] + problem.steadyShare * pathArcSeconds[arc])
        }
        return slowest
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
            slowest = max(slowest, period + (arcs > 0 ? problem.steadyShare * pathArcSeconds[firstArc + min(index, arcs - 1)] : 0))
        }
        return pathArcSum[path] + problem.fillShare * sum + problem.steadyRounds * slowest
    }
}
