import Quantities

extension ClusterProfile {
    /// The most nodes or GPUs that are modelled.
    public static let largest = 1_048_576

    /// The same kind of cluster with another number of nodes.
    ///
    /// Fewer nodes are the profile's first ones, with their names and their part of the measured matrix. More nodes than were measured
    /// have no matrix; the mean and spread of its links stand in for it. Speed factors of nodes that are left out are dropped.
    public func scaled(nodes count: Int) throws(HardwareError) -> ClusterProfile {
        guard (1...Self.largest).contains(count), count <= Self.largest / first.gpusPerNode else {
            throw .clusterSize(count, largest: Self.largest / first.gpusPerNode)
        }
        guard count != nodes else { return self }
        guard groups.count == 1 else { throw .mixedClusterScaled(name: name, nodes: nodes, asked: count) }
        var scaled = self
        scaled.groups[0].nodes = count
        scaled.nodeNames = count <= nodeNames.count ? Array(nodeNames.prefix(count)) : []
        let names = Set((0..<min(count, nodes)).map(nodeName))
        // Without names of their own, grown clusters call their nodes by index, and the factors of named nodes have nobody to go to.
        scaled.groups[0].speedFactors =
            scaled.nodeNames.isEmpty && !nodeNames.isEmpty ? [:] : first.speedFactors.filter { names.contains($0.key) }
        if let matrix = nodeBandwidth {
            scaled.nodeBandwidth = count <= matrix.count ? matrix.first(count) : nil
            if count > matrix.count { scaled.linkSpread = matrix.spread ?? linkSpread }
        }
        return scaled
    }

    /// The same kind of cluster with another number of GPUs: whole nodes, or a part of a single one.
    public func scaled(gpus count: Int) throws(HardwareError) -> ClusterProfile {
        guard (1...Self.largest).contains(count) else { throw .clusterSize(count, largest: Self.largest) }
        guard count != gpus else { return self }
        guard groups.count == 1 else { throw .mixedClusterScaled(name: name, nodes: nodes, asked: count) }
        let perNode = first.gpusPerNode
        if count % perNode == 0 { return try scaled(nodes: count / perNode) }
        // Any number of GPUs that one fabric joins, or equal parts of a node of several.
        guard count < perNode, count <= first.fabric.domainSize || perNode % count == 0 else {
            throw .gpusDoNotFillNodes(gpus: count, perNode: perNode)
        }
        var part = try scaled(nodes: 1)
        part.groups[0].gpusPerNode = count
        part.groups[0].fabric.domainSize = min(first.fabric.domainSize, count)
        part.gpuBandwidth = gpuBandwidth?.first(count)
        return part
    }
}

extension BandwidthMatrix {
    /// The matrix of the first `count` endpoints.
    func first(_ count: Int) -> BandwidthMatrix {
        let kept = (0..<count).flatMap { row in values[(row * self.count)..<(row * self.count + count)] }
        return BandwidthMatrix(names: Array(names.prefix(count)), values: kept)
    }

    /// Mean and standard deviation of the links between different endpoints; nil for a single endpoint.
    var spread: ClusterProfile.LinkSpread? {
        guard count > 1 else { return nil }
        var sum = 0.0
        var squares = 0.0
        for row in 0..<count {
            for column in 0..<count where row != column {
                sum += values[row * count + column]
                squares += values[row * count + column] * values[row * count + column]
            }
        }
        let links = Double(count * (count - 1))
        let mean = sum / links
        return .init(mean: BytesPerSecond(mean), deviation: BytesPerSecond(max(0, squares / links - mean * mean).squareRoot()))
    }
}
