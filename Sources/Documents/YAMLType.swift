/// A way of reading a YAML node as a Swift value, such as `.int(in: 1...128)` or `.list(of: .string)`.
public struct YAMLType<Value> {
    /// What the value should be, for messages: `a whole number`.
    public let expected: String
    private let convert: (YAMLNode) throws(DocumentError) -> Value

    /// A way of reading; `expected` completes the sentence "expected …".
    public init(_ expected: String, _ convert: @escaping (YAMLNode) throws(DocumentError) -> Value) {
        self.expected = expected
        self.convert = convert
    }

    /// The node's value, or an error with the node's place.
    public func read(_ node: YAMLNode) throws(DocumentError) -> Value { try convert(node) }

    /// The same reading followed by a conversion.
    public func map<Result>(_ transform: @escaping (Value) -> Result) -> YAMLType<Result> {
        YAMLType<Result>(expected) { node throws(DocumentError) in transform(try convert(node)) }
    }

    /// Items of a list, one after another; `count` limits how many there may be.
    public static func list<Item>(of item: YAMLType<Item>, count: ClosedRange<Int> = 0...Int.max) -> YAMLType<[Item]>
    where Value == [Item] {
        YAMLType("a list of items, each \(item.expected)") { node throws(DocumentError) in
            guard case .sequence(let nodes, let location) = node else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a list of items, each \(item.expected)"))
            }
            guard count.contains(nodes.count) else {
                let right = count.upperBound == Int.max ? "\(count.lowerBound) or more" : "\(count.lowerBound) to \(count.upperBound)"
                throw DocumentError(location, .invalid("the list has \(nodes.count) items", remedy: "expected \(right)"))
            }
            var items: [Item] = []
            items.reserveCapacity(nodes.count)
            for node in nodes { items.append(try item.read(node)) }
            return items
        }
    }

    /// The text of a scalar that is not null, or an error that says what was found.
    static func scalar(_ node: YAMLNode, expected: String) throws(DocumentError) -> YAMLScalar {
        guard case .scalar(let scalar) = node, !scalar.isNull else {
            throw DocumentError(node.location, .wrongType(found: node.kind, expected: expected))
        }
        return scalar
    }
}

extension YAMLType where Value == YAMLNode {
    /// Any value, unread.
    public static var node: YAMLType { YAMLType("a value") { node throws(DocumentError) in node } }
}

extension YAMLType where Value == String {
    /// A text that is not empty; numbers and words need no quotes to be text.
    public static var string: YAMLType {
        YAMLType("a text") { node throws(DocumentError) in
            let scalar = try scalar(node, expected: "a text")
            guard !scalar.text.isEmpty else { throw DocumentError(node.location, .wrongType(found: "an empty text", expected: "a text")) }
            return scalar.text
        }
    }
}

extension YAMLType where Value == Bool {
    /// `true` or `false`; YAML's older `yes`, `no`, `on` and `off` are refused.
    public static var bool: YAMLType {
        YAMLType("true or false") { node throws(DocumentError) in
            let scalar = try scalar(node, expected: "true or false")
            switch (scalar.isQuoted, scalar.text) {
            case (false, "true"), (false, "True"), (false, "TRUE"): return true
            case (false, "false"), (false, "False"), (false, "FALSE"): return false
            default: throw DocumentError(node.location, .wrongType(found: node.kind, expected: "true or false"))
            }
        }
    }
}

extension YAMLType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the words that an enumeration's cases are spelt with.
    public static func choice(of type: Value.Type = Value.self) -> YAMLType {
        let legal = type.allCases.map(\.rawValue)
        let expected = "one of \(legal.joined(separator: ", "))"
        return YAMLType(expected) { node throws(DocumentError) in
            let word = try scalar(node, expected: expected).text
            guard let value = Value(rawValue: word) else {
                throw DocumentError(
                    node.location, .unknownChoice(word, nearest: NearestName.best(for: word, among: legal), legal: legal))
            }
            return value
        }
    }
}
