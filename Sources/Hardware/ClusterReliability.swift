public import Quantities

/// How often a cluster's parts fail, how long it takes to go on, and where checkpoints go; nil where nobody has stated it.
///
/// docs/goodput.md says how `usual` was derived.
public struct ClusterReliability: Hashable, Sendable {
    /// Mean time between failures of one GPU with its memory.
    public var gpuMTBF: Seconds?
    /// The same of one network adapter with its cable and switch port.
    public var linkMTBF: Seconds?
    /// The same of one node without its GPUs and adapters.
    public var nodeMTBF: Seconds?
    /// The same of the software on one node.
    public var softwareMTBF: Seconds?
    /// From a failure until it is noticed.
    public var detection: Seconds?
    /// From there until the part at fault is found and taken out.
    public var isolation: Seconds?
    /// From there until training starts, without loading the checkpoint.
    public var restart: Seconds?
    /// How long a node is away once it was taken out.
    public var repair: Seconds?
    /// Nodes beyond those of the cluster that stand by.
    public var spareNodes: Int?
    /// How long training stands still for any checkpoint, besides copies: states are gathered up and files planned.
    public var checkpointOverhead: Seconds?
    /// Where checkpoints are written.
    public var store: Store?

    /// What a store of checkpoints takes and gives.
    public struct Store: Hashable, Sendable {
        /// What one node writes and reads.
        public var nodeWrite, nodeRead: BytesPerSecond
        /// What all nodes together write and read; nil where the store is never the narrow part.
        public var write, read: BytesPerSecond?

        /// A store by its rates.
        public init(nodeWrite: BytesPerSecond, nodeRead: BytesPerSecond, write: BytesPerSecond? = nil, read: BytesPerSecond? = nil) {
            (self.nodeWrite, self.nodeRead, self.write, self.read) = (nodeWrite, nodeRead, write, read)
        }
    }

    /// Nothing known.
    public init() {}

    /// What is taken where nothing is stated, from public records of large trainings.
    ///
    /// - Failures: the 419 unexpected interruptions of Llama 3 in 54 days on 16,384 H100 (Grattafiori et al., arXiv:2407.21783, table 5): 268 in GPUs
    ///   and their memory, 42 in adapters, cables and switches, 46 in other parts of the 2,048 nodes and their maintenance, 63 in software.
    /// - Detection and restart, 5 min each: together the longest with which that run trains over 90 % of its time, which is published, with
    ///   checkpoints that stall it for some seconds. Isolation goes unseen in that figure and is taken as part of detection.
    /// - Store: 2 TB/s sustained for the 2,048 nodes of the same run (section 3.3.1).
    /// - Overhead of a checkpoint, 6.3 s: what PyTorch's asynchronous checkpoints left of 148.8 s for a 7B model (PyTorch blog, June 2024; remembered).
    /// - Repair, a day: nothing was found that states it.
    public static let usual: ClusterReliability = {
        let (days, gpus, nodes) = (54.0 * 86_400, 16_384.0, 2_048.0)
        var usual = ClusterReliability()
        usual.gpuMTBF = Seconds(gpus * days / 268)
        usual.linkMTBF = Seconds(gpus * days / 42)
        usual.nodeMTBF = Seconds(nodes * days / 46)
        usual.softwareMTBF = Seconds(nodes * days / 63)
        (usual.detection, usual.isolation, usual.restart) = (Seconds(300), .zero, Seconds(300))
        usual.repair = Seconds(86_400)
        usual.checkpointOverhead = Seconds(6.3)
        usual.store = usualStore
        return usual
    }()

    /// The store of `usual`: 2 TB/s for 2,048 nodes.
    public static let usualStore = Store(nodeWrite: BytesPerSecond(2e12 / 2_048), nodeRead: BytesPerSecond(2e12 / 2_048))

    /// A time of these figures: its key in cluster files, where it is kept, and whether it is a mean time between failures, which is never 0 and
    /// the longer the better; all others are the shorter the better.
    public struct Time: Sendable {
        /// The key under `reliability`.
        public let key: String
        /// Where it is kept.
        public let path: any WritableKeyPath<ClusterReliability, Seconds?> & Sendable
        /// Whether it is a mean time between failures.
        public let isBetweenFailures: Bool
    }

    /// Every time, in the order of cluster files: what reads, writes, completes and compares them goes over this list.
    public static let times: [Time] = [
        Time(key: "gpu_mtbf", path: \.gpuMTBF, isBetweenFailures: true),
        Time(key: "link_mtbf", path: \.linkMTBF, isBetweenFailures: true),
        Time(key: "node_mtbf", path: \.nodeMTBF, isBetweenFailures: true),
        Time(key: "software_mtbf", path: \.softwareMTBF, isBetweenFailures: true),
        Time(key: "detection", path: \.detection, isBetweenFailures: false),
        Time(key: "isolation", path: \.isolation, isBetweenFailures: false),
        Time(key: "restart", path: \.restart, isBetweenFailures: false),
        Time(key: "repair", path: \.repair, isBetweenFailures: false),
        Time(key: "checkpoint_overhead", path: \.checkpointOverhead, isBetweenFailures: false),
    ]

    /// How many keys `usual` has.
    public static let usualKeys = ClusterReliability().completed.assumed.count

    /// These figures with `usual` ones where they are missing, and the keys of those.
    public var completed: (figures: ClusterReliability, assumed: [String]) {
        var figures = self
        var assumed: [String] = []
        for time in Self.times where figures[keyPath: time.path] == nil {
            figures[keyPath: time.path] = Self.usual[keyPath: time.path]
            assumed.append(time.key)
        }
        if figures.store == nil {
            figures.store = Self.usualStore
            assumed.append("checkpoint_store")
        }
        return (figures, assumed)
    }
}
