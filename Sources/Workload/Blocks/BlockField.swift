import Documents

/// A key of a block in model files: how it is read, when it is written, and the range that its number must lie in.
public struct BlockField<Shape>: Sendable {
    /// A number outside its range.
    public struct Violation: Sendable {
        /// The key, nested ones with a dot.
        public let key: String
        /// The number.
        public let value: Int
        /// Where it must lie.
        public let range: ClosedRange<Int>
    }

    /// The key.
    public let key: String
    let read: @Sendable (MappingReader, inout Shape) throws(DocumentError) -> Void
    let write: @Sendable (Shape) -> YAMLContent?
    let check: @Sendable (Shape) -> Violation?
}

extension BlockField {
    /// A whole number; required, and always written, where there is no usual one.
    static func count(
        _ key: String, _ path: any WritableKeyPath<Shape, Int> & Sendable, in range: ClosedRange<Int>, usual: Int? = nil
    ) -> BlockField {
        BlockField(
            key: key,
            read: { reader, shape throws(DocumentError) in
                if let usual {
                    shape[keyPath: path] = try reader.optional(key, .int(in: range)) ?? usual
                } else {
                    shape[keyPath: path] = try reader.required(key, .int(in: range))
                }
            }, write: { $0[keyPath: path] == usual ? nil : .integer($0[keyPath: path]) },
            check: { Violation($0[keyPath: path], key, range) })
    }

    /// A whole number that is absent unless given.
    static func count(_ key: String, _ path: any WritableKeyPath<Shape, Int?> & Sendable, in range: ClosedRange<Int>) -> BlockField {
        BlockField(
            key: key, read: { reader, shape throws(DocumentError) in shape[keyPath: path] = try reader.optional(key, .int(in: range)) },
            write: { $0[keyPath: path].map { .integer($0) } },
            check: { shape in shape[keyPath: path].flatMap { Violation($0, key, range) } })
    }

    /// Yes or no; required, and always written, where neither is usual.
    static func flag(_ key: String, _ path: any WritableKeyPath<Shape, Bool> & Sendable, usual: Bool? = false) -> BlockField {
        BlockField(
            key: key,
            read: { reader, shape throws(DocumentError) in
                if let usual {
                    shape[keyPath: path] = try reader.optional(key, .bool) ?? usual
                } else {
                    shape[keyPath: path] = try reader.required(key, .bool)
                }
            }, write: { $0[keyPath: path] == usual ? nil : .flag($0[keyPath: path]) }, check: { _ in nil })
    }

    /// Yes or no, or neither where it is not given.
    static func flag(_ key: String, _ path: any WritableKeyPath<Shape, Bool?> & Sendable) -> BlockField {
        BlockField(
            key: key, read: { reader, shape throws(DocumentError) in shape[keyPath: path] = try reader.optional(key, .bool) },
            write: { $0[keyPath: path].map { .flag($0) } }, check: { _ in nil })
    }

    /// One of a few words.
    static func choice<Choice: RawRepresentable & CaseIterable & Sendable & Equatable>(
        _ key: String, _ path: any WritableKeyPath<Shape, Choice> & Sendable, usual: Choice
    ) -> BlockField where Choice.RawValue == String {
        BlockField(
            key: key,
            read: { reader, shape throws(DocumentError) in
                shape[keyPath: path] = try reader.optional(key, YAMLType<Choice>.choice()) ?? usual
            }, write: { $0[keyPath: path] == usual ? nil : .text($0[keyPath: path].rawValue) }, check: { _ in nil })
    }

    /// A mapping of keys of its own, absent unless given.
    static func part<Part: Sendable>(
        _ key: String, as subject: String, _ path: any WritableKeyPath<Shape, Part?> & Sendable, _ empty: Part, _ fields: [BlockField<Part>]
    ) -> BlockField {
        BlockField(
            key: key,
            read: { reader, shape throws(DocumentError) in
                shape[keyPath: path] = try reader.optionalObject(key, as: subject) { inner throws(DocumentError) in
                    try fields.read(inner, into: empty)
                }
            }, write: { shape in shape[keyPath: path].map { .mapping(fields.written($0)) } },
            check: { shape in
                shape[keyPath: path].flatMap { part in
                    fields.violation(of: part).map { Violation(key: "\(key).\($0.key)", value: $0.value, range: $0.range) }
                }
            })
    }
}

extension BlockField.Violation {
    /// Nil where the number lies in the range.
    fileprivate init?(_ value: Int, _ key: String, _ range: ClosedRange<Int>) {
        guard !range.contains(value) else { return nil }
        self.init(key: key, value: value, range: range)
    }
}

extension Array {
    /// The value of a mapping that has these keys.
    func read<Shape>(_ reader: MappingReader, into empty: Shape) throws(DocumentError) -> Shape where Element == BlockField<Shape> {
        var shape = empty
        for field in self { try field.read(reader, &shape) }
        return shape
    }

    /// The keys of a value that do not hold what is usual.
    func written<Shape>(_ shape: Shape) -> [YAMLField] where Element == BlockField<Shape> {
        compactMap { field in field.write(shape).map { YAMLField(field.key, $0) } }
    }

    /// The first number that lies outside its range.
    func violation<Shape>(of shape: Shape) -> BlockField<Shape>.Violation? where Element == BlockField<Shape> {
        lazy.compactMap { $0.check(shape) }.first
    }
}
