public import Quantities

extension ClusterProfile {
    /// Line rate of the network between groups whose adapters cannot talk to each other: 25 Gbit/s Ethernet a node, as in the mixed
    /// clusters of Holmes (Yang et al., ICPP 2024); a `LinkClass` of the profile overrides it.
    static let fallbackRate = BytesPerSecond.gigabitsPerSecond(25)
    /// Size of message at which a link class stands for the bulk of training traffic: 128 MiB, a gradient bucket.
    public static let bulkBytes = 134_217_728.0

    /// Whether every node and every link is as good as any other, so that it does not matter which rank runs where.
    public var isEven: Bool { hasEvenNodes && gpuBandwidth?.isEven ?? true }

    /// Whether every node and every link between nodes is as good as any other.
    public var hasEvenNodes: Bool {
        groups.count == 1 && nodeBandwidth == nil && links.isEmpty && first.speedFactors.values.allSatisfy { $0 == 1 }
            && tiers.allSatisfy { $0.oversubscription <= 1 || $0.nodes >= nodes }
    }

    /// The groups that each of `stages` equal shares of the GPUs touches, GPUs counted in the order of the nodes.
    public func groupsTouched(byStages stages: Int) -> [[Int]] {
        let perStage = max(1, gpus / stages)
        var firsts = [0]
        for group in groups { firsts.append(firsts[firsts.count - 1] + group.gpus) }
        return (0..<stages).map { stage in
            groups.indices.filter { firsts[$0] < (stage + 1) * perStage && firsts[$0 + 1] > stage * perStage }
        }
    }

    /// Measured bandwidth of a pair of nodes, the mean over the profile's links; nil where none was measured. A matrix with a row per GPU
    /// counts the links between nodes, all GPUs of a node together.
    public var meanNodeBandwidth: BytesPerSecond? {
        guard let matrix = nodeBandwidth else { return linkSpread?.mean }
        guard matrix.count == gpus, gpus != nodes else { return matrix.meanOffDiagonal.map { BytesPerSecond($0) } }
        let node = groups.flatMap { group in Array(repeating: group.gpusPerNode, count: group.nodes) }.enumerated()
            .flatMap { index, count in Array(repeating: index, count: count) }
        var sum = 0.0
        var links = 0.0
        for row in 0..<matrix.count {
            for column in 0..<matrix.count where node[row] != node[column] {
                sum += matrix.values[row * matrix.count + column]
                links += 1
            }
        }
        return links > 0 ? BytesPerSecond(sum / links * Double(groups.map(\.gpusPerNode).min() ?? 1)) : nil
    }

    /// Bandwidth of a pair of nodes of two groups for messages of a size, before any oversubscription of switches.
    public func bandwidth(between a: Int, and b: Int, bytes: Double) -> BytesPerSecond {
        if let link = links.first(where: { $0.joins(a, b) }) { return link.bandwidth(for: bytes) }
        let (first, second) = (groups[a].network, groups[b].network)
        let rate = min(first.nodeBandwidth.value * first.achievedFraction, second.nodeBandwidth.value * second.achievedFraction)
        return BytesPerSecond(first.kind == second.kind ? rate : min(rate, Self.fallbackRate.value))
    }

    /// The slowest border between groups, as bandwidth of a pair of nodes; nil where there is one group.
    public var slowestBorder: BytesPerSecond? {
        var slowest: Double?
        for a in groups.indices {
            for b in groups.indices where b > a {
                let rate = bandwidth(between: a, and: b, bytes: Self.bulkBytes).value
                slowest = min(slowest ?? rate, rate)
            }
        }
        return slowest.map { BytesPerSecond($0) }
    }
}

extension BandwidthMatrix {
    /// Whether no link is more than a twentieth under the median: what repeated measurements of equal links stray.
    public var isEven: Bool {
        guard let median = medianOffDiagonal else { return true }
        return (0..<count).allSatisfy { a in (0..<count).allSatisfy { a == $0 || values[a * count + $0] >= 0.95 * median } }
    }

    /// The median of the links between different endpoints, in B/s; nil for fewer than two endpoints.
    public var medianOffDiagonal: Double? {
        guard count > 1 else { return nil }
        var links: [Double] = []
        links.reserveCapacity(count * (count - 1))
        for row in 0..<count { for column in 0..<count where row != column { links.append(values[row * count + column]) } }
        links.sort()
        return links[links.count / 2]
    }

    /// Mean of the links between different endpoints, in B/s; nil for fewer than two endpoints.
    public var meanOffDiagonal: Double? {
        guard count > 1 else { return nil }
        var sum = 0.0
        for i in 0..<count { for j in 0..<count where i != j { sum += values[i * count + j] } }
        return sum / Double(count * (count - 1))
    }
}
