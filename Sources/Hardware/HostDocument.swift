import Documents
import Quantities

extension Host {
    /// The host of a group of nodes: the name of its processor alone, or a mapping of everything that is known of it.
    static func read(_ group: MappingReader) throws(DocumentError) -> Host {
        guard group.hasMapping("host") else {
            return Host(processor: try group.optional("host", YAMLType<Processor>.choice()) ?? .x86)
        }
        return try group.object("host", as: "the host of a node") { host throws(DocumentError) in try Host(host) }
    }

    private init(_ host: MappingReader) throws(DocumentError) {
        self.init(
            processor: try host.optional("processor", YAMLType<Processor>.choice()) ?? .x86,
            memory: try host.optionalSourced("memory", .bytes)?.value,
            memoryBandwidth: try host.optionalSourced("memory_bandwidth", .byteRate)?.value,
            link: try host.optionalObject("link", as: "the link between host and GPU") { link throws(DocumentError) in try Link(link) },
            cores: try host.optionalSourced("cores", .int(in: 1...65_536))?.value,
            coreUpdateRate: try host.optionalSourced("core_update_rate", .positive)?.value,
            storage: try host.optionalObject("storage", as: "the drives of a node") { storage throws(DocumentError) in
                try Storage(storage)
            })
    }

    /// The host as it is written; `sourced` adds the source of a key below it where there is one.
    func content(sourced: (String, YAMLContent) -> YAMLContent) -> YAMLContent {
        var fields: [YAMLField] = []
        func add(_ key: String, _ value: YAMLContent?) {
            if let value { fields.append(YAMLField(key, sourced(key, value))) }
        }
        if processor != .x86 { fields.append(YAMLField("processor", .text(processor.rawValue))) }
        add("memory", memory.map(YAMLContent.memory))
        add("memory_bandwidth", memoryBandwidth.map(YAMLContent.byteRate))
        if let link {
            var rates = [
                YAMLField("to_device", sourced("link.to_device", .byteRate(link.toDevice))),
                YAMLField("from_device", sourced("link.from_device", .byteRate(link.fromDevice))),
            ]
            if let both = link.both { rates.append(YAMLField("both", sourced("link.both", .byteRate(both)))) }
            fields.append(YAMLField("link", .mapping(rates)))
        }
        add("cores", cores.map(YAMLContent.integer))
        add("core_update_rate", coreUpdateRate.map(YAMLContent.number))
        if let storage {
            fields.append(
                YAMLField(
                    "storage",
                    .mapping([
                        YAMLField("capacity", sourced("storage.capacity", .memory(storage.capacity))),
                        YAMLField("read", sourced("storage.read", .byteRate(storage.read))),
                        YAMLField("write", sourced("storage.write", .byteRate(storage.write))),
                    ])))
        }
        return self == Host(processor: processor) ? .text(processor.rawValue) : .mapping(fields)
    }
}

extension Host.Link {
    fileprivate init(_ link: MappingReader) throws(DocumentError) {
        self.init(
            toDevice: try link.sourced("to_device", .byteRate).value, fromDevice: try link.sourced("from_device", .byteRate).value,
            both: try link.optionalSourced("both", .byteRate)?.value)
        guard let both, both.value < max(toDevice.value, fromDevice.value) else { return }
        throw DocumentError(
            link.location(of: "both"),
            .invalid(
                "both directions together are slower than one alone",
                remedy: "state the sum of both while both run, at least the faster one"))
    }
}

extension Host.Storage {
    fileprivate init(_ storage: MappingReader) throws(DocumentError) {
        self.init(
            capacity: try storage.sourced("capacity", .bytes).value, read: try storage.sourced("read", .byteRate).value,
            write: try storage.sourced("write", .byteRate).value)
    }
}
