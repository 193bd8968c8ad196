import ArgumentParser
import Foundation

@testable import meshwright

/// A command and its options, from its own description.
struct CommandDescription {
    /// Its type, which parses it.
    var type: any ParsableCommand.Type
    /// The words that call it.
    var words: [String]
    /// The names of each option that takes a value, as they are typed, whether it takes several, and whether neither words nor files are
    /// offered for it, as for numbers.
    var options: [(names: [String], repeats: Bool, takesAnything: Bool)]

    /// Every command that has no subcommands.
    static let all: [CommandDescription] = leaves(of: Meshwright.self, [])

    private static func leaves(of command: any ParsableCommand.Type, _ words: [String]) -> [CommandDescription] {
        let inner = command.configuration.subcommands
        guard inner.isEmpty else { return inner.flatMap { leaves(of: $0, words + [$0._commandName]) } }
        let json = try? JSONSerialization.jsonObject(with: Data(command._dumpHelp().utf8)) as? [String: Any]
        let arguments = (json?["command"] as? [String: Any])?["arguments"] as? [[String: Any]] ?? []
        let options = arguments.filter { $0["kind"] as? String == "option" }.map { argument in
            let names = (argument["names"] as? [[String: Any]] ?? []).map { name in
                (name["kind"] as? String == "long" ? "--" : "-") + (name["name"] as? String ?? "")
            }
            return (
                names, argument["isRepeating"] as? Bool ?? false, argument["completionKind"] == nil && argument["allValues"] == nil
            )
        }
        return [CommandDescription(type: command, words: words, options: options)]
    }
}
