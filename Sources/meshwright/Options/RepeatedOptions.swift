import ArgumentParser

/// Options that take one value and are given several, of which the argument parser would quietly take the last.
enum RepeatedOptions {
    /// Throws where `arguments` give an option of `options` twice that takes one value; options that it does not have are let pass.
    static func check(_ arguments: [String], of options: any ParsableArguments.Type) throws {
        let names = values(arguments).map(\.option)
        guard Set(names).count < names.count || names.contains(where: aliases.contains) else { return }
        try check(arguments, CommandOptions(of: options))
    }

    /// Throws where `arguments` give one of the options twice.
    static func check(_ arguments: [String], _ options: CommandOptions) throws {
        let given = values(arguments)
        for option in options.singles {
            let those = given.filter { option.contains($0.option) }
            guard those.count > 1 else { continue }
            throw CommandFailure(.usage, "\(those[0].option) is given twice, \(those[0].value) and \(those[1].value); give one")
        }
    }

    /// Second names of options, as they are declared.
    static let aliases = Set(OptionNames.all.flatMap(\.others))

    /// The options with a value, in order, each as it was written.
    private static func values(_ arguments: [String]) -> [(option: String, value: String)] {
        var found: [(option: String, value: String)] = []
        for (index, argument) in arguments.enumerated() {
            if argument == "--" { break }
            guard argument.hasPrefix("-"), argument.count > 1 else { continue }
            if argument.hasPrefix("--"), let equals = argument.firstIndex(of: "=") {
                found.append((String(argument[..<equals]), String(argument[argument.index(after: equals)...])))
            } else if index + 1 < arguments.count, arguments[index + 1] == "-" || !arguments[index + 1].hasPrefix("-") {
                found.append((argument, arguments[index + 1]))
            }
        }
        return found
    }
}
