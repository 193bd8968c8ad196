/// A document to be written: what `YAMLWriter` turns into text.
///
/// Literals make it read like the document; dictionary literals keep their order:
///
/// ```swift
/// let content: YAMLContent = ["name": "dgx-h100", "nodes": 4, "gpu_hour_price": 2.5]
/// ```
public indirect enum YAMLContent: Hashable, Sendable {
    /// A word, a sentence or a quantity with its unit; quoted where it must be.
    case text(String)
    /// A whole number.
    case integer(Int)
    /// A number, in the shortest form that reads back as the same number; must be finite.
    case number(Double)
    /// `true` or `false`.
    case flag(Bool)
    /// No value, `null`.
    case null
    /// A list: one line where its items are single values, one item a line otherwise.
    case list([YAMLContent])
    /// A mapping, one key a line.
    case mapping([YAMLField])
    /// A mapping in one line, such as a value with its source.
    case inline([YAMLField])
}

/// A key and its value in a document to be written.
public struct YAMLField: Hashable, Sendable {
    /// The key.
    public var key: String
    /// The value.
    public var value: YAMLContent

    /// A key with its value.
    public init(_ key: String, _ value: YAMLContent) {
        self.key = key
        self.value = value
    }
}

extension YAMLContent: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }
    /// A whole number.
    public init(integerLiteral value: Int) { self = .integer(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// `true` or `false`.
    public init(booleanLiteral value: Bool) { self = .flag(value) }
}

extension YAMLContent: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    /// A list.
    public init(arrayLiteral elements: YAMLContent...) { self = .list(elements) }
    /// A mapping with its keys in the order given.
    public init(dictionaryLiteral elements: (String, YAMLContent)...) {
        self = .mapping(elements.map { YAMLField($0.0, $0.1) })
    }
}
