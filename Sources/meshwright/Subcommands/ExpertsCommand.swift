import ArgumentParser

/// `meshwright experts`: what routing does to the ranks that hold experts.
struct ExpertsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experts",
        abstract: "Shows which experts tokens visit, and places experts on ranks, and prices the ways there.",
        subcommands: [ExpertsShowCommand.self, ExpertsPlaceCommand.self, ExpertsExchangeCommand.self])
}
