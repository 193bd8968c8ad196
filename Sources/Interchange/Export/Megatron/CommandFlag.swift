/// A flag of a command line with its values.
struct CommandFlag: Hashable, Sendable {
    /// The flag with its dashes.
    var name: String
    /// Its values; none for a switch.
    var values: [String]

    /// The flag and its values as separate arguments.
    var arguments: [String] { [name] + values }
}

/// Flags in the order they were added, with notes on what they cannot say.
struct FlagList {
    /// The flags.
    private(set) var flags: [CommandFlag] = []
    /// What the flags cannot say, one sentence each.
    private(set) var warnings: [String] = []

    /// Adds a switch.
    mutating func add(_ name: String) { flags.append(CommandFlag(name: "--\(name)", values: [])) }
    /// Adds a flag with a number.
    mutating func add(_ name: String, _ value: Int) { flags.append(CommandFlag(name: "--\(name)", values: [String(value)])) }
    /// Adds a flag with words.
    mutating func add(_ name: String, _ values: String...) { flags.append(CommandFlag(name: "--\(name)", values: values)) }
    /// Adds a flag with a list of words.
    mutating func add(_ name: String, list: [String]) { flags.append(CommandFlag(name: "--\(name)", values: list)) }
    /// Notes what no flag says.
    mutating func warn(_ sentence: String) { warnings.append(sentence) }
}
