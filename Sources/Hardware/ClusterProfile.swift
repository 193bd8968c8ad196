public import Quantities

/// Nodes that are alike: their GPUs, fabric and adapters.
public struct NodeGroup: Hashable, Sendable {
    /// The GPU type.
    public var gpu: GPU
    /// Nodes in the group.
    public var nodes: Int
    /// GPUs of a node.
    public var gpusPerNode: Int
    /// Links inside a node or domain.
    public var fabric: Fabric
    /// Adapters to other nodes.
    public var network: Network
    /// What stands beside the GPUs.
    public var host: Host
    /// Relative speed of single nodes, by name; a node not named runs at 1.
    public var speedFactors: [String: Double]

    /// A group of `nodes` equal nodes.
    public init(
        gpu: GPU, nodes: Int, gpusPerNode: Int, fabric: Fabric, network: Network, host: Host = Host(), speedFactors: [String: Double] = [:]
    ) {
        self.gpu = gpu
        self.nodes = nodes
        self.gpusPerNode = gpusPerNode
        self.fabric = fabric
        self.network = network
        self.host = host
        self.speedFactors = speedFactors
    }

    /// GPUs of the whole group.
    public var gpus: Int { nodes * gpusPerNode }
}

/// A cluster as its owner measured or bought it.
public struct ClusterProfile: Hashable, Sendable {
    /// The profile's name.
    public var name: String
    /// The product or installation it stands for.
    public var describes: String
    /// Groups of equal nodes, in rank order; one unless the cluster is mixed.
    public var groups: [NodeGroup]
    /// Switch levels from the lowest up; empty means one non-blocking network.
    public var tiers: [Tier]
    /// Measured collectives; used before any formula where they apply.
    public var curves: [CollectiveCurve]
    /// Measured node-to-node bandwidth.
    public var nodeBandwidth: BandwidthMatrix?
    /// Measured GPU-to-GPU bandwidth inside a node.
    public var gpuBandwidth: BandwidthMatrix?
    /// Mean and standard deviation of node-to-node links where no matrix is shipped, in B/s.
    public var linkSpread: LinkSpread?
    /// Links between or inside node groups whose speed depends on message size, such as those between zones.
    public var links: [LinkClass]
    /// Names of the nodes, where known; `node-0` and so on otherwise.
    public var nodeNames: [String]
    /// Price of a GPU for an hour, in US dollars; nil where the owner has not stated one.
    public var gpuHourPrice: Double?
    /// How often parts fail and how long it takes to go on, where somebody has stated it.
    public var reliability: ClusterReliability?
    /// Where each number comes from, by YAML key.
    public var provenance: [String: Provenance]

    /// Mean and standard deviation of the node-to-node links.
    public struct LinkSpread: Hashable, Sendable {
        /// Mean bandwidth.
        public var mean: BytesPerSecond
        /// Standard deviation.
        public var deviation: BytesPerSecond

        /// A spread of links.
        public init(mean: BytesPerSecond, deviation: BytesPerSecond) {
            self.mean = mean
            self.deviation = deviation
        }
    }

    /// A cluster from its parts.
    public init(
        name: String, describes: String? = nil, groups: [NodeGroup], tiers: [Tier] = [], curves: [CollectiveCurve] = [],
        nodeBandwidth: BandwidthMatrix? = nil, gpuBandwidth: BandwidthMatrix? = nil, linkSpread: LinkSpread? = nil,
        nodeNames: [String] = [], links: [LinkClass] = [], gpuHourPrice: Double? = nil,
        reliability: ClusterReliability? = nil, provenance: [String: Provenance] = [:]
    ) {
        precondition(!groups.isEmpty, "a cluster has nodes")
        self.name = name
        self.describes = describes ?? name
        self.groups = groups
        self.tiers = tiers
        self.curves = curves
        self.nodeBandwidth = nodeBandwidth
        self.gpuBandwidth = gpuBandwidth
        self.linkSpread = linkSpread
        self.links = links
        self.nodeNames = nodeNames
        self.gpuHourPrice = gpuHourPrice
        self.reliability = reliability
        self.provenance = provenance
    }

    /// GPUs of the whole cluster.
    public var gpus: Int { groups.reduce(0) { $0 + $1.gpus } }
    /// Nodes of the whole cluster.
    public var nodes: Int { groups.reduce(0) { $0 + $1.nodes } }
    /// The name of a node, which is `node-` and its index where the profile states none.
    public func nodeName(_ index: Int) -> String { index < nodeNames.count ? nodeNames[index] : "node-\(index)" }
    /// The first group, which is the whole cluster unless it is mixed.
    public var first: NodeGroup { groups[0] }
}
