import ArgumentParser
import Interchange

/// A measurement to read, as `KIND:FILE`.
struct ClusterSourceArgument: ExpressibleByArgument {
    /// The format.
    var kind: ImportKind
    /// The file's path.
    var path: String

    init?(argument: String) {
        guard let colon = argument.firstIndex(of: ":"), let kind = ImportKind(rawValue: String(argument[..<colon])) else { return nil }
        self.kind = kind
        path = String(argument[argument.index(after: colon)...])
        if path.isEmpty { return nil }
    }

    /// The formats, for help and messages.
    static let kinds = ImportKind.allCases.map(\.rawValue).joined(separator: ", ")
}

/// A zone and the nodes in it, as `NAME=NODES`.
struct ZoneArgument: ExpressibleByArgument {
    /// The zone's name.
    var name: String
    /// Nodes in it.
    var nodes: Int

    init?(argument: String) {
        guard let equals = argument.lastIndex(of: "="), let nodes = Int(argument[argument.index(after: equals)...]),
            (1...65_536).contains(nodes)
        else { return nil }
        self.nodes = nodes
        name = String(argument[..<equals])
        if name.isEmpty { return nil }
    }
}
