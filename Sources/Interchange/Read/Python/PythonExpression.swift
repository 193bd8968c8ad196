import Documents

/// Reads an expression of Python from tokens: literals, names, calls, lists, and whole numbers' sums and products. All else is unknown.
struct PythonExpression {
    private var rest: ArraySlice<PythonToken>
    private let evaluator: PythonEvaluator
    private var depth = 0

    init(_ tokens: ArraySlice<PythonToken>, _ evaluator: PythonEvaluator) {
        rest = tokens
        self.evaluator = evaluator
    }

    private var here: SourceLocation { rest.first?.location ?? SourceLocation(file: "") }

    private mutating func take(_ sign: String) -> Bool {
        guard let first = rest.first, first.kind == .sign, first.text == sign else { return false }
        rest.removeFirst()
        return true
    }

    private var isAtEnd: Bool {
        guard let first = rest.first else { return true }
        return first.kind == .sign && [",", ")", "]", "}", ":", "="].contains(first.text)
    }

    /// The parameters of a function, from the bracket behind its name on.
    mutating func parameters() throws(DocumentError) -> [(name: String, standard: PythonValue?)] {
        var parameters: [(name: String, standard: PythonValue?)] = []
        guard take("(") else { return [] }
        while let first = rest.first, !take(")") {
            guard first.kind == .name else {
                rest.removeFirst()
                continue
            }
            rest.removeFirst()
            if take(":") { skip(to: ["=", ",", ")"]) }
            parameters.append((first.text, take("=") ? try expression() : nil))
            skip(to: [",", ")"])
            _ = take(",")
        }
        return parameters
    }

    /// The value of the expression; what follows its end is left.
    mutating func expression() throws(DocumentError) -> PythonValue {
        depth += 1
        defer { depth -= 1 }
        let start = here
        try evaluator.module.work.step(start)
        guard depth < 64 else { throw PythonEvaluator.uncertain("an expression of many parts", start) }
        let value = try sum()
        if isAtEnd { return value }
        // Comparisons, choices, comprehensions and all other things that are not followed.
        let words = rest.prefix(4).map(\.text).joined(separator: " ")
        skip(to: [",", ")", "]", "}", ":", "="])
        return .unknown("'\(words)'", start)
    }

    /// Passes over tokens to one of some signs outside brackets.
    private mutating func skip(to ends: Set<String>) {
        var open = 0
        while let token = rest.first {
            if token.kind == .sign {
                if open == 0, ends.contains(token.text) { return }
                if ["(", "[", "{"].contains(token.text) { open += 1 }
                if [")", "]", "}"].contains(token.text) {
                    if open == 0 { return }
                    open -= 1
                }
            }
            rest.removeFirst()
        }
    }

    private mutating func sum() throws(DocumentError) -> PythonValue {
        var value = try product()
        while let sign = rest.first, sign.kind == .sign, sign.text == "+" || sign.text == "-" {
            rest.removeFirst()
            let right = try product()
            if case .list(let left, let location) = value, case .list(let items, _) = right, sign.text == "+",
                left.count + items.count <= Self.longest
            {
                value = .list(left + items, location)
            } else {
                value = Self.combined(value, right, sign) {
                    sign.text == "+" ? $0.addingReportingOverflow($1) : $0.subtractingReportingOverflow($1)
                }
            }
        }
        return value
    }

    private mutating func product() throws(DocumentError) -> PythonValue {
        var value = try primary()
        while let sign = rest.first, sign.kind == .sign, sign.text == "*" || sign.text == "//" {
            rest.removeFirst()
            let right = try primary()
            if sign.text == "*", case .list(let items, let location) = value, let count = right.number, count >= 0,
                items.count.multipliedReportingOverflow(by: count).partialValue <= Self.longest, count <= Self.longest
            {
                value = .list((0..<count).flatMap { _ in items }, location)
                continue
            }
            value = Self.combined(value, right, sign) {
                if sign.text == "*" { return $0.multipliedReportingOverflow(by: $1) }
                // Python rounds down.
                let (quotient, isTooLarge) = $0.dividedReportingOverflow(by: $1)
                return isTooLarge ? (0, true) : (quotient * $1 != $0 && ($0 < 0) != ($1 < 0) ? quotient - 1 : quotient, false)
            }
        }
        return value
    }

    private static let longest = 65_536

    private static func combined(
        _ left: PythonValue, _ right: PythonValue, _ sign: PythonToken, _ operation: (Int, Int) -> (partialValue: Int, overflow: Bool)
    ) -> PythonValue {
        guard let a = left.number, let b = right.number else { return .unknown("what stands at '\(sign.text)'", sign.location) }
        let (value, isTooLarge) = operation(a, b)
        return isTooLarge ? .unknown("a number without end", sign.location) : .number(value, sign.location)
    }

    private mutating func primary() throws(DocumentError) -> PythonValue {
        guard let first = rest.first else { return .unknown("nothing", here) }
        switch (first.kind, first.text) {
        case (.sign, "-"):
            var isNegative = false
            while take("-") { isNegative.toggle() }
            let value = try primary()
            if !isNegative { return value }
            if case .scalar(var scalar) = value, !scalar.isQuoted {
                scalar.text = scalar.text.hasPrefix("-") ? String(scalar.text.dropFirst()) : "-\(scalar.text)"
                return .scalar(scalar)
            }
            return .unknown("what stands behind '-'", first.location)
        case (.sign, "("), (.sign, "["):
            rest.removeFirst()
            return try list(until: first.text == "(" ? ")" : "]", first)
        case (.sign, "{"):
            rest.removeFirst()
            skip(to: ["}"])
            _ = take("}")
            return .unknown("a table", first.location)
        case (.number, _):
            rest.removeFirst()
            return .scalar(YAMLScalar(text: first.text, isQuoted: false, location: first.location))
        case (.text, _):
            var text = ""
            while let next = rest.first, next.kind == .text {
                text += next.text
                rest.removeFirst()
            }
            return .text(text, first.location)
        case (.name, "True"), (.name, "False"), (.name, "None"):
            rest.removeFirst()
            let word = ["True": "true", "False": "false", "None": "null"][first.text] ?? ""
            return .scalar(YAMLScalar(text: word, isQuoted: false, location: first.location))
        case (.name, _) where !["lambda", "not", "await"].contains(first.text): return try named()
        default:
            skip(to: [",", ")", "]", "}", ":", "="])
            return .unknown("'\(first.text)'", first.location)
        }
    }

    /// A list or tuple, or what stands alone between parentheses.
    private mutating func list(until end: String, _ start: PythonToken) throws(DocumentError) -> PythonValue {
        var items: [PythonValue] = []
        var hasComma = false
        while !rest.isEmpty, !take(end) {
            items.append(try expression())
            if take(",") {
                hasComma = true
            } else if rest.first?.text != end {
                skip(to: [end])
                _ = take(end)
                return .unknown("a list", start.location)
            }
        }
        if end == ")", !hasComma, let item = items.first { return item }
        return .list(items, start.location)
    }

    /// A name with its fields, called or not.
    private mutating func named() throws(DocumentError) -> PythonValue {
        let start = here
        var path: [String] = []
        while let token = rest.first, token.kind == .name {
            path.append(token.text)
            rest.removeFirst()
            if !take(".") { break }
        }
        var value: PythonValue
        if take("(") {
            let (arguments, keywords) = try callArguments()
            value = try evaluator.call(path, arguments, keywords, start)
        } else {
            value = evaluator.value(of: path, start)
        }
        // What is taken from a result, or called in turn, is not followed.
        while let token = rest.first, token.kind == .sign, ["[", "(", "."].contains(token.text) {
            rest.removeFirst()
            if token.text != "." {
                skip(to: [")", "]"])
                rest = rest.dropFirst()
            } else {
                rest = rest.dropFirst()
            }
            value = .unknown(path.joined(separator: "."), start)
        }
        return value
    }

    private mutating func callArguments() throws(DocumentError) -> (
        arguments: [PythonValue], keywords: [(name: String, value: PythonValue)]
    ) {
        var arguments: [PythonValue] = []
        var keywords: [(name: String, value: PythonValue)] = []
        while !rest.isEmpty, !take(")") {
            let start = here
            if take("*") || take("**") {
                skip(to: [",", ")"])
                keywords.append(("**", .unknown("keywords from elsewhere", start)))
            } else if rest.count > 1, let name = rest.first, name.kind == .name, rest[rest.startIndex + 1].kind == .sign,
                rest[rest.startIndex + 1].text == "="
            {
                rest.removeFirst(2)
                keywords.append((name.text, try expression()))
            } else {
                arguments.append(try expression())
            }
            skip(to: [",", ")"])
            _ = take(",")
        }
        return (arguments, keywords)
    }
}
