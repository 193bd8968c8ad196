import Documents

/// A token of Python.
struct PythonToken: Hashable {
    /// What it is.
    enum Kind: Hashable { case name, number, text, sign }

    var kind: Kind
    /// Its text; of a literal text what it stands for.
    var text: String
    var location: SourceLocation
}

/// A logical line of Python: what stands between brackets may go on over several lines.
struct PythonLine {
    /// Spaces before it; a tab counts as eight.
    var indent: Int
    var tokens: [PythonToken]
}

/// Cuts Python into logical lines of tokens.
///
/// Only what configurations are written in: literals of interpolation keep their text, and are marked as signs so that nothing takes them for
/// known.
struct PythonTokens {
    private var rest: Substring
    private var line = 1
    private var column = 1
    private let file: String

    /// The logical lines of a text.
    ///
    /// - Throws: `DocumentError` where a text or a bracket does not end.
    static func lines(_ text: String, file: String) throws(DocumentError) -> [PythonLine] {
        var reader = PythonTokens(rest: text[...], file: file)
        return try reader.lines()
    }

    private init(rest: Substring, file: String) {
        self.rest = rest
        self.file = file
    }

    private mutating func lines() throws(DocumentError) -> [PythonLine] {
        var lines: [PythonLine] = []
        var tokens: [PythonToken] = []
        var brackets: [PythonToken] = []
        var indent = 0
        while let character = rest.first {
            switch character {
            case "\n", "\r\n", "\r":
                advance()
                guard brackets.isEmpty else { continue }
                if !tokens.isEmpty { lines.append(PythonLine(indent: indent, tokens: tokens)) }
                tokens = []
                indent = 0
            case " ", "\t", "\u{0C}":
                if tokens.isEmpty, brackets.isEmpty { indent += character == "\t" ? 8 : 1 }
                advance()
            case "#": while let next = rest.first, !next.isNewline { advance() }
            case "\\" where rest.dropFirst().first?.isNewline ?? false:
                advance()
                advance()
            case ";" where brackets.isEmpty:
                advance()
                if !tokens.isEmpty { lines.append(PythonLine(indent: indent, tokens: tokens)) }
                tokens = []
            default:
                let token = try self.token()
                if token.kind == .sign, ["(", "[", "{"].contains(token.text) { brackets.append(token) }
                if token.kind == .sign, [")", "]", "}"].contains(token.text) {
                    guard brackets.popLast() != nil else {
                        throw DocumentError(token.location, .syntax("'\(token.text)' closes no bracket"))
                    }
                }
                tokens.append(token)
            }
        }
        if let open = brackets.last { throw DocumentError(open.location, .syntax("'\(open.text)' is not closed")) }
        if !tokens.isEmpty { lines.append(PythonLine(indent: indent, tokens: tokens)) }
        return lines
    }

    private mutating func advance() {
        guard let character = rest.popFirst() else { return }
        if character.isNewline {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }

    private mutating func token() throws(DocumentError) -> PythonToken {
        let location = SourceLocation(file: file, line: line, column: column)
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        if let first = word.first, first.isASCII, first.isNumber {
            var number = ""
            // `1e-5`: a sign belongs to the number behind an exponent.
            while let next = rest.first,
                next.isLetter || next.isNumber || next == "_" || next == "."
                    || (next == "-" || next == "+") && ["e", "E"].contains(number.last ?? " ")
            {
                number.append(next)
                advance()
            }
            return PythonToken(kind: .number, text: number.replacing("_", with: ""), location: location)
        }
        if !word.isEmpty {
            let isPrefix = word.count <= 2 && word.allSatisfy { "rbfuRBFU".contains($0) }
            if isPrefix, let quote = rest.dropFirst(word.count).first, quote == "\"" || quote == "'" {
                for _ in word { advance() }
                let isComputed = word.lowercased().contains("f")
                let text = try self.text(quote, isRaw: word.lowercased().contains("r"), location)
                return PythonToken(kind: isComputed ? .sign : .text, text: text, location: location)
            }
            for _ in word { advance() }
            return PythonToken(kind: .name, text: String(word), location: location)
        }
        if let quote = rest.first, quote == "\"" || quote == "'" {
            return PythonToken(kind: .text, text: try text(quote, isRaw: false, location), location: location)
        }
        for sign in ["**", "//", "->", ":=", "==", "!=", "<=", ">=", "+=", "-=", "*=", "/="] where rest.hasPrefix(sign) {
            advance()
            advance()
            return PythonToken(kind: .sign, text: sign, location: location)
        }
        let sign = String(rest.first ?? " ")
        advance()
        return PythonToken(kind: .sign, text: sign, location: location)
    }

    /// What stands between quotes, single or triple.
    private mutating func text(_ quote: Character, isRaw: Bool, _ start: SourceLocation) throws(DocumentError) -> String {
        let triple = String(repeating: quote, count: 3)
        let isTriple = rest.hasPrefix(triple)
        for _ in 0..<(isTriple ? 3 : 1) { advance() }
        var text = ""
        while let character = rest.first {
            if isTriple ? rest.hasPrefix(triple) : character == quote {
                for _ in 0..<(isTriple ? 3 : 1) { advance() }
                return text
            }
            if character.isNewline, !isTriple { break }
            advance()
            guard character == "\\", !isRaw, let escaped = rest.first else {
                text.append(character)
                continue
            }
            advance()
            switch escaped {
            case "n": text.append("\n")
            case "t": text.append("\t")
            case _ where escaped.isNewline: break
            case "\\", "'", "\"": text.append(escaped)
            default: text += "\\\(escaped)"
            }
        }
        throw DocumentError(start, .syntax("the text is not closed"))
    }
}
