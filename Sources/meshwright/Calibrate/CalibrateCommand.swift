import ArgumentParser

/// `meshwright calibrate`: fits constants to measurements and writes profiles that carry them.
struct CalibrateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Fits constants of a GPU, a fabric or a software stack to your own measurements.",
        discussion: """
            Operators first, runs second: a GPU's kernels and a fabric's collectives are fitted to timings of single operations, a stack to \
            whole steps. Every fit prints its error on points or runs that it did not see.
            """,
        subcommands: [
            CalibrateMatrixProductCommand.self, CalibrateAttentionCommand.self, CalibrateCollectiveCommand.self,
            CalibrateRecurrenceCommand.self,
            CalibrateSparseAttentionCommand.self, CalibrateRunsCommand.self, CalibrateTrainingCommand.self,
        ])
}
