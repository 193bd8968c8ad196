public import Documents
public import Search

/// A map of ranks to GPUs in a file: `{"schema": "meshwright.placement/1", "ranks": [{"rank": 0, "node": "n1", "gpu": 0}, …]}`.
///
/// Without `rank` an entry is the rank at its place of the list. The JSON of a plan is read too: its first plan's placement.
public enum PlacementDocument {
    /// The contract that is read.
    public static let schema = "meshwright.placement/1"

    /// A rank's place as a file has it, its node by name.
    public struct Place: Hashable, Sendable {
        /// The rank.
        public var rank: Int
        /// The node's name, or its index.
        public var node: String
        /// The GPU, by index in the node.
        public var gpu: Int
        /// Where the file names the node.
        public var location: SourceLocation

        /// A place of the list; `index` is the rank of an entry that states none.
        init(_ node: YAMLNode, index: Int) throws(DocumentError) {
            let entry = try MappingReader(node, as: "a rank's place")
            self.node = try entry.required("node", .string)
            rank = try entry.optional("rank", .int(in: 0...16_777_216)) ?? index
            gpu = try entry.required("gpu", .int(in: 0...65_536))
            location = entry.location(of: "node")
        }
    }

    /// The map of a file; nodes are named as in `nodeNames` or numbered from 0.
    public static func read(path: String, nodeNames: [String]) throws(DocumentError) -> [RankLocation] {
        try map(of: YAMLDocument.read(path: path), nodeNames: nodeNames)
    }

    /// The map of a text; `file` is its name in messages.
    public static func parse(text: String, file: String, nodeNames: [String]) throws(DocumentError) -> [RankLocation] {
        try map(of: YAMLDocument.parse(text: text, file: file), nodeNames: nodeNames)
    }

    /// The places of a list.
    static func places(_ list: [YAMLNode]) throws(DocumentError) -> [Place] {
        var places: [Place] = []
        places.reserveCapacity(list.count)
        for node in list { places.append(try Place(node, index: places.count)) }
        return places
    }

    /// The places by index of their nodes.
    static func map(_ places: [Place], nodeNames: [String]) throws(DocumentError) -> [RankLocation] {
        let indices = Dictionary(nodeNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        var map: [RankLocation] = []
        map.reserveCapacity(places.count)
        for place in places {
            guard let index = indices[place.node] ?? Int(place.node), nodeNames.indices.contains(index) else {
                throw DocumentError(
                    place.location,
                    .unknownChoice(
                        place.node, nearest: NearestName.best(for: place.node, among: nodeNames), legal: Array(nodeNames.prefix(20))))
            }
            map.append(RankLocation(rank: place.rank, node: index, gpu: place.gpu))
        }
        return map
    }

    private static func map(of root: YAMLNode, nodeNames: [String]) throws(DocumentError) -> [RankLocation] {
        let reader = try MappingReader(root, as: "a placement")
        let schema = try reader.required("schema", .string)
        guard schema == Self.schema || schema == PlanDocument.schema else {
            throw DocumentError(
                reader.location(of: "schema"),
                .invalid("the placement is written as \(schema)", remedy: "expected \(Self.schema) or \(PlanDocument.schema)"))
        }
        guard schema == Self.schema else {
            guard let first = try reader.required("plans", .list(of: .node)).first else {
                throw DocumentError(reader.location(of: "plans"), .invalid("the plan lists no plan", remedy: "expected a placed one"))
            }
            let plan = try MappingReader(first, as: "a plan")
            let placement = try MappingReader(plan.required("placement", .node), as: "a placement")
            return try map(places(placement.required("ranks", .list(of: .node))), nodeNames: nodeNames)
        }
        // Files of the first releases have the list under `map`.
        if let list = try reader.optional("map", .list(of: .node)) { return try map(places(list), nodeNames: nodeNames) }
        return try map(places(reader.required("ranks", .list(of: .node))), nodeNames: nodeNames)
    }
}
