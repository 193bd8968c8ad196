import Foundation
import Hardware
import Quantities

/// What measured curves say of the rates of collectives: inside a domain by the group's size, between nodes by their number.
///
/// A curve gives the bus bandwidth `f·S/t` of its group at every measured size. Groups that were not measured lie between those that were:
/// the time of a byte is linear in the logarithm of the group's size, which is the law of trees, and of rings whose bandwidth does not
/// depend on it. Beyond the largest group its rate holds, divided by the switch levels that only larger groups cross.
struct CurveRates: Sendable {
    /// The curve of a group, with what turns its times into a GPU's rate.
    fileprivate struct Group {
        /// Ranks inside a domain, nodes between them.
        let size: Int
        let logarithm: Double
        /// A GPU's bytes per byte of message: rate = weight · S / t.
        let weight: Double
        let curve: CollectiveCurve
        /// Seconds per byte of large messages.
        let bulk: Double
    }

    private let inside: [[Group]]
    private let outside: [[Group]]
    private let tiers: [(nodes: Int, oversubscription: Double)]

    /// The rates of a cluster's curves.
    init(_ cluster: ClusterProfile, gpusPerNode: Int, domainSize: Int) {
        tiers = cluster.tiers.map { ($0.nodes, $0.oversubscription) }
        let fabrics = cluster.groups.map(\.fabric.collectives)
        let latency = fabrics.map(\.latency.value).max() ?? 0
        let root = fabrics.map(\.rootCoefficient).max() ?? 0
        let network = cluster.groups.min { $0.network.adaptersPerNode < $1.network.adaptersPerNode }?.network ?? cluster.first.network
        let fitting = cluster.curves.filter { $0.gpus <= $0.nodes * gpusPerNode }
        func table(_ groups: (CollectiveCurve) -> Group?) -> [[Group]] {
            Collective.allCases.map { collective in
                var kept: [Group] = []
                for group in fitting.filter({ $0.collective == collective }).compactMap(groups) {
                    // Of two runs over as many nodes the one that keeps more of their GPUs busy comes nearer to training.
                    if let place = kept.firstIndex(where: { $0.size == group.size }) {
                        if kept[place].busyGPUs < group.busyGPUs { kept[place] = group }
                    } else {
                        kept.append(group)
                    }
                }
                return kept.sorted { $0.size < $1.size }
            }
        }
        inside = table { curve in
            guard curve.gpus <= domainSize, curve.gpus > 1, curve.nodes == 1 || curve.gpus == curve.nodes * gpusPerNode else { return nil }
            // The shares of the stacks were fitted against rates of whole domains; what a part of one reaches less stays out of them.
            let weight =
                curve.collective.busFactor(curve.gpus) / CollectiveTime.partialShare(curve.collective, ranks: curve.gpus)
            return Group(size: curve.gpus, weight: weight, latency: latency, root: root, curve: curve)
        }
        outside = table { curve in
            guard curve.nodes > 1, curve.gpus > domainSize || domainSize <= gpusPerNode else { return nil }
            let weight = Self.networkWeight(curve, network, gpusPerNode: gpusPerNode)
            return Group(size: curve.nodes, weight: weight, latency: latency, root: root, curve: curve)
        }
    }

    /// A GPU's share of what a node sends to others, per byte of message.
    ///
    /// A ring enters and leaves each node once, so that its bus bandwidth is the node's; an all-to-all sends `(n−m)/n` of each of a node's
    /// m messages to other nodes. Groups that ran at once share the adapters; where only some GPUs took part, the others' adapters add
    /// their like.
    private static func networkWeight(_ curve: CollectiveCurve, _ network: Network, gpusPerNode: Int) -> Double {
        let ranks = Double(curve.gpus)
        let members = ranks / Double(curve.nodes)
        let groups = Double(curve.groupsAtOnce)
        let node: Double
        let carrying: Double
        switch curve.collective {
        case .allToAll:
            node = members * (ranks - members) / ranks * groups
            carrying = members * groups
        case .sendReceive:
            node = groups
            carrying = groups
        case .allReduce, .allGather, .reduceScatter:
            node = curve.collective.busFactor(curve.gpus) * groups
            carrying = members * groups
        }
        let scope = MeasurementScope.gpus(max(1, min(gpusPerNode, Int(carrying.rounded(.up)))))
        return node * scope.wholeNodeFactor(network, gpusPerNode: gpusPerNode) / Double(gpusPerNode)
    }

    /// Bus bandwidth in B/s of a group inside a domain for large messages; nil where the collective was not measured.
    func insideRate(_ collective: Collective, ranks: Int) -> Double? { rate(inside[collective.place], ranks, bytes: nil) }

    /// One GPU's share of the network in B/s in a group over nodes, for a message as nccl-tests counts it or, without one, for large ones; nil
    /// where the collective was not measured.
    func networkRate(_ collective: Collective, nodes: Int, bytes: Double?) -> Double? {
        let groups = outside[collective.place]
        guard var rate = rate(groups, nodes, bytes: bytes), let last = groups.last else { return nil }
        for tier in tiers where nodes > tier.nodes && last.size <= tier.nodes { rate /= tier.oversubscription }
        return rate
    }

    /// A measured group with the rate of its large messages, in B/s: a GPU's share of the network, or the bus bandwidth inside a domain.
    struct Measured {
        let group: CurveCheck.Group
        let rate: Double
    }

    /// The measured groups over nodes, by collective and then from the fewest nodes up.
    var measuredOutside: [Measured] { outside.joined().map(\.measured) }

    /// The measured groups inside a domain.
    var measuredInside: [Measured] { inside.joined().map(\.measured) }

    /// Whether any collective was measured over nodes.
    var spansNodes: Bool { outside.contains { !$0.isEmpty } }

    /// The nodes of the largest group over nodes in which a collective was measured; nil where it was not.
    func mostNodes(_ collective: Collective) -> Int? { outside[collective.place].last?.size }

    private func rate(_ groups: [Group], _ size: Int, bytes: Double?) -> Double? {
        guard let upper = groups.firstIndex(where: { $0.size >= size }) else {
            return groups.last.map { 1 / $0.secondsPerByte(bytes) }
        }
        let above = groups[upper].secondsPerByte(bytes)
        guard upper > 0, groups[upper].size > size else { return 1 / above }
        let below = groups[upper - 1]
        let share = (log2(Double(size)) - below.logarithm) / (groups[upper].logarithm - below.logarithm)
        return 1 / (below.secondsPerByte(bytes) * (1 - share) + above * share)
    }
}

extension CurveRates.Group {
    /// A group from its curve.
    ///
    /// The largest message of a curve still holds latency and the ramp of chunked protocols, `a + c·√S` of the collective formula; its
    /// bandwidth is that of the rest, at least of half the time.
    fileprivate init(size: Int, weight: Double, latency: Double, root: Double, curve: CollectiveCurve) {
        self.size = size
        logarithm = log2(Double(size))
        self.weight = weight
        self.curve = curve
        let bytes = curve.bytes[curve.bytes.count - 1]
        let seconds = curve.seconds[curve.seconds.count - 1]
        let fixed = (curve.collective == .allReduce ? 1 : CollectiveTime.otherWeight) * (latency + root * bytes.squareRoot())
        bulk = max(seconds - fixed, seconds / 2) / (bytes * weight)
    }

    /// GPUs that took part, those of groups at once together.
    fileprivate var busyGPUs: Int { curve.gpus * curve.groupsAtOnce }

    fileprivate var measured: CurveRates.Measured {
        .init(group: .init(collective: curve.collective, nodes: curve.nodes, gpus: curve.gpus), rate: 1 / bulk)
    }

    /// Seconds of a GPU's byte in messages of a size: the time of the smallest measured below it, the rate of the largest above it.
    fileprivate func secondsPerByte(_ bytes: Double?) -> Double {
        guard let bytes else { return bulk }
        return curve.seconds(bytes) / (min(bytes, curve.bytes[curve.bytes.count - 1]) * weight)
    }
}

extension Collective {
    /// The place of a collective in tables of all of them.
    fileprivate var place: Int {
        switch self {
        case .allReduce: 0
        case .allGather: 1
        case .reduceScatter: 2
        case .allToAll: 3
        case .sendReceive: 4
        }
    }
}
