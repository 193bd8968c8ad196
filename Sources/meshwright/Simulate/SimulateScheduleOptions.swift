import ArgumentParser
import Documents
import Foundation
import Schedules

/// Which order of operations `simulate` runs: a schedule by name and its sizes, or a user's own.
struct SimulateScheduleOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The pipeline schedule.", valueName: "name"))
    var schedule: PipelineSchedule?

    @Option(name: OptionNames.pipeline.specification, help: ArgumentHelp("Pipeline ranks.", valueName: "p"))
    var ranks: Int?

    @Option(
        help: ArgumentHelp("Micro-batches of a step.", valueName: "m"), transform: CountArgument("--micro-batches", of: "micro-batch").whole
    )
    var microBatches: Int?

    @Option(
        name: OptionNames.chunks.specification,
        help: ArgumentHelp("Model chunks a rank. By default what the schedule usually has.", valueName: "v"))
    var chunks: Int?

    @Option(help: ArgumentHelp("Micro-batches a group of the interleaved schedules. By default the rule's own.", valueName: "N"))
    var groupSize: Int?

    @Option(help: "The rule for groups: pytorch or megatron. By default pytorch.")
    var groupRule: GroupRule?

    @Option(help: ArgumentHelp("Slices of each sequence, for seq1f1b. By default 4.", valueName: "k"))
    var slices: Int?

    @Option(
        help: ArgumentHelp(
            "An order of your own instead of a schedule.",
            discussion:
                "One JSON object a line, with \"ranks\", a list of operations for each rank; or plain text with one rank a line. An operation "
                + "is stage, letter and micro-batch, counted from 0: 3F0 forward, 3B0 backward, or its halves 3I0 (input gradient) and 3W0 "
                + "(weight gradient); (5F3;2B1)OVERLAP_F_B runs two at once. docs/schedules.md has the grammar.",
            valueName: "file"),
        completion: .file())
    var orders: String?

    @Option(
        name: .customLong("order"), help: ArgumentHelp("Which order of the file, from 1. Needed where it holds several.", valueName: "N"))
    var orderNumber: Int?

    @Flag(help: "Compare every schedule that these sizes allow.")
    var compare = false

    func validate() throws {
        guard [schedule != nil, orders != nil, compare].count(where: { $0 }) <= 1 else {
            throw ValidationError("Name one schedule with --schedule, or an order with --orders, or ask for --compare.")
        }
        if orderNumber != nil, orders == nil { throw ValidationError("--order chooses among the orders of --orders; give that too.") }
        if orders != nil {
            guard ranks == nil, microBatches == nil, chunks == nil, groupSize == nil, slices == nil else {
                throw ValidationError("--orders says itself how many ranks, chunks and micro-batches there are.")
            }
        }
    }

    /// Throws where an abstract simulation lacks its schedule or sizes, which a model's configuration brings itself.
    func requireSizes() throws {
        guard schedule != nil || orders != nil || compare else {
            throw ValidationError("Name one schedule with --schedule, or an order with --orders, ask for --compare, or name a --model.")
        }
        if orders == nil, ranks == nil || microBatches == nil { throw ValidationError("--pp and --micro-batches are needed.") }
    }

    /// The sizes for a schedule; `nil` for the comparison, which chooses chunks and slices itself.
    func shape(_ schedule: PipelineSchedule?) -> ScheduleShape {
        let usualSlices = schedule == .seq1F1B || schedule == nil ? 4 : 1
        return ScheduleShape(
            ranks: ranks ?? 1, microBatches: microBatches ?? 1, chunksPerRank: chunks ?? schedule?.usualChunksPerRank ?? 1,
            groupSize: groupSize, groupRule: groupRule ?? .pytorch, slices: slices ?? usualSlices)
    }

    /// The order asked for, and the slices that its micro-batches are cut into.
    func order() throws -> (order: ScheduleOrder, slices: Int) {
        if let orders {
            let all: [ScheduleOrder]
            do { all = try OrdersFile.read(Data(TextFile.read(path: orders).utf8)) } catch let error as ScheduleError {
                throw CommandFailure(.badInput, "\(orders): \(error.description)")
            }
            guard let number = orderNumber ?? (all.count == 1 ? 1 : nil) else {
                throw CommandFailure(.badInput, "\(orders): \(all.count) orders; choose one with --order 1 to --order \(all.count)")
            }
            guard all.indices.contains(number - 1) else {
                let those = all.count == 1 ? "one order" : "\(all.count) orders"
                throw CommandFailure(.badInput, "--order \(number): \(orders) holds \(those), counted from 1")
            }
            return (all[number - 1], 1)
        }
        guard let schedule else { throw CommandFailure(.usage, "no schedule is named") }
        let shape = shape(schedule)
        return (try schedule.order(shape), shape.slices)
    }

    /// These options as if they stated an order's sizes and a schedule that places its stages alike.
    func stating(_ order: ScheduleOrder, _ schedule: PipelineSchedule) -> SimulateScheduleOptions {
        var stated = self
        (stated.ranks, stated.microBatches) = (order.rankCount, order.microBatches)
        (stated.chunks, stated.schedule) = (order.chainLength / order.rankCount, schedule)
        return stated
    }
}
