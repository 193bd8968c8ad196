import Documents

/// Lists, pipelines and compound commands.
extension ShellParser {
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
            if next == ";", !looksAt(";;"), !looksAt(";&") { advance() } else if next == "&", peek(1) != "&" { advance() }
        }
    }

    mutating func list() throws(DocumentError) -> ShellCommand {
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

    mutating func pipeline() throws(DocumentError) -> ShellCommand {
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

    mutating func command() throws(DocumentError) -> ShellCommand {
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

    mutating func arithmeticCommand() -> String? {
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

    mutating func choice(_ start: SourceLocation) throws(DocumentError) -> ShellCommand {
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

    mutating func body(of what: String) throws(DocumentError) -> [ShellCommand] {
        try expect("do", of: what)
        let body = try commands(until: ["done"])
        try expect("done", of: what)
        try redirections()
        return body
    }

    mutating func loop(_ start: SourceLocation) throws(DocumentError) -> ShellCommand {
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

    mutating func match(_ start: SourceLocation) throws(DocumentError) -> ShellCommand {
        skip()
        let subject = try node()
        try expect("in", of: "case")
        var branches: [ShellBranch] = []
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
            let body = try commands(until: ["esac"])
            skip(newlines: true)
            let end: ShellBranch.End = take(";;&") ? .goOn : take(";;") ? .stop : take(";&") ? .fallThrough : .stop
            branches.append(ShellBranch(patterns: patterns, body: body, end: end))
        }
    }

    /// The words of `[[ … ]]`, where parentheses and comparison signs are words of their own.
    mutating func test(_ start: SourceLocation) throws(DocumentError) -> ShellCommand {
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
}
