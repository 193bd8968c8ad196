import Documents
import Hardware

extension ClusterAssembly {
    /// The tree of switches with the names that the profile uses.
    private var tree: (tree: SwitchTree, origin: ClusterEvidence.Origin)? {
        for one in evidence { if let tree = one.switches { return (tree, one.origin) } }
        return nil
    }

    /// Names of the nodes in rank order: in tree order, so that neighbours share switches, those measured where any were.
    mutating func nodeOrder(_ matrix: LinkTable?) throws(ClusterImportError) -> [String] {
        guard let (tree, origin) = tree else { return matrix?.names ?? [] }
        let all = tree.nodes.map { names($0) }
        guard let matrix else { return all }
        let measured = Set(matrix.names)
        let order = all.filter(measured.contains)
        let place = SourceLocation(file: origin.file, line: tree.switches.first?.location.line ?? 1)
        guard !order.isEmpty else {
            throw .differentNodes(all.first ?? "", place, matrix.names.first ?? "", matrix.location)
        }
        if order.count < all.count {
            let stranger = all.first { !measured.contains($0) } ?? ""
            note(
                "\(origin.file):\(place.line): \(all.count - order.count) nodes of the topology, such as '\(stranger)', were not measured and are left out"
            )
        }
        let known = Set(order)
        let unknown = matrix.names.filter { !known.contains($0) }
        if let first = unknown.first {
            note("\(origin.file):\(place.line): \(unknown.count) measured nodes, such as '\(first)', are not in the topology and come last")
        }
        return order + unknown
    }

    /// Switch levels from the lowest up; a level that joins no more nodes than the one below says nothing.
    mutating func tiers(_ order: [String]) -> [Tier] {
        guard let (tree, origin) = tree else {
            guard let like = request.like, !like.tiers.isEmpty else { return [] }
            note("no file says which switches join the nodes; the levels are those of \(like.name)")
            return like.tiers
        }
        let present = Set(order)
        var tiers: [Tier] = []
        var isAssumed = false
        for (index, level) in tree.levels.enumerated() {
            let sizes = level.groups.map { group in group.filter { present.contains(names($0)) }.count }.filter { $0 > 0 }
            guard let largest = sizes.max(), largest > (tiers.last?.nodes ?? 0) else { continue }
            if sizes.dropLast().contains(where: { $0 != largest }) {
                note("the switches of level \(index + 1) join \(sizes.min() ?? 0) to \(largest) nodes; \(largest) are taken for each")
            }
            if level.oversubscription == nil, request.oversubscription == nil { isAssumed = true }
            source("tiers.\(tiers.count).nodes", origin.source)
            tiers.append(
                Tier(
                    name: index == 0 ? "leaf" : "level \(index + 1)", nodes: largest,
                    oversubscription: max(1, level.oversubscription ?? request.oversubscription ?? 1)))
            if level.oversubscription != nil { source("tiers.\(tiers.count - 1).oversubscription", origin.source) }
        }
        if isAssumed {
            note("no file says how far switches are oversubscribed; they are taken to be non-blocking, or add --oversubscription")
        }
        return tiers
    }
}
