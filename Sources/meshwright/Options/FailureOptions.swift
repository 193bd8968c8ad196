public import ArgumentParser
import Quantities
public import Reliability

extension CheckpointMode: ExpressibleByArgument {}

/// How a whole training meets failures.
struct FailureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How checkpoints leave the GPUs: synchronous, asynchronous (the default) or in-memory (on the own host and another one).",
            valueName: "mode"))
    var checkpoint: CheckpointMode?

    @Option(
        name: .customLong("checkpoint-interval"),
        help: ArgumentHelp("Time between checkpoints, such as 30min. By default the one that loses least.", valueName: "time"),
        transform: LongTimeArgument("--checkpoint-interval").parse)
    var interval: Seconds?

    @Option(
        name: .customLong("spare-nodes"),
        help: ArgumentHelp("Nodes that stand by. By default the cluster's, or as many as are worth their price.", valueName: "count"))
    var spares: Int?

    func validate() throws {
        if let spares, !(0...1_048_576).contains(spares) { throw ValidationError("--spare-nodes \(spares): between 0 and 1048576") }
    }

    /// What was chosen, with what is usual, for a cluster of so many nodes.
    func choices(nodes: Int) throws -> RunChoices {
        if let spares, spares > nodes {
            throw CommandFailure(.usage, "--spare-nodes \(spares): more stand by than there are nodes, \(nodes); at most as many do")
        }
        var choices = RunChoices()
        choices.checkpoint = checkpoint ?? .asynchronous
        (choices.interval, choices.spares) = (interval, spares)
        return choices
    }

    /// The first of the options that was given.
    var given: String? {
        checkpoint != nil ? "--checkpoint" : interval != nil ? "--checkpoint-interval" : spares != nil ? "--spare-nodes" : nil
    }
}

/// A duration of minutes to years with its unit.
struct LongTimeArgument {
    private let option: String
    private let allowsZero: Bool

    init(_ option: String, allowsZero: Bool = false) { (self.option, self.allowsZero) = (option, allowsZero) }

    /// The duration that a text states.
    func parse(_ text: String) throws -> Seconds {
        do throws(QuantityText.Problem) {
            let time = try QuantityText.longTime(text)
            if time.value >= 1 || (allowsZero && time == .zero), time.value <= 1e6 * 31_557_600 { return time }
        } catch {
            if case .missingUnit(let number, let units) = error {
                throw ValidationError("\(option) '\(text)' needs a unit after \(number); use one of \(units.joined(separator: ", "))")
            }
        }
        throw ValidationError(
            "\(option) '\(text)' is no duration from 1 s to a million years\(allowsZero ? " or 0" : ""); write one such as 30min, 3d or 9y")
    }
}
