public import Documents

/// How the GPUs of a node reach each other, as `nvidia-smi topo -m` shows it.
public struct GPUPaths: Hashable, Sendable {
    /// Where the table begins.
    public var location: SourceLocation
    /// GPUs of the node.
    public var gpus: Int
    /// The kind of path of every pair, row-major; the diagonal means nothing.
    public var paths: [Path]

    /// A kind of path, from the fastest to the slowest.
    public enum Path: Hashable, Sendable {
        /// A number of NVLinks together.
        case nvlink(Int)
        /// One PCIe switch.
        case switched
        /// Several PCIe switches.
        case switches
        /// A PCIe host bridge.
        case hostBridge
        /// Between host bridges of one NUMA node.
        case node
        /// Between NUMA nodes.
        case system
        /// The GPU itself.
        case itself
        /// Not stated.
        case unknown

        /// The path that a word of the table means; nil for other words.
        init?(_ word: Substring) {
            switch word {
            case "X": self = .itself
            case "SYS": self = .system
            case "NODE": self = .node
            case "PHB": self = .hostBridge
            case "PXB": self = .switches
            case "PIX": self = .switched
            case "N/A": self = .unknown
            default:
                guard word.hasPrefix("NV"), let links = Int(word.dropFirst(2)), (1...64).contains(links) else { return nil }
                self = .nvlink(links)
            }
        }

        /// The path as the table spells it.
        public var word: String {
            switch self {
            case .nvlink(let links): "NV\(links)"
            case .switched: "PIX"
            case .switches: "PXB"
            case .hostBridge: "PHB"
            case .node: "NODE"
            case .system: "SYS"
            case .itself: "X"
            case .unknown: "N/A"
            }
        }
    }

    /// GPUs with a path over PCI Express to a peer, though most pairs of the node have NVLink.
    public var faults: [(from: Int, to: Int, path: Path)] {
        var linked = 0
        var slow: [(Int, Int, Path)] = []
        for from in 0..<gpus {
            for to in 0..<gpus where to > from {
                let path = paths[from * gpus + to]
                switch path {
                case .nvlink: linked += 1
                case .itself, .unknown: break
                case .switched, .switches, .hostBridge, .node, .system: slow.append((from, to, path))
                }
            }
        }
        return linked > slow.count ? slow : []
    }
}
