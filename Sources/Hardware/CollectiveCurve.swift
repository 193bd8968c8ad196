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
    /// Groups of this shape that ran at the same time on the same nodes, sharing their adapters; 1 for a group alone.
    public var groupsAtOnce: Int
    /// Message sizes as nccl-tests prints them, in bytes, ascending.
    public var bytes: [Double]
    /// Times in seconds, one a size.
    public var seconds: [Double]

    /// A curve of one or more points, sizes ascending.
    public init(collective: Collective, nodes: Int, gpus: Int, groupsAtOnce: Int = 1, bytes: [Double], seconds: [Double]) {
        precondition(!bytes.isEmpty && bytes.count == seconds.count, "a curve has a time for every size")
        self.collective = collective
        self.nodes = nodes
        self.gpus = gpus
        self.groupsAtOnce = groupsAtOnce
        self.bytes = bytes
        self.seconds = seconds
    }

    /// Time in s of a message: linear in its size between measured sizes, which came closest of ten interpolations on published NCCL curves
    /// (docs/accuracy.md), and that of the nearest measured size outside them.
    public func seconds(_ size: Double) -> Double {
        guard let upper = bytes.firstIndex(where: { $0 >= size }) else { return seconds[seconds.count - 1] }
        guard upper > 0 else { return seconds[0] }
        let position = (size - bytes[upper - 1]) / (bytes[upper] - bytes[upper - 1])
        return seconds[upper - 1] + position * (seconds[upper] - seconds[upper - 1])
    }
}
