import Documents

/// Simple commands with their assignments and redirections.
extension ShellParser {
    mutating func simple() throws(DocumentError) -> ShellCommand {
        var assignments: [ShellAssignment] = []
        var words: [ShellNode] = []
        var places: [ShellRedirection] = []
        while true {
            skip()
            guard let scalar = next, !"\n;|&)".unicodeScalars.contains(scalar) || looksAt("&>") else { break }
            if try redirection(into: &places) { continue }
            // Declarations take assignments of arrays as arguments.
            let isDeclaration = ["export", "declare", "local", "readonly", "typeset"].contains(words.first?.plain ?? "")
            if words.isEmpty || isDeclaration, let assignment = try assignment() {
                assignments.append(assignment)
                continue
            }
            // A remark behind a value that a template leaves to its user: `VOCAB=<path> (such as /vocab.json)`.
            if scalar == "(", words.isEmpty, let last = assignments.last, last.isPlaceholder {
                advance()
                guard balanced(until: ")") != nil else { throw problem("')' is missing") }
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
        return .simple(assignments, words, places)
    }

    mutating func redirections() throws(DocumentError) {
        skip()
        var places: [ShellRedirection] = []
        while try redirection(into: &places) { skip() }
    }

    /// Reads a redirection; the lines of here-documents come when the line ends.
    mutating func redirection(into places: inout [ShellRedirection]) throws(DocumentError) -> Bool {
        var place = 0
        while let digit = peek(place), ("0"..."9").contains(digit) { place += 1 }
        guard let sign = peek(place), sign == "<" || sign == ">" || (place == 0 && looksAt("&>")) else { return false }
        // `<(…)` and `>(…)` are words.
        if place == 0, peek(1) == "(" { return false }
        // Of the errors nothing is read, and neither is what other numbers stand for.
        let isOfErrors = place > 0 && (place > 1 || next != "1")
        let isOfBoth = looksAt("&>")
        advance(place)
        if take("<<<") {
            skip()
            places.append(.text(try node()))
        } else if take("<<") {
            let stripsTabs = take("-")
            skip()
            let end = try node()
            var isQuoted = false
            let text = end.parts.map { part in
                switch part {
                case .text(let text, let isQuotedPart):
                    isQuoted = isQuoted || isQuotedPart
                    return text
                case .parameter(_, _, let source), .arithmetic(_, _, let source), .command(_, _, let source): return source
                }
            }.joined()
            let document = ShellRedirection.HereDocument(isQuoted: isQuoted, location: end.location)
            pendingDocuments.append((text, stripsTabs, document))
            places.append(.document(document))
        } else {
            var signs = ""
            while let scalar = next, "<>&|".unicodeScalars.contains(scalar) {
                signs.unicodeScalars.append(scalar)
                advance()
            }
            skip()
            guard let scalar = next, scalar != "\n", scalar != ";" else { return true }
            let file = try node()
            switch signs {
            case "<": places.append(.input(file))
            case ">", ">>", ">|", "&>", "&>>":
                if !isOfErrors { places.append(.output(file, isAppending: isOfBoth ? signs == "&>>" : signs == ">>")) }
            default: if !isOfErrors { places.append(.elsewhere) }
            }
        }
        return true
    }

    mutating func assignment() throws(DocumentError) -> ShellAssignment? {
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
        if let value = try placeholder() {
            return ShellAssignment(
                name: name, index: elementIndex, isAppending: isAppending, value: .word(value), location: start, isPlaceholder: true)
        }
        let value: ShellNode
        if let scalar = next, !" \t\n;|&)<>".unicodeScalars.contains(scalar) {
            value = try node()
        } else {
            value = ShellNode(parts: [], location: location)
        }
        return ShellAssignment(name: name, index: elementIndex, isAppending: isAppending, value: .word(value), location: start)
    }

    /// What a template leaves to its user, `<path of the vocabulary>`, as one word with what follows it; bash would read files by such names.
    /// Nil where there is none.
    mutating func placeholder() throws(DocumentError) -> ShellNode? {
        guard next == "<", let letter = peek(1), letter.properties.isAlphabetic else { return nil }
        var probe = self
        var text = ""
        while let scalar = probe.next, scalar != "\n" {
            text.unicodeScalars.append(scalar)
            probe.advance()
            if scalar == ">" { break }
        }
        guard text.hasSuffix(">") else { return nil }
        let place = location
        self = probe
        var value = ShellNode(parts: [.text(text.replacing(" ", with: "_"), isQuoted: true)], location: place)
        if let scalar = next, !" \t\n;|&()<>".unicodeScalars.contains(scalar) { value.parts += try node().parts }
        return value
    }
}
