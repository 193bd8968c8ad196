import Documents

/// Functions, their arguments and variables.
extension ShellEvaluator {
    /// Runs a function with arguments of its own.
    mutating func call(_ function: ShellCommand, _ words: ArraySlice<ShellWord>) throws(DocumentError) -> Truth {
        let before = arguments
        let index = variables["OPTIND"]
        arguments = words.map(\.value)
        variables["OPTIND"] = nil
        hidden.append([:])
        try run(function)
        if leaving == .function { leaving = .no }
        settle(.function)
        for (name, value) in hidden.removeLast() { variables[name] = value }
        arguments = before
        variables["OPTIND"] = index
        return status
    }

    /// Keeps what a variable was for when the function ends; outside of functions there is nothing to keep.
    mutating func hide(_ name: String) {
        guard !hidden.isEmpty, hidden[hidden.count - 1].index(forKey: name) == nil else { return }
        hidden[hidden.count - 1].updateValue(variables[name], forKey: name)
    }

    /// `export`, `declare`, `local`, `readonly` and `typeset` with their options.
    mutating func declare(_ command: String, _ assignments: [ShellAssignment], _ words: ArraySlice<ShellWord>) throws(DocumentError) {
        let options = words.map(\.text).filter { $0.hasPrefix("-") }.joined()
        let names = words.map(\.text).filter { !$0.hasPrefix("-") }
        // In a function all but `export` and `readonly` make variables of its own.
        if !["export", "readonly"].contains(command), !options.contains("g") {
            for name in assignments.map(\.name) + names { hide(name) }
            if command == "local" { for name in names { variables[name] = .scalar(ShellValue("")) } }
        }
        if options.contains("A") {
            for name in assignments.map(\.name) + names { variables[name] = .table([:]) }
        }
        if options.contains("i") { integers.formUnion(assignments.map(\.name) + names) }
        for assignment in assignments { try assign(assignment) }
        if command == "export" || options.contains("x") { exported.formUnion(assignments.map(\.name) + names) }
    }

    /// `getopts`: the next option of the arguments.
    mutating func nextOption(_ words: ArraySlice<ShellWord>, _ place: SourceLocation) -> Truth {
        guard let known = arguments else {
            noteNoArguments()
            return .no
        }
        let unknown = Truth.unknown(ShellDoubt(what: "getopts, which is not understood", location: place))
        guard words.count == 2, let options = words.first?.text, let name = words.last?.text else { return unknown }
        let index = variables["OPTIND"]?.first.known.flatMap { Int($0) } ?? 1
        guard index >= 1, index <= known.count else { return .no }
        if let doubt = known[index - 1].doubt { return .unknown(doubt) }
        let word = known[index - 1].text
        guard word.hasPrefix("-"), word != "-", word != "--", let letter = word.dropFirst().first else { return .no }
        func takesValue() -> Bool {
            guard let place = options.firstIndex(of: letter) else { return false }
            return options[options.index(after: place)...].first == ":"
        }
        var next = index + 1
        if !options.contains(letter) || letter == ":" {
            variables[name] = .scalar(ShellValue("?"))
        } else if takesValue() {
            variables[name] = .scalar(ShellValue(String(letter)))
            let rest = String(word.dropFirst(2))
            if rest.isEmpty {
                guard next <= known.count else { return unknown }
                variables["OPTARG"] = .scalar(known[next - 1])
                next += 1
            } else {
                variables["OPTARG"] = .scalar(ShellValue(rest))
            }
        } else {
            // Several letters in one word.
            guard word.count == 2 else { return unknown }
            variables[name] = .scalar(ShellValue(String(letter)))
            variables["OPTARG"] = nil
        }
        variables["OPTIND"] = .scalar(ShellValue(String(next)))
        return .yes
    }

    /// `read` from a text that the script holds: a word a name, the rest for the last; with `-a` all of them.
    mutating func read(_ input: ShellValue, _ words: ArraySlice<ShellWord>, separators: String) {
        var (names, isArray, ends) = ([String](), false, "\n")
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.text.hasPrefix("-"), let option = word.text.last else {
                names.append(word.text)
                continue
            }
            isArray = isArray || word.text.contains("a")
            // These take the word behind them.
            guard "dnNptui".contains(option), let value = rest.popFirst() else { continue }
            if option == "d" { ends = value.text }
        }
        if names.isEmpty { names = ["REPLY"] }
        if let doubt = input.doubt {
            for name in names { variables[name] = .scalar(ShellValue(unknown: doubt, source: "$\(name)")) }
            return
        }
        // With `-d ''` it reads to the end.
        let line =
            ends.isEmpty ? input.text[...] : input.text.split(separator: ends, maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        let isBlank = separators.allSatisfy(\.isWhitespace)
        func parts(_ most: Int) -> [Substring] {
            line.split(maxSplits: most, omittingEmptySubsequences: isBlank) { separators.contains($0) }
        }
        if isArray, let name = names.first {
            variables[name] = .array(parts(Int.max).map { ShellValue(String($0)) })
            return
        }
        let found = parts(max(0, names.count - 1))
        for (number, name) in names.enumerated() {
            var text = number < found.count ? found[number] : ""
            if isBlank {
                text = text.drop(while: \.isWhitespace)
                while text.last?.isWhitespace ?? false { text.removeLast() }
            }
            variables[name] = .scalar(ShellValue(String(text)))
        }
    }
}
