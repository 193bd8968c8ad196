/// Nodes of a cluster as Slurm lists them.
struct DetectedSlurm: Hashable, Sendable {
    /// A node with GPUs.
    struct Node: Hashable, Sendable {
        var name: String
        /// The type in its generic resources, such as `h100`; empty where it states none.
        var type = ""
        var gpus = 0
        var cores: Int?
        var mebibytes: Double?
        var isDown = false
    }

    /// Nodes with GPUs, in Slurm's order.
    var nodes: [Node] = []

    /// Reads `scontrol show nodes`: records that begin with `NodeName=`, of `Key=Value` words.
    static func scontrol(_ text: String) -> DetectedSlurm {
        var all: [Node] = []
        var (sockets, perSocket): (Int?, Int?) = (nil, nil)
        for line in LogLines(text, labels: .launchers).prefix(1_000_000) {
            for word in line.words {
                guard let equals = word.firstIndex(of: "=") else { continue }
                let value = word[word.index(after: equals)...]
                if word[..<equals] == "NodeName" {
                    (sockets, perSocket) = (nil, nil)
                    guard value.isHostName, all.count < 65_536 else { return DetectedSlurm(nodes: all.filter { $0.gpus > 0 }) }
                    all.append(Node(name: String(value)))
                }
                guard !all.isEmpty else { continue }
                let last = all.count - 1
                switch word[..<equals] {
                case "Gres": (all[last].type, all[last].gpus) = gres(value)
                case "RealMemory": all[last].mebibytes = value.positive
                case "Sockets": sockets = Int(value)
                case "CoresPerSocket": perSocket = Int(value)
                case "State": all[last].isDown = isDown(value)
                default: break
                }
                if let sockets, let perSocket, (1...256).contains(sockets), (1...4096).contains(perSocket) {
                    all[last].cores = min(65_536, sockets * perSocket)
                }
            }
        }
        return DetectedSlurm(nodes: all.filter { $0.gpus > 0 })
    }

    /// Reads `sinfo -N -h -o '%N|%G|%c|%m|%t'`: a line for each node and partition.
    static func sinfo(_ text: String) -> DetectedSlurm {
        var nodes: [Node] = []
        var seen = Set<Substring>()
        for line in LogLines(text, labels: .launchers).prefix(1_000_000) {
            let cells = line.text.split(separator: "|", omittingEmptySubsequences: false)
            guard cells.count == 5, nodes.count < 65_536 else { continue }
            let name = cells[0].prefix { !$0.isWhitespace }
            guard name.isHostName, seen.insert(name).inserted else { continue }
            var node = Node(name: String(name))
            (node.type, node.gpus) = gres(cells[1])
            node.mebibytes = cells[3].prefix { $0.isNumber }.positive
            node.isDown = isDown(cells[4])
            if node.gpus > 0 { nodes.append(node) }
        }
        return DetectedSlurm(nodes: nodes)
    }

    /// The nodes like most of those with GPUs.
    var usual: [Node] {
        let kinds = Dictionary(grouping: nodes) { "\($0.type)|\($0.gpus)" }
        return kinds.sorted { (-$0.value.count, $0.key) < (-$1.value.count, $1.key) }.first?.value ?? []
    }

    /// `gpu:h100:8(S:0-1)`, `gpu:8`, beside other resources.
    private static func gres(_ text: Substring) -> (type: String, gpus: Int) {
        for item in text.split(separator: ",") {
            let parts = item.prefix { $0 != "(" }.split(separator: ":")
            guard parts.first == "gpu", parts.count >= 2, let count = Int(parts[parts.count - 1]), (1...1024).contains(count) else {
                continue
            }
            let type = parts.count > 2 && parts[1].isHostName ? String(parts[1]) : ""
            return (type, count)
        }
        return ("", 0)
    }

    private static func isDown(_ state: Substring) -> Bool {
        let lower = state.lowercased()
        return ["down", "drain", "fail", "drng"].contains(where: lower.contains)
    }
}
