/// A collective operation as nccl-tests names it.
public enum Collective: String, CaseIterable, Hashable, Sendable {
    /// Every rank ends with the sum.
    case allReduce = "all_reduce"
    /// Every rank ends with everybody's shard.
    case allGather = "all_gather"
    /// Every rank ends with its shard of the sum.
    case reduceScatter = "reduce_scatter"
    /// Every rank sends a different shard to every other.
    case allToAll = "alltoall"
    /// A rank sends to another.
    case sendReceive = "sendrecv"

    /// Bus bytes per algorithm byte over `n` ranks, nccl-tests' convention (PERFORMANCE.md).
    public func busFactor(_ n: Int) -> Double {
        guard n > 1 else { return 0 }
        let share = Double(n - 1) / Double(n)
        switch self {
        case .allReduce: return 2 * share
        case .allGather, .reduceScatter, .allToAll: return share
        case .sendReceive: return 1
        }
    }
}

/// A measured time of a collective against message size, for one group shape.
public struct CollectiveCurve: Hashable, Sendable {
    /// The operation.
    public var collective: Collective
    /// Nodes the group spans.
    public var nodes: Int
    /// GPUs in the group.
    public var gpus: Int
    /// Message sizes as nccl-tests prints them, in bytes, ascending.
    public var bytes: [Double]
    /// Times in seconds, one a size.
    public var seconds: [Double]

    /// A curve of one or more points, sizes ascending.
    public init(collective: Collective, nodes: Int, gpus: Int, bytes: [Double], seconds: [Double]) {
        precondition(!bytes.isEmpty && bytes.count == seconds.count, "a curve has a time for every size")
        self.collective = collective
        self.nodes = nodes
        self.gpus = gpus
        self.bytes = bytes
        self.seconds = seconds
    }
}
