public import Documents
import Quantities

extension GPU {
    /// The GPU type as a document that reads back the same, for constants fitted on somebody's own measurements.
    public var document: YAMLContent {
        func sourced(_ key: String, _ value: YAMLContent) -> YAMLField {
            let name = key.split(separator: ".").last.map(String.init) ?? key
            guard let note = provenance[key] else { return YAMLField(name, value) }
            var entries = [YAMLField("value", value), YAMLField("source", .text(note.source))]
            if note.isUnverified { entries.append(YAMLField("unverified", true)) }
            return YAMLField(name, .inline(entries))
        }
        var rates = [sourced("peak.half", .computeRate(peak.half)), sourced("peak.single", .computeRate(peak.single))]
        if let eight = peak.eight { rates.append(sourced("peak.eight", .computeRate(eight))) }
        if let four = peak.four { rates.append(sourced("peak.four", .computeRate(four))) }
        let notes = Dictionary(
            uniqueKeysWithValues: provenance.filter { $0.key.hasPrefix("kernels.") }.map {
                (String($0.key.dropFirst("kernels.".count)), SourceNote(source: $0.value.source, isUnverified: $0.value.isUnverified))
            })
        let usual = usualNode.map { [YAMLField("usual_node", .inline($0.fields(provenance["usual_node.source"])))] } ?? []
        return .mapping(
            [
                YAMLField("name", .text(name)), YAMLField("describes", .text(describes)), YAMLField("architecture", .text(architecture)),
                sourced("memory", .memory(memory)), sourced("memory_bandwidth", .byteRate(memoryBandwidth)),
                sourced("multiprocessors", .integer(multiprocessors)), sourced("link_bandwidth", .byteRate(linkBandwidth)),
                YAMLField("peak", .mapping(rates)),
                YAMLField("kernels", .mapping(KernelConstants.table.fields(of: kernels, notes: notes))),
            ] + usual)
    }
}

extension UsualNode {
    /// Its keys in a GPU's file.
    fileprivate func fields(_ origin: Provenance?) -> [YAMLField] {
        var fields = [YAMLField("like", .text(like))]
        if let gpusPerNode { fields.append(YAMLField("gpus_per_node", .integer(gpusPerNode))) }
        if let adapters { fields.append(YAMLField("adapters_per_node", .integer(adapters))) }
        if let adapterBandwidth { fields.append(YAMLField("adapter_bandwidth", .byteRate(adapterBandwidth))) }
        fields.append(YAMLField("source", .text(origin?.source ?? "not stated")))
        if origin?.isUnverified == true { fields.append(YAMLField("unverified", true)) }
        return fields
    }
}

extension CollectiveCurve {
    /// The curve as it stands under `curves` of a cluster.
    public func document(source: String) -> YAMLContent {
        let points = zip(bytes, seconds).map { size, time in
            YAMLContent.list([.text("\(Int(size)) B"), .time(Seconds(time))])
        }
        return .mapping([
            YAMLField("collective", .text(collective.rawValue)), YAMLField("nodes", .integer(nodes)), YAMLField("gpus", .integer(gpus)),
            YAMLField("source", .text(source)), YAMLField("points", .list(points)),
        ])
    }
}

extension ClusterProfile {
    /// What fitting collectives changes, in the form of a cluster file: the fabric's constants, the network's share and the curves.
    public var collectivesDocument: YAMLContent {
        let group = first
        func notes(_ block: String, _ keys: [String]) -> [String: SourceNote] {
            var notes: [String: SourceNote] = [:]
            for key in keys {
                if let note = provenance["\(block).\(key)"] {
                    notes[key] = SourceNote(source: note.source, isUnverified: note.isUnverified)
                }
            }
            return notes
        }
        let table = CollectiveConstants.table
        let constants = table.fields(of: group.fabric.collectives, notes: notes("fabric.collectives", table.fields.map(\.key)))
        let source = provenance["fabric.collectives.latency"]?.source ?? "measured"
        return .mapping([
            YAMLField("fabric", .mapping([YAMLField("collectives", .mapping(constants))])),
            YAMLField("network", .mapping([YAMLField("achieved_fraction", .number(group.network.achievedFraction))])),
            YAMLField("curves", .list(curves.map { $0.document(source: source) })),
        ])
    }
}
