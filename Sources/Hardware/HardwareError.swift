/// What can be wrong with a request for hardware, apart from the contents of files.
public enum HardwareError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No shipped profile has this name; the nearest that exist.
    case unknownName(String, kind: ProfileLibrary.Kind, nearest: [String])
    /// The folder with the shipped profiles was not found; the places looked at.
    case noShippedData(searched: [String])
    /// A GPU type whose file does not say in what nodes it comes.
    case noUsualNode(gpu: String)
    /// A number of GPUs that does not fill nodes.
    case gpusDoNotFillNodes(gpus: Int, perNode: Int)
    /// A number of nodes or GPUs outside 1 to the largest cluster that is modelled.
    case clusterSize(Int, largest: Int)
    /// A mixed cluster cannot be scaled, since nothing says which of its groups should grow.
    case mixedClusterScaled(name: String, nodes: Int, asked: Int)

    /// One line: what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .unknownName(let name, let kind, let nearest):
            nearest.isEmpty
                ? "there is no \(kind.noun) '\(name)', and none is shipped; give the path of a YAML file"
                : "there is no \(kind.noun) '\(name)'; the nearest are \(nearest.joined(separator: ", "))"
        case .noShippedData(let searched):
            "the shipped profiles were not found in \(searched.joined(separator: ", ")); set MESHWRIGHT_DATA to their folder"
        case .noUsualNode(let gpu):
            "the file of \(gpu) states no usual_node, so nothing says in what nodes it comes; name a cluster with --cluster, or state it"
        case .gpusDoNotFillNodes(let gpus, let perNode):
            "\(gpus) GPUs do not fill nodes of \(perNode); use \(Self.neighbours(gpus, perNode))"
        case .clusterSize(let size, let largest): "a cluster of \(size) is out of range; use 1 to \(largest)"
        case .mixedClusterScaled(let name, let nodes, let asked):
            "'\(name)' mixes node types and has \(nodes) nodes, so it cannot be scaled to \(asked); edit the nodes of its groups"
        }
    }

    /// The multiples of `unit` around a number.
    /// The numbers next to one that fill nodes: whole nodes, or equal parts of one.
    private static func neighbours(_ number: Int, _ unit: Int) -> String {
        guard number > unit else {
            let parts = (1...unit).filter { unit % $0 == 0 }
            return [parts.last { $0 < number }, parts.first { $0 > number }].compactMap { $0.map(String.init) }.joined(separator: " or ")
        }
        let below = number / unit * unit
        return "\(below) or \(below + unit)"
    }
}
