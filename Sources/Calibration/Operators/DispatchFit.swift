public import CostModels
public import Documents
import Foundation

/// Fits the laws of DeepEP's kernels on one GPU type to timings with columns `gpu, mode, nodes, ep, tokens_per_rank, hidden, topk, experts, sms,
/// dispatch_us, combine_us`; `mode` is `normal` or `low_latency`.
///
/// Tokens of normal kernels over nodes were on at most `DispatchKernels.measuredNodeLimit` of them. Left out are exchanges over 8 nodes of more than 4,096 tokens a rank, whose combines run into something that the others do not.
public struct DispatchFit: Sendable {
    /// Which way tokens go.
    public enum Direction: String, CaseIterable, Hashable, Sendable {
        /// To their experts, in 8 bits.
        case dispatch
        /// Back, in 16 bits.
        case combine
    }

    /// A measured exchange.
    public struct Sample: Hashable, Sendable {
        /// What was exchanged.
        public var point: DispatchLaw.Point
        /// Seconds that it took.
        public var seconds: Double
    }

    /// The measurements of each family.
    public let samples: [DispatchLaw.Family: [Sample]]

    /// The measurements of a GPU type, by its name in the table.
    public init(_ table: CSVTable, gpu: String, _ direction: Direction) throws(DocumentError) {
        let rows = MeasuredTable(table)
        let time = try table.column(direction == .dispatch ? "dispatch_us" : "combine_us")
        var samples: [DispatchLaw.Family: [Sample]] = [:]
        for row in rows.rows where rows.text("gpu", row) == gpu {
            let isLow = rows.text("mode", row) == "low_latency"
            let (nodes, tokens) = (try rows.count("nodes", row), try rows.count("tokens_per_rank", row))
            if !isLow, nodes >= DispatchKernels.measuredNodes, tokens > DispatchKernels.measuredTokensOverNodes { continue }
            let point = DispatchLaw.Point(
                tokens: Double(tokens), hidden: Double(try rows.count("hidden", row)), perToken: Double(try rows.count("topk", row)),
                experts: Double(try rows.count("experts", row)), ranks: Double(try rows.count("ep", row)), nodes: Double(nodes),
                multiprocessors: Double(try rows.optionalCount("sms", row) ?? 0),
                bytes: direction == .dispatch ? DispatchKernels.eightBits : 2)
            let family: DispatchLaw.Family =
                isLow ? (nodes > 1 ? .lowLatencyOverNodes : .lowLatency) : nodes > 1 ? .normalOverNodes : .normal
            let drawn = isLow ? point : point.limited(to: DispatchKernels.measuredNodeLimit)
            samples[family, default: []].append(Sample(point: drawn, seconds: try table.value(time, row: row, .positive) * 1e-6))
        }
        self.samples = samples
    }

    /// The law of a family that the points kept give, and its mean absolute error on those held out; nil where there are too few points.
    public func run(_ family: DispatchLaw.Family, heldOut share: Double = 0.5, seed: UInt64 = 0) async -> (law: DispatchLaw, error: Double)?
    {
        guard let all = samples[family], all.count >= 3 * family.constants else { return nil }
        let isHeldOut = HeldOutPoints.choose(all.count, share: share, seed: seed)
        let kept = zip(all, isHeldOut).filter { !$0.1 }.map(\.0)
        let start = Self.start(family)
        let solver = RobustLeastSquares(
            constants: start.map { .init(prior: $0, spread: 8, range: 1e-6...1e5) },
            weights: [Double](repeating: 1, count: kept.count), rounds: 60)
        let found = await solver.minimum(from: start.map { log($0) }) { requests in
            requests.map { request in
                guard let law = DispatchLaw(family, request.point.map { exp($0) }) else { return [] }
                return request.rows.map { log(law.seconds(kept[$0].point) / kept[$0].seconds) }
            }
        }
        guard let law = DispatchLaw(family, found.map { exp($0) }) else { return nil }
        let checks = share > 0 ? zip(all, isHeldOut).filter { $0.1 }.map(\.0) : all
        return (law, Self.error(law, checks))
    }

    /// Mean absolute relative error of a law.
    public static func error(_ law: DispatchLaw, _ samples: [Sample]) -> Double {
        samples.reduce(0) { $0 + abs(law.seconds($1.point) / $1.seconds - 1) } / Double(max(1, samples.count))
    }

    /// Constants of the right size: tens of µs to start, some hundred GB/s.
    private static func start(_ family: DispatchLaw.Family) -> [Double] {
        switch family {
        case .normal: [20, 10, 0.5, 1]
        case .normalOverNodes: [20, 10, 0.5, 1, 3, 20, 20, 30]
        case .lowLatency: [10, 1, 50]
        case .lowLatencyOverNodes: [10, 1, 50, 3, 20]
        }
    }
}
