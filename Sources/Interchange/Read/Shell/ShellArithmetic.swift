/// Evaluates the whole-number arithmetic of `$((…))` as bash does: 64 bits, C's operators, variables by name.
struct ShellArithmetic {
    /// Why an expression has no value.
    enum Failure: Error {
        /// It is none.
        case syntax
        /// A division by zero, or a number that has no digits of its base.
        case undefined
        /// A variable in it is not known.
        case unknown(String)
    }

    /// What a variable's text is; nil where it is not known. An unset one is the empty text, which counts as 0.
    typealias Lookup = (String) -> String?

    private let tokens: [String]
    private var index = 0
    private let lookup: Lookup
    private let depth: Int
    /// Assignments that the expression makes, in order.
    private(set) var assignments: [(name: String, value: Int)] = []

    /// The value of an expression and the assignments that it makes.
    static func evaluate(_ text: String, depth: Int = 0, lookup: @escaping Lookup) throws(Failure) -> (
        value: Int, assignments: [(name: String, value: Int)]
    ) {
        guard depth < 32 else { throw .undefined }
        guard let tokens = tokens(of: text) else { throw .syntax }
        if tokens.isEmpty { return (0, []) }
        var reader = ShellArithmetic(tokens: tokens, lookup: lookup, depth: depth)
        let value = try reader.comma()
        guard reader.index == tokens.count else { throw .syntax }
        return (value, reader.assignments)
    }

    private init(tokens: [String], lookup: @escaping Lookup, depth: Int) {
        self.tokens = tokens
        self.lookup = lookup
        self.depth = depth
    }

    private static let operators = [
        "<<=", ">>=", "**", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
        "+", "-", "*", "/", "%", "<", ">", "=", "!", "~", "&", "|", "^", "?", ":", ",", "(", ")",
    ]

    private static func tokens(of text: String) -> [String]? {
        var tokens: [String] = []
        var rest = text[...]
        while let character = rest.first {
            if character.isWhitespace {
                rest.removeFirst()
            } else if character.isNumber || character.isLetter || character == "_" {
                let word = rest.prefix { $0.isNumber || $0.isLetter || $0 == "_" || $0 == "#" }
                tokens.append(String(word))
                rest = rest.dropFirst(word.count)
            } else if character == "$" {
                rest.removeFirst()
            } else if let sign = operators.first(where: { rest.hasPrefix($0) }) {
                tokens.append(sign)
                rest = rest.dropFirst(sign.count)
            } else {
                return nil
            }
        }
        return tokens
    }

    private var next: String? { index < tokens.count ? tokens[index] : nil }

    private mutating func take(_ sign: String) -> Bool {
        guard next == sign else { return false }
        index += 1
        return true
    }

    private mutating func comma() throws(Failure) -> Int {
        var value = try assignment()
        while take(",") { value = try assignment() }
        return value
    }

    private mutating func assignment() throws(Failure) -> Int {
        if let name = next, Self.isName(name), index + 1 < tokens.count {
            let sign = tokens[index + 1]
            if sign == "=" || (sign.hasSuffix("=") && !["==", "!=", "<=", ">="].contains(sign)) {
                index += 2
                let right = try assignment()
                let value = sign == "=" ? right : try Self.apply(String(sign.dropLast()), variable(name), right)
                return set(name, value)
            }
        }
        return try ternary()
    }

    private mutating func set(_ name: String, _ value: Int) -> Int {
        assignments.append((name, value))
        return value
    }

    private mutating func ternary() throws(Failure) -> Int {
        let condition = try binary(0)
        guard take("?") else { return condition }
        let yes = try assignment()
        guard take(":") else { throw .syntax }
        let no = try assignment()
        return condition != 0 ? yes : no
    }

    /// Operators from the loosest to the tightest.
    private static let levels = [
        ["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", ">", "<=", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"],
    ]

    private mutating func binary(_ level: Int) throws(Failure) -> Int {
        guard level < Self.levels.count else { return try power() }
        var left = try binary(level + 1)
        while let sign = next, Self.levels[level].contains(sign) {
            index += 1
            let right = try binary(level + 1)
            left = try Self.apply(sign, left, right)
        }
        return left
    }

    private mutating func power() throws(Failure) -> Int {
        let base = try unary()
        guard take("**") else { return base }
        return try Self.apply("**", base, power())
    }

    private mutating func unary() throws(Failure) -> Int {
        if take("+") { return try unary() }
        if take("-") { return try 0 &- unary() }
        if take("!") { return try unary() == 0 ? 1 : 0 }
        if take("~") { return ~(try unary()) }
        for sign in ["++", "--"] where take(sign) {
            guard let name = next, Self.isName(name) else { throw .syntax }
            index += 1
            return set(name, try variable(name) &+ (sign == "++" ? 1 : -1))
        }
        if take("(") {
            let value = try comma()
            guard take(")") else { throw .syntax }
            return value
        }
        guard let token = next else { throw .syntax }
        index += 1
        if Self.isName(token) {
            let value = try variable(token)
            for sign in ["++", "--"] where take(sign) { _ = set(token, value &+ (sign == "++" ? 1 : -1)) }
            return value
        }
        return try Self.number(token)
    }

    private func variable(_ name: String) throws(Failure) -> Int {
        if let own = assignments.last(where: { $0.name == name }) { return own.value }
        guard let text = lookup(name) else { throw .unknown(name) }
        if let plain = Int(text) { return plain }
        return try Self.evaluate(text, depth: depth + 1, lookup: lookup).value
    }

    private static func isName(_ token: String) -> Bool { token.first.map { $0.isLetter || $0 == "_" } ?? false }

    private static func number(_ token: String) throws(Failure) -> Int {
        let lower = token.lowercased()
        let value: Int?
        if lower.hasPrefix("0x") {
            value = Int(lower.dropFirst(2), radix: 16)
        } else if let mark = token.firstIndex(of: "#") {
            guard let base = Int(token[..<mark]), (2...36).contains(base) else { throw .undefined }
            value = Int(token[token.index(after: mark)...], radix: base)
        } else if token.count > 1, token.hasPrefix("0") {
            value = Int(token, radix: 8)
        } else {
            value = Int(token)
        }
        guard let value else { throw .undefined }
        return value
    }

    private static func apply(_ sign: String, _ a: Int, _ b: Int) throws(Failure) -> Int {
        switch sign {
        case "||": return a != 0 || b != 0 ? 1 : 0
        case "&&": return a != 0 && b != 0 ? 1 : 0
        case "|": return a | b
        case "^": return a ^ b
        case "&": return a & b
        case "==": return a == b ? 1 : 0
        case "!=": return a != b ? 1 : 0
        case "<": return a < b ? 1 : 0
        case ">": return a > b ? 1 : 0
        case "<=": return a <= b ? 1 : 0
        case ">=": return a >= b ? 1 : 0
        case "<<": return a << (b & 63)
        case ">>": return a >> (b & 63)
        case "+": return a &+ b
        case "-": return a &- b
        case "*": return a &* b
        case "/", "%":
            guard b != 0 else { throw .undefined }
            if b == -1 { return sign == "/" ? 0 &- a : 0 }
            return sign == "/" ? a / b : a % b
        case "**":
            guard b >= 0 else { throw .undefined }
            var (result, base, exponent) = (1, a, b)
            while exponent > 0 {
                if exponent & 1 == 1 { result = result &* base }
                base = base &* base
                exponent >>= 1
            }
            return result
        default: throw .syntax
        }
    }
}
