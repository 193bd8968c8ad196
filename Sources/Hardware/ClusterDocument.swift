public import Documents
import Quantities

extension ClusterProfile {
    /// The cluster that a file describes; `library` finds the GPU types it names.
    public static func read(path: String, library: ProfileLibrary) throws(DocumentError) -> ClusterProfile {
        try parse(text: TextFile.read(path: path), file: path, library: library)
    }

    /// The cluster of a YAML text; `file` is its name in messages, and where relative paths of GPU types start.
    public static func parse(text: String, file: String, library: ProfileLibrary) throws(DocumentError) -> ClusterProfile {
        try YAMLDocument.parse(text: text, file: file).object(as: "a cluster") { cluster throws(DocumentError) in
            try ClusterProfile(cluster, library: library)
        }
    }

    /// The cluster that a document describes: one group of nodes at the top level, or several under `groups`.
    init(_ cluster: MappingReader, library: ProfileLibrary) throws(DocumentError) {
        let name = try cluster.required("name", .string)
        let describes = try cluster.optional("describes", .string)
        let build = { (group: MappingReader) throws(DocumentError) in try NodeGroup(group, library: library) }
        let groups = cluster.has("groups") ? try cluster.objects("groups", as: "a group of nodes", build) : [try build(cluster)]
        guard !groups.isEmpty else {
            throw DocumentError(cluster.location(of: "groups"), .invalid("the list of groups is empty", remedy: "state at least one"))
        }
        let nodeBandwidth = try BandwidthMatrix.readNodes(cluster, groups)
        self.init(
            name: name, describes: describes, groups: groups, tiers: try Tier.read(cluster), curves: try CollectiveCurve.read(cluster),
            nodeBandwidth: nodeBandwidth, gpuBandwidth: try BandwidthMatrix.read(cluster, "gpu_bandwidth", naming: "gpu"),
            linkSpread: try cluster.optionalObject("link_spread", as: "a spread of links") { spread throws(DocumentError) in
                let scope = try MeasurementScope.read(spread, "the spread of links", groups)
                let factor = groups.map { scope.wholeNodeFactor($0.network, gpusPerNode: $0.gpusPerNode) }.min() ?? 1
                return LinkSpread(
                    mean: try spread.sourced("mean", .byteRate).value * factor,
                    deviation: try spread.sourced("deviation", .byteRate).value * factor)
            },
            nodeNames: try cluster.optional("node_names", .list(of: .string)) ?? nodeBandwidth?.names ?? [],
            links: try LinkClass.read(cluster, groups: groups.count),
            gpuHourPrice: try cluster.optionalSourced("gpu_hour_price", .nonNegative)?.value,
            reliability: try ClusterReliability.read(cluster, nodes: groups.reduce(0) { $0 + $1.nodes }), provenance: [:])
        provenance = Provenance.all(cluster.sources)
        try check(cluster)
    }

    /// Refuses parts that contradict each other.
    private func check(_ cluster: MappingReader) throws(DocumentError) {
        func refuse(_ key: String, _ what: String, _ remedy: String) throws(DocumentError) {
            throw DocumentError(cluster.location(of: key), .invalid(what, remedy: remedy))
        }
        guard gpus <= Self.largest else {
            return try refuse("nodes", "the cluster has \(gpus) GPUs", "at most \(Self.largest) are modelled")
        }
        if !nodeNames.isEmpty, nodeNames.count != nodes {
            try refuse("node_names", "there are \(nodeNames.count) names for \(nodes) nodes", "name every node or none")
        }
        if Set(nodeNames).count != nodeNames.count { try refuse("node_names", "a node name occurs twice", "names differ") }
        if let matrix = nodeBandwidth, matrix.count != nodes {
            try refuse("node_bandwidth", "the matrix joins \(matrix.count) nodes of \(nodes)", "it needs a row for every node")
        }
        if let matrix = gpuBandwidth, groups.contains(where: { $0.gpusPerNode != matrix.count }) {
            try refuse("gpu_bandwidth", "the matrix joins \(matrix.count) GPUs", "it needs a row for every GPU of a node")
        }
        let names = Set((0..<nodes).map(nodeName))
        for group in groups {
            guard let stranger = group.speedFactors.keys.filter({ !names.contains($0) }).min() else { continue }
            let nearest = NearestName.ranked(for: stranger, among: names, limit: 1).first ?? "node-0"
            try refuse("speed_factors", "there is no node '\(stranger)'", "the nearest is '\(nearest)'")
        }
    }
}

extension NodeGroup {
    /// The group that the keys of a mapping describe.
    init(_ group: MappingReader, library: ProfileLibrary) throws(DocumentError) {
        let gpuName = try group.required("gpu", .string)
        let gpu = try library.gpu(gpuName, from: group.location(of: "gpu"))
        let nodes = try group.required("nodes", .int(in: 1...ClusterProfile.largest))
        let gpusPerNode = try group.required("gpus_per_node", .int(in: 1...1024))
        let fabric = try group.object("fabric", as: "a fabric") { fabric throws(DocumentError) in
            try Fabric(fabric, gpusPerNode: gpusPerNode)
        }
        let network = try group.object("network", as: "a network") { network throws(DocumentError) in try Network(network) }
        let host = try Host.read(group)
        let factors = try group.optionalObject("speed_factors", as: "speed factors by node") { nodes throws(DocumentError) in
            var factors: [String: Double] = [:]
            for key in nodes.keys { factors[key.text] = try nodes.required(key.text, .double(in: 0.01...10)) }
            return factors
        }
        self.init(
            gpu: gpu, nodes: nodes, gpusPerNode: gpusPerNode, fabric: fabric, network: network, host: host, speedFactors: factors ?? [:])
    }
}
