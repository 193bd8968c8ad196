extension DocumentError.Problem {
    /// What is wrong and what would be right, in one line.
    public var explanation: String {
        switch self {
        case .missingFile: "there is no such file; give the path of an existing one"
        case .isDirectory: "this is a directory; give the path of a file"
        case .unreadable(let reason): "the file cannot be read: \(reason.shown)"
        case .tooLarge(let limit): "the file is larger than \(limit) MiB, the most that is read"
        case .notUTF8: "this byte is not UTF-8; save the file as UTF-8"
        case .empty: "the file is empty; it should hold one YAML mapping or one table"
        case .severalDocuments: "a second document begins here; a file holds one"
        case .syntax(let complaint): complaint.shown(limit: 300)
        case .tooDeep(let limit): "nested deeper than \(limit) levels; no file of this tool needs that"
        case .tooManyAliases(let limit): "aliases repeat more than \(limit) values; write the values out"
        case .undefinedAlias(let name): "the alias *\(name.shown) has no anchor &\(name.shown) before it"
        case .tag(let tag): "the tag \(tag.shown) is not supported; remove it"
        case .keyIsNotText: "a key is a word, not a list or a mapping"
        case .duplicateKey(let key, let line): "the key \(key.quoted) is already given in line \(line); keep one of the two"
        case .unknownKey(let key, let nearest, let known):
            "unknown key \(key.quoted); \(Self.advice(nearest, among: known, none: "no key is expected here"))"
        case .missingKey(let key, let owner): "\(owner) lacks the key \(key.quoted)"
        case .wrongType(let found, let expected): "found \(found), expected \(expected)"
        case .notFinite(let text): "\(text.quoted) is not a finite number"
        case .notWhole(let text): "\(text.quoted) is not a whole number"
        case .pastIntegerRange(let text): "\(text.quoted) exceeds the largest whole number, \(Int.max)"
        case .outOfRange(let text, let expected): "\(text.quoted) is out of range; expected \(expected)"
        case .missingUnit(let number, let units): "\(number.quoted) has no unit; add one of \(units.joined(separator: ", "))"
        case .unknownUnit(let unit, let units): "unknown unit \(unit.quoted); use one of \(units.joined(separator: ", "))"
        case .unknownChoice(let word, let nearest, let legal):
            "unknown value \(word.quoted); \(Self.advice(nearest, among: legal, none: "no value is legal here"))"
        case .missingColumn(let name, let nearest, let present):
            "the table has no column \(name.quoted); \(Self.advice(nearest, among: present, none: "it has no columns"))"
        case .raggedRow(let found, let expected): "the row has \(found) fields, the header has \(expected)"
        case .invalid(let what, let remedy): "\(what); \(remedy)"
        }
    }

    /// `did you mean 'x'?` where a name is near, the legal names otherwise.
    private static func advice(_ nearest: String?, among names: [String], none: String) -> String {
        if let nearest { return "did you mean \(nearest.quoted)?" }
        return names.isEmpty ? none : "expected one of \(names.map(\.shown).joined(separator: ", "))"
    }
}

extension String {
    /// The text fit for one line of an error: control characters escaped, long text cut.
    var shown: String { shown(limit: 60) }

    /// The text in single quotes, fit for one line of an error.
    public var quoted: String { "'\(shown)'" }

    /// The text with control characters escaped and no longer than `limit` characters.
    func shown(limit: Int) -> String {
        var result = ""
        var length = 0
        for scalar in unicodeScalars {
            guard length < limit else { return result + "…" }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: result += scalar.escaped(asASCII: true)
            default: result.unicodeScalars.append(scalar)
            }
            length += 1
        }
        return result
    }
}
