import Documents

extension [YAMLField] {
    /// Adds a number that may be missing; an infinite one is, as JSON has none.
    mutating func add(_ key: String, _ value: Double?) {
        if let value, value.isFinite { append(YAMLField(key, .number(value))) }
    }
}
