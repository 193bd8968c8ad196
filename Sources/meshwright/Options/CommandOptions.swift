import ArgumentParser
import Foundation

/// The options of a command, or of a group of options, as its own description has them.
///
/// Describing a command takes longer than most commands do, so this is for when something about the options looks wrong.
struct CommandOptions {
    /// The names of every option and flag, as they are typed.
    let names: Set<String>
    /// The names of each option that takes one value.
    let singles: [Set<String>]
    /// The names of those that take none.
    let flags: Set<String>

    /// The options of a command.
    init(of options: any ParsableArguments.Type) {
        let description = try? JSONDecoder().decode(Description.self, from: Data(options._dumpHelp().utf8))
        let arguments = (description?.command.arguments ?? []).map { argument in
            (argument, Set((argument.names ?? []).map { ($0.kind == "long" ? "--" : "-") + $0.name }))
        }
        names = arguments.reduce(into: []) { $0.formUnion($1.1) }
        flags = arguments.filter { $0.0.kind == "flag" }.reduce(into: []) { $0.formUnion($1.1) }
        singles = arguments.filter { $0.0.kind == "option" && !$0.0.isRepeating }.map(\.1)
    }

    /// The subcommand that the first words of a command line call, and the words behind them.
    static func subcommand(of arguments: [String]) -> (command: any ParsableCommand.Type, rest: [String]) {
        var command: any ParsableCommand.Type = Meshwright.self
        var rest = arguments[...]
        while let word = rest.first, let sub = command.configuration.subcommands.first(where: { $0._commandName == word }) {
            command = sub
            rest = rest.dropFirst()
        }
        // A command that is called without a word of its own, as `sweep` is.
        if let usual = command.configuration.defaultSubcommand { command = usual }
        return (command, Array(rest))
    }

    private struct Description: Decodable {
        struct Command: Decodable { var arguments: [Argument]? }
        struct Argument: Decodable {
            var kind: String
            var isRepeating: Bool
            var names: [Name]?
        }
        struct Name: Decodable {
            var kind: String
            var name: String
        }
        var command: Command
    }
}
