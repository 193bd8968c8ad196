import Documents

/// Something that only the machine on which a script runs would know.
struct ShellDoubt: Hashable, Sendable {
    /// What it is, in words that follow "is": `$NODE_RANK, which the file does not set`.
    var what: String
    /// Where it stands.
    var location: SourceLocation
    /// Whether it is a variable that the file does not set, and that is empty unless the environment does.
    var isUnset = false
}

/// A piece of a value: its text, and what is in doubt of it.
struct ShellPiece: Hashable, Sendable {
    /// The text; where it is not known, the script's own spelling of it, such as `$(hostname)`.
    var text: String
    /// Why the text is not known.
    var unknown: ShellDoubt?
    /// Why the piece may not be there at all.
    var maybe: ShellDoubt?
}

/// The value of a variable or a word: known text, broken by what is not known.
struct ShellValue: Hashable, Sendable {
    /// The pieces in order.
    var pieces: [ShellPiece]

    /// A value of pieces.
    init(_ pieces: [ShellPiece]) { self.pieces = pieces }

    /// A known text.
    init(_ text: String) { pieces = [ShellPiece(text: text)] }

    /// A value that is not known, spelt as in the script.
    init(unknown: ShellDoubt, source: String) { pieces = [ShellPiece(text: source, unknown: unknown)] }

    /// The text with unknown parts as the script spells them.
    var text: String { pieces.map(\.text).joined() }

    /// The first thing in doubt about it.
    var doubt: ShellDoubt? { pieces.lazy.compactMap { $0.unknown ?? $0.maybe }.first }

    /// The text where all of it is certain.
    var known: String? { doubt == nil ? text : nil }

    /// Whether it is certainly empty.
    var isEmpty: Bool { pieces.allSatisfy { $0.text.isEmpty && $0.unknown == nil } }

    static func + (left: ShellValue, right: ShellValue) -> ShellValue { ShellValue(left.pieces + right.pieces) }

    /// Every piece marked as one that may not be there.
    func maybe(_ doubt: ShellDoubt) -> ShellValue {
        ShellValue(pieces.map { ShellPiece(text: $0.text, unknown: $0.unknown, maybe: $0.maybe ?? doubt) })
    }

    /// Characters with what is in doubt of each, for comparing and cutting.
    private var characters: [ShellPiece] {
        pieces.flatMap { piece in
            piece.unknown == nil ? piece.text.map { ShellPiece(text: String($0), maybe: piece.maybe) } : [piece]
        }
    }

    /// What a value is after one of two ways was taken, nobody knows which: what both begin with, and the rest of each as a maybe.
    ///
    /// Values that do not begin alike are unknown as a whole, so that no number is put together from halves of two.
    static func merged(_ one: ShellValue, _ other: ShellValue, _ doubt: ShellDoubt, source: String) -> ShellValue {
        if one == other { return one }
        let (first, second) = (one.characters, other.characters)
        var shared = zip(first, second).prefix { $0 == $1 }.count
        // Whole words only.
        let isBlank = { (characters: [ShellPiece], index: Int) in
            index >= characters.count || characters[index].text.allSatisfy(\.isWhitespace)
        }
        while shared > 0, !(isBlank(first, shared) && isBlank(second, shared)), !isBlank(first, shared - 1) { shared -= 1 }
        // A flag whose values differ is two flags, of which one is given.
        let isFlag = { (index: Int) in
            first[index].text == "-" && index + 1 < first.count && first[index + 1].text == "-" && (index == 0 || isBlank(first, index - 1))
        }
        let hasFlags = [first[shared...], second[shared...]].map { $0.contains { $0.text.contains("-") } }
        if hasFlags.contains(false), let flag = (0..<shared).last(where: isFlag) { shared = flag }
        let tails = [first[shared...], second[shared...]].map { ShellValue(Array($0)) }
        guard tails.contains(where: { $0.pieces.contains { !$0.text.allSatisfy(\.isWhitespace) } && $0.text.contains("-") }) else {
            return ShellValue(unknown: doubt, source: source)
        }
        guard tails.allSatisfy({ $0.pieces.allSatisfy { $0.text.allSatisfy(\.isWhitespace) } || $0.text.contains("-") }) else {
            return ShellValue(unknown: doubt, source: source)
        }
        let separated = tails.map { $0.pieces.isEmpty ? $0 : ShellValue(" ") + $0.maybe(doubt) }
        return (ShellValue(Array(first[..<shared])) + separated[0] + separated[1]).joined
    }

    /// A value without its first characters, which are known.
    func dropping(_ count: Int) -> ShellValue {
        var rest = count
        var kept: [ShellPiece] = []
        for var piece in pieces {
            let cut = piece.unknown == nil ? min(rest, piece.text.count) : 0
            piece.text.removeFirst(cut)
            rest -= cut
            if !piece.text.isEmpty { kept.append(piece) }
        }
        return ShellValue(kept.isEmpty ? [ShellPiece(text: "")] : kept)
    }

    /// Neighbouring pieces of the same kind as one.
    var joined: ShellValue {
        var result: [ShellPiece] = []
        for piece in pieces {
            if let last = result.last, last.unknown == nil, piece.unknown == nil, last.maybe == piece.maybe {
                result[result.count - 1].text += piece.text
            } else {
                result.append(piece)
            }
        }
        return ShellValue(result)
    }
}

/// A word of a command after expansion, with the place where it begins.
struct ShellWord: Hashable {
    /// Its text, with quotes removed and variables replaced; what is not known is spelt as in the script.
    var text: String
    /// Where it begins.
    var location: SourceLocation
    /// Why part of its text is not known.
    var unknown: ShellDoubt?
    /// Why it may not be there at all.
    var maybe: ShellDoubt?
    /// What it is put together from; empty where that is its text alone.
    var pieces: [ShellPiece] = []

    /// A word, of which nothing is in doubt unless said.
    init(text: String, location: SourceLocation, unknown: ShellDoubt? = nil, maybe: ShellDoubt? = nil) {
        self.text = text
        self.location = location
        self.unknown = unknown
        self.maybe = maybe
    }

    /// A value as one word.
    init(_ value: ShellValue, _ location: SourceLocation) {
        self.init(
            text: value.text, location: location, unknown: value.pieces.lazy.compactMap(\.unknown).first,
            maybe: value.pieces.isEmpty ? nil : value.pieces.lazy.compactMap(\.maybe).first)
        pieces = value.pieces
    }
}
