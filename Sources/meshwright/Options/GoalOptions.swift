import ArgumentParser
import Quantities
import Search

/// What is best, and what a plan may use.
struct GoalOptions: ParsableArguments {
    /// What is best, by the name of its flag.
    enum Objective: String, ExpressibleByArgument, CaseIterable {
        case throughput, gpus, cost, memory
    }

    @Option(
        help: ArgumentHelp(
            "What is best: throughput, gpus (the fewest that reach --target-tokens-per-second), cost (the cheapest token) or memory "
                + "(the most left free).",
            discussion: "gpus and cost try the powers of two and three times the powers of two of nodes, up to the cluster's own size."))
    var objective: Objective = .throughput

    @Option(
        name: .customLong("target-tokens-per-second"),
        help: ArgumentHelp("Tokens per second of the whole cluster that --objective gpus must reach, such as 200K.", valueName: "count"),
        transform: CountArgument("--target-tokens-per-second", of: "token").number)
    var target: Double?

    @Option(
        name: .customLong("gpu-hour-price"), help: ArgumentHelp("Price of a GPU-hour, in any currency.", valueName: "price"))
    var gpuHourPrice: Double?

    @Option(
        name: .customLong("max-memory"),
        help: ArgumentHelp("Memory of a GPU that a plan may use, such as 72GiB. By default all of it.", valueName: "amount"),
        transform: MemoryArgument.parse)
    var maxMemory: Bytes?

    func validate() throws {
        if objective == .gpus, target == nil { throw ValidationError("--objective gpus needs --target-tokens-per-second") }
        if objective != .gpus, target != nil { throw ValidationError("--target-tokens-per-second goes with --objective gpus") }
        try Self.check(gpuHourPrice: gpuHourPrice)
    }

    /// Throws where a price of a GPU-hour cannot be.
    static func check(gpuHourPrice price: Double?) throws {
        guard let price, !(price >= 0 && price <= 1e6) else { return }
        throw ValidationError("--gpu-hour-price \(price): between 0 and 1000000")
    }

    /// The objective as the planner takes it.
    var searchObjective: Search.Objective {
        switch objective {
        case .throughput: .throughput
        case .gpus: .fewestGPUs(tokensPerSecond: target ?? 0)
        case .cost: .costPerToken
        case .memory: .memoryHeadroom
        }
    }
}

/// An amount of memory with its unit.
enum MemoryArgument {
    /// The amount, which must be positive.
    static func parse(_ text: String) throws -> Bytes {
        do throws(QuantityText.Problem) {
            let bytes = try QuantityText.bytes(text)
            if bytes > .zero, bytes.count.isFinite { return bytes }
        } catch {
            switch error {
            case .notANumber: break
            case .missingUnit(let number, let units), .unknownUnit(let number, let units):
                throw ValidationError("'\(text)' needs a unit after \(number); use one of \(units.joined(separator: ", "))")
            }
        }
        throw ValidationError("'\(text)' is not a positive amount of memory; write one such as 72GiB")
    }
}
