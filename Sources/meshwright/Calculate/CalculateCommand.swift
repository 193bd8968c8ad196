import ArgumentParser

/// `meshwright calculate`: closed forms beside the planner.
struct CalculateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calculate",
        abstract: "Closed forms beside the planner: goodput with failures, and two kinds of training on graphs.",
        subcommands: [GoodputCommand.self, GraphPipelineCommand.self, BlockGridCommand.self])
}
