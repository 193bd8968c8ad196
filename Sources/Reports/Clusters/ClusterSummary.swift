public import Hardware
import Quantities

/// What `cluster show` tells of a cluster; its JSON form is the contract `meshwright.cluster/1`.
///
/// Rates are in GB/s per direction, memory in GiB.
public struct ClusterSummary: Encodable, Sendable {
    /// The contract.
    public let schema = "meshwright.cluster/1"
    /// The profile's name.
    public let name: String
    /// The product or installation it stands for.
    public let describes: String
    /// Nodes of the whole cluster.
    public let nodes: Int
    /// GPUs of the whole cluster.
    public let gpus: Int
    /// Kinds of nodes.
    public let groups: [Group]
    /// Switch levels from the lowest up.
    public let tiers: [Tier]
    /// What of it is measured rather than taken from line rates.
    public let measured: Measured
    /// Price of a GPU for an hour in US dollars.
    public let gpuHourPrice: Double?
    /// Keys of the profile whose sources are weak.
    public let unverified: [String]

    /// Nodes that are alike.
    public struct Group: Encodable, Sendable {
        /// The GPU type.
        public let gpu: String
        /// Nodes of the group.
        public let nodes: Int
        /// GPUs of a node.
        public let gpusPerNode: Int
        /// Memory of a GPU, in GiB.
        public let memoryGibibytes: Double
        /// Kind of the links inside a node.
        public let fabric: String
        /// Bandwidth of a GPU into the fabric, in GB/s.
        public let fabricBandwidth: Double
        /// GPUs that the fabric joins.
        public let domainSize: Int
        /// Kind of the network.
        public let network: String
        /// Adapters of a node.
        public let adapters: Int
        /// Line rate of an adapter, in GB/s.
        public let adapterBandwidth: Double
        /// What stands beside the GPUs.
        public let host: Host

        enum CodingKeys: String, CodingKey {
            case gpu, nodes, fabric, network, adapters, host
            case gpusPerNode = "gpus_per_node"
            case memoryGibibytes = "memory_gib"
            case fabricBandwidth = "fabric_gb_per_s"
            case domainSize = "domain_size"
            case adapterBandwidth = "adapter_gb_per_s"
        }
    }

    /// What stands beside the GPUs of a node; nil where nobody has stated it.
    public struct Host: Encodable, Sendable {
        /// The processor.
        public let processor: String
        /// Memory of a node, in GiB.
        public let memoryGibibytes: Double?
        /// Bandwidth of that memory, of copies to and from one GPU, and of both at once, in GB/s.
        public let memoryBandwidth, toDevice, fromDevice, both: Double?
        /// Cores of a node.
        public let cores: Int?
        /// What a node's drives hold, in GiB, and read and write, in GB/s.
        public let storageGibibytes, storageRead, storageWrite: Double?

        enum CodingKeys: String, CodingKey {
            case processor, cores
            case memoryGibibytes = "memory_gib"
            case memoryBandwidth = "memory_gb_per_s"
            case toDevice = "to_device_gb_per_s"
            case fromDevice = "from_device_gb_per_s"
            case both = "both_directions_gb_per_s"
            case storageGibibytes = "storage_gib"
            case storageRead = "storage_read_gb_per_s"
            case storageWrite = "storage_write_gb_per_s"
        }

        init(_ host: Hardware.Host) {
            (processor, cores) = (host.processor.rawValue, host.cores)
            memoryGibibytes = host.memory?.inGibibytes
            memoryBandwidth = host.memoryBandwidth?.inGigabytesPerSecond
            (toDevice, fromDevice) = (host.link?.toDevice.inGigabytesPerSecond, host.link?.fromDevice.inGigabytesPerSecond)
            both = host.link?.both?.inGigabytesPerSecond
            storageGibibytes = host.storage?.capacity.inGibibytes
            (storageRead, storageWrite) = (host.storage?.read.inGigabytesPerSecond, host.storage?.write.inGigabytesPerSecond)
        }
    }

    /// A level of switches.
    public struct Tier: Encodable, Sendable {
        /// The level's name.
        public let name: String
        /// Nodes that one group of the level joins.
        public let nodes: Int
        /// Bandwidth into the group from below over that out of it above.
        public let oversubscription: Double
    }

    /// What of a cluster is measured.
    public struct Measured: Encodable, Sendable {
        /// Curves of collectives.
        public let curves: Int
        /// Whether every node-to-node link is known.
        public let nodeBandwidth: Bool
        /// Whether every GPU-to-GPU link of a node is known.
        public let gpuBandwidth: Bool
        /// Mean of the node-to-node links in GB/s, where it is known.
        public let linkMean: Double?
        /// Standard deviation of the node-to-node links in GB/s, where it is known.
        public let linkDeviation: Double?

        enum CodingKeys: String, CodingKey {
            case curves
            case nodeBandwidth = "node_bandwidth"
            case gpuBandwidth = "gpu_bandwidth"
            case linkMean = "link_mean_gb_per_s"
            case linkDeviation = "link_deviation_gb_per_s"
        }
    }

    enum CodingKeys: String, CodingKey {
        case schema, name, describes, nodes, gpus, groups, tiers, measured, unverified
        case gpuHourPrice = "gpu_hour_price"
    }

    /// A summary of a cluster.
    public init(_ cluster: ClusterProfile) {
        name = cluster.name
        describes = cluster.describes
        nodes = cluster.nodes
        gpus = cluster.gpus
        groups = cluster.groups.map { group in
            Group(
                gpu: group.gpu.name, nodes: group.nodes, gpusPerNode: group.gpusPerNode, memoryGibibytes: group.gpu.memory.inGibibytes,
                fabric: group.fabric.kind.rawValue, fabricBandwidth: group.fabric.bandwidth.inGigabytesPerSecond,
                domainSize: group.fabric.domainSize, network: group.network.kind.rawValue, adapters: group.network.adaptersPerNode,
                adapterBandwidth: group.network.adapterBandwidth.inGigabytesPerSecond, host: Host(group.host))
        }
        tiers = cluster.tiers.map { Tier(name: $0.name, nodes: $0.nodes, oversubscription: $0.oversubscription) }
        measured = Measured(
            curves: cluster.curves.count, nodeBandwidth: cluster.nodeBandwidth != nil, gpuBandwidth: cluster.gpuBandwidth != nil,
            linkMean: cluster.linkSpread?.mean.inGigabytesPerSecond, linkDeviation: cluster.linkSpread?.deviation.inGigabytesPerSecond)
        gpuHourPrice = cluster.gpuHourPrice
        unverified = cluster.provenance.filter(\.value.isUnverified).keys.sorted()
    }
}
