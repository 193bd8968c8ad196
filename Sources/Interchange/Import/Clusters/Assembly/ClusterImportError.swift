public import Documents

/// Why what several files say makes no cluster.
public enum ClusterImportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing was given to import.
    case noEvidence
    /// A fact that no input states, and what would state it.
    case nothingSays(String, remedy: String)
    /// Pairs that were not measured: the first of them, how many there are, and how many have the opposite direction.
    case missingPairs(of: String, first: [String], count: Int, reversible: Int, SourceLocation)
    /// Two inputs that cannot both be right.
    case contradiction(String, SourceLocation, SourceLocation?, remedy: String)
    /// Two files that name different nodes.
    case differentNodes(String, SourceLocation, String, SourceLocation)

    /// One line: where, what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .noEvidence: "nothing to import; add --from KIND:FILE"
        case .nothingSays(let what, let remedy): "no input says \(what); \(remedy)"
        case .missingPairs(let what, let first, let count, let reversible, let location):
            "\(location.file):\(location.line): \(count) pairs of \(what) were not measured: \(first.joined(separator: ", "))"
                + (count > first.count ? " and \(count - first.count) more" : "")
                + (reversible == count ? "; measure them, or add --symmetrise to take the opposite direction" : "; measure them")
        case .contradiction(let what, let one, let other, let remedy):
            "\(one.file):\(one.line): \(what)\(other.map { " (\($0.file):\($0.line))" } ?? ""); \(remedy)"
        case .differentNodes(let name, let one, let otherName, let other):
            "\(one.file):\(one.line): the nodes here, such as '\(name)', are none of \(other.file):\(other.line), such as '\(otherName)';"
                + " use files of the same cluster and the same names"
        }
    }
}
