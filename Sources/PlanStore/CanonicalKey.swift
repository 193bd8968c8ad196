/// The key of a question: a digest over every input in a fixed form, so that equal questions, and only those, meet in the cache.
///
/// Each field is written as its name, a type mark and its value, names and values preceded by their length; no two different sequences of
/// fields have the same bytes. The order of fields matters: a caller always appends them in the same one.
///
/// ```swift
/// var key = CanonicalKey()
/// key.append("tool", ToolVersion.current)
/// key.append("gpus", 512)
/// key.append("gpu hour price", price)  // an optional: nil differs from every value
/// let text = key.hexadecimal
/// ```
public struct CanonicalKey: Sendable {
    private var hash = SHA256()

    /// The key of a question without fields.
    public init() {}

    /// The key as 64 lower-case hexadecimal digits.
    public var hexadecimal: String { hash.hexadecimal() }

    /// Appends a text field; `nil` differs from the empty text.
    public mutating func append(_ name: String, _ value: String?) {
        append(name, mark: "s", bytes: value.map { Array($0.utf8) })
    }

    /// Appends a field of bytes, such as a file's content or a canonical encoding.
    public mutating func append(_ name: String, bytes: some Collection<UInt8>) {
        append(name, mark: "b", bytes: Array(bytes))
    }

    /// Appends an integer field.
    public mutating func append(_ name: String, _ value: Int?) {
        append(name, mark: "i", bytes: value.map { Self.littleEndian(UInt64(bitPattern: Int64($0))) })
    }

    /// Appends a number bit by bit; the two zeros, which compare equal, are one.
    public mutating func append(_ name: String, _ value: Double?) {
        append(name, mark: "d", bytes: value.map { Self.littleEndian(($0 == 0 ? 0 : $0).bitPattern) })
    }

    /// Appends a yes-or-no field.
    public mutating func append(_ name: String, _ value: Bool?) {
        append(name, mark: "t", bytes: value.map { [$0 ? 1 : 0] })
    }

    private mutating func append(_ name: String, mark: Unicode.Scalar, bytes: [UInt8]?) {
        hash.update(Self.littleEndian(UInt64(name.utf8.count)))
        hash.update(name.utf8)
        hash.update(CollectionOfOne(UInt8(ascii: mark)))
        guard let bytes else {
            hash.update(CollectionOfOne(0))
            return
        }
        hash.update(CollectionOfOne(1))
        hash.update(Self.littleEndian(UInt64(bytes.count)))
        hash.update(bytes)
    }

    private static func littleEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
