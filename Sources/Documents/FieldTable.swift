public import Quantities

/// The fields of a block of constants, one line each: the key in files, the property, and how it is read and written.
///
/// Reading and writing follow the same table, so a constant that fitting finds to matter is added in one place:
///
/// ```swift
/// static var table: FieldTable<Constants> {
///     [.time("latency", \.latency), .number("efficiency", \.efficiency, .fraction), .flag("is_fused", \.isFused)]
/// }
/// ```
public struct FieldTable<Root>: ExpressibleByArrayLiteral {
    /// The fields in the order of the file.
    public let fields: [Field]

    /// A table of fields.
    public init(arrayLiteral elements: Field...) { fields = elements }

    /// A key and its property.
    public struct Field {
        /// The key in files.
        public let key: String
        let read: (YAMLNode, inout Root) throws(DocumentError) -> SourceNote?
        let content: (Root) -> YAMLContent
        /// Whether the property has the value that a missing key stands for; nil where the key may not be missing.
        var isUsual: ((Root) -> Bool)?

        init<Value>(
            _ key: String, _ type: YAMLType<Value>, set: @escaping (inout Root, Value) -> Void, content: @escaping (Root) -> YAMLContent
        ) {
            self.key = key
            self.content = content
            read = { node, root throws(DocumentError) in
                let sourced = try YAMLType.sourced(type).read(node)
                set(&root, sourced.value)
                return sourced.note
            }
        }
    }

    /// Reads every field over `base`.
    ///
    /// Each may be bare or carry its source. A missing key is an error, unless it has a usual value or `isComplete` is false: then it keeps the
    /// base's value.
    public func read(_ reader: MappingReader, over base: Root, isComplete: Bool = true) throws(DocumentError) -> Root {
        var root = base
        for field in fields {
            let type = YAMLType<SourceNote?>("a value") { node throws(DocumentError) in try field.read(node, &root) }
            let isRequired = isComplete && field.isUsual == nil
            let note = isRequired ? try reader.required(field.key, type) : try reader.optional(field.key, type) ?? nil
            if let note { reader.note(note, for: field.key) }
        }
        return root
    }

    /// The values of `root` as text, by key, with their units.
    public func texts(of root: Root) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: fields.map { field in
                let text =
                    switch field.content(root) {
                    case .text(let word): word
                    case .integer(let number): "\(number)"
                    case .number(let number): "\(number)"
                    case .flag(let flag): flag ? "true" : "false"
                    case .null, .list, .mapping, .inline: ""
                    }
                return (field.key, text)
            })
    }

    /// The fields of `root` that are written: those that do not have their usual value.
    public func written(of root: Root) -> [Field] { fields.filter { !($0.isUsual?(root) ?? false) } }

    /// The fields of `root` as they are written, without those that have their usual value; those with a source in `notes` carry it.
    public func fields(of root: Root, notes: [String: SourceNote] = [:]) -> [YAMLField] {
        written(of: root).map { field in
            guard let note = notes[field.key] else { return YAMLField(field.key, field.content(root)) }
            var entries = [YAMLField("value", field.content(root))]
            if let source = note.source { entries.append(YAMLField("source", .text(source))) }
            if note.isUnverified { entries.append(YAMLField("unverified", true)) }
            return YAMLField(field.key, .inline(entries))
        }
    }
}

extension FieldTable.Field {
    /// A plain number.
    public static func number(_ key: String, _ path: WritableKeyPath<Root, Double>, _ type: YAMLType<Double> = .nonNegative) -> Self {
        Self(key, type, set: { $0[keyPath: path] = $1 }, content: { .number($0[keyPath: path]) })
    }

    /// A plain number that a file may leave out, which is then `usual`.
    public static func number(
        _ key: String, _ path: WritableKeyPath<Root, Double>, _ type: YAMLType<Double>, usual: Double
    ) -> Self {
        var field = Self.number(key, path, type)
        field.isUsual = { $0[keyPath: path] == usual }
        return field
    }

    /// A truth value.
    public static func flag(_ key: String, _ path: WritableKeyPath<Root, Bool>) -> Self {
        Self(key, .bool, set: { $0[keyPath: path] = $1 }, content: { .flag($0[keyPath: path]) })
    }

    /// A duration.
    public static func time(_ key: String, _ path: WritableKeyPath<Root, Seconds>) -> Self {
        Self(
            key, .time(allowsZero: true), set: { $0[keyPath: path] = $1 },
            content: { .time($0[keyPath: path]) })
    }

    /// An amount of memory.
    public static func memory(_ key: String, _ path: WritableKeyPath<Root, Bytes>) -> Self {
        Self(
            key, .bytes(allowsZero: true), set: { $0[keyPath: path] = $1 },
            content: { .memory($0[keyPath: path]) })
    }

    /// One word of an enumeration.
    public static func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, _ path: WritableKeyPath<Root, Choice>) -> Self
    where Choice.RawValue == String {
        Self(key, .choice(), set: { $0[keyPath: path] = $1 }, content: { .text($0[keyPath: path].rawValue) })
    }
}
