/// Matches the names of nodes between files: `n1` and `n1.cluster.local` are the same node where that is unambiguous.
struct NodeNames {
    private var canonical: [String: String] = [:]
    /// Which spellings were taken for the same node.
    private(set) var notes: [String] = []

    init(_ evidence: [ClusterEvidence]) {
        let lists = evidence.flatMap { [$0.nodeLinks?.names ?? [], $0.switches?.nodes ?? []] }.filter { !$0.isEmpty }
        // Shortening is wrong where it makes two nodes of one file the same.
        let isSafe = lists.allSatisfy { Set($0.map(Self.short)).count == Set($0).count }
        var spelling: [String: String] = [:]
        var example: (String, String)?
        for name in lists.joined() where canonical[name] == nil {
            let key = isSafe ? Self.short(name) : name
            let first = spelling[key] ?? name
            spelling[key] = first
            canonical[name] = first
            if first != name, example == nil { example = (first, name) }
        }
        if let example { notes.append("'\(example.0)' and '\(example.1)' are taken for the same node, and so on") }
    }

    /// The spelling that the profile uses.
    func callAsFunction(_ name: String) -> String { canonical[name] ?? name }

    /// The name without its domain; addresses stay as they are.
    private static func short(_ name: String) -> String {
        let first = name.prefix { $0 != "." }
        let isAddress = name.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        return isAddress ? name : first.lowercased()
    }
}
