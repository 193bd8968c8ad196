public import Documents
public import Search

/// A map of ranks to GPUs in a file: `{"schema": "meshwright.placement/1", "map": [{"node": "n1", "gpu": 0}, …]}`, one entry a rank.
public enum PlacementDocument {
    /// The contract that is read.
    public static let schema = "meshwright.placement/1"

    /// The map of a file; nodes are named as in `nodeNames` or numbered from 0.
    public static func read(path: String, nodeNames: [String]) throws(DocumentError) -> [RankLocation] {
        try map(of: YAMLDocument.read(path: path), nodeNames: nodeNames)
    }

    /// The map of a text; `file` is its name in messages.
    public static func parse(text: String, file: String, nodeNames: [String]) throws(DocumentError) -> [RankLocation] {
        try map(of: YAMLDocument.parse(text: text, file: file), nodeNames: nodeNames)
    }

    private static func map(of root: YAMLNode, nodeNames: [String]) throws(DocumentError) -> [RankLocation] {
        let reader = try MappingReader(root, as: "a placement")
        let schema = try reader.required("schema", .string)
        guard schema == Self.schema else {
            throw DocumentError(
                reader.location(of: "schema"), .invalid("the placement is written as \(schema)", remedy: "expected \(Self.schema)"))
        }
        let indices = Dictionary(nodeNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var map: [RankLocation] = []
        for node in try reader.required("map", .list(of: .node)) {
            let entry = try MappingReader(node, as: "a rank's place")
            let name = try entry.required("node", .string)
            guard let index = indices[name] ?? Int(name), index >= 0 else {
                throw DocumentError(
                    entry.location(of: "node"),
                    .unknownChoice(name, nearest: NearestName.best(for: name, among: nodeNames), legal: Array(nodeNames.prefix(20))))
            }
            let rank = try entry.optional("rank", .int(in: 0...16_777_216)) ?? map.count
            map.append(RankLocation(rank: rank, node: index, gpu: try entry.required("gpu", .int(in: 0...65_536))))
        }
        return map
    }
}
