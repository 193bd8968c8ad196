/// Why a placement cannot be computed.
public enum PlacementError: Error, Hashable, Sendable {
    /// Links differ over more places than a matrix of them can hold.
    case tooManyPlaces(count: Int, limit: Int)
    /// The strategy needs more GPUs than the cluster has.
    case tooFewGPUs(needed: Int, available: Int)
    /// The traffic describes another number of stages than the strategy has.
    case stagesDiffer(traffic: Int?, strategy: Int)
    /// The bandwidth matrix has neither a row per node nor a row per GPU.
    case matrixDoesNotFit(rows: Int, nodes: Int, gpus: Int)
    /// A pair of the bandwidth matrix is missing, zero, negative or not a number.
    case badLink(from: String, to: String)
    /// A node's speed factor is not a positive number.
    case badSpeed(node: String)
    /// An exact search was asked for more blocks of ranks than it can handle.
    case tooManyForExact(blocks: Int, limit: Int)
    /// A given map names a rank, node or GPU that does not exist, or one twice.
    case badMap(rank: Int)
    /// A given map spreads ranks over nodes that the search keeps together.
    case mapSplitsBlock(rank: Int)
}
