public import Documents
import Hardware

/// How the GPUs of a node reach each other, as `nvidia-smi topo -m` shows it.
public struct GPUPaths: Hashable, Sendable {
    /// Where the table begins.
    public var location: SourceLocation
    /// GPUs of the node.
    public var gpus: Int
    /// The kind of path of every pair, row-major; the diagonal means nothing.
    public var paths: [Path]

    /// NVLinks that the largest GPU has; more to all peers together means that a switch shares them.
    private static let mostLinks = 18

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
            case "SYS", "SOC": self = .system
            case "NODE": self = .node
            case "PHB": self = .hostBridge
            case "PXB": self = .switches
            case "PIX", "PSB": self = .switched
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

        /// Steps from the nearest on.
        var distance: Int {
            switch self {
            case .itself: 0
            case .nvlink: 1
            case .switched: 2
            case .switches: 3
            case .hostBridge: 4
            case .node: 5
            case .system: 6
            case .unknown: 7
            }
        }
    }

    /// NVLinks between two GPUs.
    private func count(_ from: Int, _ to: Int) -> Int {
        if from != to, case .nvlink(let links) = paths[from * gpus + to] { return links }
        return 0
    }

    /// Whether GPUs share their links through switches: then each shows all of them to every peer.
    var isSwitched: Bool { links.contains { $0 > Self.mostLinks } }

    /// NVLinks of every GPU to all its peers together, as the table counts them.
    var links: [Int] { (0..<gpus).map { from in (0..<gpus).reduce(0) { $0 + count(from, $1) } } }

    /// NVLinks that a GPU has: those to any peer behind switches, else those to all peers together.
    var linksOfGPU: Int? {
        let own = isSwitched ? (0..<gpus).map { from in (0..<gpus).map { count(from, $0) }.max() ?? 0 } : links
        return own.max().flatMap { $0 > 0 ? $0 : nil }
    }

    /// The kind of the links; nil for a single GPU.
    var fabric: Fabric.Kind? {
        guard gpus > 1 else { return nil }
        guard links.contains(where: { $0 > 0 }) else { return .pcie }
        return isSwitched ? .nvswitch : .nvlink
    }

    /// GPUs that NVLinks join, where all such groups are equally large: 2 for bridges between pairs. Nil where they differ or there is none.
    var domain: Int? {
        var group = Array(0..<gpus)
        for from in 0..<gpus {
            for to in 0..<gpus where count(from, to) > 0 && group[from] != group[to] {
                let (kept, lost) = (group[from], group[to])
                for place in group.indices where group[place] == lost { group[place] = kept }
            }
        }
        let sizes = Set(Dictionary(grouping: group) { $0 }.values.map(\.count))
        return sizes.count == 1 ? sizes.first : nil
    }

    /// GPUs with fewer links than their peers, or with a slow path to one where switches should give a fast one.
    ///
    /// A mesh in which every GPU has as many links as the others is wired so: pairs, rings, and the cubes of DGX-1 and p3.
    /// - Parameter sound: a node of the kind that is wired as it should be.
    func faults(against sound: GPUPaths) -> [String] {
        guard sound.gpus == gpus, let most = sound.linksOfGPU else { return [] }
        let own = sound.isSwitched ? (0..<gpus).map { from in (0..<gpus).map { count(from, $0) }.max() ?? 0 } : links
        var faults: [String] = []
        for (gpu, links) in own.enumerated() where links < most {
            let what = links == 0 ? "no NVLink" : "\(links) NVLinks"
            faults.append("GPU\(gpu) has \(what) where its peers have \(most)")
        }
        guard sound.isSwitched || !faults.isEmpty else { return faults }
        for from in 0..<gpus where own[from] > 0 {
            for to in 0..<gpus where to > from && own[to] > 0 && count(from, to) == 0 {
                guard sound.isSwitched || own[from] < most && own[to] < most && sound.count(from, to) > 0 else { continue }
                let path = paths[from * gpus + to]
                if path != .unknown { faults.append("GPU\(from) reaches GPU\(to) over \(path.word) where its peers have NVLink") }
            }
        }
        return faults
    }
}
