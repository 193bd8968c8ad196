/// A cell with its answer, and what the whole training takes there.
public struct SweepRow: Hashable, Sendable {
    /// Its place among the study's cells, from 1.
    public var id: Int
    /// The question.
    public var cell: StudyCell
    /// The answer; nil where it is missing.
    public var result: CellResult?
    /// Why the question cannot be put, such as GPUs that do not fill nodes; nil where it can.
    public var refusal: String?
    /// Days of 24 hours, without interruptions unless the study counts failures, and GPU-hours; nil without tokens or a plan, and where a job
    /// would fail faster than it recovers.
    public var days: Double?
    /// See `days`.
    public var gpuHours: Double?
    /// What the GPU-hours cost; nil without a price.
    public var cost: Double?
    /// Tokens per second and GPU over those of the smallest size that fits with all else equal; nil without a plan.
    public var scaling: Double?

    /// A cell with its answer; `hourPrice` is the price of a GPU-hour on its cluster.
    public init(
        id: Int, cell: StudyCell, result: CellResult?, refusal: String? = nil, tokens: Double?, hourPrice: Double?,
        countsFailures: Bool = false
    ) {
        (self.id, self.cell, self.result, self.refusal) = (id, cell, result, refusal)
        guard let result, let plan = result.plan, let tokens else { return }
        var seconds = (tokens / result.job.tokensPerStep).rounded(.up) * plan.stepTime
        var paid = Double(result.gpus)
        if countsFailures {
            guard plan.goodput > 0 else { return }
            seconds /= plan.goodput
            // Nodes that stand by are paid for too.
            paid *= 1 + Double(plan.spareNodes) / Double(max(1, result.nodes))
        }
        days = seconds / 86_400
        gpuHours = seconds / 3600 * paid
        cost = hourPrice.map { $0 * seconds / 3600 * paid }
    }

    /// Why there is no plan; nil where there is one.
    public var reason: String? { refusal ?? result.map(\.reason) ?? "not searched yet" }

    /// What is compared with the days: money, or GPU-hours where nobody stated a price.
    func expense(inMoney: Bool) -> Double? { inMoney ? cost : gpuHours }
}
