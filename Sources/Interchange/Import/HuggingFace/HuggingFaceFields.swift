import Documents
import Workload

/// The keys of a configuration as a family reads them: the file's, or what its configuration class takes where the file leaves one out.
///
/// Reading is what marks a key as used, so that whatever an import did not look at can be named.
final class HuggingFaceFields {
    /// The mapping that describes the text model.
    let reader: MappingReader
    /// The mapping around it, the same where nothing is nested.
    let outer: MappingReader
    /// Whether the text model is nested in a larger one, whose files leave out what their classes take.
    let isNested: Bool
    private let defaults: [String: String]
    private(set) var used: Set<String> = []

    init(_ reader: MappingReader, outer: MappingReader, isNested: Bool, type: String) {
        self.reader = reader
        self.outer = outer
        self.isNested = isNested
        defaults = HuggingFaceDefaults.of(type)
    }

    /// Whether the family's class takes a key, as far as numbers and flags go.
    func classTakes(_ key: String) -> Bool { defaults[key] != nil }

    /// Whether what the file has under a key is nothing: no, none, or nothing of it.
    func isOff(_ key: String) -> Bool {
        switch try? reader.optional(key, .node) {
        case .scalar(let scalar)?:
            !scalar.isQuoted && ["0", "-1", "false", "0.0", "None", "null"].contains(scalar.text) || scalar.text.isEmpty
        case .sequence(let items, _)?: items.isEmpty
        case .mapping?: false
        case nil: true
        }
    }

    /// What the reading of a key came to that a reader of the model should know.
    private(set) var remarks: [String: String] = [:]

    /// Says what the reading of a key came to.
    func remark(_ key: String, _ what: String) { remarks[key] = what }

    /// Says of keys that the family's code does not look at them.
    func passOver(_ keys: String...) { used.formUnion(keys) }

    /// Says the same of a key where it holds a value that is what the code does anyway.
    func passOver(_ key: String, where value: String) {
        if holds([value], at: key) { used.insert(key) }
    }

    /// Whether the file has one of some values under a key.
    func holds(_ values: [String]?, at key: String) -> Bool {
        guard let values, case .scalar(let scalar)? = try? reader.optional(key, .node) else { return false }
        return values.contains(scalar.text)
    }

    /// Whether the file has a key, null or not.
    func has(_ key: String) -> Bool { reader.has(key) }

    /// The number under the first of some keys that the file has, or that the class takes; nil where that is null or there is none.
    func int(_ keys: String..., in range: ClosedRange<Int>) throws(DocumentError) -> Int? { try int(keys, in: range) }

    /// The same of a list of keys.
    func int(_ keys: [String], in range: ClosedRange<Int>) throws(DocumentError) -> Int? {
        for key in keys {
            used.insert(key)
            if let value = try reader.optional(key, .int(in: range)) { return value }
        }
        if keys.contains(where: reader.has) { return nil }
        return keys.lazy.compactMap { self.defaults[$0] }.first.flatMap { Int($0) }
    }

    /// A number that the file must state, under one of some keys; what the class takes where the text model is nested.
    func need(_ keys: String..., in range: ClosedRange<Int>) throws(DocumentError) -> Int { try need(keys, in: range) }

    /// The same of a list of keys.
    func need(_ keys: [String], in range: ClosedRange<Int>) throws(DocumentError) -> Int {
        for key in keys {
            used.insert(key)
            if let value = try reader.optional(key, .int(in: range)) { return value }
        }
        if isNested, let value = keys.lazy.compactMap({ self.defaults[$0] }).first, let number = Int(value) { return number }
        return try reader.required(keys.first(where: reader.has) ?? keys[0], .int(in: range))
    }

    /// A number that the file may leave out because the class has one for it.
    func usual(_ keys: String..., in range: ClosedRange<Int>) throws(DocumentError) -> Int {
        if let value = try int(keys, in: range) { return value }
        return try reader.required(keys.first(where: reader.has) ?? keys[0], .int(in: range))
    }

    /// Yes or no: the file's word, the class's, or `otherwise`.
    func flag(_ key: String, otherwise: Bool = false) throws(DocumentError) -> Bool {
        used.insert(key)
        return try reader.optional(key, .bool) ?? defaults[key].map { $0 == "true" } ?? otherwise
    }

    /// Yes or no where the file says so; nil otherwise.
    func stated(_ key: String) throws(DocumentError) -> Bool? {
        used.insert(key)
        return try reader.optional(key, .bool)
    }

    /// A text; nil where there is none.
    func text(_ key: String) throws(DocumentError) -> String? {
        used.insert(key)
        return try reader.optional(key, .text)
    }

    /// A number that need not be whole; nil where there is none.
    func number(_ key: String) throws(DocumentError) -> Double? {
        used.insert(key)
        return try reader.optional(key, .positive)
    }

    /// A value that is read elsewhere.
    func node(_ key: String) throws(DocumentError) -> YAMLNode? {
        used.insert(key)
        return try reader.optional(key, .node)
    }

    /// A list of as many values as layers; nil where the file has none.
    func perLayer<Value>(_ key: String, _ type: YAMLType<Value>, layers: Int) throws(DocumentError) -> [Value]? {
        guard let node = try node(key) else { return nil }
        guard case .sequence(let items, let location) = node else {
            throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a list with a value for each of \(layers) layers"))
        }
        guard items.count == layers else {
            throw DocumentError(
                location,
                .invalid(
                    "\(key) has \(items.count) values and the model \(layers) layers",
                    remedy: "expected one value for each of the \(layers) layers"))
        }
        return try YAMLType<[Value]>.list(of: type).read(node)
    }

    /// A number under the first of some keys that the file has, or a list of it for every layer, in which all are alike.
    func same(_ keys: [String], in range: ClosedRange<Int>, layers: Int) throws(DocumentError) -> Int {
        guard let key = keys.first(where: has), case .sequence(_, let location) = try node(key) else { return try need(keys, in: range) }
        let values = try perLayer(key, .int(in: range), layers: layers) ?? []
        guard let first = values.first, values.allSatisfy({ $0 == first }) else {
            throw DocumentError(
                location,
                .invalid(
                    "\(key) differs from layer to layer (\(values.min() ?? 0) to \(values.max() ?? 0))",
                    remedy: "mixtures of one size are read; write the model file by hand, with a block for each size"))
        }
        return first
    }

    /// How many layers a list or a pattern of letters names, under the first of some keys; nil where there is none.
    func namedLayers(_ keys: [String]) throws(DocumentError) -> Int? {
        for key in keys {
            switch try node(key) {
            case .sequence(let items, _) where ModelLimits.layers.contains(items.count): return items.count
            case .scalar(let scalar) where ModelLimits.layers.contains(scalar.text.count): return scalar.text.count
            default: continue
            }
        }
        return nil
    }

    /// A list of positions of layers; nil where the file has none.
    func positions(_ key: String, layers: Int) throws(DocumentError) -> Set<Int>? {
        used.insert(key)
        guard let list = try reader.optional(key, .list(of: .int(in: 0...ModelLimits.layers.upperBound))) else { return nil }
        if let outside = list.first(where: { $0 >= layers }) {
            throw problem(
                at: key, "\(key) names layer \(outside) and the model has \(layers)", remedy: "expected positions of 0 to \(layers - 1)")
        }
        return Set(list)
    }

    /// An offset within a period.
    func offset(_ key: String, below period: Int, _ periodKey: String) throws(DocumentError) -> Int {
        let offset = try usual(key, in: 0...ModelLimits.layers.upperBound)
        guard offset < period else {
            throw problem(at: key, "\(key) is \(offset) and \(periodKey) is \(period)", remedy: "expected an offset of 0 to \(period - 1)")
        }
        return offset
    }

    /// What is wrong, shown at a key.
    func problem(at key: String, _ what: String, remedy: String) -> DocumentError {
        DocumentError(reader.location(of: key), .invalid(what, remedy: remedy))
    }

    /// `value` ÷ `divisor`, which must come out even; both have names for the message.
    func quotient(_ value: Int, _ name: String, by divisor: Int, _ divisorName: String, at key: String) throws(DocumentError) -> Int {
        guard divisor > 0, value % divisor == 0, value / divisor > 0 else {
            throw problem(
                at: key, "\(name) \(value) is no multiple of \(divisor) \(divisorName)",
                remedy: "give the width of a head, or a number that divides \(value)")
        }
        return value / divisor
    }
}

extension YAMLType where Value == String {
    /// A text that may be empty.
    static var text: YAMLType {
        YAMLType("a text") { node throws(DocumentError) in
            guard case .scalar(let scalar) = node else {
                throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a text"))
            }
            return scalar.text
        }
    }

    /// One of some words.
    static func word(of legal: [String]) -> YAMLType {
        YAMLType("one of \(legal.joined(separator: ", "))") { node throws(DocumentError) in
            let word = try YAMLType.string.read(node)
            guard legal.contains(word) else {
                throw DocumentError(node.location, .unknownChoice(word, nearest: NearestName.best(for: word, among: legal), legal: legal))
            }
            return word
        }
    }
}
