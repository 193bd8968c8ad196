import Documents

extension ShellEvaluator {
    /// A field while it is put together.
    private struct Field {
        var pieces: [ShellPiece] = []
        /// Whether a quoted part makes it a word even if it is empty.
        var isQuoted = false
    }

    /// A word as one value, without splitting, as in assignments and `case`.
    mutating func value(of node: ShellNode) throws(DocumentError) -> ShellValue {
        var pieces: [ShellPiece] = []
        for part in node.parts { pieces += try values(of: part, node.location).flatMap(\.pieces) }
        return ShellValue(pieces).joined
    }

    /// The words that a word expands to: variables replaced, unquoted ones split at blanks.
    mutating func words(of node: ShellNode) throws(DocumentError) -> [ShellWord] {
        var fields = [Field()]
        for part in node.parts {
            switch part {
            case .text(let text, let isQuoted):
                if !text.isEmpty { fields[fields.count - 1].pieces.append(ShellPiece(text: text)) }
                if isQuoted { fields[fields.count - 1].isQuoted = true }
            case .parameter(_, let isQuoted, _), .arithmetic(_, let isQuoted, _), .command(_, let isQuoted, _):
                let values = try values(of: part, node.location)
                if isQuoted {
                    // `"${A[@]}"` makes a word of each element; the first and the last join what stands beside them.
                    for (number, value) in values.enumerated() {
                        if number > 0 { fields.append(Field()) }
                        fields[fields.count - 1].pieces += value.pieces
                        fields[fields.count - 1].isQuoted = true
                    }
                    // An empty array is no word, where nothing else is there.
                    if values.isEmpty { continue }
                } else {
                    for (number, value) in values.enumerated() {
                        if number > 0 { fields.append(Field()) }
                        Self.split(value, into: &fields)
                    }
                }
            }
        }
        return fields.filter { !$0.pieces.allSatisfy { $0.text.isEmpty && $0.unknown == nil } || $0.isQuoted }.map {
            ShellWord(ShellValue($0.pieces), node.location)
        }
    }

    /// Splits a value at blanks; the first part joins the field that is open.
    private static func split(_ value: ShellValue, into fields: inout [Field]) {
        for piece in value.pieces {
            guard piece.unknown == nil else {
                fields[fields.count - 1].pieces.append(piece)
                continue
            }
            var word = ""
            func close() {
                if !word.isEmpty { fields[fields.count - 1].pieces.append(ShellPiece(text: word, maybe: piece.maybe)) }
                word = ""
            }
            for character in piece.text {
                if character == " " || character == "\t" || character == "\n" {
                    close()
                    if !fields[fields.count - 1].pieces.isEmpty || fields[fields.count - 1].isQuoted { fields.append(Field()) }
                } else {
                    word.append(character)
                }
            }
            close()
        }
    }

    /// A word as a pattern, in which quoted characters stand for themselves.
    mutating func pattern(of node: ShellNode) throws(DocumentError) -> ShellPattern {
        var parts: [(text: String, isQuoted: Bool)] = []
        for part in node.parts {
            switch part {
            case .text(let text, let isQuoted): parts.append((text, isQuoted))
            case .parameter(_, let isQuoted, _), .arithmetic(_, let isQuoted, _), .command(_, let isQuoted, _):
                parts.append((try values(of: part, node.location).map(\.text).joined(separator: " "), isQuoted))
            }
        }
        return ShellPattern(parts)
    }

    /// What a part expands to: one value, or one an element of an array.
    private mutating func values(of part: ShellPart, _ place: SourceLocation) throws(DocumentError) -> [ShellValue] {
        switch part {
        case .text(let text, _): return [ShellValue(text)]
        case .arithmetic(let text, _, let source): return [calculate(text, place, source: source)]
        case .command(let commands, _, let source): return [try output(of: commands, place, source: source)]
        case .parameter(let parameter, let isQuoted, let source):
            return try values(of: parameter, isQuoted: isQuoted, source: source, place)
        }
    }

    // MARK: Parameters

    private mutating func values(
        of parameter: ShellParameter, isQuoted: Bool, source: String, _ place: SourceLocation
    ) throws(DocumentError) -> [ShellValue] {
        if parameter.name == "@" || parameter.name == "*" || parameter.index == "@" || parameter.index == "*" {
            return try list(parameter, isQuoted: isQuoted, place)
        }
        var name = parameter.name
        if parameter.isIndirect {
            guard let target = variables[name]?.first.known, !target.isEmpty else {
                return [ShellValue(unknown: ShellDoubt(what: "\(source), whose name is not known", location: place), source: source)]
            }
            name = target
        }
        let value: ShellValue? = try lookup(name, index: parameter.index, place)
        if parameter.isLength {
            guard let value else { return [unset(source, place)] }
            return [value.doubt.map { ShellValue(unknown: $0, source: source) } ?? ShellValue(String(value.text.count))]
        }
        guard let operation = parameter.operation else { return [value ?? unset(source, place)] }
        let argument = parameter.argument ?? ShellNode(parts: [], location: place)
        switch operation {
        case ":-", "-", ":=", "=":
            // What the environment may set instead is the file's own default here.
            if let value, !(operation.hasPrefix(":") && value.isEmpty) { return [value] }
            let fallback = [try self.value(of: argument)]
            if operation.hasSuffix("=") { variables[name] = .scalar(fallback[0]) }
            return fallback
        case ":?", "?": return [value ?? unset(source, place)]
        case ":+", "+":
            guard let value, !(operation == ":+" && value.isEmpty) else { return [ShellValue("")] }
            return [try self.value(of: argument)]
        default: break
        }
        let subject = value ?? unset(source, place)
        if let doubt = subject.doubt { return [ShellValue(unknown: doubt, source: source)] }
        let text = subject.text
        guard let result = try edited(text, operation, parameter, place) else {
            return [ShellValue(unknown: ShellDoubt(what: "\(source), which is not understood", location: place), source: source)]
        }
        return [ShellValue(result)]
    }

    /// `${name[@]}`, `$@` and their kin.
    private mutating func list(
        _ parameter: ShellParameter, isQuoted: Bool, _ place: SourceLocation
    ) throws(DocumentError) -> [ShellValue] {
        let isArguments = parameter.name == "@" || parameter.name == "*"
        if isArguments, arguments == nil { noteNoArguments() }
        var values = isArguments ? arguments ?? [] : variables[parameter.name]?.all ?? []
        // `${!name[@]}`: what names the elements.
        if parameter.isIndirect, !isArguments {
            if case .table(let table)? = variables[parameter.name] {
                values = table.keys.sorted().map { ShellValue($0) }
            } else {
                values = values.indices.map { ShellValue(String($0)) }
            }
        }
        if parameter.isLength { return [ShellValue(String(values.count))] }
        switch parameter.operation {
        case ":":
            let start = parameter.argument.flatMap { Int($0.plain ?? "") } ?? 0
            let from = isArguments ? max(0, start - 1) : max(0, start)
            let count = parameter.second.flatMap { Int($0.plain ?? "") } ?? Int.max
            values = Array(values.dropFirst(from).prefix(max(0, count)))
        case ":-" where values.isEmpty, "-" where values.isEmpty:
            values = [try value(of: parameter.argument ?? ShellNode(parts: [], location: place))]
        case ":+" where !values.isEmpty, "+" where !values.isEmpty:
            guard let argument = parameter.argument else { break }
            // `${A[@]+"${A[@]}"}` is the usual guard of an empty array.
            values = try words(of: argument).map(\.value)
        default: break
        }
        let isOneWord = isQuoted && (parameter.name == "*" || parameter.index == "*")
        guard isOneWord else { return values }
        var joined: [ShellPiece] = []
        for (number, value) in values.enumerated() {
            if number > 0 { joined.append(ShellPiece(text: " ")) }
            joined += value.pieces
        }
        return [ShellValue(joined)]
    }

    /// A variable's value; nil where nobody has set it.
    mutating func lookup(_ name: String, index: String?, _ place: SourceLocation) throws(DocumentError) -> ShellValue? {
        if let number = Int(name) {
            guard number > 0 else { return ShellValue(script.split(separator: "/").last.map(String.init) ?? "bash") }
            guard let arguments else { return nil }
            return number <= arguments.count ? arguments[number - 1] : ShellValue("")
        }
        switch name {
        case "#":
            guard let arguments else {
                return ShellValue(unknown: ShellDoubt(what: "$#, the number of the script's arguments", location: place), source: "$#")
            }
            return ShellValue(String(arguments.count))
        case "?":
            switch status {
            case .yes: return ShellValue("0")
            case .no: return ShellValue("1")
            case .unknown:
                note("$? is taken to be 0, as it is where programs succeed")
                return ShellValue("0")
            }
        case "BASH_SOURCE": return ShellValue(source)
        case "$", "!", "-":
            return ShellValue(unknown: ShellDoubt(what: "$\(name), which changes from run to run", location: place), source: "$\(name)")
        default: break
        }
        guard let variable = variables[name] else { return nil }
        guard let index else { return variable.first }
        if case .table(let values) = variable {
            let key = try word(ofIndex: index, place)
            return key.doubt == nil ? values[key.text] ?? ShellValue("") : key
        }
        let position = calculate(index, place)
        guard let text = position.known, let number = Int(text) else { return position }
        let all = variable.all
        let wrapped = number < 0 ? number + all.count : number
        return all.indices.contains(wrapped) ? all[wrapped] : ShellValue("")
    }

    /// The word by which an element of a table is named.
    mutating func word(ofIndex index: String, _ place: SourceLocation) throws(DocumentError) -> ShellValue {
        let plain = index.replacing("\"", with: "").replacing("'", with: "")
        var parser = ShellParser("\"\(plain)\"", place)
        return try value(of: parser.node())
    }

    /// What a variable stands for that the file does not set and the environment may.
    private func unset(_ source: String, _ place: SourceLocation) -> ShellValue {
        ShellValue(
            unknown: ShellDoubt(what: "\(source), which the file does not set", location: place, isUnset: true), source: source)
    }

    /// A text after an operation such as `%.sh`; nil where the operation is not understood.
    private mutating func edited(
        _ text: String, _ operation: String, _ parameter: ShellParameter, _ place: SourceLocation
    ) throws(DocumentError) -> String? {
        let argument = parameter.argument ?? ShellNode(parts: [], location: place)
        let characters = Array(text)
        switch operation {
        case "%", "%%":
            let pattern = try pattern(of: argument)
            let starts = operation == "%" ? Array((0...characters.count).reversed()) : Array(0...characters.count)
            return starts.first { pattern.matches(characters[$0...]) }.map { String(characters[..<$0]) } ?? text
        case "#", "##":
            let pattern = try pattern(of: argument)
            let ends = operation == "#" ? Array(0...characters.count) : Array((0...characters.count).reversed())
            return ends.first { pattern.matches(characters[..<$0]) }.map { String(characters[$0...]) } ?? text
        case "/", "//", "/#", "/%":
            let pattern = try pattern(of: argument)
            let replacement = try parameter.second.map { node throws(DocumentError) in try value(of: node).text } ?? ""
            return Self.replaced(characters, pattern, replacement, operation)
        case ":":
            let start = calculate(try value(of: argument).text, place)
            let length = try parameter.second.map { node throws(DocumentError) in calculate(try value(of: node).text, place) }
            guard let from = start.known.flatMap({ Int($0) }) else { return nil }
            let first = from < 0 ? max(0, characters.count + from) : min(from, characters.count)
            guard let length else { return String(characters[first...]) }
            guard let count = length.known.flatMap({ Int($0) }) else { return nil }
            let last = count < 0 ? characters.count + count : min(first + count, characters.count)
            return last >= first ? String(characters[first..<last]) : nil
        case ",,": return text.lowercased()
        case "^^": return text.uppercased()
        case ",": return text.prefix(1).lowercased() + text.dropFirst()
        case "^": return text.prefix(1).uppercased() + text.dropFirst()
        default: return nil
        }
    }

    private static func replaced(_ text: [Character], _ pattern: ShellPattern, _ replacement: String, _ operation: String) -> String {
        var result = ""
        var index = 0
        while index <= text.count {
            // The longest match at this place.
            let isAllowed = operation != "/#" || index == 0
            let end =
                isAllowed
                ? (index...text.count).reversed().first { end in
                    end > index && (operation != "/%" || end == text.count) && pattern.matches(text[index..<end])
                } : nil
            if let end {
                result += replacement
                index = end
                if operation != "//" { return result + String(text[min(index, text.count)...]) }
            } else {
                if index < text.count { result.append(text[index]) }
                index += 1
            }
        }
        return result
    }
}
