import Documents
import Quantities

extension OffloadSupport {
    /// What a mapping lists.
    init(_ list: MappingReader) throws(DocumentError) {
        self.init(
            parts: Set(try list.required("parts", .list(of: YAMLType<Offload.Part>.choice(), count: 1...8))),
            method: try list.required("method", YAMLType<Method>.choice()), takesShares: try list.required("takes_shares", .bool),
            updateRate: try list.sourced("update_rate", .positive).value,
            updatesTogether: try list.required("updates_together", .bool),
            flushRate: try list.optionalSourced("flush_rate", .byteRate)?.value)
    }

    /// The same as it is written; `sourced` adds the source of a key where there is one.
    func document(sourced: (String, YAMLContent) -> YAMLContent) -> YAMLContent {
        var fields = [
            YAMLField("parts", .list(Offload.Part.allCases.filter(parts.contains).map { .text($0.rawValue) })),
            YAMLField("method", .text(method.rawValue)), YAMLField("takes_shares", .flag(takesShares)),
            YAMLField("update_rate", sourced("update_rate", .number(updateRate))),
            YAMLField("updates_together", .flag(updatesTogether)),
        ]
        if let flushRate { fields.append(YAMLField("flush_rate", sourced("flush_rate", .byteRate(flushRate)))) }
        return .mapping(fields)
    }
}
