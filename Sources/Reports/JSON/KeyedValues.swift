/// A JSON object given as keys and values, for contracts whose keys are data; a nil value is written as null.
struct KeyedValues: Encodable {
    private let entries: [(key: String, value: (any Encodable)?)]

    /// An object with these entries; the encoder decides their order.
    init(_ entries: [(String, (any Encodable)?)]) { self.entries = entries.map { (key: $0.0, value: $0.1) } }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for entry in entries {
            if let value = entry.value {
                try container.encode(value, forKey: Key(stringValue: entry.key))
            } else {
                try container.encodeNil(forKey: Key(stringValue: entry.key))
            }
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
