import Documents

extension ShellEvaluator {
    /// Runs assignments and a command: a builtin, a function, or a program, which is noted as started.
    mutating func runSimple(_ assignments: [ShellAssignment], _ nodes: [ShellNode]) throws(DocumentError) -> Truth {
        var words: [ShellWord] = []
        for node in nodes { words += try self.words(of: node) }
        guard let program = words.first else {
            for assignment in assignments { try assign(assignment) }
            return .yes
        }
        let name = program.text
        if ["export", "declare", "local", "readonly", "typeset"].contains(name) {
            for assignment in assignments {
                try assign(assignment)
                if name == "export" { exported.insert(assignment.name) }
            }
            if name == "export" { exported.formUnion(words.dropFirst().map(\.text).filter { !$0.hasPrefix("-") }) }
            return .yes
        }
        if let status = try builtin(name, words, nodes) { return status }
        if let function = functions[name] {
            let before = arguments
            arguments = words.dropFirst().map { ShellValue([ShellPiece(text: $0.text, unknown: $0.unknown, maybe: $0.maybe)]) }
            let status = try run(function)
            arguments = before
            if leaving == .function { leaving = .no }
            return status
        }
        var environment: [String: String] = [:]
        for name in exported.sorted() { environment[name] = variables[name]?.first.known }
        for assignment in assignments {
            if case .word(let node) = assignment.value { environment[assignment.name] = try value(of: node).known }
        }
        launches.append(Launch(words: words, environment: environment))
        return .unknown(ShellDoubt(what: "whether \(name) succeeds", location: program.location))
    }

    private mutating func assign(_ assignment: ShellAssignment) throws(DocumentError) {
        let before = variables[assignment.name]
        if !order.contains(assignment.name) { order.append(assignment.name) }
        switch assignment.value {
        case .array(let nodes):
            var elements: [ShellValue] = assignment.isAppending ? before?.all ?? [] : []
            for node in nodes {
                elements += try words(of: node).map { ShellValue([ShellPiece(text: $0.text, unknown: $0.unknown, maybe: $0.maybe)]) }
            }
            variables[assignment.name] = .array(elements)
        case .word(let node):
            var value = try value(of: node)
            if let index = assignment.index {
                var elements = before?.all ?? []
                guard let position = calculate(index, assignment.location).known.flatMap({ Int($0) }), (0..<65_536).contains(position)
                else {
                    return
                }
                while elements.count <= position { elements.append(ShellValue("")) }
                elements[position] = assignment.isAppending ? (elements[position] + value).joined : value
                variables[assignment.name] = .array(elements)
                return
            }
            if assignment.isAppending, let before { value = (before.first + value).joined }
            if case .array(var elements)? = before {
                if elements.isEmpty { elements.append(value) } else { elements[0] = value }
                variables[assignment.name] = .array(elements)
            } else {
                variables[assignment.name] = .scalar(value)
            }
        }
    }

    /// Runs a builtin; nil where the name is none.
    private mutating func builtin(_ name: String, _ words: [ShellWord], _ nodes: [ShellNode]) throws(DocumentError) -> Truth? {
        let rest = words.dropFirst()
        switch name {
        case ":", "true", "echo", "printf", "cd", "pushd", "popd", "ulimit", "trap", "wait", "umask", "shopt", "alias", "hash", "mkdir",
            "sleep",
            "module", "clear", "date", "ls", "cat", "tee", "touch", "cp", "mv", "rm", "chmod", "conda":
            return .yes
        case "false": return .no
        case "exit", "return":
            leaving = name == "exit" ? .script : .function
            return .yes
        case "break", "continue":
            leaving = name == "break" ? .loop : .round
            return .yes
        case "[", "test":
            let inner = name == "[" ? nodes.dropFirst().dropLast() : nodes.dropFirst()
            return try truth(ofTest: Array(inner), isExtended: false, words[0].location)
        case "let":
            var value = ShellValue("0")
            for word in rest { value = calculate(word.text, word.location) }
            return value.doubt.map(Truth.unknown) ?? Truth(value.text != "0")
        case "set":
            if rest.first?.text == "--" { arguments = rest.dropFirst().map { ShellValue($0.text) } }
            return .yes
        case "shift":
            let count = rest.first.flatMap { Int($0.text) } ?? 1
            if let known = arguments { arguments = Array(known.dropFirst(count)) }
            return .yes
        case "unset":
            for word in rest where !word.text.hasPrefix("-") { variables[word.text] = nil }
            return .yes
        case "eval":
            let text = rest.map(\.text).joined(separator: " ")
            return try run(ShellParser.parse(text, at: words[0].location))
        case "source", ".":
            note("\(rest.first?.text ?? "a file") is not read; what it sets is not known")
            return .yes
        case "read", "mapfile", "readarray":
            for word in rest where !word.text.hasPrefix("-") {
                variables[word.text] = .scalar(
                    ShellValue(
                        unknown: ShellDoubt(what: "$\(word.text), which is read while the script runs", location: word.location),
                        source: "$\(word.text)"))
            }
            return .unknown(ShellDoubt(what: "whether there is a line to read", location: words[0].location))
        default: return nil
        }
    }

    // MARK: Output

    /// What commands print, where that is certain.
    mutating func output(of commands: [ShellCommand], _ place: SourceLocation, source: String) throws(DocumentError) -> ShellValue {
        let unknown = ShellValue(unknown: ShellDoubt(what: "\(source), which only the machine knows", location: place), source: source)
        guard commands.count == 1 else { return unknown }
        var words: [ShellWord] = []
        if case .simple(let assignments, let nodes) = commands[0], assignments.isEmpty {
            for node in nodes { words += try self.words(of: node) }
        } else if case .pipeline(let parts, isNegated: false) = commands[0], case .simple(_, let first) = parts[0],
            case .simple(_, let last) = parts[parts.count - 1], parts.count == 2
        {
            return try piped(first, last) ?? unknown
        } else {
            return unknown
        }
        guard let program = words.first else { return ShellValue("") }
        let rest = Array(words.dropFirst())
        if let doubt = rest.lazy.compactMap({ $0.unknown ?? $0.maybe }).first {
            return ShellValue(unknown: doubt, source: source)
        }
        return printed(program.text, rest.map(\.text)).map { ShellValue($0) } ?? unknown
    }

    /// What a program that only looks at its arguments prints.
    private func printed(_ program: String, _ words: [String]) -> String? {
        switch program {
        case "echo":
            let shown = words.first == "-n" || words.first == "-e" ? words.dropFirst() : words[...]
            return Self.trimmed(shown.joined(separator: " "))
        case "printf":
            return words.count == 1 && !words[0].contains("%") && !words[0].contains("\\") ? Self.trimmed(words[0]) : formatted(words)
        case "basename":
            guard let path = words.first else { return nil }
            let name = path.split(separator: "/").last.map(String.init) ?? "/"
            if words.count > 1, name.hasSuffix(words[1]), name != words[1] { return String(name.dropLast(words[1].count)) }
            return name
        case "dirname":
            guard let path = words.first, words.count == 1 else { return nil }
            let parts = path.split(separator: "/")
            guard parts.count > 1 else { return path.hasPrefix("/") ? "/" : "." }
            return (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
        case "expr":
            guard words.allSatisfy({ Int($0) != nil || ["+", "-", "*", "/", "%", "(", ")"].contains($0) }) else { return nil }
            return (try? ShellArithmetic.evaluate(words.joined(separator: " ")) { _ in nil }).map { String($0.value) }
        case "seq":
            let numbers = words.compactMap { Int($0) }
            guard numbers.count == words.count, (1...3).contains(numbers.count) else { return nil }
            let first = numbers.count > 1 ? numbers[0] : 1
            let step = numbers.count == 3 ? numbers[1] : 1
            guard step != 0, abs((numbers[numbers.count - 1] - first) / step) < 65_536 else { return nil }
            return stride(from: first, through: numbers[numbers.count - 1], by: step).map(String.init).joined(separator: "\n")
        default: return nil
        }
    }

    private func formatted(_ words: [String]) -> String? {
        guard let format = words.first, format.replacing("%s", with: "").replacing("%d", with: "").contains("%") == false else {
            return nil
        }
        guard !format.contains("\\") else { return nil }
        var rest = words.dropFirst()
        var result = ""
        var text = format[...]
        while let character = text.popFirst() {
            if character == "%" {
                text.removeFirst()
                result += rest.popFirst() ?? ""
            } else {
                result.append(character)
            }
        }
        return rest.isEmpty ? Self.trimmed(result) : nil
    }

    /// `echo text | wc -w`, `echo text | bc`, `echo text | tr a b` and the like.
    private mutating func piped(_ first: [ShellNode], _ last: [ShellNode]) throws(DocumentError) -> ShellValue? {
        var left: [ShellWord] = []
        for node in first { left += try words(of: node) }
        var right: [String] = []
        for node in last { right += try words(of: node).map(\.text) }
        guard let program = left.first, left.allSatisfy({ $0.unknown == nil && $0.maybe == nil }),
            let text = printed(program.text, left.dropFirst().map(\.text))
        else { return nil }
        switch right {
        case ["wc", "-w"]: return ShellValue(String(text.split(whereSeparator: \.isWhitespace).count))
        case ["wc", "-l"]: return ShellValue(String(text.isEmpty ? 0 : text.split(separator: "\n", omittingEmptySubsequences: false).count))
        case ["bc"]:
            guard text.allSatisfy({ $0.isNumber || " +-*/%()".contains($0) }) else { return nil }
            return (try? ShellArithmetic.evaluate(text) { _ in nil }).map { ShellValue(String($0.value)) }
        default: break
        }
        guard right.count == 3, right[0] == "tr", right[1].count == 1, right[2].count == 1 else { return nil }
        return ShellValue(text.replacing(right[1], with: right[2]))
    }

    /// A text without the line ends that `$(…)` takes away.
    private static func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
