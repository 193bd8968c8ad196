/// Words as a POSIX shell reads them back, whatever characters they hold.
enum ShellText {
    /// A word as it stands where no shell takes any of it for something else, in single quotes otherwise.
    static func quoted(_ word: String) -> String {
        guard word.isEmpty || !word.unicodeScalars.allSatisfy(isPlain) else { return word }
        return "'" + word.replacing("'", with: #"'\''"#) + "'"
    }

    /// Words in one line, each quoted where it must be.
    static func line(_ words: [String]) -> String { words.map(quoted).joined(separator: " ") }

    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", ":", "=", ",", "+", "@", "%": true
        default: false
        }
    }
}

/// Sentences as comments of scripts and configuration files.
enum CommentText {
    /// Comment lines that begin with `#`; characters that would end a line are written as escapes.
    static func lines(_ sentences: [String]) -> String { sentences.map { $0.isEmpty ? "#\n" : "# \(oneLine($0))\n" }.joined() }

    /// A text without line breaks or control characters.
    static func oneLine(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
