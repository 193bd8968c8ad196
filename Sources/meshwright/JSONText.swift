import Foundation

/// JSON as every command prints it.
enum JSONText {
    /// A value as indented JSON with its keys in order, so that equal answers are equal bytes.
    static func string(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
