import ArgumentParser
import Hardware
import Interchange

/// Logs of own runs, and where their configuration comes from; the options of the cluster stand beside it.
struct ValidateLogOptions: ParsableArguments {
    @Option(
        name: .customLong("log"),
        help: ArgumentHelp(
            "A log to compare with its prediction, as KIND:FILE; may be given several times. Kinds: "
                + TrainingLog.Framework.allCases.map(\.rawValue).joined(separator: ", ") + ", or auto.",
            valueName: "KIND:FILE"))
    var logs: [String] = []

    @Option(
        help: ArgumentHelp(
            "The plan that ran: the JSON that plan --format json prints. By default the trial's that the log lies beside, or what the log says.",
            valueName: "file"), completion: .file(extensions: ["json"]))
    var plan: String?

    @Option(help: ArgumentHelp("Which plan of the file. By default 1.", valueName: "N"))
    var rank: Int?

    @Option(help: ArgumentHelp("The configuration that ran: \(UserConfiguration.spellings).", valueName: "framework:file"))
    var from: String?

    @Option(
        help: ArgumentHelp("The model's name or file, where it is not the plan's or the log's.", valueName: "name|path"),
        completion: .shipped(.model))
    var model: String?

    @Option(
        help: ArgumentHelp("The stack's name or file, where it is not the plan's or the framework's usual one.", valueName: "name|path"),
        completion: .shipped(.stack))
    var stack: String?

    @Option(
        name: .customLong("warm-up"),
        help: ArgumentHelp(
            "Steps at the start that do not count. By default those that are slower than the rest, at least 1, at most 10.",
            valueName: "steps"))
    var warmUp: Int?

    @Option(
        help: ArgumentHelp(
            "Add a row for each log to this table, which calibrate runs reads; it is made where it is missing.", valueName: "MY.csv"),
        completion: .file(extensions: ["csv"]))
    var append: String?

    /// Whether logs are compared rather than a table.
    var isGiven: Bool { !logs.isEmpty }

    /// Throws where what is given of the logs and of the cluster cannot be meant.
    func check(_ cluster: ClusterChoice) throws {
        let beside: [(String, Bool)] = [
            ("--plan", plan != nil), ("--rank", rank != nil), ("--from", from != nil), ("--model", model != nil), ("--stack", stack != nil),
            ("--warm-up", warmUp != nil), ("--append", append != nil),
        ]
        let given = beside.filter(\.1).map(\.0) + [cluster.givenName].compactMap { $0 } + cluster.givenSizes
        if logs.isEmpty, let stray = given.first { throw ValidationError("\(stray) needs --log, the log of a run") }
        if plan != nil, from != nil { throw ValidationError("--plan and --from both state a configuration; give one of them") }
        if plan != nil, cluster.isSized { throw ValidationError("--plan states the number of GPUs; leave it away") }
        if rank != nil, plan == nil { throw ValidationError("--rank chooses among the plans of --plan; give that too") }
        if from != nil, cluster.name == nil { throw ValidationError("--from needs a cluster: --cluster dgx-h100, say") }
        if let warmUp, warmUp < 0 { throw ValidationError("--warm-up \(warmUp): at least 0 steps") }
        if let append, append.hasSuffix(".yaml") || append.hasSuffix(".yml") {
            throw ValidationError("--append \(append): rows are added to CSV; name a .csv file")
        }
    }
}
