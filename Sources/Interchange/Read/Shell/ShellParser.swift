import Documents

/// Reads the text of a shell script into commands: the grammar of POSIX with bash's arrays, `[[ ]]`, `(( ))` and C-style loops.
struct ShellParser {
    let scalars: [Unicode.Scalar]
    var index = 0
    var location: SourceLocation
    var pendingDocuments: [(end: String, stripsTabs: Bool, document: ShellRedirection.HereDocument)] = []
    var depth = 0

    /// The commands of a script.
    static func parse(_ text: String, at location: SourceLocation) throws(DocumentError) -> [ShellCommand] {
        var parser = ShellParser(text, location)
        let commands = try parser.commands(until: [])
        if let rest = parser.next { throw parser.problem("'\(rest)' ends nothing that has begun") }
        return commands
    }

    init(_ text: String, _ location: SourceLocation) {
        scalars = Array(text.replacing("\r\n", with: "\n").unicodeScalars)
        self.location = location
    }

    var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    func peek(_ distance: Int) -> Unicode.Scalar? { index + distance < scalars.count ? scalars[index + distance] : nil }

    mutating func advance(_ count: Int = 1) {
        for _ in 0..<count where index < scalars.count {
            if scalars[index] == "\n" {
                location.line += 1
                location.column = 1
            } else {
                location.column += 1
            }
            index += 1
        }
    }

    func problem(_ what: String) -> DocumentError {
        DocumentError(
            location,
            .invalid(
                "the shell script is not understood: \(what)",
                remedy: "run it through 'meshwright capture', or write the command with its arguments into a file of its own"))
    }

    /// Passes blanks, continued lines and comments; with `newlines` also line ends and what belongs to here-documents.
    mutating func skip(newlines: Bool = false) {
        while let scalar = next {
            if scalar == " " || scalar == "\t" {
                advance()
            } else if scalar == "\\", peek(1) == "\n" {
                advance(2)
            } else if scalar == "#" {
                while let rest = next, rest != "\n" { _ = (rest, advance()) }
            } else if scalar == "\n", newlines {
                advance()
                skipDocuments()
            } else {
                return
            }
        }
    }

    mutating func skipDocuments() {
        for document in pendingDocuments {
            while next != nil {
                var line = ""
                while let scalar = next, scalar != "\n" {
                    line.unicodeScalars.append(scalar)
                    advance()
                }
                advance()
                if document.stripsTabs { line = String(line.drop { $0 == "\t" }) }
                if line == document.end { break }
                document.document.text += line + "\n"
            }
        }
        pendingDocuments = []
    }

    func looksAt(_ text: String) -> Bool {
        var place = index
        for scalar in text.unicodeScalars {
            guard place < scalars.count, scalars[place] == scalar else { return false }
            place += 1
        }
        return true
    }

    mutating func take(_ text: String) -> Bool {
        guard looksAt(text) else { return false }
        advance(text.unicodeScalars.count)
        return true
    }

    /// The reserved word that comes next, unquoted and whole.
    func word() -> String {
        var place = index
        var text = ""
        while place < scalars.count, !" \t\n;|&()<>\"'\\$`".unicodeScalars.contains(scalars[place]) {
            text.unicodeScalars.append(scalars[place])
            place += 1
        }
        // A word that goes on in quotes or expansions is none.
        if place < scalars.count, "\"'\\$`".unicodeScalars.contains(scalars[place]) { return "" }
        return text
    }

    mutating func expect(_ reserved: String, of what: String) throws(DocumentError) {
        skip(newlines: true)
        guard word() == reserved else { throw problem("'\(reserved)' of '\(what)' is missing") }
        advance(reserved.unicodeScalars.count)
    }

    /// Whether a name can have a scalar.
    static func isNameScalar(_ scalar: Unicode.Scalar, isFirst: Bool) -> Bool {
        scalar == "_" || ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || (!isFirst && ("0"..."9").contains(scalar))
    }
}
