import Documents
import Quantities

extension ClusterReliability {
    /// The figures under `reliability`; nil where there are none.
    static func read(_ cluster: MappingReader, nodes: Int) throws(DocumentError) -> ClusterReliability? {
        try cluster.optionalObject("reliability", as: "how often parts fail") { reader throws(DocumentError) in
            var figures = ClusterReliability()
            figures.gpuMTBF = try mtbf(reader, "gpu_mtbf")
            figures.linkMTBF = try mtbf(reader, "link_mtbf")
            figures.nodeMTBF = try mtbf(reader, "node_mtbf")
            figures.softwareMTBF = try mtbf(reader, "software_mtbf")
            figures.detection = try reader.optionalSourced("detection", .longTime(allowsZero: true))?.value
            figures.isolation = try reader.optionalSourced("isolation", .longTime(allowsZero: true))?.value
            figures.restart = try reader.optionalSourced("restart", .longTime(allowsZero: true))?.value
            figures.repair = try reader.optionalSourced("repair", .longTime(allowsZero: true))?.value
            figures.checkpointOverhead = try reader.optionalSourced("checkpoint_overhead", .longTime(allowsZero: true))?.value
            figures.spareNodes = try reader.optionalSourced("spare_nodes", .int(in: 0...ClusterProfile.largest))?.value
            if let spares = figures.spareNodes, spares > nodes {
                throw DocumentError(
                    reader.location(of: "spare_nodes"),
                    .invalid("\(spares) spare nodes stand by for \(nodes) nodes", remedy: "state at most as many as there are nodes"))
            }
            figures.store = try reader.optionalObject("checkpoint_store", as: "a store of checkpoints") { store throws(DocumentError) in
                Store(
                    nodeWrite: try store.sourced("node_write", .byteRate).value, nodeRead: try store.sourced("node_read", .byteRate).value,
                    write: try store.optionalSourced("write", .byteRate)?.value, read: try store.optionalSourced("read", .byteRate)?.value)
            }
            return figures
        }
    }

    private static func mtbf(_ reader: MappingReader, _ key: String) throws(DocumentError) -> Seconds? {
        guard let time = try reader.optionalSourced(key, .longTime(allowsZero: true))?.value else { return nil }
        guard time > .zero else {
            throw DocumentError(
                reader.location(of: key),
                .invalid("a part that fails every 0 s never runs", remedy: "state the mean time between failures of one part, such as 9 y"))
        }
        return time
    }

    /// The figures as they are written; `sourced` adds the source of a key where there is one.
    func content(sourced: (String, YAMLContent) -> YAMLContent) -> YAMLContent {
        var fields: [YAMLField] = []
        func add(_ key: String, _ value: YAMLContent?) {
            if let value { fields.append(YAMLField(key, sourced(key, value))) }
        }
        add("gpu_mtbf", gpuMTBF.map(YAMLContent.longTime))
        add("link_mtbf", linkMTBF.map(YAMLContent.longTime))
        add("node_mtbf", nodeMTBF.map(YAMLContent.longTime))
        add("software_mtbf", softwareMTBF.map(YAMLContent.longTime))
        add("detection", detection.map(YAMLContent.longTime))
        add("isolation", isolation.map(YAMLContent.longTime))
        add("restart", restart.map(YAMLContent.longTime))
        add("repair", repair.map(YAMLContent.longTime))
        add("spare_nodes", spareNodes.map(YAMLContent.integer))
        add("checkpoint_overhead", checkpointOverhead.map(YAMLContent.longTime))
        if let store {
            var rates = [
                YAMLField("node_write", sourced("checkpoint_store.node_write", .byteRate(store.nodeWrite))),
                YAMLField("node_read", sourced("checkpoint_store.node_read", .byteRate(store.nodeRead))),
            ]
            if let write = store.write { rates.append(YAMLField("write", sourced("checkpoint_store.write", .byteRate(write)))) }
            if let read = store.read { rates.append(YAMLField("read", sourced("checkpoint_store.read", .byteRate(read)))) }
            fields.append(YAMLField("checkpoint_store", .mapping(rates)))
        }
        return .mapping(fields)
    }
}
