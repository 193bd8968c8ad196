import Foundation

/// What tables say of ranked plans, column by column, without the sizes in which all of them agree on 1.
struct PlanColumns {
    private let report: PlanReport

    init(_ report: PlanReport) { self.report = report }

    typealias Column = SharedColumn<PlanReport.Entry>

    /// Every column that says something of these plans.
    var all: [Column] {
        let plans = report.plans
        let (unit, ties) = (unit, ties)
        let fastest = plans.map(\.tokensPerSecondPerGPU).max() ?? 1
        var columns: [Column] = [
            Column(column: .init("#", .trailing), text: { Self.place($0, ties: ties) }, value: { Double($0.rank) })
        ]
        func size(_ title: String, _ path: KeyPath<PlanReport.Strategy, Int>, always: Bool = false) {
            guard always || plans.contains(where: { $0.strategy[keyPath: path] != 1 }) else { return }
            columns.append(.number(title, { "\(Int($0))" }) { Double($0.strategy[keyPath: path]) })
        }
        func add(_ column: Column, where says: (PlanReport.Entry) -> Bool = { _ in true }) {
            if plans.contains(where: says) { columns.append(column) }
        }
        size("tp", \.tp, always: true)
        size("pp", \.pp, always: true)
        size("vpp", \.vpp)
        size("cp", \.cp)
        size("ep", \.ep)
        size("etp", \.etp)
        size("dp", \.dp, always: true)
        size("mbs", \.microBatchSize, always: true)
        add(.words("schedule", expendability: 1) { $0.strategy.pp > 1 ? $0.strategy.schedule : "" }) { $0.strategy.pp > 1 }
        add(.words("recompute", minimumWidth: 9, expendability: 2) { StrategyText($0.strategy).recompute })
        add(.words("sharding", minimumWidth: 5, expendability: 3) { StrategyText($0.strategy).sharding })
        add(.words("offload", minimumWidth: 9, expendability: 1) { StrategyText($0.strategy).offload }) { !$0.strategy.offload.isNone }
        add(.number("step", { FixedText.string($0 / unit.seconds, like: unit.longest) + " " + unit.name }) { $0.stepTime })
        add(
            Column(
                column: .init("80 % range", .trailing, expendability: 7), text: { Self.range($0, unit) }, value: { $0.stepTimeLow }))
        add(.number("fastest", expendability: 8, { "\(Int((100 * $0).rounded())) %" }) { $0.chanceFastest }) { $0.chanceFastest != nil }
        add(.number("tokens/s/GPU", expendability: 6, { FixedText.string($0, like: fastest) }) { $0.tokensPerSecondPerGPU })
        add(.number("MFU", expendability: 4, PercentText.string) { $0.mfu })
        add(.number("GiB", { String(format: "%.1f", $0) }) { $0.memory.high })
        add(.number("host GiB", { String(format: "%.0f", $0) }) { $0.memory.host }) { $0.memory.host > 0 }
        add(.number("drives GiB", { String(format: "%.0f", $0) }) { $0.memory.storage }) { $0.memory.storage > 0 }
        add(.words("trust", expendability: 5) { $0.trust })
        add(.number("days", { DurationText.digits($0, 3) }) { $0.training?.days }) { $0.training != nil }
        add(.words("launched by", minimumWidth: 8) { $0.launchableBy.map(Self.stacks) }) { $0.launchableBy != nil }
        return columns
    }

    private var ties: Int { report.plans.filter(\.tiesWithBest).count }

    /// The rank, with marks for a tie and for the one to take of it.
    private static func place(_ entry: PlanReport.Entry, ties: Int) -> String {
        guard ties > 1 else { return "\(entry.rank)" }
        return "\(entry.recommended == nil ? "" : "*")\(entry.rank)\(entry.tiesWithBest ? "≈" : "")"
    }

    /// The stacks that launch a plan: the first, and how many more.
    private static func stacks(_ names: [String]) -> String {
        guard let first = names.first else { return "no stack" }
        return names.count == 1 ? first : "\(first) +\(names.count - 1)"
    }

    /// The unit of all times, and the longest of them in it, which decides the decimals of all.
    private typealias TimeUnit = (name: String, seconds: Double, longest: Double)

    private var unit: TimeUnit {
        let longest = report.plans.map(\.stepTime).max() ?? 1
        let unit = DurationText.unit(for: longest)
        return (unit.name, unit.seconds, longest / unit.seconds)
    }

    private static func range(_ entry: PlanReport.Entry, _ unit: TimeUnit) -> String {
        [entry.stepTimeLow, entry.stepTimeHigh].map { FixedText.string($0 / unit.seconds, like: 10 * unit.longest) }.joined(separator: "–")
    }
}
