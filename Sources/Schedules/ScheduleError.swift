/// Why a schedule cannot be built, read or simulated; every case says what would be right.
public enum ScheduleError: Error, Hashable, Sendable {
    /// The numbers of ranks, micro-batches or chunks break the schedule's rule; `legal` names values that work.
    case illegalShape(PipelineSchedule, rule: String, legal: String)
    /// More stages or micro-batches than an operation can name.
    case tooLarge(what: String, value: Int, limit: Int)
    /// Text that is not an operation such as `3I0`, at a rank and a position in its list.
    case unreadableOperation(text: String, rank: Int, position: Int)
    /// An operation names a stage or micro-batch that the order does not have.
    case unknownOperation(name: String, rank: Int, reason: String)
    /// An operation stands on a rank that does not hold its stage.
    case misplacedOperation(name: String, rank: Int, holder: Int)
    /// An operation appears twice.
    case repeatedOperation(name: String, rank: Int)
    /// Operations that the order lacks; the first few by name, and how many there are.
    case missingOperations(names: [String], count: Int)
    /// Operations that wait for each other in a circle, each for the one after it and the last for the first.
    case deadlock(cycle: [String])
    /// A time, size or factor that is negative, infinite or not a number.
    case invalidQuantity(name: String, value: Double)
    /// A list of per-stage or per-rank values of the wrong length.
    case wrongCount(name: String, count: Int, expected: Int)
    /// An orders file that is not what it should be.
    case unreadableOrders(reason: String)
}

extension ScheduleError: CustomStringConvertible {
    /// One clear line for the person who typed the configuration.
    public var description: String {
        switch self {
        case .illegalShape(let schedule, let rule, let legal):
            "\(schedule.rawValue): \(rule); legal: \(legal)"
        case .tooLarge(let what, let value, let limit):
            "\(value) \(what) are more than the \(limit) that a simulation can hold"
        case .unreadableOperation(let text, let rank, let position):
            "rank \(rank), operation \(position): '\(text)' is not an operation such as 3I0 or (5F3;2B1)OVERLAP_F_B"
        case .unknownOperation(let name, let rank, let reason):
            "rank \(rank): \(name): \(reason)"
        case .misplacedOperation(let name, let rank, let holder):
            "rank \(rank): \(name) belongs to rank \(holder), which holds its stage"
        case .repeatedOperation(let name, let rank):
            "rank \(rank): \(name) appears twice"
        case .missingOperations(let names, let count):
            "the order lacks \(count) operation\(count == 1 ? "" : "s"): \(names.joined(separator: ", "))\(count > names.count ? ", …" : "")"
        case .deadlock(let cycle):
            "deadlock: \((cycle + cycle.prefix(1)).joined(separator: " waits for "))"
        case .invalidQuantity(let name, let value):
            "\(name) is \(value); it must be finite and not negative"
        case .wrongCount(let name, let count, let expected):
            "\(name) has \(count) value\(count == 1 ? "" : "s"), expected \(expected)"
        case .unreadableOrders(let reason):
            "orders: \(reason)"
        }
    }
}
