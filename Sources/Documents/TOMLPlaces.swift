import TOMLKit

/// Finds where the keys and values of a TOML text stand, which its parser does not say.
///
/// It knows no more of TOML than where tables, keys, strings, arrays and inline tables begin and end, and refuses nothing but what the parser
/// cannot be given: a NUL, which ends its text, and something else where a key or a value should stand, some of which it takes for impossible.
struct TOMLPlaces {
    /// Where a key, its value and all within it stand.
    final class Place {
        /// Where the key begins.
        var key: SourceLocation
        /// Where the value begins.
        var value: SourceLocation
        /// What stands in a table, by key.
        var children: [String: Place] = [:]
        /// What stands in an array.
        var items: [Place] = []

        init(_ location: SourceLocation) { (key, value) = (location, location) }

        /// The innermost table that keys lead to; of an array of tables its last.
        func descend(_ keys: [(text: String, location: SourceLocation)]) -> Place {
            keys.reduce(self) { table, key in
                let inner = table.items.last ?? table
                if let known = inner.children[key.text] { return known }
                let place = Place(key.location)
                inner.children[key.text] = place
                return place
            }
        }
    }

    private let scalars: [Unicode.Scalar]
    private var index = 0
    private var location: SourceLocation

    init(_ text: String, file: String) {
        scalars = Array(text.unicodeScalars)
        location = SourceLocation(file: file)
    }

    private var next: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

    private mutating func advance() {
        guard index < scalars.count else { return }
        location.advance(past: scalars[index])
        index += 1
    }

    private mutating func skip(_ scalar: Unicode.Scalar) {
        if next == scalar { advance() }
    }

    /// The places of the whole text.
    mutating func root() throws(DocumentError) -> Place {
        if let end = scalars.firstIndex(of: "\0") {
            for scalar in scalars[..<end] { location.advance(past: scalar) }
            throw DocumentError(location, .syntax("not TOML: control characters are not allowed; remove the character"))
        }
        let root = Place(location)
        var table = root
        skipBlanks(lines: true)
        while next != nil {
            let start = index
            if next == "[" { table = try header(root) } else { try pair(into: table) }
            skipBlanks(lines: true)
            // What nothing takes is passed over, so that every text comes to its end.
            if index == start { advance() }
        }
        return root
    }

    /// The table that `[a.b]` or `[[a.b]]` begins.
    private mutating func header(_ root: Place) throws(DocumentError) -> Place {
        let start = location
        advance()
        let isItem = next == "["
        skip("[")
        let table = root.descend(try path())
        skip("]")
        skip("]")
        guard isItem else { return table }
        table.items.append(Place(start))
        return table
    }

    private mutating func pair(into table: Place) throws(DocumentError) {
        let place = (table.items.last ?? table).descend(try path())
        skip("=")
        skipBlanks(lines: false)
        try value(at: place)
    }

    private mutating func value(at place: Place) throws(DocumentError) {
        place.value = location
        switch next {
        case "\"", "'": skipString()
        case "[": try list(until: "]") { reader throws(DocumentError) in try reader.item(of: place) }
        case "{": try list(until: "}") { reader throws(DocumentError) in try reader.pair(into: place) }
        default:
            let start = index
            while let scalar = next, !",]}#\r\n".unicodeScalars.contains(scalar) { advance() }
            try check(word: start..<index, at: place.value)
        }
    }

    /// Refuses a word that is no truth value, number, date or time.
    private func check(word range: Range<Int>, at place: SourceLocation) throws(DocumentError) {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        let word = String(String(view).reversed().drop { $0 == " " || $0 == "\t" }.reversed())
        guard !word.isEmpty else { throw DocumentError(place, .syntax("not TOML: expected a value")) }
        let isNumber =
            word.wholeMatch(of: /[+-]?(0|[1-9](_?[0-9])*)(\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?/) != nil
            || word.wholeMatch(of: /[+-]?(inf|nan)|0x[0-9a-fA-F](_?[0-9a-fA-F])*|0o[0-7](_?[0-7])*|0b[01](_?[01])*/) != nil
        let time = /[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?/
        let isDate =
            word.wholeMatch(of: time) != nil
            || word.wholeMatch(
                of: /[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?/) != nil
        guard isNumber || isDate || word == "true" || word == "false" else {
            throw DocumentError(place, .syntax("not TOML: \(word.quoted) is no value; text stands in quotes"))
        }
    }

    private mutating func item(of place: Place) throws(DocumentError) {
        let item = Place(location)
        place.items.append(item)
        try value(at: item)
    }

    /// Reads what stands between brackets and commas.
    private mutating func list(
        until end: Unicode.Scalar, _ element: (inout TOMLPlaces) throws(DocumentError) -> Void
    ) throws(DocumentError) {
        advance()
        skipBlanks(lines: true)
        while let scalar = next, scalar != end {
            let start = index
            try element(&self)
            skipBlanks(lines: true)
            skip(",")
            skipBlanks(lines: true)
            if index == start { advance() }
        }
        advance()
    }

    /// Keys joined by dots.
    private mutating func path() throws(DocumentError) -> [(text: String, location: SourceLocation)] {
        var keys: [(text: String, location: SourceLocation)] = []
        repeat {
            if !keys.isEmpty { advance() }
            skipBlanks(lines: false)
            let (start, place) = (index, location)
            if next == "\"" || next == "'" {
                skipString()
            } else {
                while let scalar = next, Self.isOfBareKey(scalar) { advance() }
            }
            guard index > start else {
                throw DocumentError(place, .syntax("not TOML: expected a key, of letters, digits, - and _ or in quotes"))
            }
            var text = String.UnicodeScalarView()
            text.append(contentsOf: scalars[start..<index])
            keys.append((Self.unquoted(String(text)), place))
            skipBlanks(lines: false)
        } while next == "."
        return keys
    }

    /// The key that a word of the text spells.
    private static func unquoted(_ word: String) -> String {
        guard let quote = word.first, quote == "\"" || quote == "'" else { return word }
        guard word.contains("\\"), let table = try? TOMLTable(string: "\(word) = 1") else { return String(word.dropFirst().dropLast()) }
        return table.keys.first ?? word
    }

    private static func isOfBareKey(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        default: false
        }
    }

    private mutating func skipBlanks(lines: Bool) {
        while let scalar = next {
            if scalar == "#" {
                while let rest = next, rest != "\n" { _ = (rest, advance()) }
            } else if scalar == " " || scalar == "\t" || (lines && (scalar == "\n" || scalar == "\r")) {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func skipString() {
        guard let quote = next else { return }
        let opening = run(of: quote)
        // Two quotes are an empty string, six or more an empty one of several lines.
        guard opening != 2, opening < 6 else { return }
        while let scalar = next {
            if scalar == "\\", quote == "\"" {
                advance()
                advance()
            } else if scalar == quote {
                // A string of several lines may end with two quotes of its own.
                if opening == 1 { return advance() }
                if run(of: quote) >= 3 { return }
            } else {
                advance()
            }
        }
    }

    /// Passes over a character as often as it stands here, and says how often that was.
    private mutating func run(of scalar: Unicode.Scalar) -> Int {
        let start = index
        while next == scalar { advance() }
        return index - start
    }
}
