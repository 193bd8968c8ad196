import Parallelism

/// The blocks of ranks that a placement moves, and the terms of their problem.
///
/// A block is `size` consecutive ranks, so that tensor and expert groups that fit a node stay in one. What several groups of a block send
/// at the same time shares the node's adapters, wherever the block goes: their bytes are added here, once.
struct PlacementCells {
    let grid: RankGrid
    let size: Int
    let traffic: PlacementTraffic
    /// Number of blocks.
    var count: Int { grid.worldSize / size }

    /// Adds pipelines, data-parallel rings and collectives between blocks to `problem`.
    func addTerms(to problem: inout PlacementProblem) {
        problem.fixedSeconds = traffic.fixedSeconds
        problem.fillShare = traffic.fillShare
        problem.steadyRounds = traffic.steadyRounds
        problem.steadyShare = traffic.criticalTransfers > 0 ? traffic.steadyTransfers / traffic.criticalTransfers : 0
        addPaths(to: &problem)
        addRings(to: &problem)
        addCollectives(.tensor, .ring, bytes: traffic.tensorBytes, hidden: 0, to: &problem)
        addCollectives(.context, .ring, bytes: traffic.contextBytes, hidden: traffic.contextHiddenSeconds, to: &problem)
        addCollectives(.expert, .allToAll, bytes: traffic.expertBytes, hidden: traffic.expertHiddenSeconds, to: &problem)
    }

    /// The pipeline stage of a rank.
    private func stage(_ rank: Int) -> Int { grid.coordinate(of: rank).pipeline }

    /// The different blocks along `ranks`, in their order.
    private func blocks(_ ranks: [Int]) -> [Int] {
        var result: [Int] = []
        for rank in ranks where result.last != rank / size { result.append(rank / size) }
        return result
    }

    private func addPaths(to problem: inout PlacementProblem) {
        let pipelines = grid.groups(.pipeline)
        // Ranks of each block that send to another one, and the same for the way back to the first stage.
        var senders = [Double](repeating: 0, count: count)
        var wrapSenders = senders
        var seen: Set<[Int]> = []
        var paths: [[Int]] = []
        for ranks in pipelines {
            for (rank, next) in zip(ranks, ranks.dropFirst()) where rank / size != next / size { senders[rank / size] += 1 }
            if let first = ranks.first, let last = ranks.last, first / size != last / size { wrapSenders[last / size] += 1 }
            let path = blocks(ranks)
            if seen.insert(path).inserted { paths.append(path) }
        }
        let once = traffic.boundaryBytes
        for path in paths {
            problem.addPath(
                path, bytes: path.dropLast().map { senders[$0] * once * traffic.criticalTransfers },
                wrapBytes: wrapSenders[path[path.count - 1]] * once * traffic.wrapTransfers)
        }
        for block in 0..<count {
            let stages = Set((0..<size).map { stage(block * size + $0) })
            problem.setCompute(
                block, seconds: stages.sorted().reduce(0) { $0 + traffic.stageSeconds[$1] },
                period: stages.map { traffic.stageSeconds[$0] }.max())
        }
    }

    private func addRings(to problem: inout PlacementProblem) {
        struct Ring: Hashable {
            var blocks: [Int]
            var hidden: Double
        }
        var rings: [Ring] = []
        var seen: Set<Ring> = []
        // Bytes of all rings through each block: they run at the same time over the same adapters.
        var through = [Double](repeating: 0, count: count)
        for (kind, bytes) in [(RankGrid.GroupKind.dataContext, traffic.dataBytes), (.expertData, traffic.expertDataBytes)]
        where bytes.contains(where: { $0 > 0 }) {
            for ranks in grid.groups(kind) {
                let stage = stage(ranks[0])
                let ring = Ring(blocks: blocks(ranks), hidden: traffic.dataHiddenSeconds[stage])
                guard ring.blocks.count > 1, bytes[stage] > 0 else { continue }
                for block in ring.blocks { through[block] += bytes[stage] }
                if seen.insert(ring).inserted { rings.append(ring) }
            }
        }
        for ring in rings {
            problem.addRing(ring.blocks, bytes: ring.blocks.map { through[$0] }.max() ?? 0, hidden: ring.hidden)
        }
    }

    private func addCollectives(
        _ kind: RankGrid.GroupKind, _ shape: PlacementProblem.StageCollective.Shape, bytes: [Double], hidden: Double,
        to problem: inout PlacementProblem
    ) {
        guard bytes.contains(where: { $0 > 0 }) else { return }
        var order: [[Int]] = []
        var total: [[Int]: Double] = [:]
        for ranks in grid.groups(kind) {
            let members = blocks(ranks)
            let rankBytes = bytes[stage(ranks[0])]
            guard members.count > 1, rankBytes > 0 else { continue }
            if total[members] == nil { order.append(members) }
            let inBlock = Double(ranks.count) / Double(members.count)
            let link = shape == .ring ? rankBytes : inBlock * inBlock * rankBytes / Double(ranks.count - 1)
            total[members, default: 0] += link
        }
        for members in order {
            problem.collectives.append(
                .init(shape: shape, members: members.map(Int32.init), bytes: total[members] ?? 0, hidden: hidden))
        }
    }
}
