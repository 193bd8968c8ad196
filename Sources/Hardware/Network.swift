public import Quantities

/// The links between the GPUs of one node (or of one rack-scale domain).
public struct Fabric: Hashable, Sendable {
    /// The kind of links, which decides the collectives that run on them.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// NVLink through switches: every pair at full speed, in-switch reduction where the generation has it.
        case nvswitch
        /// NVLink point to point.
        case nvlink
        /// AMD Infinity Fabric, all to all.
        case xgmi
        /// PCI Express through the host or a switch.
        case pcie
    }

    /// The kind of links.
    public var kind: Kind
    /// Bandwidth of one GPU into the fabric, per direction.
    public var bandwidth: BytesPerSecond
    /// GPUs that the fabric joins; more than a node's where racks share one domain (72 for NVL72).
    public var domainSize: Int
    /// Whether switches reduce in the network (NVLink SHARP).
    public var reducesInNetwork: Bool

    /// A fabric joining `domainSize` GPUs.
    public init(kind: Kind, bandwidth: BytesPerSecond, domainSize: Int, reducesInNetwork: Bool = false) {
        self.kind = kind
        self.bandwidth = bandwidth
        self.domainSize = domainSize
        self.reducesInNetwork = reducesInNetwork
    }
}

/// The adapters that join a node to the others.
public struct Network: Hashable, Sendable {
    /// The kind of network.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// InfiniBand.
        case infiniband
        /// RDMA over converged Ethernet.
        case roce
        /// TCP over Ethernet.
        case ethernet
    }

    /// The kind of network.
    public var kind: Kind
    /// Adapters of a node that carry training traffic.
    public var adaptersPerNode: Int
    /// Line rate of one adapter, per direction.
    public var adapterBandwidth: BytesPerSecond
    /// Share of the line rate that large collectives reach; a property of the installation.
    public var achievedFraction: Double

    /// A network of `adaptersPerNode` adapters a node.
    public init(kind: Kind, adaptersPerNode: Int, adapterBandwidth: BytesPerSecond, achievedFraction: Double) {
        self.kind = kind
        self.adaptersPerNode = adaptersPerNode
        self.adapterBandwidth = adapterBandwidth
        self.achievedFraction = achievedFraction
    }

    /// Line rate of a whole node, per direction.
    public var nodeBandwidth: BytesPerSecond { adapterBandwidth * Double(adaptersPerNode) }
}

/// A level of switches above the nodes.
public struct Tier: Hashable, Sendable {
    /// A name such as `leaf`, `pod` or `zone`.
    public var name: String
    /// Nodes that one switch group of this level joins without going higher.
    public var nodes: Int
    /// Ratio of the bandwidth into the group from below over the bandwidth out of it above; 1 is non-blocking.
    public var oversubscription: Double

    /// A level joining `nodes` nodes.
    public init(name: String, nodes: Int, oversubscription: Double) {
        self.name = name
        self.nodes = nodes
        self.oversubscription = oversubscription
    }
}
