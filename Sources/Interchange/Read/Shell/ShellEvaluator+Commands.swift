import Documents

extension ShellEvaluator {
    /// Runs assignments and a command: a builtin, a function, or a program, which is noted as started.
    mutating func runSimple(
        _ assignments: [ShellAssignment], _ nodes: [ShellNode], _ places: [ShellRedirection]
    ) throws(DocumentError) -> Truth {
        try redirected(places) { evaluator throws(DocumentError) in try evaluator.runHere(assignments, nodes, places) }
    }

    private mutating func runHere(
        _ assignments: [ShellAssignment], _ nodes: [ShellNode], _ places: [ShellRedirection]
    ) throws(DocumentError) -> Truth {
        var words: [ShellWord] = []
        for node in nodes { words += try self.words(of: node) }
        guard let program = words.first else {
            for assignment in assignments { try assign(assignment) }
            return .yes
        }
        let name = program.text
        if ["export", "declare", "local", "readonly", "typeset"].contains(name) {
            try declare(name, assignments, words.dropFirst())
            return .yes
        }
        let input = try input(places)
        if name == "read", let input {
            var separators = variables["IFS"]?.first.known ?? " \t\n"
            for assignment in assignments where assignment.name == "IFS" {
                if case .word(let node) = assignment.value { separators = try value(of: node).text }
            }
            read(input, words.dropFirst(), separators: separators)
            return .yes
        }
        if let function = functions[name] { return try call(function, words.dropFirst()) }
        if let status = try builtin(name, words, nodes, input) { return status }
        if let text = try shown(words) {
            show(text)
            return .yes
        }
        var environment: [String: String] = [:]
        for name in exported.sorted() { environment[name] = variables[name]?.first.known }
        for assignment in assignments {
            if case .word(let node) = assignment.value { environment[assignment.name] = try value(of: node).known }
        }
        launches.append(Launch(words: words, environment: environment, input: input))
        return .unknown(ShellDoubt(what: "whether \(name) succeeds", location: program.location))
    }

    mutating func assign(_ assignment: ShellAssignment) throws(DocumentError) {
        let before = variables[assignment.name]
        if !order.contains(assignment.name) { order.append(assignment.name) }
        switch assignment.value {
        case .array(let nodes):
            if case .table(let table)? = before {
                return try fill(assignment.name, nodes, assignment.isAppending ? table : [:])
            }
            var elements: [ShellValue] = assignment.isAppending ? before?.all ?? [] : []
            for node in nodes {
                // `[2]=value`
                if case .text(let text, isQuoted: false)? = node.parts.first, let match = text.prefixMatch(of: /\[([0-9]+)\]=/),
                    let position = Int(match.1), position < 65_536
                {
                    let value = try value(of: node)
                    while elements.count <= position { elements.append(ShellValue("")) }
                    elements[position] = value.dropping(match.0.count)
                    continue
                }
                elements += try words(of: node).map(\.value)
            }
            variables[assignment.name] = .array(elements)
        case .word(let node):
            var value = try value(of: node)
            if integers.contains(assignment.name), assignment.index == nil {
                value = calculate(value.text, assignment.location)
                if assignment.isAppending { value = calculate("\(before?.first.text ?? "0")+\(value.text)", assignment.location) }
                variables[assignment.name] = .scalar(value)
                return
            }
            if let index = assignment.index, case .table(var table)? = before {
                guard let key = try word(ofIndex: index, assignment.location).known else { return }
                table[key] = assignment.isAppending ? ((table[key] ?? ShellValue("")) + value).joined : value
                variables[assignment.name] = .table(table)
                return
            }
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

    /// Fills a table with `[word]=value`.
    private mutating func fill(_ name: String, _ nodes: [ShellNode], _ before: [String: ShellValue]) throws(DocumentError) {
        var table = before
        for node in nodes {
            let value = try value(of: node)
            guard value.text.hasPrefix("["), let end = value.text.firstRange(of: "]=") else { continue }
            let key = value.text[..<end.lowerBound].dropFirst()
            table[String(key)] = value.dropping(key.count + 3)
        }
        variables[name] = .table(table)
    }

    /// Runs a builtin; nil where the name is none.
    private mutating func builtin(
        _ name: String, _ words: [ShellWord], _ nodes: [ShellNode], _ input: ShellValue?
    ) throws(DocumentError) -> Truth? {
        let rest = words.dropFirst()
        switch name {
        case ":", "true", "cd", "pushd", "popd", "ulimit", "trap", "wait", "umask", "shopt", "alias", "hash", "mkdir", "sleep", "module",
            "clear", "touch", "cp", "mv", "rm", "chmod":
            return .yes
        case "conda" where words.count < 2 || words[1].text != "run": return .yes
        case "printf" where rest.first?.text == "-v" && words.count > 3:
            let arguments = Array(words[3...])
            let doubt = arguments.lazy.compactMap { $0.unknown ?? $0.maybe }.first
            let text = doubt == nil ? textPrinted(by: "printf", arguments.map(\.text)) : nil
            let unknown = doubt ?? ShellDoubt(what: "what printf writes, which is not understood", location: words[0].location)
            variables[words[2].text] = .scalar(text.map { ShellValue($0) } ?? ShellValue(unknown: unknown, source: "$\(words[2].text)"))
            return .yes
        case "echo", "printf": return try echo(words)
        case "cat" where rest.isEmpty || rest.allSatisfy { !$0.text.hasPrefix("-") }, "tee":
            try concatenate(name, rest, input)
            return .yes
        case "pwd", "date", "ls", "cat":
            showUnknown(name, words[0].location)
            return .yes
        case "getopts": return nextOption(rest, words[0].location)
        case "false": return .no
        case "exit", "return":
            leaving = name == "exit" ? .script : .function
            guard let number = rest.first else { return status }
            if let doubt = number.unknown ?? number.maybe { return .unknown(doubt) }
            return Truth(number.text == "0")
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
            if rest.first?.text == "--" {
                arguments = rest.dropFirst().map(\.value)
                variables["OPTIND"] = nil
            } else if let first = rest.first, first.unknown == nil, !first.text.hasPrefix("-"), !first.text.hasPrefix("+") {
                arguments = rest.map(\.value)
            }
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
            guard let path = rest.first else { return .yes }
            if let status = try runFile(path.value, rest.dropFirst()) { return status }
            note("\(path.text) is not read; what it sets is not known")
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
}
