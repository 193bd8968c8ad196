public import Documents
import Quantities

extension Fabric {
    /// The fabric that a mapping describes; it joins a node's GPUs unless it says otherwise.
    init(_ fabric: MappingReader, gpusPerNode: Int) throws(DocumentError) {
        let domain = try fabric.optionalSourced("domain_size", .int(in: 1...4096))?.value ?? gpusPerNode
        guard domain >= gpusPerNode || gpusPerNode % domain == 0 else {
            throw DocumentError(
                fabric.location(of: "domain_size"),
                .invalid("a domain of \(domain) does not divide a node of \(gpusPerNode) GPUs", remedy: "use a divisor or a multiple"))
        }
        self.init(
            kind: try fabric.required("kind", YAMLType<Kind>.choice()), bandwidth: try fabric.sourced("bandwidth", .byteRate).value,
            domainSize: domain, reducesInNetwork: try fabric.optional("reduces_in_network", .bool) ?? false,
            collectives: try fabric.object("collectives", as: "collective constants") { constants throws(DocumentError) in
                try CollectiveConstants.table.read(constants, over: CollectiveConstants())
            })
    }
}

extension CollectiveConstants {
    /// The constants' keys and units; a new constant is one more line.
    public static var table: FieldTable<CollectiveConstants> {
        [
            .number("gather_share", \.gatherShare, .double(in: 0.01...4)),
            .number("reduce_share", \.reduceShare, .double(in: 0.01...4)),
            .time("latency", \.latency),
            .number("root_coefficient", \.rootCoefficient),
            .number("crowding", \.crowding, .double(in: 0...3), usual: 0),
        ]
    }
}

extension Network {
    /// The adapters that a mapping describes.
    init(_ network: MappingReader) throws(DocumentError) {
        self.init(
            kind: try network.required("kind", YAMLType<Kind>.choice()),
            adaptersPerNode: try network.sourced("adapters_per_node", .int(in: 1...256)).value,
            adapterBandwidth: try network.sourced("adapter_bandwidth", .byteRate).value,
            achievedFraction: try network.sourced("achieved_fraction", .double(in: 0.001...2)).value)
    }
}

extension Tier {
    /// The levels under `tiers`, which must grow.
    static func read(_ cluster: MappingReader) throws(DocumentError) -> [Tier] {
        let tiers = try cluster.objects("tiers", as: "a tier") { tier throws(DocumentError) in
            Tier(
                name: try tier.required("name", .string), nodes: try tier.sourced("nodes", .int(in: 1...ClusterProfile.largest)).value,
                oversubscription: try tier.sourced("oversubscription", .double(in: 1...1000)).value)
        }
        for (lower, upper) in zip(tiers, tiers.dropFirst()) where lower.nodes >= upper.nodes {
            throw DocumentError(
                cluster.location(of: "tiers"),
                .invalid("tier '\(upper.name)' joins no more nodes than '\(lower.name)' below it", remedy: "list them from the lowest up"))
        }
        return tiers
    }
}

extension CollectiveCurve {
    /// The curves under `curves`.
    static func read(_ cluster: MappingReader) throws(DocumentError) -> [CollectiveCurve] {
        try cluster.objects("curves", as: "a measured curve") { curve throws(DocumentError) in
            let points = try curve.required("points", .list(of: point, count: 1...10_000))
            for (one, next) in zip(points, points.dropFirst()) where one.bytes >= next.bytes {
                throw DocumentError(
                    next.location, .invalid("the sizes of a curve must grow", remedy: "sort the points and keep one for each size"))
            }
            try curve.noteSource()
            let nodes = try curve.required("nodes", .int(in: 1...ClusterProfile.largest))
            let gpus = try curve.required("gpus", .int(in: 2...ClusterProfile.largest))
            guard gpus >= nodes else {
                throw DocumentError(
                    curve.location(of: "gpus"),
                    .invalid("\(gpus) GPUs cannot lie in \(nodes) nodes", remedy: "state the nodes that the group spans"))
            }
            return CollectiveCurve(
                collective: try curve.required("collective", YAMLType<Collective>.choice()), nodes: nodes, gpus: gpus,
                groupsAtOnce: try curve.optional("groups_at_once", .int(in: 1...1024)) ?? 1, bytes: points.map(\.bytes),
                seconds: points.map(\.seconds))
        }
    }

    /// A size with its time: `[1 MiB, 35.2 us]`.
    private static var point: YAMLType<(bytes: Double, seconds: Double, location: SourceLocation)> {
        YAMLType("a pair such as [1 MiB, 35.2 us]") { node throws(DocumentError) in
            let pair = try YAMLType.list(of: .node, count: 2...2).read(node)
            return (try YAMLType.bytes.read(pair[0]).count, try YAMLType.time.read(pair[1]).value, node.location)
        }
    }
}

extension LinkClass {
    /// The classes under `links`: two groups by index, and bandwidths against size.
    static func read(_ cluster: MappingReader, groups: Int) throws(DocumentError) -> [LinkClass] {
        try cluster.objects("links", as: "a class of links") { link throws(DocumentError) in
            let ends = try link.required("between", .list(of: .int(in: 0...groups - 1), count: 2...2))
            let points = try link.required("points", .list(of: point, count: 1...10_000))
            for (one, next) in zip(points, points.dropFirst()) where one.bytes >= next.bytes {
                throw DocumentError(
                    next.location, .invalid("the sizes of a class must grow", remedy: "sort the points and keep one for each size"))
            }
            try link.noteSource()
            return LinkClass(first: ends[0], second: ends[1], bytes: points.map(\.bytes), bandwidths: points.map(\.bandwidth))
        }
    }

    /// A size with its bandwidth: `[1 MiB, 2.5 GB/s]`.
    private static var point: YAMLType<(bytes: Double, bandwidth: BytesPerSecond, location: SourceLocation)> {
        YAMLType("a pair such as [1 MiB, 2.5 GB/s]") { node throws(DocumentError) in
            let pair = try YAMLType.list(of: .node, count: 2...2).read(node)
            return (try YAMLType.bytes.read(pair[0]).count, try YAMLType.byteRate.read(pair[1]), node.location)
        }
    }
}

extension MappingReader {
    /// Notes the `source` of what the mapping describes, if it states one.
    fileprivate func noteSource() throws(DocumentError) {
        if let source = try optional("source", .string) { note(SourceNote(source: source), for: "source") }
    }
}

extension BandwidthMatrix {
    /// The links between nodes under `node_bandwidth`, as whole nodes: what one adapter reached is multiplied by the adapters of a node.
    static func readNodes(_ cluster: MappingReader, _ groups: [NodeGroup]) throws(DocumentError) -> BandwidthMatrix? {
        var scope = MeasurementScope.node
        let matrix = try read(cluster, "node_bandwidth", naming: "node") { matrix throws(DocumentError) in
            scope = try .read(matrix, "the matrix", groups)
        }
        return matrix?.ofWholeNodes(scope, groups)
    }

    /// The matrix under a key: a unit, and a row of plain numbers for every sender; the diagonal may be null.
    /// Endpoints without names are numbered after `prefix`; `more` reads what else the key holds.
    static func read(
        _ cluster: MappingReader, _ key: String, naming prefix: String, more: (MappingReader) throws(DocumentError) -> Void = { _ in }
    ) throws(DocumentError) -> BandwidthMatrix? {
        try cluster.optionalObject(key, as: "a bandwidth matrix") { matrix throws(DocumentError) in
            try more(matrix)
            let unit = try matrix.required("unit", .byteRateUnit)
            let rows = try matrix.required("rows", .list(of: .node, count: 1...4096))
            try matrix.noteSource()
            var values: [Double] = []
            values.reserveCapacity(rows.count * rows.count)
            for (index, row) in rows.enumerated() {
                let cells = try YAMLType.list(of: .node, count: rows.count...rows.count).read(row)
                for (column, cell) in cells.enumerated() {
                    // The diagonal means nothing; measurements leave filler there.
                    values.append(index == column ? 0 : try YAMLType.positive.read(cell) * unit)
                }
            }
            let names = try matrix.optional("names", .list(of: .string, count: rows.count...rows.count))
            return BandwidthMatrix(names: names ?? rows.indices.map { "\(prefix)-\($0)" }, values: values)
        }
    }
}
