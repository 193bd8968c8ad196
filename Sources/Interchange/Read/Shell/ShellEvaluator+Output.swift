import Documents

/// What commands print that only look at what they are given.
extension ShellEvaluator {
    /// `echo` and `printf`.
    mutating func echo(_ words: [ShellWord]) throws(DocumentError) -> Truth {
        guard printed != nil else { return .yes }
        let rest = words.dropFirst()
        let isEcho = words[0].text == "echo"
        if isEcho {
            let shown = rest.drop { ["-n", "-e", "-ne", "-en", "-E"].contains($0.text) }
            let isOneLine = rest.prefix(rest.count - shown.count).contains { $0.text.contains("n") }
            var value = ShellValue([])
            for (number, word) in shown.enumerated() { value = value + ShellValue(number > 0 ? " " : "") + word.value }
            show(isOneLine ? value : value + ShellValue("\n"))
            return .yes
        }
        let doubt = rest.lazy.compactMap { $0.unknown ?? $0.maybe }.first
        if let doubt {
            show(ShellValue(unknown: doubt, source: words[0].text))
        } else if let text = textPrinted(by: "printf", rest.map(\.text)) {
            show(ShellValue(text))
        } else {
            showUnknown("printf", words[0].location)
        }
        return .yes
    }

    /// `cat` of files and of what it is given, and `tee`, which writes that into files too.
    mutating func concatenate(_ name: String, _ rest: ArraySlice<ShellWord>, _ input: ShellValue?) throws(DocumentError) {
        let place = rest.first?.location ?? SourceLocation(file: source)
        if name == "tee" {
            let isAppending = rest.contains { $0.text == "-a" }
            guard let input else { return }
            for word in rest where !word.text.hasPrefix("-") {
                let path = Self.plainPath(word.text)
                files[path] = isAppending ? (files[path].map { ($0 + input).joined } ?? input) : input
            }
            return show(input)
        }
        if rest.isEmpty {
            guard let input else { return showUnknown(name, place) }
            return show(input)
        }
        guard printed != nil else { return }
        for word in rest {
            guard let file = file(word.value) else { return showUnknown(name, place) }
            show(file.text)
        }
    }

    /// What a program prints that only looks at its arguments; nil for any other.
    func shown(_ words: [ShellWord]) throws(DocumentError) -> ShellValue? {
        guard ["basename", "dirname", "expr", "seq"].contains(words[0].text) else { return nil }
        let rest = words.dropFirst()
        if let doubt = rest.lazy.compactMap({ $0.unknown ?? $0.maybe }).first {
            return ShellValue(unknown: doubt, source: words.map(\.text).joined(separator: " "))
        }
        return textPrinted(by: words[0].text, rest.map(\.text)).map { ShellValue($0 + "\n") }
    }

    /// What a program that only looks at its arguments prints.
    func textPrinted(by program: String, _ words: [String]) -> String? {
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
    mutating func piped(_ first: [ShellNode], _ last: [ShellNode]) throws(DocumentError) -> ShellValue? {
        var left: [ShellWord] = []
        for node in first { left += try words(of: node) }
        var right: [String] = []
        for node in last { right += try words(of: node).map(\.text) }
        guard let program = left.first, left.allSatisfy({ $0.unknown == nil && $0.maybe == nil }),
            let text = textPrinted(by: program.text, left.dropFirst().map(\.text))
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
    static func trimmed(_ text: String) -> String {
        var text = text
        while text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
