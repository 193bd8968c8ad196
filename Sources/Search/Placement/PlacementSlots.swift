import Hardware
import Quantities

/// The places of a cluster that can hold a block of ranks, and the links between them.
struct PlacementSlots {
    /// A place for a block: a node, or an equal part of one.
    struct Slot: Hashable {
        /// The node group.
        var group: Int
        /// The node, counted over all groups.
        var node: Int
        /// The slot's first GPU in its node.
        var firstGPU: Int
        /// GPUs of the node.
        var gpusPerNode: Int
        /// The NVLink domain, counted over all groups.
        var domain: Int
    }

    let cluster: ClusterProfile
    /// GPUs of a slot, and ranks of a block.
    let size: Int
    let slots: [Slot]

    /// Cuts a cluster into slots for blocks of ranks of a job of `worldSize` ranks.
    init(_ cluster: ClusterProfile, worldSize: Int) throws(PlacementError) {
        guard worldSize <= cluster.gpus else { throw .tooFewGPUs(needed: worldSize, available: cluster.gpus) }
        self.cluster = cluster
        size = Self.blockSize(of: cluster, worldSize: worldSize)
        var slots: [Slot] = []
        var node = 0
        var domain = 0
        for (index, group) in cluster.groups.enumerated() {
            let nodesPerDomain = max(1, group.fabric.domainSize / max(1, group.gpusPerNode))
            for local in 0..<group.nodes {
                for first in stride(from: 0, to: group.gpusPerNode, by: size) {
                    slots.append(
                        Slot(
                            group: index, node: node, firstGPU: first, gpusPerNode: group.gpusPerNode,
                            domain: domain + local / nodesPerDomain))
                }
                node += 1
            }
            domain += (group.nodes + nodesPerDomain - 1) / nodesPerDomain
        }
        self.slots = slots
        if let matrix = cluster.nodeBandwidth {
            guard matrix.count == cluster.nodes || matrix.count == cluster.gpus else {
                throw .matrixDoesNotFit(rows: matrix.count, nodes: cluster.nodes, gpus: cluster.gpus)
            }
        }
    }

    /// GPUs of a slot: a node's where nodes are equal and the job fills them, else the largest equal part of every node that divides the job.
    static func blockSize(of cluster: ClusterProfile, worldSize: Int) -> Int {
        cluster.groups.reduce(worldSize) { divisor($0, $1.gpusPerNode) }
    }

    /// Seconds per byte of the only link there is, if all slots are alike and nothing was measured.
    var uniformInverse: Double? {
        guard cluster.hasEvenNodes, slots.count > 1, size == cluster.first.gpusPerNode, cluster.first.fabric.domainSize <= size else {
            return nil
        }
        return 1 / generated(slots[0], slots[1], bytes: 0)
    }

    /// Seconds per byte from every slot to every other, for messages of a size; a whole slot sends through all its adapters.
    func inverse(bytes: Double) throws(PlacementError) -> [Double] {
        let count = slots.count
        var result = [Double](repeating: 0, count: count * count)
        for (row, sender) in slots.enumerated() {
            for (column, receiver) in slots.enumerated() where column != row {
                let rate = bandwidth(sender, receiver, bytes: bytes)
                guard rate.isFinite, rate > 0 else {
                    throw .badLink(from: cluster.nodeName(sender.node), to: cluster.nodeName(receiver.node))
                }
                result[row * count + column] = 1 / rate
            }
        }
        return result
    }

    /// Time of each slot's compute over that of a node of speed 1; `groupSpeeds` are relative speeds of the groups, or empty.
    func slowness(groupSpeeds: [Double]) throws(PlacementError) -> [Double] {
        let speeds = groupSpeeds.count == cluster.groups.count ? groupSpeeds : Self.peakRatios(cluster)
        var result: [Double] = []
        result.reserveCapacity(slots.count)
        for slot in slots {
            let factors = cluster.groups[slot.group].speedFactors
            let name = cluster.nodeName(slot.node)
            let speed = speeds[slot.group] * (factors.isEmpty ? 1 : factors[name] ?? 1)
            guard speed.isFinite, speed > 0 else { throw .badSpeed(node: name) }
            result.append(1 / speed)
        }
        return result
    }

    /// Speeds of the groups by their GPUs' 16-bit peaks, the first being 1.
    static func peakRatios(_ cluster: ClusterProfile) -> [Double] {
        cluster.groups.map { $0.gpu.peak.half.value / cluster.first.gpu.peak.half.value }
    }

    private func bandwidth(_ a: Slot, _ b: Slot, bytes: Double) -> Double {
        if a.node == b.node || a.domain == b.domain { return cluster.groups[a.group].fabric.bandwidth.value * Double(size) }
        return measured(a, b) ?? generated(a, b, bytes: bytes)
    }

    /// What the profile's matrix says; with a row per GPU, GPUs at the same place of their slots pair up.
    private func measured(_ a: Slot, _ b: Slot) -> Double? {
        guard let matrix = cluster.nodeBandwidth else { return nil }
        if matrix.count == cluster.nodes {
            let share = Double(size) / Double(min(a.gpusPerNode, b.gpusPerNode))
            return matrix[a.node, b.node].value * min(1, share)
        }
        let first = gpuIndex(a)
        let second = gpuIndex(b)
        return (0..<size).reduce(0) { $0 + matrix[first + $1, second + $1].value }
    }

    /// Index of a slot's first GPU over the whole cluster.
    private func gpuIndex(_ slot: Slot) -> Int {
        var nodes = 0
        var gpus = 0
        for group in cluster.groups.prefix(slot.group) {
            nodes += group.nodes
            gpus += group.gpus
        }
        return gpus + (slot.node - nodes) * slot.gpusPerNode + slot.firstGPU
    }

    /// What adapters, link classes and switch levels of the profile allow.
    private func generated(_ a: Slot, _ b: Slot, bytes: Double) -> Double {
        let share = Double(size) / Double(max(a.gpusPerNode, b.gpusPerNode))
        var rate = cluster.bandwidth(between: a.group, and: b.group, bytes: bytes).value
        guard !cluster.links.contains(where: { $0.joins(a.group, b.group) }) else { return rate * share }
        for tier in cluster.tiers where tier.nodes > 0 && a.node / tier.nodes != b.node / tier.nodes {
            rate /= max(1, tier.oversubscription)
        }
        return rate * share
    }

    private static func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
}
