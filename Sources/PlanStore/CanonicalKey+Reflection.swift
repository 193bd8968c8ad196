extension CanonicalKey {
    /// Appends every stored property of a plain value, however deep, in the order of declaration.
    ///
    /// Nothing has to be listed, so a property added later cannot be forgotten. Dictionaries and sets, which have no order, are taken in
    /// the order of their elements' own keys. Values must be structs, enums, tuples and standard collections; a class would be taken by
    /// its properties, not its identity.
    public mutating func append(_ name: String, reflecting value: Any) {
        switch value {
        case let text as String: append(name, text)
        case let number as Int: append(name, number)
        case let number as Double: append(name, number)
        case let flag as Bool: append(name, flag)
        case let numbers as [Double]:
            append(name, bytes: numbers.withUnsafeBytes(Array.init))
        default: append(name, mirror: Mirror(reflecting: value), of: value)
        }
    }

    private mutating func append(_ name: String, mirror: Mirror, of value: Any) {
        switch mirror.displayStyle {
        case .dictionary, .set:
            let keys = mirror.children.map { child in
                var key = CanonicalKey()
                key.append("element", reflecting: child.value)
                return key.hexadecimal
            }
            append(name, keys.count)
            for key in keys.sorted() { append(name, key) }
        case .optional where mirror.children.isEmpty:
            append(name, String?.none)
        case .enum where mirror.children.isEmpty:
            append(name, "\(value)")
        default:
            append(name, mirror.children.count)
            for child in mirror.children { append(child.label ?? "", reflecting: child.value) }
        }
    }
}
