import ArgumentParser
import Foundation

/// Everything that decides a plan; what only decides how it is printed stays with the command.
///
/// The groups stand side by side here and in `PlanCommand`, and none inside another but routing and lengths, which are the job's: in debug builds
/// the argument parser checks every group anew for each level above it, which took seconds.
struct PlanOptions: ParsableArguments {
    @OptionGroup(title: "Job") var job: JobOptions
    @OptionGroup(title: "Method") var method: MethodOptions
    @OptionGroup(title: "Cluster") var named: ClusterNameOption
    @OptionGroup(title: "Cluster") var size: ClusterSizeOption
    @OptionGroup(title: "Cluster") var software: StackOption
    @OptionGroup(title: "Cluster") var released: ReleaseOption
    @OptionGroup(title: "Goal") var goal: GoalOptions
    @OptionGroup(title: StrategyOptions.title) var strategy: StrategyOptions
    @OptionGroup(title: "Placement") var placement: PlacementOptions
    @OptionGroup(title: "Exchange of tokens") var exchange: ExchangeOptions
    @OptionGroup(title: "Overlap") var overlap: OverlapOptions
    @OptionGroup(title: "Failures") var failures: FailureOptions
    @OptionGroup var search: SearchOptions

    /// The cluster's name as the library takes it.
    var cluster: String { named.name ?? "" }

    func validate() throws {
        if named.name == nil { throw ValidationError("Name the cluster with --cluster, or a GPU type with --gpu") }
        try size.require(for: named)
    }
}

/// How a plan is searched and how many are listed.
struct SearchOptions: ParsableArguments {
    /// Plans that are listed unless a number is given.
    static let usualTop = 5

    @Option(help: ArgumentHelp("How many plans to list.", valueName: "count"))
    var top = Self.usualTop

    @Flag(
        help: "List plans of the same parallel sizes that differ in schedule, virtual stages, sharding, recomputation or layout one by one."
    )
    var variants = false

    @Option(help: ArgumentHelp("Threads to search with. By default all cores; the answer is the same for any number.", valueName: "count"))
    var threads: Int?

    @Option(help: ArgumentHelp("Seed of everything random.", valueName: "number"))
    var seed = 0

    /// The number of threads to use.
    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        if seed < 0 { throw ValidationError("--seed \(seed): 0 or more") }
        if !(1...1000).contains(top) { throw ValidationError("--top \(top): between 1 and 1000 plans") }
        if let threads, !(1...1024).contains(threads) { throw ValidationError("--threads \(threads): between 1 and 1024") }
    }
}
