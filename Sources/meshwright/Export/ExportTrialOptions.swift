import ArgumentParser
import Interchange

/// Options of `export` that try several plans in one batch job.
struct ExportTrialOptions: ParsableArguments {
    @Option(
        name: .customLong("trial"),
        help: ArgumentHelp(
            "Write one sbatch script that tries this many plans in turn, those whose trials tell most of which is the fastest.",
            valueName: "plans"))
    var count: Int?

    @Option(help: ArgumentHelp("Steps of each plan that is tried. By default 20.", valueName: "steps"))
    var steps: Int?

    @Option(
        help: ArgumentHelp(
            "Minutes after which a tried plan is stopped. By default 10 and three times what its steps are expected to take.",
            valueName: "minutes"))
    var minutes: Int?

    func validate() throws {
        guard let count else {
            if steps != nil { throw ValidationError("--steps needs --trial, the number of plans to try") }
            if minutes != nil { throw ValidationError("--minutes needs --trial, the number of plans to try") }
            return
        }
        guard (1...100).contains(count) else { throw ValidationError("--trial \(count): between 1 and 100 plans") }
        if let steps, !(1...100_000).contains(steps) { throw ValidationError("--steps \(steps): between 1 and 100000") }
        if let minutes, !(1...10_080).contains(minutes) {
            throw ValidationError("--minutes \(minutes): between 1 and 10080, which is a week")
        }
    }

    /// Options of `plan` that list as many plans as are to be tried, where it would list fewer.
    func planArguments(beside given: [String]) -> [String] {
        let isGiven = given.contains { $0 == "--top" || $0.hasPrefix("--top=") }
        guard let count, count > SearchOptions.usualTop, !isGiven else { return [] }
        return ["--top", String(count)]
    }

    /// The files of a trial; nil where none is asked for. `text` is the JSON of the plans.
    func files(of source: ExportPlan, target: ExportTarget, text: String, cores: Int?) throws -> LaunchFiles? {
        guard let count else { return nil }
        let ranks = source.ranks
        guard count <= ranks.count else {
            let remedy = ranks.isEmpty ? "plan again" : "try at most \(ranks.count), or make plans with --top \(count)"
            throw CommandFailure(
                .badInput, "--trial \(count): there \(ranks.count == 1 ? "is 1 plan" : "are \(ranks.count) plans"); \(remedy)")
        }
        let plans = try source.ranksToTry.prefix(count).map { rank in
            var launch = try source.configuration(rank: rank, placement: nil)
            launch.coresPerRank = cores
            return TrialFiles.Plan(rank: rank, launch: launch, stepTime: source.stepTime(rank: rank))
        }
        return try TrialFiles(plans, target: target, steps: steps ?? 20, minutes: minutes, document: text).files()
    }
}
