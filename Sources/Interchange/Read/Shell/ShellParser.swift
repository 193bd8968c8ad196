import Documents

/// Reads the text of a shell script into commands: the grammar of POSIX with bash's arrays, `[[ ]]`, `(( ))` and C-style loops.
struct ShellParser {
    let scalars: [Unicode.Scalar]
    var index = 0
    var location: SourceLocation
    private var pendingDocuments: [(end: String, stripsTabs: Bool)] = []
    private var depth = 0

    /// The commands of a script.
    static func parse(_ text: String, at location: SourceLocation) throws(DocumentError) -> [ShellCommand] {
        var parser = ShellParser(text, location)
        let commands = try parser.commands(until: [])
        if let rest = parser.next { throw parser.problem("'\(rest)' ends nothing that has begun") }
        return commands
    }

    init(_ text: String, _ location: SourceLocation) {
        scalars = Array(text.replacing("\r\n", with: "\n").unicodeScalars)
        self.location = location
    }

    var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    func peek(_ distance: Int) -> Unicode.Scalar? { index + distance < scalars.count ? scalars[index + distance] : nil }

    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where index < scalars.count {
            if scalars[index] == "\n" {
                location.line += 1
                location.column = 1
            } else {
                location.column += 1
            }
            index += 1
        }
    }

    func problem(_ what: String) -> DocumentError {
        DocumentError(
            location,
            .invalid(
                "the shell script is not understood: \(what)",
                remedy: "run it through 'meshwright capture', or write the command with its arguments into a file of its own"))
    }

    // MARK: Blanks

    /// Passes blanks, continued lines and comments; with `newlines` also line ends and what belongs to here-documents.
    mutating func skip(newlines: Bool = false) {
        while let scalar = next {
            if scalar == " " || scalar == "\t" {
                advance()
            } else if scalar == "\\", peek(1) == "\n" {
                advance(2)
            } else if scalar == "#" {
                while let rest = next, rest != "\n" { _ = (rest, advance()) }
            } else if scalar == "\n", newlines {
                advance()
                skipDocuments()
            } else {
                return
            }
        }
    }

    private mutating func skipDocuments() {
        for document in pendingDocuments {
            while next != nil {
                var line = ""
                while let scalar = next, scalar != "\n" {
                    line.unicodeScalars.append(scalar)
                    advance()
                }
                advance()
                if document.stripsTabs { line = String(line.drop { $0 == "\t" }) }
                if line == document.end { break }
            }
        }
        pendingDocuments = []
    }

    private func looksAt(_ text: String) -> Bool {
        var place = index
        for scalar in text.unicodeScalars {
            guard place < scalars.count, scalars[place] == scalar else { return false }
            place += 1
        }
        return true
    }

    private mutating func take(_ text: String) -> Bool {
        guard looksAt(text) else { return false }
        advance(text.unicodeScalars.count)
        return true
    }

    /// The reserved word that comes next, unquoted and whole.
    private func word() -> String {
        var place = index
        var text = ""
        while place < scalars.count, !" \t\n;|&()<>\"'\\$`".unicodeScalars.contains(scalars[place]) {
            text.unicodeScalars.append(scalars[place])
            place += 1
        }
        // A word that goes on in quotes or expansions is none.
        if place < scalars.count, "\"'\\$`".unicodeScalars.contains(scalars[place]) { return "" }
        return text
    }

    private mutating func expect(_ reserved: String, of what: String) throws(DocumentError) {
        skip(newlines: true)
        guard word() == reserved else { throw problem("'\(reserved)' of '\(what)' is missing") }
        advance(reserved.unicodeScalars.count)
    }

    // MARK: Commands

    /// Commands up to one of some reserved words, `)`, `;;` or the end, which stay.
    mutating func commands(until ends: Set<String>) throws(DocumentError) -> [ShellCommand] {
        depth += 1
        defer { depth -= 1 }
        guard depth < 100 else { throw problem("it is nested more than 100 deep") }
        var commands: [ShellCommand] = []
        while true {
            skip(newlines: true)
            guard let scalar = next, scalar != ")", !looksAt(";;"), !looksAt(";&") else { return commands }
            if ends.contains(word()) { return commands }
            commands.append(try list())
            skip()
            // `;`, `&` and line ends are alike: what runs in the background runs too.
            if next == ";", !looksAt(";;") { advance() } else if next == "&", peek(1) != "&" { advance() }
        }
    }

    private mutating func list() throws(DocumentError) -> ShellCommand {
        var left = try pipeline()
        while true {
            skip()
            let isAnd = looksAt("&&")
            guard isAnd || looksAt("||") else { return left }
            advance(2)
            skip(newlines: true)
            left = .list(left, isAnd: isAnd, try pipeline())
        }
    }

    private mutating func pipeline() throws(DocumentError) -> ShellCommand {
        var isNegated = false
        skip()
        while word() == "!" {
            advance()
            isNegated.toggle()
            skip()
        }
        var commands = [try command()]
        skip()
        while next == "|", peek(1) != "|" {
            advance(peek(1) == "&" ? 2 : 1)
            skip(newlines: true)
            commands.append(try command())
            skip()
        }
        return commands.count == 1 && !isNegated ? commands[0] : .pipeline(commands, isNegated: isNegated)
    }

    private mutating func command() throws(DocumentError) -> ShellCommand {
        skip()
        let start = location
        if looksAt("(("), let text = arithmeticCommand() { return .arithmetic(text, start) }
        if take("(") {
            let body = try commands(until: [])
            guard take(")") else { throw problem("')' is missing") }
            try redirections()
            return .group(body, isSubshell: true)
        }
        let reserved = word()
        switch reserved {
        case "{":
            advance()
            let body = try commands(until: ["}"])
            try expect("}", of: "{")
            try redirections()
            return .group(body, isSubshell: false)
        case "if":
            advance(2)
            return try choice(start)
        case "while", "until":
            advance(5)
            let condition = try commands(until: ["do"])
            return .conditionLoop(condition: condition, isUntil: reserved == "until", body: try body(of: reserved), start)
        case "for", "select":
            advance(reserved.count)
            return try loop(start)
        case "case":
            advance(4)
            return try match(start)
        case "[[":
            advance(2)
            return try test(start)
        case "function":
            advance(8)
            skip()
            let name = word()
            advance(name.unicodeScalars.count)
            skip()
            if take("(") {
                skip()
                _ = take(")")
            }
            skip(newlines: true)
            return .function(name: name, body: try command())
        default: return try simple()
        }
    }

    private mutating func arithmeticCommand() -> String? {
        var probe = self
        probe.advance(2)
        guard let text = probe.balanced(until: "))") else { return nil }
        self = probe
        return text
    }

    /// The text up to a closing mark outside parentheses, which is taken too.
    mutating func balanced(until end: String) -> String? {
        var text = ""
        var open = 0
        while let scalar = next {
            if open == 0, looksAt(end) {
                advance(end.unicodeScalars.count)
                return text
            }
            if scalar == "(" { open += 1 }
            if scalar == ")" {
                open -= 1
                if open < 0 { return nil }
            }
            text.unicodeScalars.append(scalar)
            advance()
        }
        return nil
    }

    private mutating func choice(_ start: SourceLocation) throws(DocumentError) -> ShellCommand {
        var branches: [(condition: [ShellCommand], body: [ShellCommand])] = []
        var otherwise: [ShellCommand] = []
        while true {
            let condition = try commands(until: ["then"])
            try expect("then", of: "if")
            branches.append((condition, try commands(until: ["elif", "else", "fi"])))
            skip(newlines: true)
            if word() == "elif" {
                advance(4)
                continue
            }
            if word() == "else" {
                advance(4)
                otherwise = try commands(until: ["fi"])
            }
            try expect("fi", of: "if")
            try redirections()
            return .choice(branches, otherwise: otherwise, start)
        }
    }

    private mutating func body(of what: String) throws(DocumentError) -> [ShellCommand] {
        try expect("do", of: what)
        let body = try commands(until: ["done"])
        try expect("done", of: what)
        try redirections()
        return body
    }

    private mutating func loop(_ start: SourceLocation) throws(DocumentError) -> ShellCommand {
        skip()
        if looksAt("(("), let text = arithmeticCommand() {
            let parts = text.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3 else { throw problem("'for ((' needs three expressions") }
            skip(newlines: true)
            if next == ";" { advance() }
            return .countedLoop(start: parts[0], condition: parts[1], step: parts[2], body: try body(of: "for"), start)
        }
        let name = word()
        advance(name.unicodeScalars.count)
        skip(newlines: true)
        var words: [ShellNode]?
        if word() == "in" {
            advance(2)
            words = []
            skip()
            while let scalar = next, scalar != ";", scalar != "\n" {
                words?.append(try node())
                skip()
                if next == ")" { break }
            }
        }
        skip()
        if next == ";" { advance() }
        return .loop(name: name, words: words, body: try body(of: "for"), start)
    }

    private mutating func match(_ start: SourceLocation) throws(DocumentError) -> ShellCommand {
        skip()
        let subject = try node()
        try expect("in", of: "case")
        var branches: [(patterns: [ShellNode], body: [ShellCommand])] = []
        while true {
            skip(newlines: true)
            if word() == "esac" {
                advance(4)
                try redirections()
                return .match(subject, branches, start)
            }
            guard next != nil else { throw problem("'esac' of 'case' is missing") }
            _ = take("(")
            var patterns: [ShellNode] = []
            repeat {
                skip()
                patterns.append(try node())
                skip()
            } while take("|")
            guard take(")") else { throw problem("')' behind a pattern of 'case' is missing") }
            branches.append((patterns, try commands(until: ["esac"])))
            skip(newlines: true)
            if !take(";;&"), !take(";;") { _ = take(";&") }
        }
    }

    /// The words of `[[ … ]]`, where parentheses and comparison signs are words of their own.
    private mutating func test(_ start: SourceLocation) throws(DocumentError) -> ShellCommand {
        var words: [ShellNode] = []
        while true {
            skip(newlines: true)
            guard next != nil else { throw problem("']]' is missing") }
            if word() == "]]" {
                advance(2)
                try redirections()
                return .test(words, start)
            }
            let place = location
            if let sign = ["&&", "||", "(", ")", "<", ">"].first(where: { looksAt($0) }) {
                advance(sign.count)
                words.append(ShellNode(parts: [.text(sign, isQuoted: false)], location: place))
            } else {
                // The right side of =~ may hold what would end a word elsewhere.
                let isPattern = words.last?.plain == "=~"
                words.append(try node(endsAtBlank: isPattern))
            }
        }
    }

    // MARK: Simple commands

    private mutating func simple() throws(DocumentError) -> ShellCommand {
        var assignments: [ShellAssignment] = []
        var words: [ShellNode] = []
        while true {
            skip()
            guard let scalar = next, !"\n;|&)".unicodeScalars.contains(scalar) || looksAt("&>") else { break }
            if try redirection() { continue }
            // Declarations take assignments of arrays as arguments.
            let isDeclaration = ["export", "declare", "local", "readonly", "typeset"].contains(words.first?.plain ?? "")
            if words.isEmpty || isDeclaration, let assignment = try assignment() {
                assignments.append(assignment)
                continue
            }
            if scalar == "(" {
                // `name() …` is a function; anything else is no shell.
                guard words.count == 1, let name = words[0].plain else { throw problem("'(' is not quoted") }
                advance()
                skip()
                guard take(")") else { throw problem("'(' is not quoted") }
                skip(newlines: true)
                return .function(name: name, body: try command())
            }
            words.append(try node())
        }
        return .simple(assignments, words)
    }

    private mutating func redirections() throws(DocumentError) {
        skip()
        while try redirection() { skip() }
    }

    /// Passes a redirection; here-documents are remembered until the line ends.
    private mutating func redirection() throws(DocumentError) -> Bool {
        var place = 0
        while let digit = peek(place), ("0"..."9").contains(digit) { place += 1 }
        guard let sign = peek(place), sign == "<" || sign == ">" || (place == 0 && looksAt("&>")) else { return false }
        // `<(…)` and `>(…)` are words.
        if place == 0, peek(1) == "(" { return false }
        advance(place)
        if take("<<<") {
            skip()
            _ = try node()
        } else if take("<<") {
            let stripsTabs = take("-")
            skip()
            let end = try node()
            let text = end.parts.map { part in
                switch part {
                case .text(let text, _): text
                case .parameter(_, _, let source), .arithmetic(_, _, let source), .command(_, _, let source): source
                }
            }.joined()
            pendingDocuments.append((text, stripsTabs))
        } else {
            while let scalar = next, "<>&|".unicodeScalars.contains(scalar) { _ = (scalar, advance()) }
            skip()
            if let scalar = next, scalar != "\n", scalar != ";" { _ = try node() }
        }
        return true
    }

    private mutating func assignment() throws(DocumentError) -> ShellAssignment? {
        var probe = self
        let start = location
        var name = ""
        while let scalar = probe.next, Self.isNameScalar(scalar, isFirst: name.isEmpty) {
            name.unicodeScalars.append(scalar)
            probe.advance()
        }
        guard !name.isEmpty else { return nil }
        var elementIndex: String?
        if probe.next == "[" {
            probe.advance()
            var text = ""
            while let scalar = probe.next, scalar != "]", scalar != "\n" {
                text.unicodeScalars.append(scalar)
                probe.advance()
            }
            guard probe.next == "]" else { return nil }
            probe.advance()
            elementIndex = text
        }
        let isAppending = probe.next == "+" && probe.peek(1) == "="
        if isAppending { probe.advance() }
        guard probe.next == "=" else { return nil }
        probe.advance()
        self = probe
        if next == "(" {
            advance()
            var elements: [ShellNode] = []
            while true {
                skip(newlines: true)
                guard next != nil else { throw problem("')' of the array \(name) is missing") }
                if take(")") { break }
                if let scalar = next, ";|&<>(".unicodeScalars.contains(scalar) {
                    throw problem("'\(scalar)' in the array \(name) is not quoted")
                }
                elements.append(try node())
            }
            return ShellAssignment(name: name, index: elementIndex, isAppending: isAppending, value: .array(elements), location: start)
        }
        let value: ShellNode
        if let scalar = next, !" \t\n;|&)<>".unicodeScalars.contains(scalar) {
            value = try node()
        } else {
            value = ShellNode(parts: [], location: location)
        }
        return ShellAssignment(name: name, index: elementIndex, isAppending: isAppending, value: .word(value), location: start)
    }

    static func isNameScalar(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || (!isFirst && ("0"..."9").contains(scalar))
    }
}
