import ArgumentParser

/// `meshwright experts`: what routing does to the ranks that hold experts.
struct ExpertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experts",
        abstract: "Shows which experts tokens visit and how unevenly that loads ranks.",
        subcommands: [ExpertsShowCommand.self])
}
