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
    /// Bytes that are still to be hashed: fields are small, and blocks are hashed fastest together.
    private var waiting: [UInt8] = []

    /// The key of a question without fields.
    public init() {}

    /// The key as 64 lower-case hexadecimal digits.
    public var hexadecimal: String {
        var whole = hash
        whole.update(waiting)
        return whole.hexadecimal()
    }

    /// Appends a text field; `nil` differs from the empty text.
    public mutating func append(_ name: String, _ value: String?) {
        begin(name, mark: "s", hasValue: value != nil)
        guard var value else { return }
        value.withUTF8 { bytes in
            append(UInt64(bytes.count))
            waiting.append(contentsOf: bytes)
        }
        settle()
    }

    /// Appends a field of bytes, such as a file's content or a canonical encoding.
    public mutating func append(_ name: String, bytes: some Collection<UInt8>) {
        begin(name, mark: "b", hasValue: true)
        append(UInt64(bytes.count))
        waiting.append(contentsOf: bytes)
        settle()
    }

    /// Appends an integer field.
    public mutating func append(_ name: String, _ value: Int?) {
        append(name, mark: "i", value.map { UInt64(bitPattern: Int64($0)) })
    }

    /// Appends a number bit by bit; the two zeros, which compare equal, are one.
    public mutating func append(_ name: String, _ value: Double?) {
        append(name, mark: "d", value.map { ($0 == 0 ? 0 : $0).bitPattern })
    }

    /// Appends a yes-or-no field.
    public mutating func append(_ name: String, _ value: Bool?) {
        begin(name, mark: "t", hasValue: value != nil)
        guard let value else { return }
        append(UInt64(1))
        waiting.append(value ? 1 : 0)
    }

    private mutating func append(_ name: String, mark: Unicode.Scalar, _ word: UInt64?) {
        begin(name, mark: mark, hasValue: word != nil)
        guard let word else { return }
        append(UInt64(8))
        append(word)
    }

    /// The name of a field, its type mark, and whether a value follows.
    private mutating func begin(_ name: String, mark: Unicode.Scalar, hasValue: Bool) {
        var name = name
        name.withUTF8 { bytes in
            append(UInt64(bytes.count))
            waiting.append(contentsOf: bytes)
        }
        waiting.append(UInt8(ascii: mark))
        waiting.append(hasValue ? 1 : 0)
        settle()
    }

    /// A word, the lowest byte first.
    private mutating func append(_ word: UInt64) {
        withUnsafeBytes(of: word.littleEndian) { waiting.append(contentsOf: $0) }
    }

    /// Hashes what is waiting once it is worth it.
    private mutating func settle() {
        guard waiting.count >= 4096 else { return }
        hash.update(waiting)
        waiting.removeAll(keepingCapacity: true)
    }
}
