import ArgumentParser
import Quantities

/// The command line's root: one subcommand per question a user asks.
@main
struct Meshwright: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meshwright",
        abstract: "Finds the fastest parallel training configuration that fits, explains it, and draws its schedule.",
        version: ToolVersion.current,
        subcommands: [
            InitCommand.self, PlanCommand.self, SweepCommand.self, ExportCommand.self, SimulateCommand.self, ValidateCommand.self,
            ModelCommand.self,
            ClusterCommand.self, ExpertsCommand.self, OverlapCommand.self, GPUCommand.self, StackCommand.self, CalculateCommand.self,
            CalibrateCommand.self,
            CacheCommand.self, CaptureCommand.self,
        ])

    /// Parses, runs, and turns any error into one line and an exit status.
    static func main() async {
        Console.prepare()
        let command: any ParsableCommand
        do {
            var arguments = NegativeValues.joined(Array(CommandLine.arguments.dropFirst()))
            let (called, _) = CommandOptions.subcommand(of: arguments)
            if called == PlanCommand.self { arguments = try JobFile.expanded(arguments) }
            if called == SimulateCommand.self { arguments = try JobFile.expanded(arguments, leavingOut: SimulateModelOptions.withoutTime) }
            let (_, rest) = CommandOptions.subcommand(of: arguments)
            try RepeatedOptions.check(rest, of: called)
            try KnownAbbreviations.check(rest, of: called == ExportCommand.self ? [called, PlanOptions.self] : [called])
            if let parsed = parsedAlone(called, rest) {
                command = parsed
            } else {
                if called == SweepRunCommand.self { try SweptOption.check(rest, of: CommandOptions(of: called)) }
                command = try await asyncParseAsRoot(arguments)
            }
        } catch {
            ErrorReporting.exitAfterParsing(error)
        }
        do {
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
        } catch {
            ErrorReporting.exit(with: error)
        }
        Console.exit()
    }

    /// The command that was called, parsed without the root; nil for what it does not take.
    ///
    /// On its way from the root the parser describes the called command twice more, which takes longer than many commands do. What is refused, and
    /// help, is for the root, whose words name the whole command.
    private static func parsedAlone(_ called: any ParsableCommand.Type, _ arguments: [String]) -> (any ParsableCommand)? {
        guard called.configuration.subcommands.isEmpty else { return nil }
        return try? called.parseAsRoot(arguments)
    }
}
