import CostModels
import Documents
import Foundation
import Hardware
public import Parallelism
import Quantities
import Schedules
import Search

/// Refits the few constants of a stack that differ most between installations to a user's own runs.
///
/// Five constants at most, each with a log-normal prior around the stack's value, so that a handful of runs moves only what they speak
/// about; fewer than three distinct configurations fit one scalar, the step's time over the models'. Errors are counted on runs left out:
/// the configurations are dealt into at most five parts, and each part is predicted from a fit to the others.
public struct RunsFit {
    /// A constant that may move.
    private struct Knob {
        let key: String
        let path: WritableKeyPath<StackConstants, Double>
        /// Standard deviation of its logarithm around the stack's value.
        let spread: Double
        let range: ClosedRange<Double>
    }

    private struct Observation {
        let run: RunRecord
        let configuration: RunConfiguration
        let measured: Double
        /// Which configuration it repeats.
        let group: Int
    }

    /// Errors that remain whatever the constants: repeats and releases differ by as much.
    private static let noise = SoftLoss(knee: 0.05)
    /// Configurations below which one scalar is fitted.
    private static let scalarBelow = 3
    /// Configurations that are fitted at most: more add time and little else, and check the fit better than they improve it.
    private static let most = 24

    private let base: SoftwareStack
    private let observations: [Observation]
    private let groups: Int
    private let skipped: [String: Int]
    private let file: String
    private let use: Int
    private let seed: UInt64

    /// The runs that can be predicted and compared; `resolver` must give all of them one stack.
    ///
    /// - Parameter use: Configurations to fit, which the seed picks; the others only check the fit. At most 24 unless given.
    public init(_ runs: [RunRecord], resolver: RunResolver, file: String, use: Int? = nil, seed: UInt64 = 0) throws {
        var resolver = resolver
        var skipped: [String: Int] = [:]
        var observations: [Observation] = []
        var known: [String: Int] = [:]
        var simulator = PipelineSimulator()
        for var run in runs {
            guard !run.ranOutOfMemory else { skipped["ran out of memory", default: 0] += 1; continue }
            do {
                let configuration = try resolver.configuration(of: run)
                _ = run.settleTime(configuration)
                guard let measured = run.measuredStepTime else { skipped["no measured time", default: 0] += 1; continue }
                _ = try Self.seconds(configuration, configuration.inputs.stack.costs, &simulator)
                let key = [
                    run.model, run.gpu, "\(configuration.inputs.job)", "\(configuration.inputs.choices)", "\(configuration.strategy)",
                ]
                .joined(separator: " ")
                if known[key] == nil { known[key] = known.count }
                observations.append(
                    Observation(run: run, configuration: configuration, measured: measured, group: known[key] ?? 0))
            } catch let skip as RunSkip {
                skipped[skip.contradiction.map { "\(skip.reason): \($0)" } ?? skip.reason, default: 0] += 1
            } catch let error as any CustomStringConvertible & Error where !(error is DocumentError) && !(error is HardwareError) {
                skipped[error.description, default: 0] += 1
            }
        }
        guard let first = observations.first else {
            throw CalibrationError.noRuns(reasons: skipped.keys.sorted(), file: file)
        }
        base = first.configuration.inputs.stack
        self.observations = observations
        groups = known.count
        self.skipped = skipped
        self.file = file
        self.use = use ?? Self.most
        self.seed = seed
    }

    private static func seconds(_ configuration: RunConfiguration, _ costs: StackConstants, _ simulator: inout PipelineSimulator) throws
        -> Double
    {
        var inputs = configuration.inputs
        inputs.stack.costs = costs
        return try StepModel(inputs).estimate(
            configuration.strategy, simulator: &simulator, assumingEqualStages: configuration.assumesEqualStages
        ).stepTime
    }

    /// The constants that these runs can speak about.
    private func knobs(for runs: [Observation]) -> [Knob] {
        let factor = Knob(key: "time_factor", path: \.timeFactor, spread: 0.1, range: 0.2...5)
        guard Set(runs.map(\.group)).count >= Self.scalarBelow else {
            return [Knob(key: "time_factor", path: \.timeFactor, spread: 0.3, range: 0.2...5)]
        }
        var knobs: [Knob] = []
        if runs.contains(where: { $0.configuration.strategy.tensor > 1 }) {
            knobs.append(Knob(key: "visible_tensor_share", path: \.visibleTensorShare, spread: 0.5, range: 0.01...5))
        }
        if runs.contains(where: { $0.configuration.strategy.data * $0.configuration.strategy.context > 1 }) {
            knobs.append(Knob(key: "data_parallel_efficiency", path: \.dataParallelEfficiency, spread: 0.5, range: 0.01...2))
        }
        knobs.append(Knob(key: "norm_passes", path: \.normPasses, spread: 0.3, range: 0.2...30))
        knobs.append(Knob(key: "host_layer_time", path: \.hostLayerSeconds, spread: 0.5, range: 1e-6...0.02))
        return knobs + [factor]
    }

    /// The constants that fit some of the runs best.
    private func fit(_ runs: [Observation]) -> StackConstants {
        let knobs = knobs(for: runs)
        func set(_ x: [Double]) -> StackConstants {
            var costs = base.costs
            for (knob, value) in zip(knobs, x) { costs[keyPath: knob.path] = Rounding.significant(value, 4) }
            return costs
        }
        var simulator = PipelineSimulator()
        let search = SimplexSearch(
            constants: knobs.map { .init(start: max(base.costs[keyPath: $0.path], $0.range.lowerBound), range: $0.range) },
            evaluations: 60 * knobs.count, restarts: 2)
        return set(
            search.minimum { x in
                var sum = 0.0
                for (knob, value) in zip(knobs, x) {
                    let shift = log(value / max(base.costs[keyPath: knob.path], knob.range.lowerBound)) / knob.spread
                    sum += shift * shift / 2
                }
                let costs = set(x)
                for run in runs {
                    // Every configuration ran with the stack's constants, and runs with others.
                    guard let time = try? Self.seconds(run.configuration, costs, &simulator) else { continue }
                    sum += Self.noise(time, run.measured)
                }
                return sum
            })
    }

    /// The refitted stack, what changed, and how far it is off on runs left out.
    public struct Result: Sendable {
        /// The stack with its refitted constants.
        public let stack: SoftwareStack
        /// What changed, and errors on runs left out and on all runs.
        public let fit: OperatorFit
        /// Every run's error before, when left out, and after.
        public let runs: [(id: String, before: Double, leftOut: Double?, after: Double)]
    }

    /// Refits the stack.
    public func run() throws -> Result {
        let order = shuffledGroups
        let chosen = Set(order.prefix(use))
        let final = fit(observations.filter { chosen.contains($0.group) })
        var simulator = PipelineSimulator()
        func error(_ run: Observation, _ costs: StackConstants) throws -> Double {
            try Self.seconds(run.configuration, costs, &simulator) / run.measured - 1
        }
        var leftOut = [Double?](repeating: nil, count: observations.count)
        if chosen.count < groups {
            for (i, run) in observations.enumerated() where !chosen.contains(run.group) { leftOut[i] = try error(run, final) }
        } else if groups > 1 {
            let parts = min(groups, 5)
            for turn in 0..<parts {
                let left = Set(order.indices.filter { $0 % parts == turn }.map { order[$0] })
                let costs = fit(observations.filter { !left.contains($0.group) })
                for (i, run) in observations.enumerated() where left.contains(run.group) { leftOut[i] = try error(run, costs) }
            }
        }
        var rows: [(id: String, before: Double, leftOut: Double?, after: Double)] = []
        for (i, run) in observations.enumerated() {
            rows.append((run.run.id, try error(run, base.costs), leftOut[i], try error(run, final)))
        }
        var classes: [OperatorFit.Class] = []
        let unseen = rows.filter { $0.leftOut != nil }
        if let before = ErrorStatistics(unseen.map(\.before)), let after = ErrorStatistics(unseen.compactMap(\.leftOut)) {
            classes.append(.init(name: "runs left out", before: before, after: after))
        }
        let seen = zip(observations, rows).filter { chosen.contains($0.0.group) }.map(\.1)
        if let before = ErrorStatistics(seen.map(\.before)), let after = ErrorStatistics(seen.map(\.after)) {
            classes.append(.init(name: "runs fitted", before: before, after: after))
        }
        let changes = knobs(for: observations.filter { chosen.contains($0.group) }).map { knob in
            let isTime = knob.key == "host_layer_time"
            return OperatorFit.Change(
                key: knob.key, before: base.costs[keyPath: knob.path] * (isTime ? 1e6 : 1),
                after: final[keyPath: knob.path] * (isTime ? 1e6 : 1), unit: isTime ? "us" : "")
        }
        let skips = skipped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let fit = OperatorFit(changes: changes, classes: classes, fitted: seen.count, skipped: skips)
        return Result(stack: stack(final, changes, rows, fitted: seen.count), fit: fit, runs: rows)
    }

    private func stack(
        _ costs: StackConstants, _ changes: [OperatorFit.Change], _ rows: [(id: String, before: Double, leftOut: Double?, after: Double)],
        fitted: Int
    ) -> SoftwareStack {
        var stack = base
        stack.costs = costs
        let source = "refitted on \(fitted) own runs in \(FileName.last(of: file))"
        for change in changes { stack.provenance["costs.\(change.key)"] = Provenance(source: source) }
        // What the error was on runs left out is what the next plan should expect there.
        let byArchitecture = Dictionary(grouping: zip(observations, rows), by: { $0.0.configuration.inputs.gpu.architecture })
        for (architecture, runs) in byArchitecture {
            let errors = runs.compactMap { $0.1.leftOut.map(abs) }
            if errors.count >= Self.scalarBelow {
                stack.accuracy[architecture] = Rounding.significant(max(0.02, errors.reduce(0, +) / Double(errors.count)), 2)
            }
        }
        return stack
    }

    /// The configurations in the order in which the seed takes them.
    private var shuffledGroups: [Int] {
        var random = SeededRandom(seed: seed)
        return Array(0..<groups).shuffled(using: &random)
    }
}
