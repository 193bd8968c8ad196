public import Search

/// Why ranks could not be placed, for people.
public enum PlacementProblemText {
    /// The problem and what would be right, without a subject.
    public static func words(_ problem: PlacementError) -> String {
        switch problem {
        case .tooManyPlaces(let count, let limit):
            "links that differ are weighed for up to \(limit) places, and there are \(count)"
        case .tooFewGPUs(let needed, let available): "the plan needs \(needed) GPUs and the cluster has \(available)"
        case .stagesDiffer(let traffic, let strategy): "traffic of \(traffic ?? 0) stages for a pipeline of \(strategy)"
        case .matrixDoesNotFit(let rows, let nodes, let gpus):
            "the bandwidth matrix has \(rows) rows; it needs one for each of the \(nodes) nodes or \(gpus) GPUs"
        case .badLink(let from, let to): "the bandwidth from \(from) to \(to) is missing, zero or not a number"
        case .badSpeed(let node): "the speed factor of \(node) is not a positive number"
        case .tooManyForExact(let blocks, let limit):
            "an exact search takes up to \(limit) nodes, and there are \(blocks); use --placement auto or anneal"
        case .badMap(let rank): "rank \(rank) of the map is missing, given twice, or on a node or GPU that does not exist or is taken"
        case .mapSplitsBlock(let rank):
            "the map separates rank \(rank) from ranks of its node; ranks that fill a node must share one"
        }
    }
}
