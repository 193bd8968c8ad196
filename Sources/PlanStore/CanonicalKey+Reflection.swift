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
    /// Properties of the types `derived` follow from others beside them, which are appended, and are left out.
    ///
    /// Whatever hides what it holds throws `UnkeyableValue` rather than being taken for equal to all others of its type: a leaf of another
    /// type, a class, a function, a value with a mirror of its own.
    public mutating func append(_ name: String, reflecting value: Any, leavingOut derived: [Any.Type] = []) throws(UnkeyableValue) {
        var reflection = Reflection(derived: derived, path: [name])
        try reflection.append(name, value, to: &self)
    }
}

/// A walk through a value's properties.
private struct Reflection {
    let derived: [Any.Type]
    /// The properties that lead to where the walk is; joined only where something cannot be told.
    var path: [String]

    mutating func append(_ name: String, _ value: Any, to key: inout CanonicalKey) throws(UnkeyableValue) {
        switch value {
        case let number as Double: key.append(name, number)
        case let text as String: key.append(name, text)
        case let flag as Bool: key.append(name, flag)
        case let number as Int: key.append(name, "\(number)")
        case let numbers as [Double]: key.append(name, bytes: numbers.withUnsafeBytes(Array.init))
        case let number as Float: key.append(name, Double(number))
        case let range as ClosedRange<Int>: key.append(name, "\(range.lowerBound)...\(range.upperBound)")
        default: try append(name, mirror: Mirror(reflecting: value), of: value, to: &key)
        }
    }

    private mutating func append(_ name: String, mirror: Mirror, of value: Any, to key: inout CanonicalKey) throws(UnkeyableValue) {
        switch mirror.displayStyle {
        case .dictionary, .set:
            var keys: [String] = []
            for child in mirror.children {
                var element = CanonicalKey()
                path.append("[]")
                try append("element", child.value, to: &element)
                path.removeLast()
                keys.append(element.hexadecimal)
            }
            key.append(name, keys.count)
            for one in keys.sorted() { key.append(name, one) }
            return
        case .optional where mirror.children.isEmpty: return key.append(name, String?.none)
        case .enum where mirror.children.isEmpty:
            // A description of its own may say the same of two cases; a raw value cannot.
            if let raw = (value as? any RawRepresentable)?.rawValue as Any? { return try append(name, raw, to: &key) }
            guard !(value is any CustomStringConvertible), !(value is any CustomDebugStringConvertible) else { throw hidden(value) }
            return key.append(name, "\(value)")
        case .struct where value is any CustomReflectable, .enum where value is any CustomReflectable: throw hidden(value)
        case .struct, .enum, .tuple, .optional, .collection: break
        default:
            // Whole numbers of other widths show no properties.
            guard let number = value as? any BinaryInteger else { throw hidden(value) }
            return key.append(name, "\(number)")
        }
        key.append(name, mirror.children.count)
        for child in mirror.children where !isDerived(child.value) {
            let label = child.label ?? ""
            path.append(label.isEmpty ? "[]" : label)
            try append(label, child.value, to: &key)
            path.removeLast()
        }
    }

    private func isDerived(_ value: Any) -> Bool {
        guard !derived.isEmpty else { return false }
        let type = type(of: value)
        return derived.contains { $0 == type }
    }

    private func hidden(_ value: Any) -> UnkeyableValue {
        let place = path.dropFirst().reduce(path.first ?? "") { $0 + ($1 == "[]" ? $1 : ".\($1)") }
        return UnkeyableValue(path: place, type: "\(type(of: value))")
    }
}
