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
    /// What collectives reach on these links.
    public var collectives: CollectiveConstants

    /// A fabric joining `domainSize` GPUs.
    public init(
        kind: Kind, bandwidth: BytesPerSecond, domainSize: Int, reducesInNetwork: Bool = false,
        collectives: CollectiveConstants = CollectiveConstants()
    ) {
        self.collectives = collectives
        self.kind = kind
        self.bandwidth = bandwidth
        self.domainSize = domainSize
        self.reducesInNetwork = reducesInNetwork
    }
}

/// What collectives reach on a fabric: time = latency + f · S / B + root · √S, with S and B in nccl-tests' convention.
public struct CollectiveConstants: Hashable, Sendable {
    /// Bus bandwidth of all-gather and reduce-scatter over the links' line rate.
    public var gatherShare: Double
    /// Bus bandwidth of all-reduce over the links' line rate; above 1 where switches reduce in the network.
    public var reduceShare: Double
    /// Fixed time of an all-reduce; other collectives take 0.7 of it.
    public var latency: Seconds
    /// Time per square root of a byte, which models the ramp of chunked protocols, in s/√B.
    public var rootCoefficient: Double
    /// Power of (GPUs of a domain ÷ ranks of a group) by which a smaller group is faster than the shares say: 0 behind switches, where each GPU
    /// has its own link; 2 where all share one path, and its length too.
    public var crowding: Double

    /// The constants; the defaults are those of NVLink through switches on A100 (fitted on nccl-tests curves).
    public init(
        gatherShare: Double = 0.68, reduceShare: Double = 0.8, latency: Seconds = .microseconds(21), rootCoefficient: Double = 1.27e-8,
        crowding: Double = 0
    ) {
        self.gatherShare = gatherShare
        self.reduceShare = reduceShare
        self.latency = latency
        self.rootCoefficient = rootCoefficient
        self.crowding = crowding
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
