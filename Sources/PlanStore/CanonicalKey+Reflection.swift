/// A value inside a question that no key can tell from another one of its type.
public struct UnkeyableValue: Error, Hashable, CustomStringConvertible {
    /// Where it stands, as the properties that lead to it, such as `request.constraints.recomputeModules.rawValue`.
    public let path: String
    /// Its type.
    public let type: String

    /// Where it stands, of which type it is, and what would be right.
    public var description: String {
        "\(path), a value of type \(type), cannot be written into a cache key: its content is hidden from reflection; "
            + "make it of numbers, texts, flags, enums and collections of them"
    }
}

extension CanonicalKey {
    /// Appends every stored property of a plain value, however deep, in the order of declaration.
    ///
    /// Nothing has to be listed, so a property added later cannot be forgotten. Dictionaries and sets, which have no order, are taken in
    /// the order of their elements' own keys. Values must be structs, enums, tuples and standard collections of texts, numbers and flags.
    ///
    /// Whatever hides what it holds throws `UnkeyableValue` rather than being taken for equal to all others of its type: a leaf of another
    /// type, a class, a function, a value with a mirror of its own.
    public mutating func append(_ name: String, reflecting value: Any) throws(UnkeyableValue) {
        try append(name, reflecting: value, at: name)
    }

    private mutating func append(_ name: String, reflecting value: Any, at path: String) throws(UnkeyableValue) {
        switch value {
        case let text as String: append(name, text)
        case let flag as Bool: append(name, flag)
        case let number as Double: append(name, number)
        case let number as Float: append(name, Double(number))
        case let number as any BinaryInteger: append(name, "\(number)")
        case let range as ClosedRange<Int>: append(name, "\(range.lowerBound)...\(range.upperBound)")
        case let numbers as [Double]: append(name, bytes: numbers.withUnsafeBytes(Array.init))
        default: try append(name, mirror: Mirror(reflecting: value), of: value, at: path)
        }
    }

    private mutating func append(_ name: String, mirror: Mirror, of value: Any, at path: String) throws(UnkeyableValue) {
        let hidden = UnkeyableValue(path: path, type: "\(type(of: value))")
        switch mirror.displayStyle {
        case .dictionary, .set:
            var keys: [String] = []
            for child in mirror.children {
                var key = CanonicalKey()
                try key.append("element", reflecting: child.value, at: "\(path)[]")
                keys.append(key.hexadecimal)
            }
            append(name, keys.count)
            for key in keys.sorted() { append(name, key) }
            return
        case .optional where mirror.children.isEmpty: return append(name, String?.none)
        case .enum where mirror.children.isEmpty:
            // A description of its own may say the same of two cases; a raw value cannot.
            if let raw = (value as? any RawRepresentable)?.rawValue as Any? { return try append(name, reflecting: raw, at: path) }
            guard !(value is any CustomStringConvertible), !(value is any CustomDebugStringConvertible) else { throw hidden }
            return append(name, "\(value)")
        case .struct where value is any CustomReflectable, .enum where value is any CustomReflectable: throw hidden
        case .struct, .enum, .tuple, .optional, .collection: break
        default: throw hidden
        }
        append(name, mirror.children.count)
        for child in mirror.children {
            let label = child.label ?? ""
            try append(label, reflecting: child.value, at: label.isEmpty ? "\(path)[]" : "\(path).\(label)")
        }
    }
}
