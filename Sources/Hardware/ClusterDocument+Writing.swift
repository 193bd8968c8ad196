import Documents
import Quantities

extension ClusterProfile {
    /// The cluster as a file that `read` gives back, sources included.
    ///
    /// - Parameters:
    ///   - comment: lines that begin the file.
    ///   - gpuReference: what the file calls a group's GPU; its shipped name unless its data are in a file of their own.
    public func text(comment: [String] = [], gpuReference: (GPU) -> String = \.name) -> String {
        var fields = [YAMLField("name", .text(name))]
        if describes != name { fields.append(YAMLField("describes", .text(describes))) }
        if let gpuHourPrice { fields.append(YAMLField("gpu_hour_price", sourced("gpu_hour_price", .number(gpuHourPrice)))) }
        if let reliability { fields.append(YAMLField("reliability", reliability.content { sourced("reliability.\($0)", $1) })) }
        if groups.count == 1 {
            fields += content(of: first, path: "", gpuReference)
        } else {
            let items = groups.enumerated().map { YAMLContent.mapping(content(of: $1, path: "groups.\($0).", gpuReference)) }
            fields.append(YAMLField("groups", .list(items)))
        }
        if !nodeNames.isEmpty, nodeNames != nodeBandwidth?.names {
            fields.append(YAMLField("node_names", .list(nodeNames.map { .text($0) })))
        }
        if !tiers.isEmpty { fields.append(YAMLField("tiers", .list(tiers.enumerated().map(content)))) }
        if let linkSpread {
            fields.append(
                YAMLField(
                    "link_spread",
                    .mapping([
                        YAMLField("scope", .text(MeasurementScope.node.text)),
                        YAMLField("mean", sourced("link_spread.mean", .byteRate(linkSpread.mean))),
                        YAMLField("deviation", sourced("link_spread.deviation", .byteRate(linkSpread.deviation))),
                    ])))
        }
        if !links.isEmpty { fields.append(YAMLField("links", .list(links.enumerated().map(content)))) }
        if !curves.isEmpty { fields.append(YAMLField("curves", .list(curves.enumerated().map(content)))) }
        if let gpuBandwidth { fields.append(YAMLField("gpu_bandwidth", content(of: gpuBandwidth, path: "gpu_bandwidth"))) }
        if let nodeBandwidth {
            fields.append(YAMLField("node_bandwidth", content(of: nodeBandwidth, path: "node_bandwidth", scope: .node)))
        }
        return YAMLWriter.text(.mapping(fields), comment: comment)
    }

    /// A value, with its source where it has one.
    private func sourced(_ path: String, _ value: YAMLContent) -> YAMLContent {
        guard let origin = provenance[path] else { return value }
        var entries = [YAMLField("value", value), YAMLField("source", .text(origin.source))]
        if origin.isUnverified { entries.append(YAMLField("unverified", true)) }
        return .inline(entries)
    }

    /// The `source` of a curve, matrix or class, where it has one.
    private func source(_ path: String) -> [YAMLField] {
        provenance["\(path).source"].map { [YAMLField("source", .text($0.source))] } ?? []
    }

    private func content(of group: NodeGroup, path: String, _ gpuReference: (GPU) -> String) -> [YAMLField] {
        var fields: [YAMLField] = [
            YAMLField("gpu", .text(gpuReference(group.gpu))), YAMLField("nodes", .integer(group.nodes)),
            YAMLField("gpus_per_node", .integer(group.gpusPerNode)),
        ]
        if group.host != Host() {
            fields.append(YAMLField("host", group.host.content { sourced("\(path)host.\($0)", $1) }))
        }
        let fabric = group.fabric
        var inside: [YAMLField] = [
            YAMLField("kind", .text(fabric.kind.rawValue)),
            YAMLField("bandwidth", sourced("\(path)fabric.bandwidth", .byteRate(fabric.bandwidth))),
        ]
        if fabric.domainSize != group.gpusPerNode {
            inside.append(YAMLField("domain_size", sourced("\(path)fabric.domain_size", .integer(fabric.domainSize))))
        }
        if fabric.reducesInNetwork { inside.append(YAMLField("reduces_in_network", true)) }
        var notes: [String: SourceNote] = [:]
        for field in CollectiveConstants.table.fields {
            guard let origin = provenance["\(path)fabric.collectives.\(field.key)"] else { continue }
            notes[field.key] = SourceNote(source: origin.source, isUnverified: origin.isUnverified)
        }
        inside.append(YAMLField("collectives", .mapping(CollectiveConstants.table.fields(of: fabric.collectives, notes: notes))))
        fields.append(YAMLField("fabric", .mapping(inside)))
        let network = group.network
        let outside: [YAMLField] = [
            YAMLField("kind", .text(network.kind.rawValue)),
            YAMLField("adapters_per_node", sourced("\(path)network.adapters_per_node", .integer(network.adaptersPerNode))),
            YAMLField("adapter_bandwidth", sourced("\(path)network.adapter_bandwidth", .byteRate(network.adapterBandwidth))),
            YAMLField("achieved_fraction", sourced("\(path)network.achieved_fraction", .number(network.achievedFraction))),
        ]
        fields.append(YAMLField("network", .mapping(outside)))
        if !group.speedFactors.isEmpty {
            let factors = group.speedFactors.sorted { $0.key < $1.key }.map { YAMLField($0.key, .number($0.value)) }
            fields.append(YAMLField("speed_factors", .mapping(factors)))
        }
        return fields
    }

    private func content(_ index: Int, _ tier: Tier) -> YAMLContent {
        .mapping([
            YAMLField("name", .text(tier.name)), YAMLField("nodes", sourced("tiers.\(index).nodes", .integer(tier.nodes))),
            YAMLField("oversubscription", sourced("tiers.\(index).oversubscription", .number(tier.oversubscription))),
        ])
    }

    private func content(_ index: Int, _ link: LinkClass) -> YAMLContent {
        let points = zip(link.bytes, link.bandwidths).map { YAMLContent.list([.size($0), .byteRate($1)]) }
        return .mapping(
            [YAMLField("between", .list([.integer(link.first), .integer(link.second)])), YAMLField("points", .list(points))]
                + source("links.\(index)"))
    }

    private func content(_ index: Int, _ curve: CollectiveCurve) -> YAMLContent {
        let points = zip(curve.bytes, curve.seconds).map { YAMLContent.list([.size($0), .time(Seconds($1))]) }
        let fields: [YAMLField] =
            [
                YAMLField("collective", .text(curve.collective.rawValue)), YAMLField("nodes", .integer(curve.nodes)),
                YAMLField("gpus", .integer(curve.gpus)),
            ] + (curve.groupsAtOnce > 1 ? [YAMLField("groups_at_once", .integer(curve.groupsAtOnce))] : []) + [
                YAMLField("points", .list(points))
            ]
        return .mapping(fields + source("curves.\(index)"))
    }

    /// A matrix in the first unit in which all its numbers are short, with zeros for the diagonal, which nobody reads.
    private func content(of matrix: BandwidthMatrix, path: String, scope: MeasurementScope? = nil) -> YAMLContent {
        let units = ["GB/s", "MB/s", "MiB/s"].compactMap { name in QuantityText.byteRateUnits.first { $0.name == name } }
        let unit = units.first { unit in
            matrix.values.allSatisfy { Self.short($0 / unit.factor) * unit.factor == $0 }
        }
        let (name, factor) = unit ?? ("GB/s", 1e9)
        let rows = (0..<matrix.count).map { row in
            YAMLContent.list(
                (0..<matrix.count).map { column in
                    let value = matrix.values[row * matrix.count + column] / factor
                    return row == column ? 0 : .number(unit == nil ? value : Self.short(value))
                })
        }
        let stated = scope.map { [YAMLField("scope", .text($0.text))] } ?? []
        let fields: [YAMLField] =
            stated + [
                YAMLField("unit", .text(name)), YAMLField("names", .list(matrix.names.map { .text($0) })), YAMLField("rows", .list(rows)),
            ]
        return .mapping(fields + source(path))
    }

    private static func short(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
}

extension YAMLContent {
    /// A message size in the largest binary unit that keeps it whole.
    fileprivate static func size(_ bytes: Double) -> YAMLContent {
        for (unit, factor) in [("GiB", 1_073_741_824.0), ("MiB", 1_048_576), ("KiB", 1024)] where bytes >= factor && bytes < 1e18 {
            let count = bytes / factor
            if count == count.rounded() { return .text("\(Int(count)) \(unit)") }
        }
        return .text(bytes == bytes.rounded() && bytes < 1e15 ? "\(Int(bytes)) B" : "\(bytes) B")
    }
}
