import ArgumentParser

/// `meshwright experts`: what routing does to the ranks that hold experts.
struct ExpertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experts",
        abstract: "Shows which experts tokens visit, and places experts on ranks.",
        subcommands: [ExpertsShowCommand.self, ExpertsPlaceCommand.self])
}
