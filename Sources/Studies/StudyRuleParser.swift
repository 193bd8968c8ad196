import Documents
import Quantities

/// Reads a rule: `rule = all ("or" all)*`, `all = one ("and" one)*`, `one = "not" one | "(" rule ")" | side comparison side`.
struct StudyRuleParser {
    private struct Token {
        var text: String
        var offset: Int
    }

    private let scalar: YAMLScalar
    private let words: [StudyRule.Dimension: [String]]
    private let options: [String: [String]]
    private var tokens: [Token] = []
    private var next = 0
    private var depth = 0

    init(_ scalar: YAMLScalar, words: [StudyRule.Dimension: [String]], options: [String: [String]]) {
        self.scalar = scalar
        self.words = words
        self.options = options
        tokens = Self.tokens(scalar.text)
    }

    mutating func rule() throws(DocumentError) -> StudyRule.Expression {
        let expression = try alternatives()
        if let token = peek { throw problem(token, "\(token.text.quoted) is not expected here", "join comparisons by and, or") }
        return expression
    }

    private mutating func alternatives() throws(DocumentError) -> StudyRule.Expression {
        var left = try conjunction()
        while take("or") { left = .either(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(DocumentError) -> StudyRule.Expression {
        var left = try single()
        while take("and") { left = .both(left, try single()) }
        return left
    }

    private mutating func single() throws(DocumentError) -> StudyRule.Expression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 64 else { throw problem(peek, "the rule is nested too deeply", "split it into several rules") }
        if take("not") { return .not(try single()) }
        if take("(") {
            let inner = try alternatives()
            guard take(")") else { throw problem(peek, "a parenthesis is not closed", "add )") }
            return inner
        }
        return try comparison()
    }

    private mutating func comparison() throws(DocumentError) -> StudyRule.Expression {
        if let token = peek, let dimension = StudyRule.Dimension(rawValue: token.text), !dimension.isNumber {
            next += 1
            let comparison = try sign(after: token)
            guard comparison == .equal || comparison == .other else {
                throw problem(token, "a \(dimension.rawValue) is neither more nor less than another", "compare it with == or !=")
            }
            guard let word = peek else { throw problem(nil, "the rule ends where a \(dimension.rawValue) is expected", "name one") }
            next += 1
            let known = words[dimension] ?? []
            guard known.contains(word.text) else {
                throw DocumentError(
                    place(word), .unknownChoice(word.text, nearest: NearestName.best(for: word.text, among: known), legal: known))
            }
            return .words(dimension, word.text, isSame: comparison == .equal)
        }
        let first = peek
        if let token = first, let values = options[Self.optionName(token)] { return try option(token, values) }
        let left = try product()
        let comparison = try sign(after: first)
        return .numbers(left, comparison, try product())
    }

    /// A comparison with an option of `plan`: of order where its values are numbers, else whether it is one of those that the study has.
    private mutating func option(_ token: Token, _ values: [String]) throws(DocumentError) -> StudyRule.Expression {
        next += 1
        let comparison = try sign(after: token)
        guard let word = peek else { throw problem(nil, "the rule ends where a value of \(token.text) is expected", "name one") }
        next += 1
        let areNumbers = values.allSatisfy { StudyRule.number($0) != nil }
        guard comparison == .equal || comparison == .other || areNumbers else {
            throw problem(token, "values of \(token.text) are neither more nor less than others", "compare it with == or !=")
        }
        guard areNumbers ? StudyRule.number(word.text) != nil : values.contains(word.text) else {
            let nearest = NearestName.best(for: word.text, among: values)
            throw DocumentError(place(word), .unknownChoice(word.text, nearest: nearest, legal: values))
        }
        return .option(Self.optionName(token), comparison, word.text)
    }

    /// An option's name as cells have it: hyphens or underscores are the same.
    private static func optionName(_ token: Token) -> String { token.text.replacing("_", with: "-") }

    private mutating func sign(after token: Token?) throws(DocumentError) -> StudyRule.Comparison {
        guard let found = peek, let comparison = StudyRule.Comparison(rawValue: found.text) else {
            throw problem(
                peek, "a comparison is expected behind \((token?.text ?? "").quoted)",
                "use one of \(StudyRule.Comparison.allCases.map(\.rawValue).joined(separator: " "))")
        }
        next += 1
        return comparison
    }

    private mutating func product() throws(DocumentError) -> StudyRule.Product {
        var product = StudyRule.Product()
        try factor(&product, isBelow: false)
        while let token = peek, token.text == "*" || token.text == "/" {
            next += 1
            try factor(&product, isBelow: token.text == "/")
        }
        return product
    }

    private mutating func factor(_ product: inout StudyRule.Product, isBelow: Bool) throws(DocumentError) {
        guard let token = peek else { throw problem(nil, "the rule ends where a number is expected", "write one, such as gpus >= 128") }
        next += 1
        if let dimension = StudyRule.Dimension(rawValue: token.text), dimension.isNumber {
            if isBelow { product.below.append(dimension) } else { product.above.append(dimension) }
            return
        }
        if let number = try? QuantityText.parse(token.text, QuantityText.countUnits), !isBelow || number != 0 {
            product.number = isBelow ? product.number / number : product.number * number
            return
        }
        let known = StudyRule.Dimension.allCases.map(\.rawValue) + options.keys.sorted()
        throw DocumentError(
            place(token), .unknownChoice(token.text, nearest: NearestName.best(for: token.text, among: known), legal: known))
    }

    private var peek: Token? { next < tokens.count ? tokens[next] : nil }

    private mutating func take(_ word: String) -> Bool {
        guard peek?.text == word else { return false }
        next += 1
        return true
    }

    private func problem(_ token: Token?, _ what: String, _ remedy: String) -> DocumentError {
        DocumentError(token.map(place) ?? place(Token(text: "", offset: scalar.text.count)), .invalid(what, remedy: remedy))
    }

    /// Where a token stands; quotes move it by one, and what stands on later lines of a folded text is placed on its first.
    private func place(_ token: Token) -> SourceLocation {
        var place = scalar.location
        place.column += token.offset + (scalar.isQuoted ? 1 : 0)
        return place
    }

    private static func tokens(_ text: String) -> [Token] {
        var tokens: [Token] = []
        let characters = Array(text)
        var index = 0
        while index < characters.count {
            let character = characters[index]
            let start = index
            if character.isWhitespace {
                index += 1
                continue
            }
            if "()*".contains(character) {
                index += 1
            } else if "<>=!".contains(character) {
                while index < characters.count, "<>=!".contains(characters[index]) { index += 1 }
            } else if character == "/", index + 1 < characters.count, characters[index + 1].isWhitespace {
                index += 1
            } else {
                // Names hold hyphens, dots and, as paths, slashes; a division has a space on its right.
                while index < characters.count, !characters[index].isWhitespace, !"()*<>=!".contains(characters[index]) { index += 1 }
            }
            tokens.append(Token(text: String(characters[start..<index]), offset: start))
        }
        return tokens
    }
}
