public import CostModels
import Documents
import Foundation
import Hardware
public import Parallelism
import Quantities
import Schedules

/// Takes a user's own runs into what a stack's times rest on: a Gaussian update, in logarithms, of the distribution that is shipped.
///
/// Every constant moves as far as the runs speak of it and no further, and what is still open of it afterwards is carried on in the stack's file, so
/// that intervals of plans shrink where the runs told something. Errors are counted on runs left out: the configurations are dealt into at most
/// five parts, and each part is predicted from an update by the others.
public struct RunsFit {
    private struct Run {
        let record: RunRecord
        let configuration: RunConfiguration
        let measured: Double
        /// Which configuration it repeats.
        let group: Int
    }

    /// Standard deviations of what was expected, in the root mean square, beyond which runs speak of something else: less than one in a hundred
    /// of even single runs lie there.
    private static let surprising = 3.0
    /// Times further apart than this are no matter of constants: a unit, or another run.
    private static let farthest = 5.0
    /// Runs of an architecture below which the error on runs left out is not written down.
    private static let fewest = 3

    private let base: SoftwareStack
    private let uncertainty: FittedUncertainty
    private let runs: [Run]
    private let groups: Int
    private let skipped: [String: Int]
    private let file: String
    private let use: Int
    private let seed: UInt64
    /// Constants of GPU types that no run was on, by the type's name.
    private let kernels: (String) throws -> GPU

    /// The runs that can be predicted and compared; `resolver` must give all of them one stack, and `uncertainty` is what is shipped.
    ///
    /// - Parameter use: Configurations to take in, which the seed picks; the others only check. All unless given.
    public init(
        _ records: [RunRecord], resolver: RunResolver, uncertainty: FittedUncertainty, file: String, use: Int? = nil, seed: UInt64 = 0
    ) throws {
        var resolver = resolver
        var skipped: [String: Int] = [:]
        var runs: [Run] = []
        var known: [String: Int] = [:]
        var simulator = PipelineSimulator()
        // In an order of their own, so that the table's does not matter.
        for var record in records.sorted(by: { ($0.id, $0.location.line) < ($1.id, $1.location.line) }) {
            guard !record.ranOutOfMemory else { skipped["ran out of memory", default: 0] += 1; continue }
            if let reason = resolver.otherStack(of: record) { skipped[reason, default: 0] += 1; continue }
            do {
                let configuration = try resolver.configuration(of: record)
                _ = record.settleTime(configuration)
                guard let measured = record.measuredStepTime else { skipped["no measured time", default: 0] += 1; continue }
                let expected = try Self.seconds(configuration, configuration.inputs, &simulator)
                guard measured < expected * Self.farthest, measured > expected / Self.farthest else {
                    let words = String(
                        format: "%@ measured %.4g s where %.4g s are expected, more than %.0f times apart: is it in seconds?",
                        record.id, measured, expected, Self.farthest)
                    skipped[words, default: 0] += 1
                    continue
                }
                let key = [
                    record.model, record.gpu, "\(configuration.inputs.job)", "\(configuration.inputs.choices)", "\(configuration.strategy)",
                ]
                .joined(separator: " ")
                if known[key] == nil { known[key] = known.count }
                runs.append(Run(record: record, configuration: configuration, measured: measured, group: known[key] ?? 0))
            } catch let skip as RunSkip {
                skipped[skip.contradiction.map { "\(skip.reason): \($0)" } ?? skip.reason, default: 0] += 1
            } catch let error as any CustomStringConvertible & Error where !(error is DocumentError) && !(error is HardwareError) {
                skipped[error.description, default: 0] += 1
            }
        }
        guard let first = runs.first else { throw CalibrationError.noRuns(reasons: skipped.keys.sorted(), file: file) }
        base = first.configuration.inputs.stack
        self.uncertainty = uncertainty
        self.runs = runs
        groups = known.count
        self.skipped = skipped
        self.file = file
        self.use = use ?? groups
        self.seed = seed
        kernels = resolver.gpu
    }

    private static func seconds(_ configuration: RunConfiguration, _ inputs: CostInputs, _ simulator: inout PipelineSimulator) throws
        -> Double
    {
        try StepModel(inputs).estimate(
            configuration.strategy, simulator: &simulator, assumingEqualStages: configuration.assumesEqualStages
        ).stepTime
    }

    /// What the runs of some configurations leave.
    private func posterior(of chosen: Set<Int>) -> OwnPosterior {
        let observations = chosen.sorted().compactMap { group -> OwnObservation? in
            let repeats = runs.filter { $0.group == group }
            guard let first = repeats.first else { return nil }
            return OwnObservation(first.configuration, times: repeats.map(\.measured).sorted(), uncertainty)
        }
        var posterior = OwnPosterior(observations, uncertainty)
        posterior.take(observations)
        return posterior
    }

    /// The stack with what the runs told, what changed, and how far it is off on runs left out.
    public struct Result: Sendable {
        /// The stack with its moved constants and what is still open of them.
        public let stack: SoftwareStack
        /// What changed, and errors on runs left out and on all runs.
        public let fit: OperatorFit
        /// Every run's error before, when left out, and after.
        public let runs: [(id: String, before: Double, leftOut: Double?, after: Double)]
        /// How far the runs lie from what was expected, as a root mean square in the standard deviations of that; 1 is usual.
        public let surprise: Double

        /// What speaks against the fit, in words; empty where nothing does.
        public var doubts: [String] {
            var doubts: [String] = []
            if surprise > RunsFit.surprising {
                doubts.append(
                    String(
                        format:
                            "the runs lie %.1f standard deviations from what was expected: something differs that no constant stands for, and "
                            + "intervals of plans with this stack are too narrow", surprise))
            }
            if let left = fit.classes.first(where: { $0.name == "runs left out" }), left.after.meanAbsolute > left.before.meanAbsolute {
                doubts.append(
                    "runs left out are predicted worse with the others taken in than without: do all belong to one cluster and software?")
            }
            return doubts
        }
    }

    /// Takes the runs in.
    public func run() throws -> Result {
        let order = shuffledGroups
        let chosen = Set(order.prefix(use))
        let final = posterior(of: chosen)
        var simulator = PipelineSimulator()
        func error(_ run: Run, _ posterior: OwnPosterior?) throws -> Double {
            let inputs = run.configuration.inputs
            return try Self.seconds(run.configuration, posterior?.moved(inputs, keptOnly: true) ?? inputs, &simulator) / run.measured - 1
        }
        var leftOut = [Double?](repeating: nil, count: runs.count)
        if chosen.count < groups {
            for (i, run) in runs.enumerated() where !chosen.contains(run.group) { leftOut[i] = try error(run, final) }
        } else if groups > 1 {
            let parts = min(groups, 5)
            for turn in 0..<parts {
                let left = Set(order.indices.filter { $0 % parts == turn }.map { order[$0] })
                let others = posterior(of: Set(order).subtracting(left))
                for (i, run) in runs.enumerated() where left.contains(run.group) { leftOut[i] = try error(run, others) }
            }
        }
        var rows: [(id: String, before: Double, leftOut: Double?, after: Double)] = []
        for (i, run) in runs.enumerated() { rows.append((run.record.id, try error(run, nil), leftOut[i], try error(run, final))) }
        var classes: [OperatorFit.Class] = []
        let unseen = rows.filter { $0.leftOut != nil }
        if let before = ErrorStatistics(unseen.map(\.before)), let after = ErrorStatistics(unseen.compactMap(\.leftOut)) {
            classes.append(.init(name: "runs left out", before: before, after: after))
        }
        let seen = zip(runs, rows).filter { chosen.contains($0.0.group) }.map(\.1)
        if let before = ErrorStatistics(seen.map(\.before)), let after = ErrorStatistics(seen.map(\.after)) {
            classes.append(.init(name: "runs taken in", before: before, after: after))
        }
        let skips = skipped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let changes = changes(final)
        let fit = OperatorFit(changes: changes, classes: classes, fitted: seen.count, skipped: skips)
        return Result(stack: stack(final, chosen, rows), fit: fit, runs: rows, surprise: final.surprise)
    }

    /// The inputs whose constants stand for all runs': the first run's.
    private var reference: CostInputs { runs[0].configuration.inputs }

    /// Quantities that the runs speak of, those that they tell most of first.
    private func changes(_ posterior: OwnPosterior) -> [OperatorFit.Change] {
        let moved = runs.map { ($0.configuration.inputs, posterior.moved($0.configuration.inputs)) }
        let told = posterior.parameters.indices.compactMap { place -> (weight: Double, change: OperatorFit.Change)? in
            let (before, after) = posterior.deviation(place)
            let move = posterior.moves[place]
            guard before > 0, after < 0.98 * before || abs(move) > 0.1 * before else { return nil }
            let parameter = posterior.parameters[place]
            var (old, new): (Double?, Double) = (1, exp(move))
            if case .constant(let index) = parameter.quantity {
                let constant = TrainingConstant.all[index]
                guard let pair = moved.first(where: { constant.value(in: $0.0) != nil }), let value = constant.value(in: pair.0) else {
                    return nil
                }
                (old, new) = (value, value * exp(move))
            }
            let name = parameter.quantity.name + (parameter.cluster.map { " of \($0)" } ?? "")
            return (
                abs(move) / before + 1 - after / before,
                .init(key: name, before: old, after: Rounding.significant(new, 4), unit: "", deviation: (before, after))
            )
        }
        return told.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }.prefix(Self.shown)
            .map(\.element.change)
    }

    /// Quantities that are shown at most.
    private static let shown = 12

    private func stack(
        _ posterior: OwnPosterior, _ chosen: Set<Int>, _ rows: [(id: String, before: Double, leftOut: Double?, after: Double)]
    ) -> SoftwareStack {
        var stack = posterior.stack(base, reference: reference, configurations: chosen.count, kernels: kernels)
        let taken = runs.filter { chosen.contains($0.group) }
        let source = "after \(taken.count) own \(taken.count == 1 ? "run" : "runs") in \(FileName.last(of: file))"
        let (was, now) = (StackConstants.table.texts(of: base.costs), StackConstants.table.texts(of: stack.costs))
        for (key, value) in now where was[key] != value { stack.provenance["costs.\(key)"] = Provenance(source: source) }
        for run in taken {
            let inputs = run.configuration.inputs
            stack.measured[inputs.gpu.architecture, default: .none].take(
                run.configuration.strategy, inputs.job, gpuType: inputs.gpu.name, kinds: inputs.divisions.kinds)
        }
        // What the error was on runs left out is what the next plan should expect there.
        for (architecture, runs) in Dictionary(grouping: zip(runs, rows), by: { $0.0.configuration.inputs.gpu.architecture }) {
            let errors = runs.compactMap { $0.1.leftOut.map(abs) }
            if errors.count >= Self.fewest {
                stack.accuracy[architecture] = Rounding.significant(min(1, max(0.02, errors.reduce(0, +) / Double(errors.count))), 2)
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
