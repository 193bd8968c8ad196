import Hardware

extension ClusterAssembly {
    /// The groups of a mixed cluster, each with what the files say and what its own profile lends; nil where all nodes are alike.
    mutating func mixed(_ order: [String]) throws(ClusterImportError) -> [NodeGroup]? {
        guard request.kinds.count > 1 else { return nil }
        let asked = request.kinds.reduce(0) { $0 + $1.nodes }
        guard order.isEmpty || order.count == asked else {
            throw .nothingSays(
                "of which kind \(order.count) nodes are: --gpu names \(asked)", remedy: "make the nodes of all --gpu NAME@NODES add up")
        }
        let (whole, said, sources) = (request, notes, provenance)
        var groups: [NodeGroup] = []
        var collected: [String] = []
        var collectedSources: [String: Provenance] = [:]
        for (index, kind) in whole.kinds.enumerated() {
            request.gpu = kind.gpu
            request.like = kind.like ?? whole.like
            notes = []
            provenance = [:]
            var group = try group(gpusPerNode: gpusOfNode())
            group.nodes = kind.nodes
            groups.append(group)
            collected += notes.map { "\(kind.gpu.name): \($0)" }
            for (key, value) in provenance { collectedSources["groups.\(index).\(key)"] = value }
        }
        (request, notes) = (whole, said + collected)
        provenance = sources.filter { !Self.isOfGroup($0.key) }
        provenance.merge(collectedSources) { $1 }
        return groups
    }
}
