import Documents
import Foundation

/// What a value of an answer must be.
enum CaseValue: Sendable {
    /// This text, `true` or `false`.
    case text(String)
    /// A number within a distance of this one.
    case number(Double, within: Double)
    /// A number up to, or from, this one.
    case atMost(Double), atLeast(Double)
    /// Nothing: the key is missing or null.
    case absent

    /// Reads `12`, `12 ± 0.5`, `<= 12`, `>= 12`, `absent`, or a text; a quoted `"12"` is a text.
    init(_ node: YAMLNode) throws(DocumentError) {
        guard case .scalar(let scalar) = node else {
            throw DocumentError(node.location, .wrongType(found: node.kind, expected: "a number, a text or a word"))
        }
        let text = scalar.text
        let parts = text.components(separatedBy: " ± ").map { Double($0) }
        if text.hasPrefix("<= "), let limit = Double(text.dropFirst(3)) {
            self = .atMost(limit)
        } else if text.hasPrefix(">= "), let limit = Double(text.dropFirst(3)) {
            self = .atLeast(limit)
        } else if parts.count == 2, let value = parts[0], let distance = parts[1] {
            self = .number(value, within: distance)
        } else if !scalar.isQuoted, let value = Double(text) {
            self = .number(value, within: 1e-9 * abs(value))
        } else {
            self = !scalar.isQuoted && text == "absent" ? .absent : .text(text)
        }
    }

    /// Whether a value of a JSON document is what it must be.
    func holds(for found: Any?) -> Bool {
        let isNothing = found == nil || found is NSNull
        let number = (found as? NSNumber).flatMap { Self.isBool($0) ? nil : $0.doubleValue }
        switch self {
        case .absent: return isNothing
        case .text(let text):
            guard let found, !isNothing else { return false }
            if let flag = found as? NSNumber, Self.isBool(flag) { return text == (flag.boolValue ? "true" : "false") }
            return found as? String == text
        case .number(let value, let distance): return number.map { abs($0 - value) <= distance } ?? false
        case .atMost(let limit): return number.map { $0 <= limit } ?? false
        case .atLeast(let limit): return number.map { $0 >= limit } ?? false
        }
    }

    /// Whether a number stands for `true` or `false`; Foundation gives only those the type of a C character.
    private static func isBool(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

    /// The value at a path such as `plans.0.strategy.tp`, `plans.last.rank` or `plans.count`; nil where there is none.
    ///
    /// A key that itself contains dots is found before it is split.
    static func value(at path: String, in document: Any) -> Any? {
        if let object = document as? [String: Any] {
            if let value = object[path] { return value }
            let parts = path.split(separator: ".").map(String.init)
            for length in 1..<max(1, parts.count) {
                guard let inner = object[parts[..<length].joined(separator: ".")] else { continue }
                return value(at: parts[length...].joined(separator: "."), in: inner)
            }
            return nil
        }
        guard let list = document as? [Any] else { return nil }
        if path == "count" { return list.count as NSNumber }
        let head = path.prefix { $0 != "." }
        guard let index = head == "last" ? list.count - 1 : Int(head), list.indices.contains(index) else { return nil }
        let rest = path.dropFirst(head.count + 1)
        return rest.isEmpty ? list[index] : value(at: String(rest), in: list[index])
    }
}
