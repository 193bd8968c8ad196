import ArgumentParser

/// The command line's root: one subcommand per question a user asks.
@main
struct Meshwright: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meshwright",
        abstract: "Finds the fastest parallel training configuration that fits, explains it, and draws its schedule.",
        version: "0.1.0",
        subcommands: [])
}
