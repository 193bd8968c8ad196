import Documents

/// Reads Slurm's topology.yaml: a list of topologies, each a tree, blocks, or flat; the one marked as the cluster's default counts.
enum SlurmTopologyYAML {
    static func switches(_ text: String, _ file: String, into evidence: inout ClusterEvidence) throws(DocumentError) -> [SwitchTree.Switch]
    {
        let root = try YAMLDocument.parse(text: text, file: file)
        let list: [YAMLNode]
        if case .sequence(let nodes, _) = root { list = nodes } else { list = [root] }
        var chosen: MappingReader?
        var names: [String] = []
        var own = 0
        for node in list {
            let topology = try MappingReader(node, as: "a topology")
            let isDefault = try topology.optional("cluster_default", .bool) ?? false
            names.append(String((try topology.optional("topology", .string) ?? "without a name").prefix(60)).filter { !$0.isNewline })
            if chosen == nil || isDefault { (chosen, own) = (topology, names.count - 1) }
        }
        guard let topology = chosen else { throw DocumentError(root.location, .empty) }
        if names.count > 1 {
            evidence.note(
                topology.location.line,
                "of \(names.count) topologies \(names[own]) is read, the cluster's default or the first; nodes of others are passed over")
        }
        if let tree = try topology.optional("tree", .node) {
            let switches = try MappingReader(tree, as: "a tree").required("switches", .list(of: .node, count: 1...Hostlist.largest))
            return try SwitchTree.list(switches, name: "switch")
        }
        if let block = try topology.optional("block", .node) {
            let blocks = try MappingReader(block, as: "blocks").required("blocks", .list(of: .node, count: 1...Hostlist.largest))
            return try SwitchTree.list(blocks, name: "block")
        }
        throw DocumentError(
            topology.location,
            .invalid("the topology has neither a tree nor blocks", remedy: "a flat one says nothing that could be imported"))
    }
}

extension SwitchTree {
    /// The switches of a list of mappings, whose names stand under `name`.
    fileprivate static func list(_ nodes: [YAMLNode], name: String) throws(DocumentError) -> [Switch] {
        var switches: [Switch] = []
        for node in nodes {
            let reader = try MappingReader(node, as: "a \(name)")
            let own = try reader.required(name, .string)
            guard own[...].isHostName else {
                throw DocumentError(reader.location(of: name), Hostlist.Problem.name(String(own.prefix(60))))
            }
            let children = try reader.optional("children", .string) ?? ""
            let nodes = try reader.optional("nodes", .string) ?? ""
            switches.append(
                Switch(
                    name: own, nodes: try Hostlist.names(nodes, at: reader.location(of: "nodes")),
                    switches: try Hostlist.names(children, at: reader.location(of: "children")), location: reader.location))
        }
        return switches
    }
}
