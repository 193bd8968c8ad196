import ArgumentParser
import Foundation
import PlanStore

/// Which file of remembered plans a command uses.
struct CacheLocationOption: ParsableArguments {
    @Option(
        name: .customLong("cache"),
        help: ArgumentHelp(
            "The file of remembered plans.",
            discussion: "By default $XDG_CACHE_HOME/meshwright/plans.sqlite, or ~/.cache/meshwright/plans.sqlite.",
            valueName: "path"),
        completion: .file(extensions: ["sqlite"]))
    var path: String?

    /// The path given, or the standard one.
    var location: String { path ?? CacheLocation.standard(environment: ProcessInfo.processInfo.environment) }
}
