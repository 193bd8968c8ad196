import Schedules

/// How high memory curves reach: up to the highest amount, and up to the limit where that leaves the curves to be seen.
struct MemoryScale {
    /// The amount at the top of a curve's room.
    let highest: Double
    /// The limit, where it lies within the room.
    let limit: Double?

    init(_ timeline: Timeline) {
        let peak = timeline.memory.joined().reduce(0) { $1.amount.isFinite ? max($0, $1.amount) : $0 }
        limit = timeline.memoryLimit.flatMap { $0.isFinite && $0 > 0 && $0 <= 3 * peak ? $0 : nil }
        highest = max(peak, limit ?? 0)
    }
}

extension Timeline.MemoryUnit {
    /// An amount for people.
    func text(_ amount: Double) -> String {
        switch self {
        case .chunks: "\(DurationText.decimal(amount, 1)) chunks"
        case .bytes: "\(DurationText.decimal(amount / 1_073_741_824, 1)) GiB"
        }
    }
}
