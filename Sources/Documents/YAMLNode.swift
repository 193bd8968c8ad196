/// A value of a YAML document with the place it was read from; aliases are already replaced by what they name.
public indirect enum YAMLNode: Hashable, Sendable {
    /// A single text, number or word.
    case scalar(YAMLScalar)
    /// A list.
    case sequence([YAMLNode], location: SourceLocation)
    /// Keys and their values in the order of the file; no key occurs twice.
    case mapping([YAMLEntry], location: SourceLocation)

    /// Where the value begins.
    public var location: SourceLocation {
        switch self {
        case .scalar(let scalar): scalar.location
        case .sequence(_, let location), .mapping(_, let location): location
        }
    }

    /// What the value is, for messages such as `found a list`.
    public var kind: String {
        switch self {
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .scalar(let scalar) where scalar.isNull: "nothing"
        case .scalar(let scalar) where scalar.isQuoted: "the quoted text \(scalar.text.quoted)"
        case .scalar(let scalar): scalar.text.quoted
        }
    }
}

/// A single text, number or word of a YAML document.
public struct YAMLScalar: Hashable, Sendable {
    /// The text with quotes removed and escapes resolved.
    public var text: String
    /// Whether it was quoted or a block of text, and so is no number, word or null.
    public var isQuoted: Bool
    /// Where it begins.
    public var location: SourceLocation

    /// A scalar as it was read.
    public init(text: String, isQuoted: Bool, location: SourceLocation) {
        self.text = text
        self.isQuoted = isQuoted
        self.location = location
    }

    /// Whether this is YAML's null: nothing, `~` or `null`, unquoted.
    public var isNull: Bool {
        guard !isQuoted else { return false }
        // Every number of a matrix is asked, so most are let off by their first character.
        switch text.utf8.first {
        case nil: return true
        case UInt8(ascii: "~"), UInt8(ascii: "n"), UInt8(ascii: "N"): return ["~", "null", "Null", "NULL"].contains(text)
        default: return false
        }
    }
}

/// A key of a mapping with its value.
public struct YAMLEntry: Hashable, Sendable {
    /// The key; its location is the entry's.
    public var key: YAMLScalar
    /// The value.
    public var value: YAMLNode

    /// A key with its value.
    public init(key: YAMLScalar, value: YAMLNode) {
        self.key = key
        self.value = value
    }
}
