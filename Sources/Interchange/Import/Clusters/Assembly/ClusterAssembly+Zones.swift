import Hardware
import Quantities

extension ClusterAssembly {
    /// A cluster of one group a zone, whose links between and inside the zones follow fits over message size.
    mutating func joinZones(_ group: NodeGroup) throws(ClusterImportError) {
        let known = evidence.flatMap { one in one.zoneLinks.map { (link: $0, source: one.origin.source) } }
        let names = Set(known.flatMap { [$0.link.first, $0.link.second] }).sorted()
        guard !names.isEmpty else { throw .nothingSays("how fast zones reach each other", remedy: "add --from sailor:FILE") }
        guard !request.zones.isEmpty else {
            throw .nothingSays("which zones have nodes", remedy: "add --zone NAME=NODES for some of \(names.joined(separator: ", "))")
        }
        // The fits name GPUs by type and memory: `A100-40` is a100-40gb-sxm and a100-40gb-pcie.
        let suited = known.filter { entry in
            request.gpu.name.hasPrefix(entry.link.gpu.lowercased()) && entry.link.gpusPerNode == group.gpusPerNode
        }
        var links: [LinkClass] = []
        for (first, one) in request.zones.enumerated() {
            for (second, other) in request.zones.enumerated() where second >= first {
                guard
                    let entry = suited.first(where: {
                        ($0.link.first, $0.link.second) == (one.name, other.name)
                            || ($0.link.first, $0.link.second) == (other.name, one.name)
                    })
                else {
                    throw .nothingSays(
                        "how fast nodes of \(group.gpusPerNode) \(request.gpu.name) in '\(one.name)' and '\(other.name)' reach each other",
                        remedy: "zones with fits are \(names.joined(separator: ", ")), for \(Self.kinds(known.map(\.link)))")
                }
                source("links.\(links.count).source", entry.source)
                links.append(
                    LinkClass(
                        first: first, second: second, bytes: entry.link.bytes, bandwidths: entry.link.bandwidths.map { BytesPerSecond($0) })
                )
            }
        }
        let groups = request.zones.map { zone in
            var copy = group
            copy.nodes = zone.nodes
            return copy
        }
        // The sources of the one group hold for all of them.
        if groups.count > 1 {
            for (key, value) in provenance where Self.isOfGroup(key) {
                provenance[key] = nil
                for index in groups.indices { provenance["groups.\(index).\(key)"] = value }
            }
        }
        finish(groups, links)
    }

    private static func kinds(_ links: [ZoneLink]) -> String {
        Set(links.map { "\($0.gpusPerNode) \($0.gpu) a node" }).sorted().prefix(12).joined(separator: ", ")
    }
}
