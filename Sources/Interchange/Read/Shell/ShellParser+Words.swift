import Documents

extension ShellParser {
    /// A word: text, quotes and expansions up to a blank or a sign that ends it.
    mutating func node(endsAtBlank: Bool = false) throws(DocumentError) -> ShellNode {
        let start = location
        let parts = try parts { scalar in
            endsAtBlank ? " \t\n".unicodeScalars.contains(scalar) : " \t\n;|&()<>".unicodeScalars.contains(scalar)
        }
        if index < scalars.count, location == start { throw problem("'\(scalars[index])' is unexpected") }
        return ShellNode(parts: parts, location: start)
    }

    /// Parts up to a scalar that ends them outside quotes.
    private mutating func parts(until isEnd: (Unicode.Scalar) -> Bool) throws(DocumentError) -> [ShellPart] {
        var parts: [ShellPart] = []
        var plain = ""
        func flush() {
            if !plain.isEmpty { parts.append(.text(plain, isQuoted: false)) }
            plain = ""
        }
        while let scalar = next {
            if isEnd(scalar) {
                // `<(…)` and `>(…)` inside a word stand for a file.
                guard scalar == "<" || scalar == ">", peek(1) == "(", plain.isEmpty, parts.isEmpty else { break }
                let begin = index
                advance(2)
                let body = try commands(until: [])
                guard next == ")" else { throw problem("')' is missing") }
                advance()
                parts.append(.command(body, isQuoted: true, source: source(from: begin)))
                continue
            }
            switch scalar {
            case "\\":
                advance()
                guard let escaped = next else { break }
                if escaped != "\n" {
                    flush()
                    parts.append(.text(String(Character(escaped)), isQuoted: true))
                }
                advance()
            case "'":
                flush()
                advance()
                parts.append(.text(try singleQuoted(), isQuoted: true))
            case "\"":
                flush()
                advance()
                parts += try doubleQuoted()
            case "$" where peek(1) == "'":
                flush()
                advance(2)
                parts.append(.text(try ansiQuoted(), isQuoted: true))
            case "$" where peek(1) == "\"": advance()
            case "$":
                flush()
                parts.append(try expansion(isQuoted: false))
            case "`":
                flush()
                parts.append(try backquoted(isQuoted: false))
            default:
                plain.unicodeScalars.append(scalar)
                advance()
            }
        }
        flush()
        return parts
    }

    private func source(from begin: Int) -> String {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[begin..<index])
        return text
    }

    private mutating func singleQuoted() throws(DocumentError) -> String {
        var text = ""
        while let scalar = next, scalar != "'" {
            text.unicodeScalars.append(scalar)
            advance()
        }
        guard next == "'" else { throw problem("a single quote is not closed") }
        advance()
        return text
    }

    private mutating func ansiQuoted() throws(DocumentError) -> String {
        var text = ""
        while let scalar = next, scalar != "'" {
            advance()
            guard scalar == "\\", let escaped = next else {
                text.unicodeScalars.append(scalar)
                continue
            }
            let meaning: [Unicode.Scalar: Unicode.Scalar] = ["n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "0": "\0"]
            text.unicodeScalars.append(meaning[escaped] ?? escaped)
            advance()
        }
        guard next == "'" else { throw problem("a single quote is not closed") }
        advance()
        return text
    }

    /// What stands between double quotes, the opening one passed.
    private mutating func doubleQuoted() throws(DocumentError) -> [ShellPart] {
        var parts: [ShellPart] = []
        var plain = ""
        while let scalar = next, scalar != "\"" {
            switch scalar {
            case "\\" where peek(1) == "\n": advance(2)
            case "\\":
                advance()
                guard let escaped = next else { break }
                if !"$`\"\\".unicodeScalars.contains(escaped) { plain += "\\" }
                plain.unicodeScalars.append(escaped)
                advance()
            case "$", "`":
                if !plain.isEmpty { parts.append(.text(plain, isQuoted: true)) }
                plain = ""
                parts.append(try scalar == "`" ? backquoted(isQuoted: true) : expansion(isQuoted: true))
            default:
                plain.unicodeScalars.append(scalar)
                advance()
            }
        }
        guard next == "\"" else { throw problem("a double quote is not closed") }
        advance()
        // Empty quotes are a word, if an empty one.
        if !plain.isEmpty || parts.isEmpty { parts.append(.text(plain, isQuoted: true)) }
        return parts
    }

    private mutating func backquoted(isQuoted: Bool) throws(DocumentError) -> ShellPart {
        let begin = index
        let place = location
        advance()
        var text = ""
        while let scalar = next, scalar != "`" {
            if scalar == "\\", let escaped = peek(1), "`\\$".unicodeScalars.contains(escaped) {
                advance()
                text.unicodeScalars.append(escaped)
            } else {
                text.unicodeScalars.append(scalar)
            }
            advance()
        }
        guard next == "`" else { throw problem("a backquote is not closed") }
        advance()
        var inner = ShellParser(text, place)
        return .command(try inner.commands(until: []), isQuoted: isQuoted, source: source(from: begin))
    }

    /// What begins with `$`.
    private mutating func expansion(isQuoted: Bool) throws(DocumentError) -> ShellPart {
        let begin = index
        advance()
        if next == "(", peek(1) == "(" {
            var probe = self
            probe.advance(2)
            if let text = probe.balanced(until: "))") {
                self = probe
                return .arithmetic(text, isQuoted: isQuoted, source: source(from: begin))
            }
        }
        if next == "[" {
            advance()
            var text = ""
            while let scalar = next, scalar != "]" {
                text.unicodeScalars.append(scalar)
                advance()
            }
            advance()
            return .arithmetic(text, isQuoted: isQuoted, source: source(from: begin))
        }
        if next == "(" {
            advance()
            let body = try commands(until: [])
            guard next == ")" else { throw problem("')' of '$(' is missing") }
            advance()
            return .command(body, isQuoted: isQuoted, source: source(from: begin))
        }
        if next == "{" {
            advance()
            return .parameter(try parameter(isQuoted: isQuoted), isQuoted: isQuoted, source: source(from: begin))
        }
        if let scalar = next, "@*#?$!-0123456789".unicodeScalars.contains(scalar) {
            advance()
            return .parameter(ShellParameter(name: String(Character(scalar))), isQuoted: isQuoted, source: source(from: begin))
        }
        let name = takeName()
        guard !name.isEmpty else { return .text("$", isQuoted: isQuoted) }
        return .parameter(ShellParameter(name: name), isQuoted: isQuoted, source: source(from: begin))
    }

    private mutating func takeName() -> String {
        var name = ""
        while let scalar = next, Self.isNameScalar(scalar, isFirst: name.isEmpty) {
            name.unicodeScalars.append(scalar)
            advance()
        }
        return name
    }

    /// What stands between `${` and `}`, the opening passed.
    private mutating func parameter(isQuoted: Bool) throws(DocumentError) -> ShellParameter {
        var parameter = ShellParameter(name: "")
        if next == "#", let after = peek(1), after != "}" {
            parameter.isLength = true
            advance()
        } else if next == "!", let after = peek(1), Self.isNameScalar(after, isFirst: true) {
            parameter.isIndirect = true
            advance()
        }
        if let scalar = next, "@*#?$!-".unicodeScalars.contains(scalar) {
            parameter.name = String(Character(scalar))
            advance()
        } else {
            while let scalar = next, ("0"..."9").contains(scalar) {
                parameter.name.unicodeScalars.append(scalar)
                advance()
            }
            if parameter.name.isEmpty { parameter.name = takeName() }
        }
        guard !parameter.name.isEmpty else { throw problem("'${' names no variable") }
        if next == "[" {
            advance()
            var text = ""
            while let scalar = next, scalar != "]" {
                text.unicodeScalars.append(scalar)
                advance()
            }
            advance()
            parameter.index = text
        }
        let operations = [
            ":-", ":=", ":?", ":+", "%%", "##", "//", "/#", "/%", "^^", ",,", "-", "=", "?", "+", "%", "#", "/", ":", "^", ",", "@",
        ]
        if let scalar = next, scalar != "}" {
            let rest = String(String.UnicodeScalarView(scalars[index..<min(index + 2, scalars.count)]))
            guard let operation = operations.first(where: { rest.hasPrefix($0) }) else { throw problem("'${\(parameter.name)\(scalar)'") }
            advance(operation.unicodeScalars.count)
            parameter.operation = operation
            let isCut = operation == ":"
            let isReplaced = operation.hasPrefix("/")
            parameter.argument = try argument(isQuoted: isQuoted) { $0 == "}" || (isCut && $0 == ":") || (isReplaced && $0 == "/") }
            if next != "}" {
                advance()
                parameter.second = try argument(isQuoted: isQuoted) { $0 == "}" }
            }
        }
        guard next == "}" else { throw problem("'}' of '${\(parameter.name)' is missing") }
        advance()
        return parameter
    }

    private mutating func argument(isQuoted: Bool, until isEnd: (Unicode.Scalar) -> Bool) throws(DocumentError) -> ShellNode {
        let start = location
        return ShellNode(parts: try parts(until: isEnd), location: start)
    }
}
