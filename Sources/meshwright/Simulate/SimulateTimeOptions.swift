import ArgumentParser
import Documents
import Schedules

/// What the operations of an abstract simulation take, in milliseconds.
struct SimulateTimeOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Forward of one micro-batch on one rank, ms. A chunk takes 1/v of it. By default 1.", valueName: "ms"))
    var forward: Double?

    @Option(help: ArgumentHelp("Input gradient of one micro-batch on one rank, ms. By default 1.", valueName: "ms"))
    var backwardInput: Double?

    @Option(help: ArgumentHelp("Weight gradient of one micro-batch on one rank, ms. By default 1.", valueName: "ms"))
    var backwardWeight: Double?

    @Option(help: ArgumentHelp("A forward and a backward that overlap, ms. By default their sum.", valueName: "ms"))
    var overlappedPair: Double?

    @Flag(help: "The times are those of one chunk, not of all that a rank holds.")
    var perChunk = false

    @Option(help: ArgumentHelp("Latency of a message between neighbouring ranks, ms. By default 0.", valueName: "ms"))
    var latency: Double?

    @Option(help: ArgumentHelp("Time for which a message occupies its link, bytes over bandwidth, ms. By default 0.", valueName: "ms"))
    var transfer: Double?

    @Flag(help: "A rank waits until what it sends has arrived.")
    var blockingSends = false

    @Option(
        help: ArgumentHelp(
            "Times of each stage, from a CSV file.",
            discussion: "Columns forward, backward_input and backward_weight in ms, maybe backward; one row a stage, first to last.",
            valueName: "file"),
        completion: .file(extensions: ["csv"]))
    var stageTimes: String?

    @Option(help: ArgumentHelp("Activations of one micro-batch on one rank, GiB.", valueName: "GiB"))
    var activations: Double?

    @Option(help: ArgumentHelp("Weights and states that stay on a rank, GiB. By default 0.", valueName: "GiB"))
    var resident: Double?

    /// The times of a rank, in seconds.
    var rankTimes: RankTimes {
        RankTimes(
            forward: (forward ?? 1) / 1000, backwardInput: (backwardInput ?? 1) / 1000, backwardWeight: (backwardWeight ?? 1) / 1000,
            pair: overlappedPair.map { $0 / 1000 }, latency: (latency ?? 0) / 1000, transfer: (transfer ?? 0) / 1000,
            sendsBlock: blockingSends,
            isPerChunk: perChunk)
    }

    /// The times of an order's stages.
    func times(_ order: ScheduleOrder, slices: Int) throws -> StageTimes {
        try check()
        var times = rankTimes.stageTimes(order, slices: slices)
        if let stageTimes { try read(stageTimes, into: &times) }
        if let activations {
            let share = Double(order.rankCount) / Double(order.chainLength * slices)
            times.memory = StageMemory(
                activation: Array(repeating: activations * Self.gibibyte * share, count: order.chainLength),
                resident: Array(repeating: (resident ?? 0) * Self.gibibyte, count: order.rankCount))
        }
        return times
    }

    private var numbers: [(name: String, value: Double?)] {
        [
            ("--forward", forward), ("--backward-input", backwardInput), ("--backward-weight", backwardWeight), ("--latency", latency),
            ("--transfer", transfer), ("--overlapped-pair", overlappedPair), ("--activations", activations), ("--resident", resident),
        ]
    }

    /// The options given, by their names, none of which a model's configuration takes.
    var given: [String] {
        let flags = [("--per-chunk", perChunk), ("--blocking-sends", blockingSends), ("--stage-times", stageTimes != nil)]
        return numbers.filter { $0.value != nil }.map(\.name) + flags.filter(\.1).map(\.0)
    }

    static let gibibyte = 1_073_741_824.0

    /// Options that are out of range, by the names that the user typed.
    func check() throws {
        for case (let name, let value?) in numbers where !(value >= 0 && value.isFinite) {
            throw CommandFailure(.usage, "\(name) \(value): a finite number of at least 0")
        }
    }

    private func read(_ path: String, into times: inout StageTimes) throws {
        let table = try CSVTable.read(path: path)
        func column(_ name: String) throws -> [Double] {
            let column = try table.column(name)
            return try (0..<table.rows).map { try table.value(column, row: $0, .nonNegative) / 1000 }
        }
        var stages = StageTimes(
            forward: try column("forward"), backwardInput: try column("backward_input"), backwardWeight: try column("backward_weight"))
        if table.optionalColumn("backward") != nil {
            stages.backward = try column("backward")
            stages.pairedBackward = stages.backward
        }
        guard table.rows == times.forward.count else {
            throw CommandFailure(.badInput, "\(path): \(table.rows) stages, but the schedule has \(times.forward.count)")
        }
        stages.linkLatency = times.linkLatency
        stages.linkTransfer = times.linkTransfer
        stages.sendsBlock = times.sendsBlock
        times = stages
    }
}
