import Documents

/// Reads a list of arguments, one a line as `export` writes it, where nothing is quoted and `#` begins a comment.
enum ArgumentLines {
    /// The arguments of a text; nil where it is no such list but a script or a command line.
    ///
    /// A list begins with a flag, no flag of it has anything else on its line, and some line is a value.
    static func of(_ text: String, file: String) -> [ShellWord]? {
        var words: [ShellWord] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = line.drop(while: \.isWhitespace)
            guard let first = content.first, first != "#" else { continue }
            let column = line.count - content.count + 1
            var word = String(content)
            while word.last?.isWhitespace ?? false { word.removeLast() }
            words.append(ShellWord(text: word, location: SourceLocation(file: file, line: index + 1, column: column)))
        }
        let isFlag = words.map { $0.text.hasPrefix("--") }
        guard isFlag.first == true, isFlag.contains(false) else { return nil }
        for (word, isFlag) in zip(words, isFlag) {
            if isFlag, word.text.contains(where: \.isWhitespace) { return nil }
            // A script goes on over lines, sets variables and runs commands.
            if word.text.hasSuffix("\\") || word.text.contains("$") { return nil }
        }
        return words
    }
}
