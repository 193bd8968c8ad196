/// What a flag of a framework changes.
enum FlagEffect: Hashable, Sendable {
    /// The model, the strategy or the job; it is read.
    case read
    /// Neither time nor memory of a training step.
    case nothing
    /// Time or memory, without a model of it; what is priced instead.
    case unmodelled(String)
    /// So much that nothing true could be said; why.
    case refused(String)
}

/// How many words follow a flag.
enum FlagArity: Hashable, Sendable {
    case none, one, many
}

/// Flags, or keys of a file, with one effect and one number of words, as rows of a table. A key without words is a switch.
struct FlagGroup: Sendable {
    let effect: FlagEffect
    let arity: FlagArity
    let rows: String

    /// Rows are separated by white space: `name=value,value@since-until|alias@since-until`. A flag with one of its values, or in a
    /// version outside its range, changes nothing. `ds` is a flag of Megatron-DeepSpeed alone, `,ds` behind a range one that it still has.
    /// `section.*` means every key below a section that has no row of its own.
    init(_ effect: FlagEffect, _ arity: FlagArity, _ rows: String) {
        self.effect = effect
        self.arity = arity
        self.rows = rows
    }
}

/// A flag of a framework's vocabulary, by one of its spellings; of a file the keys that lead to a value, joined by dots.
struct FlagEntry: Hashable, Sendable {
    /// The spelling, without dashes in front.
    var spelling: String
    /// The name under which the reader asks for it.
    var name: String
    var effect: FlagEffect
    var arity: FlagArity
    /// Values that change nothing.
    var neutral: Set<String>
    /// The versions that have it, such as `0.11-0.16`; empty for all of them.
    var versions: String
}

/// All flags of a framework by their spellings.
struct FlagTable: Sendable {
    /// Entries by spelling.
    let entries: [String: FlagEntry]

    private let sections: Set<String>

    /// The table of some groups of rows.
    init(_ groups: [FlagGroup]) {
        var entries: [String: FlagEntry] = [:]
        for group in groups {
            for row in group.rows.split(whereSeparator: \.isWhitespace) {
                var name: String?
                for spelling in row.split(separator: "|") {
                    let sides = spelling.split(separator: "@", maxSplits: 1)
                    let parts = sides[0].split(separator: "=", maxSplits: 1).map(String.init)
                    name = name ?? parts[0]
                    entries[parts[0]] = FlagEntry(
                        spelling: parts[0], name: name ?? parts[0], effect: group.effect, arity: group.arity,
                        neutral: Set(parts.dropFirst().first?.split(separator: ",").map(String.init) ?? []),
                        versions: sides.count == 2 ? String(sides[1]) : "")
                }
            }
        }
        self.entries = entries
        var sections: Set<String> = []
        for spelling in entries.keys {
            for index in spelling.indices where spelling[index] == "." { sections.insert(String(spelling[..<index])) }
        }
        self.sections = sections
    }

    /// The entry of a spelling, or of the innermost section that is known as a whole and holds it.
    func entry(for spelling: String) -> FlagEntry? {
        if let entry = entries[spelling] { return entry }
        var section = Substring(spelling)
        while let dot = section.lastIndex(of: ".") {
            section = section[..<dot]
            if let entry = entries[section + ".*"] { return entry }
        }
        return entries[spelling + ".*"]
    }

    /// Whether it knows keys below a section one by one.
    func hasSection(_ section: String) -> Bool { sections.contains(section) }

    /// All spellings, sorted.
    var spellings: [String] { entries.keys.sorted() }
}

/// The flags of Megatron-LM from 2020 to core 0.19 and main of August 2026, and of Megatron-DeepSpeed; versions before core 0.4 by the
/// numbers of the releases then (1.0, 2.0, 2.5, 2.6), and 3.0 for the spring of 2023.
enum MegatronFlags {
    /// The table.
    static let table = FlagTable(read + unmodelled + refused + switches + values)
}
