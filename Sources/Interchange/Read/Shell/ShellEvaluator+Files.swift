import Documents

/// Files that a script writes and reads, and what its commands print.
extension ShellEvaluator {
    /// A file of the script's own: its text, and how messages name it.
    struct ScriptFile: Hashable {
        /// Its text.
        var text: ShellValue
        /// Its path for messages.
        var path: String
        /// Its path from the folder of the script.
        var name: String
    }

    /// A file that the script has written, or that lies beside it.
    ///
    /// Only what is spelt from the script's folder is read, or from a folder that nobody knows and that may be the script's: a path from the
    /// root, or from the home, is one of the machine that runs it.
    mutating func file(_ path: ShellValue) -> ScriptFile? {
        var pieces = path.pieces[...]
        var isAssumed = false
        if let first = pieces.first, let doubt = first.unknown {
            guard !doubt.what.contains("HOME"), pieces.count > 1, pieces[pieces.startIndex + 1].text.hasPrefix("/") else { return nil }
            pieces = pieces.dropFirst()
            isAssumed = true
        }
        guard let spelt = ShellValue(Array(pieces)).known else { return nil }
        let written = Self.plainPath(path.text)
        if let text = files[written] { return ScriptFile(text: text, path: written, name: written) }
        guard isAssumed || !spelt.hasPrefix("/"), !spelt.hasPrefix("~") else { return nil }
        let name = Self.plainPath(String(spelt.drop { $0 == "/" }))
        guard !name.isEmpty else { return nil }
        guard !script.isEmpty, script != "-" else { return nil }
        let folder = script.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let place = script.contains("/") ? "\(folder)/\(name)" : name
        guard place != script, let text = try? TextFile.read(path: place) else { return nil }
        if isAssumed { note("\(path.text) is taken to be \(place)") }
        return ScriptFile(text: ShellValue(text), path: place, name: name)
    }

    /// Runs a file's commands with the script's own variables, as `source` does; nil where there is none.
    mutating func runFile(_ path: ShellValue, _ rest: ArraySlice<ShellWord>) throws(DocumentError) -> Truth? {
        guard let file = file(path), let text = file.text.known else { return nil }
        let commands = try ShellParser.parse(text, at: SourceLocation(file: file.path))
        let (before, arguments) = (source, arguments)
        source = file.name
        if !rest.isEmpty { self.arguments = rest.map(\.value) }
        let status = try run(commands)
        if leaving == .function { leaving = .no }
        source = before
        self.arguments = arguments
        return status
    }

    /// The name of a written file, without what means nothing.
    static func plainPath(_ path: String) -> String {
        path.hasPrefix("/") ? path : path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// What a command reads from its input; nil where the script does not say.
    mutating func input(_ places: [ShellRedirection]) throws(DocumentError) -> ShellValue? {
        switch places.last(where: { if case .output = $0 { false } else if case .elsewhere = $0 { false } else { true } }) {
        case .text(let node)?: return try value(of: node) + ShellValue("\n")
        case .document(let document)?: return try text(of: document)
        case .input(let node)?: return file(try value(of: node))?.text
        default: return nil
        }
    }

    /// The lines of a here-document, variables replaced unless its mark is quoted.
    private mutating func text(of document: ShellRedirection.HereDocument) throws(DocumentError) -> ShellValue {
        guard !document.isQuoted else { return ShellValue(document.text) }
        // Quotes are characters like others in it.
        var quoted = ""
        var rest = document.text[...]
        while let character = rest.popFirst() {
            if character == "\\", let next = rest.popFirst() {
                quoted += next == "\"" ? "\\\\\\\"" : "\\\(next)"
            } else {
                quoted += character == "\"" ? "\\\"" : String(character)
            }
        }
        var parser = ShellParser("\"\(quoted)\"", document.location)
        return try value(of: parser.node())
    }

    /// Runs a command whose output goes somewhere else than to whoever reads it.
    mutating func redirected(
        _ places: [ShellRedirection], _ body: (inout ShellEvaluator) throws(DocumentError) -> Truth
    ) throws(DocumentError) -> Truth {
        var target: ShellRedirection?
        for place in places {
            switch place {
            case .output, .elsewhere: target = place
            default: continue
            }
        }
        guard let target else { return try body(&self) }
        let (before, begun) = (printed, launches.count)
        printed = ShellValue([])
        let status = try body(&self)
        var text = printed ?? ShellValue([])
        printed = before
        guard case .output(let node, let isAppending) = target else { return status }
        let path = try value(of: node).text
        guard path != "/dev/null" else { return status }
        if launches.count > begun {
            text = ShellValue(unknown: ShellDoubt(what: "\(path), which a program writes", location: node.location), source: path)
        }
        let name = Self.plainPath(path)
        files[name] = isAppending ? (files[name].map { ($0 + text).joined } ?? text) : text
        return status
    }

    /// Prints a text, where somebody reads it.
    mutating func show(_ text: ShellValue) {
        if let before = printed { printed = (before + text).joined }
    }

    /// Prints what nobody knows.
    mutating func showUnknown(_ what: String, _ place: SourceLocation) {
        show(ShellValue(unknown: ShellDoubt(what: "what \(what) prints, which only the machine knows", location: place), source: what))
    }

    /// A pipe whose output is read: known where its parts only look at what they are given.
    mutating func runPipe(_ commands: [ShellCommand]) throws(DocumentError) -> Truth {
        if commands.count == 2, case .simple(_, let first, _) = commands[0], case .simple(_, let last, _) = commands[1],
            let text = try piped(first, last)
        {
            show(text + ShellValue("\n"))
            return .yes
        }
        let before = self
        for command in commands { try run(command) }
        restore(before)
        printed = before.printed
        let place = commands.lazy.compactMap(\.location).first ?? SourceLocation(file: source)
        showUnknown("a pipe", place)
        return .unknown(ShellDoubt(what: "whether a pipe succeeds", location: place))
    }

    /// What commands print, where that is certain.
    mutating func output(of commands: [ShellCommand], _ place: SourceLocation, source: String) throws(DocumentError) -> ShellValue {
        var inner = self
        inner.printed = ShellValue([])
        try inner.run(commands)
        (steps, notes) = (inner.steps, inner.notes)
        let unknown = ShellDoubt(what: "\(source), which only the machine knows", location: place)
        guard inner.launches.count == launches.count, let text = inner.printed else { return ShellValue(unknown: unknown, source: source) }
        if let doubt = text.doubt {
            let isOwn = doubt.what.hasPrefix("what ") && doubt.what.hasSuffix("which only the machine knows")
            return ShellValue(unknown: isOwn ? unknown : doubt, source: source)
        }
        return ShellValue(Self.trimmed(text.text))
    }
}

extension ShellCommand {
    /// Where a simple command begins.
    var location: SourceLocation? {
        if case .simple(_, let words, _) = self { return words.first?.location }
        return nil
    }
}

extension ShellWord {
    /// The word as a value.
    var value: ShellValue { ShellValue(pieces.isEmpty ? [ShellPiece(text: text, unknown: unknown, maybe: maybe)] : pieces) }
}
