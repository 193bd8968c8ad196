public import Hardware
public import Parallelism

/// Which GPU does what: places the ranks of a strategy on a cluster so that a step takes least time.
public enum Placement {
    /// Places a strategy's ranks.
    ///
    /// Blocks of ranks that fill a node stay together; whole blocks move. Inside nodes, GPUs follow the measured GPU matrix where the profile has
    /// one. The answer is deterministic for its arguments, never worse than rank order, and comes with a bound on how much better any
    /// other could be. A planner adds `objective − identityObjective` to its own step time.
    ///
    /// - Parameters:
    ///   - traffic: what the strategy sends and computes in a step.
    ///   - method: see `PlacementMethod`.
    ///   - seed: of all randomness.
    ///   - moves: annealing moves; chosen by size unless given.
    /// - Throws: `PlacementError` where strategy, cluster, traffic or given map do not fit.
    public static func place(
        strategy: ParallelStrategy, cluster: ClusterProfile, traffic: PlacementTraffic, method: PlacementMethod = .auto, seed: UInt64 = 1,
        moves: Int? = nil
    ) throws(PlacementError) -> PlacementResult {
        let (problem, slots, _) = try problem(strategy: strategy, cluster: cluster, traffic: traffic)
        let identity = problem.identity
        let identityCost = problem.cost(identity)
        var position = identity
        var kind = PlacementResult.Method.identity
        var lowerBound: Double?
        switch method {
        case .none:
            break
        case .given(let map):
            return try evaluate(map, problem, slots, identityCost)
        case .exact where problem.count > PlacementProblem.exactLimit && !problem.isSymmetric:
            throw .tooManyForExact(blocks: problem.count, limit: PlacementProblem.exactLimit)
        case .auto, .exact, .anneal:
            guard !problem.isSymmetric else { break }
            let isExact = method == .exact || (method == .auto && problem.count <= PlacementProblem.exactByDefault)
            let solution = problem.solved(exact: isExact, seed: seed, moves: moves)
            position = solution.position
            kind = solution.isProven ? .exact : .anneal
            if solution.isProven { lowerBound = problem.cost(position).total }
        }
        let cost = problem.cost(position)
        // Who spends few moves on many plans has no time for the closer bound either.
        let bound = lowerBound ?? (moves == nil ? problem.lowerBound : problem.separateBound)
        let gpuOrder = method == .none ? nil : GPUOrder.best(strategy: strategy, cluster: cluster, traffic: traffic, size: slots.size)
        return PlacementResult(
            method: kind, cost: cost, identityCost: identityCost, lowerBound: min(bound, cost.total),
            map: map(position, slots, worldSize: strategy.worldSize, gpuOrder: gpuOrder))
    }

    /// The problem of a strategy on a cluster: what `place` solves, for benchmarks and what-if questions.
    public static func problem(
        of strategy: ParallelStrategy, on cluster: ClusterProfile, traffic: PlacementTraffic
    ) throws(PlacementError) -> PlacementProblem {
        try problem(strategy: strategy, cluster: cluster, traffic: traffic).problem
    }

    static func problem(
        strategy: ParallelStrategy, cluster: ClusterProfile, traffic: PlacementTraffic
    ) throws(PlacementError) -> (problem: PlacementProblem, slots: PlacementSlots, cells: PlacementCells) {
        guard traffic.stages == strategy.pipeline else { throw .stagesDiffer(traffic: traffic.stages, strategy: strategy.pipeline) }
        let slots = try PlacementSlots(cluster, worldSize: strategy.worldSize)
        let order = GPUOrder.best(strategy: strategy, cluster: cluster, traffic: traffic, size: slots.size)
        let slowdown = GPUOrder.tensorSlowdown(strategy: strategy, cluster: cluster, order: order)
        var traffic = traffic
        for (stage, seconds) in traffic.tensorSecondsInside.enumerated() where stage < traffic.stageSeconds.count {
            traffic.stageSeconds[stage] += (slowdown - 1) * seconds
        }
        let cells = PlacementCells(grid: RankGrid(strategy), size: slots.size, traffic: traffic)
        var problem: PlacementProblem
        if let inverse = slots.uniformInverse {
            problem = PlacementProblem(activeCount: cells.count, positions: slots.slots.count, uniformInverse: inverse)
        } else {
            guard slots.slots.count <= PlacementProblem.largest else {
                throw .tooManyPlaces(count: slots.slots.count, limit: PlacementProblem.largest)
            }
            let pipeline = try slots.inverse(bytes: traffic.boundaryBytes)
            // Only link classes make the rate depend on the size of the message.
            let ring = cluster.links.isEmpty ? nil : try slots.inverse(bytes: traffic.dataBytes.max() ?? 0)
            problem = PlacementProblem(
                activeCount: cells.count, positions: slots.slots.count, pipelineInverse: symmetric(pipeline, slots.slots.count),
                ringInverse: ring ?? pipeline, slowness: try slots.slowness(groupSpeeds: traffic.groupSpeeds))
        }
        cells.addTerms(to: &problem)
        return (problem, slots, cells)
    }

    /// Activations go one way and their gradients the other: half of an arc's transfers takes each direction.
    private static func symmetric(_ inverse: [Double], _ count: Int) -> [Double] {
        var result = inverse
        for row in 0..<count {
            for column in 0..<count { result[row * count + column] = (inverse[row * count + column] + inverse[column * count + row]) / 2 }
        }
        return result
    }

    private static func map(_ position: [Int32], _ slots: PlacementSlots, worldSize: Int, gpuOrder: [Int]?) -> [RankLocation] {
        (0..<worldSize).map { rank in
            let slot = slots.slots[Int(position[rank / slots.size])]
            let local = rank % slots.size
            return RankLocation(rank: rank, node: slot.node, gpu: slot.firstGPU + (gpuOrder?[local] ?? local))
        }
    }

    /// The cost of a user's map, which must keep the blocks of the search together.
    private static func evaluate(
        _ map: [RankLocation], _ problem: PlacementProblem, _ slots: PlacementSlots, _ identityCost: PlacementCost
    ) throws(PlacementError) -> PlacementResult {
        let sorted = map.sorted { $0.rank < $1.rank }
        let position = try positions(of: sorted, problem, slots)
        let cost = problem.cost(position)
        return PlacementResult(
            method: .given, cost: cost, identityCost: identityCost, lowerBound: min(problem.lowerBound, cost.total), map: sorted)
    }

    /// The position of every block of a map whose places are in the order of ranks; blocks that nobody needs take what is left.
    static func positions(
        of sorted: [RankLocation], _ problem: PlacementProblem, _ slots: PlacementSlots
    ) throws(PlacementError) -> [Int32] {
        let worldSize = problem.activeCount * slots.size
        for (rank, place) in sorted.enumerated() where place.rank != rank { throw .badMap(rank: place.rank) }
        guard sorted.count == worldSize else { throw .badMap(rank: sorted.count) }
        var slotAt: [[Int]: Int32] = [:]
        for (index, slot) in slots.slots.enumerated() { slotAt[[slot.node, slot.firstGPU]] = Int32(index) }
        var position = [Int32](repeating: -1, count: problem.count)
        var isTaken = [Bool](repeating: false, count: problem.count)
        var isUsed: Set<[Int]> = []
        for place in sorted {
            let slot = slotAt[[place.node, place.gpu < 0 ? -1 : place.gpu / slots.size * slots.size]]
            guard let slot, isUsed.insert([place.node, place.gpu]).inserted else { throw .badMap(rank: place.rank) }
            let block = place.rank / slots.size
            if position[block] < 0 {
                guard !isTaken[Int(slot)] else { throw .mapSplitsBlock(rank: place.rank) }
                position[block] = slot
                isTaken[Int(slot)] = true
            } else if position[block] != slot {
                throw .mapSplitsBlock(rank: place.rank)
            }
        }
        var free = (0..<Int32(problem.count)).filter { !isTaken[Int($0)] }.makeIterator()
        for cell in position.indices where position[cell] < 0 { position[cell] = free.next() ?? 0 }
        return position
    }
}
