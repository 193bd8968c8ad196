import Documents
import Quantities

extension ClusterReliability {
    /// The figures under `reliability`; nil where there are none.
    static func read(_ cluster: MappingReader, nodes: Int) throws(DocumentError) -> ClusterReliability? {
        try cluster.optionalObject("reliability", as: "how often parts fail") { reader throws(DocumentError) in
            var figures = ClusterReliability()
            for time in times { figures[keyPath: time.path] = try read(time, reader) }
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

    private static func read(_ time: Time, _ reader: MappingReader) throws(DocumentError) -> Seconds? {
        guard let value = try reader.optionalSourced(time.key, .longTime(allowsZero: true))?.value else { return nil }
        guard value > .zero || !time.isBetweenFailures else {
            throw DocumentError(
                reader.location(of: time.key),
                .invalid("a part that fails every 0 s never runs", remedy: "state the mean time between failures of one part, such as 9 y"))
        }
        return value
    }

    /// The figures as they are written; `sourced` adds the source of a key where there is one.
    func content(sourced: (String, YAMLContent) -> YAMLContent) -> YAMLContent {
        var fields: [YAMLField] = []
        func add(_ key: String, _ value: YAMLContent?) {
            if let value { fields.append(YAMLField(key, sourced(key, value))) }
        }
        for time in Self.times { add(time.key, self[keyPath: time.path].map(YAMLContent.longTime)) }
        add("spare_nodes", spareNodes.map(YAMLContent.integer))
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
