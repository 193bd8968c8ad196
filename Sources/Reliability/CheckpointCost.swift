public import Quantities

/// How a checkpoint leaves the GPUs.
public enum CheckpointMode: String, CaseIterable, Hashable, Sendable {
    /// Training stands still until it is written.
    case synchronous
    /// Training stands still for the copy to the host; writing goes on beside it.
    case asynchronous
    /// It stays in the memory of its own host and of another one (Wang et al., Gemini, SOSP 2023); what is written to a store besides is not
    /// counted.
    case inMemory = "in-memory"
}

/// What a checkpoint is and how fast it moves.
public struct CheckpointTraffic: Hashable, Sendable {
    /// Bytes of all ranks together, each state once.
    public var bytes: Double
    /// GPUs and nodes that write a share of it each: those of one replica where states are not sharded over replicas.
    public var writingGPUs, writingNodes: Double
    /// Seconds of standing still for any checkpoint, besides copies.
    public var overhead: Double
    /// From one GPU to its host.
    public var copyRate: BytesPerSecond
    /// To and from the store: one node, and all nodes together where that is known.
    public var nodeWrite, nodeRead: BytesPerSecond
    /// See `nodeWrite`.
    public var storeWrite, storeRead: BytesPerSecond?
    /// From one node to another one.
    public var nodeExchange: BytesPerSecond

    /// The traffic of checkpoints of so many bytes.
    public init(
        bytes: Double, writingGPUs: Double, writingNodes: Double, overhead: Double = 0, copyRate: BytesPerSecond, nodeWrite: BytesPerSecond,
        nodeRead: BytesPerSecond, storeWrite: BytesPerSecond? = nil, storeRead: BytesPerSecond? = nil, nodeExchange: BytesPerSecond
    ) {
        (self.bytes, self.writingGPUs, self.writingNodes) = (bytes, writingGPUs, writingNodes)
        (self.overhead, self.copyRate) = (overhead, copyRate)
        (self.nodeWrite, self.nodeRead, self.storeWrite, self.storeRead) = (nodeWrite, nodeRead, storeWrite, storeRead)
        self.nodeExchange = nodeExchange
    }

    /// Seconds that the copies to the hosts take.
    var copy: Double { bytes / writingGPUs / copyRate.value }
    /// Seconds until everything is in the store.
    var write: Double { bytes / min(writingNodes * nodeWrite.value, storeWrite?.value ?? .infinity) }
    /// Seconds until everything is read back; replicas get theirs from the ranks that read.
    var read: Double { bytes / min(writingNodes * nodeRead.value, storeRead?.value ?? .infinity) }
    /// Seconds until another node has a copy of each node's share.
    var exchange: Double { bytes / writingNodes / nodeExchange.value }
}

/// What checkpoints cost a job, in seconds.
public struct CheckpointCost: Hashable, Sendable {
    /// How long training stands still for one.
    public var stall: Double
    /// How long after that a failure still falls back to the one before.
    public var pending: Double
    /// How long it takes until the last one is on the GPUs again.
    public var load: Double

    /// A cost from its parts.
    public init(stall: Double, pending: Double = 0, load: Double = 0) { (self.stall, self.pending, self.load) = (stall, pending, load) }

    /// The cost of checkpoints that leave in one of the ways.
    public init(_ traffic: CheckpointTraffic, _ mode: CheckpointMode) {
        switch mode {
        case .synchronous: self.init(stall: traffic.overhead + traffic.copy + traffic.write, load: traffic.read + traffic.copy)
        case .asynchronous: self.init(stall: traffic.overhead + traffic.copy, pending: traffic.write, load: traffic.read + traffic.copy)
        case .inMemory: self.init(stall: traffic.overhead + traffic.copy, pending: traffic.exchange, load: traffic.exchange + traffic.copy)
        }
    }

    /// The shortest interval: one is away before the next begins.
    public var shortestInterval: Double { max(pending - stall, 0) }
}
