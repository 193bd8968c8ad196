import Documents
import Hardware

/// Reads `ibnetdiscover`: switches, what is cabled to each of their ports, and at which rate.
///
/// Nodes whose adapters hang on the same set of leaf switches form a group, so that rails are read as one leaf level. A leaf's
/// oversubscription is the rate of its ports towards nodes over that of its ports towards other switches.
enum IBNetDiscover {
    private struct Leaf {
        var name: String
        var line: Int
        var down = 0.0
        var up = 0.0
        var hosts: Set<String> = []
    }

    static func read(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) {
        var leaves: [Leaf] = []
        var adapters: [String: Set<Substring>] = [:]
        var order: [String] = []
        var rates: [Double: Int] = [:]
        var isSwitch = false
        for line in LogLines(text) {
            if let start = line.text.firstRange(of: "generated on ") {
                let date = line.text[start.upperBound...]
                if date.utf8.count <= 40, date.allSatisfy({ $0.isLetter || $0.isNumber || " :".contains($0) }) {
                    evidence.origin.date = String(date)
                }
            }
            let words = line.words
            guard let first = words.first else { continue }
            if first == "Switch" || first == "Ca" || first == "Rt" {
                isSwitch = first == "Switch"
                if isSwitch { leaves.append(Leaf(name: "leaf-\(leaves.count)", line: line.number)) }
            } else if first.hasPrefix("["), isSwitch, !leaves.isEmpty, words.count >= 2 {
                let rate = words.last.flatMap(Self.rate) ?? 0
                if words[1].hasPrefix("\"S-") {
                    leaves[leaves.count - 1].up += rate
                } else if words[1].hasPrefix("\"H-"), let host = host(line.text) {
                    leaves[leaves.count - 1].down += rate
                    leaves[leaves.count - 1].hosts.insert(host)
                    if adapters.updateValue((adapters[host] ?? []).union([words[1]]), forKey: host) == nil { order.append(host) }
                    if rate > 0 { rates[rate, default: 0] += 1 }
                }
            }
        }
        guard !order.isEmpty else {
            throw .log(file, 1, "there is no switch with nodes on it", "save the output of 'ibnetdiscover'")
        }
        leaves.removeAll { $0.hosts.isEmpty }
        try evidence.switches = tree(order, leaves, file)
        let counts = Dictionary(grouping: adapters.values.map(\.count)) { $0 }.mapValues(\.count)
        evidence.node.network = .infiniband
        evidence.node.adapters = mostFrequent(counts)
        evidence.node.adapterBandwidth = mostFrequent(rates)
        if counts.count > 1 {
            evidence.note(leaves.first?.line ?? 1, "hosts have different numbers of adapters; the most frequent is taken")
        }
        if rates.count > 1 { evidence.note(leaves.first?.line ?? 1, "adapters have different rates; the most frequent is taken") }
    }

    private static func tree(_ hosts: [String], _ leaves: [Leaf], _ file: String) throws(DocumentError) -> SwitchTree {
        var groups: [[Int]: [String]] = [:]
        var order: [[Int]] = []
        for host in hosts {
            let key = leaves.indices.filter { leaves[$0].hosts.contains(host) }
            if groups[key] == nil { order.append(key) }
            groups[key, default: []].append(host)
        }
        return try SwitchTree(
            order.enumerated().map { index, key in
                let down = key.reduce(0) { $0 + leaves[$1].down }
                let up = key.reduce(0) { $0 + leaves[$1].up }
                return .init(
                    name: "leaf-\(index)", nodes: groups[key] ?? [], switches: [],
                    location: SourceLocation(file: file, line: key.first.map { leaves[$0].line } ?? 1),
                    oversubscription: down > 0 && up > 0 ? max(1, down / up) : nil)
            })
    }

    /// The host of a description such as `"node01 mlx5_0"` after the `#`.
    private static func host(_ line: Substring) -> String? {
        guard let hash = line.firstIndex(of: "#"), let quote = line[hash...].firstIndex(of: "\"") else { return nil }
        let host = line[line.index(after: quote)...].prefix { $0 != " " && $0 != "\"" }
        return host.isHostName ? String(host) : nil
    }

    /// The data rate of `4xNDR`, in B/s per direction.
    private static func rate(_ word: Substring) -> Double? {
        let lanes = word.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(lanes), (1...12).contains(count), word.dropFirst(lanes.count).first == "x" else { return nil }
        let gigabits: [Substring: Double] = [
            "SDR": 2, "DDR": 4, "QDR": 8, "FDR10": 10, "FDR": 13.64, "EDR": 25, "HDR": 50, "NDR": 100, "XDR": 200,
        ]
        return gigabits[word.dropFirst(lanes.count + 1)].map { $0 * Double(count) * 1.25e8 }
    }

    private static func mostFrequent<Key: Comparable>(_ counts: [Key: Int]) -> Key? {
        counts.max { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    }
}
