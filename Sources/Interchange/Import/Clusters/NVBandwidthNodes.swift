import Documents
import Hardware

/// The tests of nvbandwidth over several nodes: a matrix of all ranks, of which each is a GPU of a host that the log names.
///
/// Such tests copy over NVLink from GPU to GPU, one pair at a time, and run only inside one NVLink domain.
struct NVBandwidthNodes {
    /// The host of each rank.
    private var hosts: [Int: String] = [:]

    /// Takes a line such as `Process 4 (tray-1): device 0: NVIDIA GB200 (00000008:01:00)`.
    mutating func read(_ words: [Substring]) {
        guard words.count > 2, words[0] == "Process", let rank = Int(words[1]), (0..<1024).contains(rank) else { return }
        let host = words[2].drop { $0 == "(" }.prefix { $0 != ")" }
        if host.isHostName { hosts[rank] = String(host) }
    }

    /// Takes an entry of the JSON's list of devices, such as `4: NVIDIA GB200 (00000008:01:00): (tray-1)`.
    mutating func read(device text: String) {
        guard text.utf8.count < 512, let colon = text.firstIndex(of: ":"), let rank = Int(text[..<colon]), (0..<1024).contains(rank),
            text.hasSuffix(")"), let open = text.lastIndex(of: "(")
        else { return }
        let host = text[text.index(after: open)...].dropLast()
        if host.isHostName { hosts[rank] = String(host) }
    }

    /// The links between the GPUs of a node, the mean over the nodes; says what those between nodes move. Nil where the log does not tell
    /// which ranks share a node.
    func inside(_ table: LinkTable, _ evidence: inout ClusterEvidence) -> LinkTable? {
        let ranks = table.names.indices
        let line = table.location.line
        guard ranks.allSatisfy({ hosts[$0] != nil && table.names[$0] == "gpu-\($0)" }) else {
            let isPartial = !hosts.isEmpty && hosts.count < table.names.count
            evidence.note(
                line,
                isPartial
                    ? "only \(hosts.count) of the \(table.names.count) ranks of this matrix have a host in the file (the JSON of nvbandwidth lists "
                        + "the first rank's devices alone), so it is left out; its plain text names all"
                    : "the log does not say on which nodes the ranks of this matrix ran; it is left out")
            return nil
        }
        var nodes: [(host: String, ranks: [Int])] = []
        for rank in ranks {
            let host = hosts[rank] ?? ""
            if let place = nodes.firstIndex(where: { $0.host == host }) {
                nodes[place].ranks.append(rank)
            } else {
                nodes.append((host, [rank]))
            }
        }
        sayBetween(table, nodes.count, &evidence)
        let size = nodes[0].ranks.count
        if nodes.count > 1, nodes.allSatisfy({ $0.ranks.count == size }) { join(table, nodes, size, &evidence) }
        guard size > 1, nodes.allSatisfy({ $0.ranks.count == size }) else {
            if size > 1 { evidence.note(line, "nodes have different numbers of ranks; the links inside them are left out") }
            return nil
        }
        var inside = LinkTable(names: (0..<size).map { "gpu-\($0)" }, location: table.location)
        for from in 0..<size {
            for to in 0..<size where to != from {
                let rates = nodes.map { table[$0.ranks[from], $0.ranks[to]] }.filter { $0 > 0 }
                if !rates.isEmpty { inside[from, to] = rates.reduce(0, +) / Double(rates.count) }
            }
        }
        return inside
    }

    /// States the domain of all these nodes, and what a node moves to another: its GPUs each to one of the other's, of which the median counts.
    private func join(
        _ table: LinkTable, _ nodes: [(host: String, ranks: [Int])], _ size: Int, _ evidence: inout ClusterEvidence
    ) {
        var links = LinkTable(names: nodes.map(\.host), location: table.location)
        for (from, sender) in nodes.enumerated() {
            for (to, receiver) in nodes.enumerated() where to != from {
                let rates = sender.ranks.flatMap { rank in receiver.ranks.map { table[rank, $0] } }.filter { $0 > 0 }.sorted()
                if !rates.isEmpty { links[from, to] = rates[rates.count / 2] * Double(size) }
            }
        }
        links.scope = .node
        evidence.nodeLinks = links
        evidence.node.fabric = .nvswitch
        evidence.node.fabricDomain = size * nodes.count
        evidence.note(
            table.location.line,
            "\(nodes.count) nodes of \(size) GPUs are one NVLink domain; a link between nodes is \(size) times the median of its pairs of GPUs"
        )
    }

    /// What links between nodes move, and the GPUs that are under the others there.
    private func sayBetween(_ table: LinkTable, _ nodes: Int, _ evidence: inout ClusterEvidence) {
        var rates: [Double] = []
        var own = [[Double]](repeating: [], count: table.names.count)
        for from in table.names.indices {
            for to in table.names.indices where hosts[from] != hosts[to] && table[from, to] > 0 {
                rates.append(table[from, to])
                own[from].append(table[from, to])
                own[to].append(table[from, to])
            }
        }
        guard !rates.isEmpty else { return }
        rates.sort()
        let median = rates[rates.count / 2]
        let line = table.location.line
        evidence.note(
            line,
            "GPUs of \(nodes) nodes reach each other at \(Self.brief(median)) GB/s in the median, \(Self.brief(rates[0])) at least")
        for rank in own.indices {
            let sorted = own[rank].sorted()
            guard let middle = sorted.isEmpty ? nil : sorted[sorted.count / 2], middle < 0.9 * median else { continue }
            evidence.note(
                line,
                "the GPU of rank \(rank) on \(hosts[rank] ?? "") reaches those of other nodes at \(Self.brief(middle)) GB/s in the median,"
                    + " the others at \(Self.brief(median))", isFault: true)
        }
    }

    private static func brief(_ rate: Double) -> String { String((rate / 1e8).rounded() / 10) }
}
