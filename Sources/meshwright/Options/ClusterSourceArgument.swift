import ArgumentParser
import Interchange

/// A measurement to read, as `KIND:FILE`.
struct ClusterSourceArgument {
    /// The format.
    var kind: ImportKind
    /// The file's path.
    var path: String

    /// The measurement that a text names.
    static func parse(_ text: String) throws -> ClusterSourceArgument {
        let sides = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2, !sides[1].isEmpty else { throw ValidationError("write KIND:FILE, KIND one of \(kinds)") }
        guard let kind = ImportKind(rawValue: sides[0]) else { throw ValidationError("kind '\(sides[0])' is unknown; use one of \(kinds)") }
        return ClusterSourceArgument(kind: kind, path: sides[1])
    }

    /// The formats, for help and messages.
    static let kinds = ImportKind.allCases.map(\.rawValue).joined(separator: ", ")
}

/// A zone and the nodes in it, as `NAME=NODES`.
struct ZoneArgument {
    /// The zone's name.
    var name: String
    /// Nodes in it.
    var nodes: Int

    /// The zone that a text states.
    static func parse(_ text: String) throws -> ZoneArgument {
        guard let equals = text.lastIndex(of: "="), equals > text.startIndex, let nodes = Int(text[text.index(after: equals)...]),
            (1...65_536).contains(nodes)
        else { throw ValidationError("write NAME=NODES with 1 to 65536 nodes, such as us-west=4") }
        return ZoneArgument(name: String(text[..<equals]), nodes: nodes)
    }
}

/// A GPU type of some nodes, as `NAME` or `NAME@NODES`.
struct GPUKindArgument {
    /// A shipped name, or a path.
    var name: String
    /// Its nodes; nil where they are not stated.
    var nodes: Int?

    /// The GPU that a text states.
    static func parse(_ text: String) throws -> GPUKindArgument {
        guard let at = text.lastIndex(of: "@") else { return GPUKindArgument(name: text) }
        guard at > text.startIndex, let nodes = Int(text[text.index(after: at)...]), (1...65_536).contains(nodes) else {
            throw ValidationError("write NAME@NODES with 1 to 65536 nodes, such as h100-80gb-sxm@4")
        }
        return GPUKindArgument(name: String(text[..<at]), nodes: nodes)
    }
}
