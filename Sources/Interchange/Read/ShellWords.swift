import Documents

/// A word of a shell script with the place where it begins.
struct ShellWord: Hashable {
    /// Its text, with quotes removed and known variables replaced.
    var text: String
    /// Where it begins.
    var location: SourceLocation
    /// Whether it ends a command or an array.
    var isEnd = false

    /// What stands in a word whose value only a shell would know.
    enum Unknown: String, CaseIterable {
        case variable = "a variable that the file does not set"
        case expression = "an expression that only a shell computes"

        /// The character that holds its place, which no script contains.
        var mark: Unicode.Scalar { self == .variable ? "\u{F8FE}" : "\u{F8FF}" }
    }

    /// The first thing in it that is not known.
    var unknown: Unknown? { Unknown.allCases.first { text.unicodeScalars.contains($0.mark) } }

    /// A text without the places of what is not known, for people.
    static func shown(_ text: String) -> String {
        var shown = text
        shown.unicodeScalars.removeAll { scalar in Unknown.allCases.contains { $0.mark == scalar } }
        return shown
    }
}

/// Splits shell scripts and lists of arguments into words, as far as flags need it.
///
/// Quotes, escapes, comments, continued lines, assignments of variables and arrays, and `$NAME`, `${NAME}` and `${NAME:-default}` are
/// understood; substitutions of commands and control flow are passed over.
struct ShellWords {
    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var location: SourceLocation
    private var variables: [String: String] = [:]
    private var words: [ShellWord] = []
    private var depth = 0

    /// The words of a text.
    static func of(_ text: String, file: String) -> [ShellWord] {
        var reader = ShellWords(text, SourceLocation(file: file))
        reader.run()
        return reader.words
    }

    private init(_ text: String, _ location: SourceLocation) {
        scalars = Array(text.replacing("\r\n", with: "\n").unicodeScalars)
        self.location = location
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func advance() {
        if scalars[index] == "\n" {
            location.line += 1
            location.column = 1
        } else {
            location.column += 1
        }
        index += 1
    }

    private mutating func run() {
        while let scalar = next {
            switch scalar {
            case "#": while let rest = next, rest != "\n" { _ = (rest, advance()) }
            case "\\" where index + 1 < scalars.count && scalars[index + 1] == "\n":
                advance()
                advance()
            // Inside an array lines go on; outside they end a command.
            case "\n" where depth == 0, ";", "|", "&", ")":
                words.append(ShellWord(text: "", location: location, isEnd: true))
                if scalar == ")" { depth = max(0, depth - 1) }
                advance()
            case " ", "\t", "\n", "(", "<", ">": advance()
            default: word()
            }
        }
    }

    private mutating func word() {
        var word = ShellWord(text: "", location: location)
        var quote: Unicode.Scalar?
        while let scalar = next {
            if quote == "'" {
                if scalar == "'" { quote = nil } else { word.text.unicodeScalars.append(scalar) }
                advance()
            } else if scalar == "$" {
                expand(into: &word)
            } else if scalar == "\\", index + 1 < scalars.count {
                advance()
                if next != "\n" { word.text.unicodeScalars.append(scalars[index]) } else if quote != nil { word.text += " " }
                advance()
            } else if let open = quote {
                if scalar == open { quote = nil } else { word.text.unicodeScalars.append(scalar) }
                advance()
            } else if scalar == "\"" || scalar == "'" {
                quote = scalar
                advance()
            } else if " \t\n;|&()<>".unicodeScalars.contains(scalar) {
                break
            } else {
                word.text.unicodeScalars.append(scalar)
                advance()
            }
        }
        if next == "(", word.text.hasSuffix("=") {
            depth += 1
            advance()
            return words.append(ShellWord(text: "", location: location, isEnd: true))
        }
        add(word)
    }

    /// Remembers an assignment, whose value may itself be a list of flags; keeps any other word.
    private mutating func add(_ word: ShellWord) {
        guard let sign = word.text.firstIndex(of: "="), !word.text.hasPrefix("-"), Self.isName(word.text[..<sign]) else {
            return words.append(word)
        }
        let value = String(word.text[word.text.index(after: sign)...])
        if word.unknown == nil { variables[String(word.text[..<sign])] = value }
        guard value.contains("--") else { return }
        words.append(ShellWord(text: "", location: word.location, isEnd: true))
        for part in value.split(whereSeparator: \.isWhitespace) { words.append(ShellWord(text: String(part), location: word.location)) }
        words.append(ShellWord(text: "", location: word.location, isEnd: true))
    }

    /// Replaces a variable; a value of several words was read where it was assigned.
    private mutating func expand(into word: inout ShellWord) {
        advance()
        guard let scalar = next else { return word.text += "$" }
        if scalar == "{" || scalar == "(" {
            let close: Unicode.Scalar = scalar == "{" ? "}" : ")"
            var body = ""
            var nested = 0
            repeat {
                guard let inner = next else { break }
                if inner == scalar { nested += 1 }
                if inner == close { nested -= 1 }
                body.unicodeScalars.append(inner)
                advance()
            } while nested > 0
            body = String(body.dropFirst().dropLast())
            let parts = body.split(separator: ":-", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let known = variables[parts[0]] ?? (parts.count > 1 && scalar == "{" ? parts[1] : nil)
            substitute(scalar == "{" ? known : nil, or: scalar == "{" ? .variable : .expression, into: &word)
        } else {
            var name = ""
            while let inner = next, inner == "_" || inner.properties.isAlphabetic || ("0"..."9").contains(inner) {
                name.unicodeScalars.append(inner)
                advance()
            }
            substitute(variables[name], or: .variable, into: &word)
        }
    }

    private func substitute(_ value: String?, or unknown: ShellWord.Unknown, into word: inout ShellWord) {
        guard let value, !value.contains(where: \.isWhitespace) else { return word.text.unicodeScalars.append(unknown.mark) }
        word.text += value
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    }
}
