public import Hardware
import Quantities

/// A look at measured collectives for what a network or fabric as it is sold would not show, with the likely cause.
///
/// Bare collectives reach 0.80 to 0.98 of a well-tuned network's line rate (`SharedConstants.tunedCollectiveShare` names the measurements), and
/// between 4 and 128 nodes of one of them the rate of large messages falls by a tenth at most.
public struct CurveCheck: Hashable, Sendable {
    /// Share of the line rate, or of what the profile's constants say of a fabric, under which a curve is bad: an eighth under the worst of the
    /// well-tuned networks.
    public static let leastShare = 0.7
    /// Rate over that of the group with fewer nodes under which a curve falls.
    public static let leastOfSmaller = 0.75
    /// Growth of a time over that of its message, from one measured size to the next, from which it is a step; NCCL's own changes of protocol
    /// double it at most.
    public static let stepGrowth = 3.0
    /// Messages under this size are bound by latency, which steps as it likes: 1 MiB.
    public static let leastBytes = 1_048_576.0
    /// What TCP moves at most over the usual port of a host, 100 Gbit/s, in B/s.
    public static let socketRate = 12.5e9

    /// What is wrong with a curve.
    public enum Finding: Hashable, Sendable {
        /// A node moves less than its adapters allow: B/s of a node, of its adapters, and why.
        case slowNetwork(Group, rate: Double, line: Double, NetworkCause)
        /// GPUs of a domain exchange less than their fabric allows, in B/s.
        case slowFabric(Group, rate: Double, usual: Double, FabricCause)
        /// More nodes are slower than fewer: B/s of a node over either.
        case falls(Group, rate: Double, fewer: Int, before: Double)
        /// A time that grows much faster than the message: between two sizes in bytes.
        case step(Group, from: Double, to: Double, growth: Double)
    }

    /// What a curve was measured on.
    public struct Group: Hashable, Sendable {
        /// The operation.
        public var collective: Collective
        /// Nodes that the group spans.
        public var nodes: Int
        /// GPUs in it.
        public var gpus: Int
    }

    /// Why a node moves less than its adapters allow.
    public enum NetworkCause: String, Hashable, Sendable {
        /// As slow as TCP: sockets instead of RDMA.
        case sockets
        /// As much as one adapter of several moves.
        case oneAdapter = "one-adapter"
        /// As much as half of the adapters move, or all of them through host memory.
        case half
        /// Something between.
        case unknown
    }

    /// Why GPUs of a domain exchange less than their fabric allows.
    public enum FabricCause: String, Hashable, Sendable {
        /// As slow as PCI Express where there are faster links.
        case hostPaths = "host-paths"
        /// Something between.
        case unknown
    }

    /// Findings: networks, fabrics, falls, steps.
    public let findings: [Finding]

    /// Checks the curves of a cluster's profile.
    public init(_ cluster: ClusterProfile) {
        let rates = ClusterRates(cluster)
        let network = cluster.groups.min { $0.network.nodeBandwidth < $1.network.nodeBandwidth }?.network ?? cluster.first.network
        var found = rates.curves.measuredOutside.compactMap { Self.network($0, network, rates) }
        found += rates.curves.measuredInside.compactMap { Self.fabric($0, cluster, rates) }
        found += Self.falls(rates)
        found += cluster.curves.flatMap(Self.steps)
        findings = found
    }

    private static func network(_ measured: CurveRates.Measured, _ network: Network, _ rates: ClusterRates) -> Finding? {
        let rate = measured.rate * Double(rates.gpusPerNode)
        let line = network.nodeBandwidth.value
        // Levels of switches that the profile knows of are no fault.
        let allowed = rates.tiers.reduce(line) { measured.group.nodes > $1.nodes ? $0 / $1.oversubscription : $0 }
        guard rate < leastShare * allowed else { return nil }
        return .slowNetwork(measured.group, rate: rate, line: allowed, cause(rate, network))
    }

    /// Why a node may move no more than a rate over its adapters.
    static func cause(_ rate: Double, _ network: Network) -> NetworkCause {
        let line = network.nodeBandwidth.value
        let one = network.adapterBandwidth.value
        if rate < 0.1 * line, rate <= socketRate, network.kind != .ethernet { return .sockets }
        if network.adaptersPerNode > 2, (0.6 * one...1.1 * one).contains(rate) { return .oneAdapter }
        return (0.4 * line...0.55 * line).contains(rate) ? .half : .unknown
    }

    private static func fabric(_ measured: CurveRates.Measured, _ cluster: ClusterProfile, _ rates: ClusterRates) -> Finding? {
        // Over PCI Express eight GPUs share what two have for themselves, and which of them do is not known here.
        guard cluster.groups.allSatisfy({ $0.fabric.kind != .pcie }) else { return nil }
        let usual = measured.group.collective == .allReduce ? rates.reduceRate : rates.gatherRate
        guard measured.rate < leastShare * usual else { return nil }
        // PCI Express 5.0 ×16 moves 64 GB/s a direction, and staging through host memory half of it.
        return .slowFabric(measured.group, rate: measured.rate, usual: usual, measured.rate < 0.5 * 64e9 ? .hostPaths : .unknown)
    }

    /// Groups of more nodes that are much slower than those of fewer, by no level of switches that the profile knows of. Two nodes reduce
    /// between themselves alone, which is faster than any ring, and so are compared with nothing.
    private static func falls(_ rates: ClusterRates) -> [Finding] {
        Collective.allCases.flatMap { collective in
            let groups = rates.curves.measuredOutside.filter { $0.group.collective == collective && $0.group.nodes > 2 }
            return zip(groups, groups.dropFirst()).compactMap { fewer, more -> Finding? in
                let known = rates.tiers.filter { more.group.nodes > $0.nodes && fewer.group.nodes <= $0.nodes }
                let allowed = known.reduce(fewer.rate) { $0 / $1.oversubscription }
                guard more.rate < leastOfSmaller * allowed else { return nil }
                let gpus = Double(rates.gpusPerNode)
                return .falls(more.group, rate: more.rate * gpus, fewer: fewer.group.nodes, before: fewer.rate * gpus)
            }
        }
    }

    private static func steps(_ curve: CollectiveCurve) -> [Finding] {
        let group = Group(collective: curve.collective, nodes: curve.nodes, gpus: curve.gpus)
        return curve.bytes.indices.dropFirst().compactMap { index -> Finding? in
            let (before, size) = (curve.bytes[index - 1], curve.bytes[index])
            guard before >= leastBytes else { return nil }
            let growth = curve.seconds[index] / curve.seconds[index - 1] / (size / before)
            return growth >= stepGrowth ? .step(group, from: before, to: size, growth: growth) : nil
        }
    }
}
