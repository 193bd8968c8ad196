public import CostModels
import Foundation
import Hardware
public import Parallelism
import Schedules

/// What a fit of the training constants is worth on runs that it did not see: other halves of a table, and sources left out whole.
public struct TrainingStudy: Sendable {
    /// Errors of one source's runs.
    public struct SourceErrors: Sendable {
        /// The source.
        public let source: String
        /// Errors of the runs compared.
        public let errors: ErrorStatistics
    }

    /// A fit to one half and its errors on both.
    public struct Half: Sendable {
        /// Which division.
        public let seed: UInt64
        /// What was fitted.
        public let values: TrainingValues
        /// Errors on the complete runs that were fitted, by source.
        public let seen: [SourceErrors]
        /// Errors on the complete runs that were not, by source.
        public let unseen: [SourceErrors]
        /// Mean absolute errors of all runs of mixtures and of dense models that were not fitted; nil where there are none.
        public let unseenMixtures, unseenDense: Double?
        /// Absolute errors of all runs that were not fitted, by stack and GPU architecture, such as `fsdp, hopper`.
        public let unseenByStack: [String: [Double]]
        /// The lower triangular factor of the constants' covariance.
        let factor: [[Double]]
        /// What the unseen runs say of the spreads.
        let samples: [SpreadFit.Sample]
    }

    /// Errors on a source that no run of was fitted.
    public struct LeftOut: Sendable {
        /// Stacks of the source's runs.
        public let stacks: [String]
        /// The source's errors, of complete and incomplete runs.
        public let result: SourceErrors
    }

    /// Errors on all runs of a stack that no run of was fitted, priced as another stack: what a framework that nobody measured is worth.
    public struct LeftOutStack: Sendable {
        /// The stack that was left out.
        public let stack: String
        /// The stack that stands in: the nearest in what it launches.
        public let nearest: String
        /// Errors of its runs.
        public let errors: ErrorStatistics
        /// How many of them the interval of 80 % holds.
        public let held: Int
    }

    /// The stack that someone who knows both would take for another: by when it gathers weights, fuses kernels and hides communication.
    public static let nearestStacks = [
        "aa-scaling": "megatron-lm-2021", "fsdp": "torchtitan", "megatron-deepspeed": "megatron-lm-2021", "megatron-lm-2021": "aa-scaling",
        "no-overlap": "megatron-core", "torchtitan": "fsdp",
    ]

    private let fit: TrainingFit

    /// A study of a fit's runs.
    public init(_ fit: TrainingFit) { self.fit = fit }

    /// The fit to the half that `RunSplit` gives for a seed.
    public func half(seed: UInt64) async -> Half {
        let split = RunSplit(runs: fit.observations.map(\.run), seed: seed)
        let rows = fit.observations.indices
        let seen = rows.filter { split.isFitted(fit.observations[$0].run) }
        let unseen = rows.filter { !split.isFitted(fit.observations[$0].run) }
        let values = await fit.fit(seen)
        var byStack: [String: [Double]] = [:]
        var byKind: [Bool: [Double]] = [:]
        for (row, error) in zip(unseen, await fit.errors(values, unseen)) {
            let inputs = fit.observations[row].configuration.inputs
            byStack["\(inputs.stack.name), \(inputs.gpu.architecture)", default: []].append(abs(exp(error) - 1))
            byKind[FittedUncertainty.Stratum(inputs).isMixture, default: []].append(abs(exp(error) - 1))
        }
        func mean(_ errors: [Double]?) -> Double? { errors.map { $0.reduce(0, +) / Double(max(1, $0.count)) } }
        let (factor, slopes) = await fit.covariance(values, seen)
        return Half(
            seed: seed, values: values, seen: await errors(values, complete(seen)), unseen: await errors(values, complete(unseen)),
            unseenMixtures: mean(byKind[true]), unseenDense: mean(byKind[false]), unseenByStack: byStack, factor: factor,
            samples: await samples(values, unseen, factor, slopes))
    }

    /// What runs that were not fitted say of the spreads.
    private func samples(_ values: TrainingValues, _ rows: [Int], _ factor: [[Double]], _ slopes: [[Double]]) async -> [SpreadFit.Sample] {
        zip(rows, await fit.errors(values, rows)).map { row, error in
            let observation = fit.observations[row]
            var causes = [Double](repeating: 0, count: factor.count)
            for (constant, entries) in factor.enumerated() where slopes[constant][row] != 0 {
                for (column, entry) in entries.enumerated() { causes[column] += slopes[constant][row] * entry }
            }
            return SpreadFit.Sample(
                error: error, causes: causes, stratum: FittedUncertainty.Stratum(observation.configuration.inputs),
                group: "\(observation.run.source) \(observation.run.model) \(observation.run.gpu)")
        }
    }

    /// What fits of several halves leave open: the first one's covariance, and spreads by the unseen runs of all.
    public static func uncertainty(_ halves: [Half]) -> FittedUncertainty? {
        guard let first = halves.first else { return nil }
        return FittedUncertainty(factor: first.factor, spreads: SpreadFit.spreads(halves.flatMap(\.samples)))
    }

    /// Of how many unseen runs of each stratum the interval of 80 % holds the measured time, were the spreads those of `uncertainty`.
    public static func coverage(
        _ halves: [Half], _ uncertainty: FittedUncertainty
    ) -> [(stratum: FittedUncertainty.Stratum, share: Double, runs: Int)] {
        Dictionary(grouping: halves.flatMap(\.samples), by: \.stratum).sorted { $0.key < $1.key }.map { stratum, samples in
            let spread = uncertainty.spread(stratum)
            let inside = samples.filter { sample in
                let variance = sample.causes.reduce(0) { $0 + $1 * $1 } + spread.common * spread.common + spread.own * spread.own
                return abs(sample.error) <= 1.2815515655446004 * variance.squareRoot()
            }
            return (stratum, Double(inside.count) / Double(samples.count), samples.count)
        }
    }

    /// The sources that share a stack with another, each predicted from a fit to all the others.
    public func leavingOutSources() async -> [LeftOut] {
        var stacks: [String: Set<String>] = [:]
        for run in fit.observations { stacks[run.run.source, default: []].insert(run.configuration.inputs.stack.name) }
        var result: [LeftOut] = []
        for (source, own) in stacks.sorted(by: { $0.key < $1.key }) {
            guard stacks.contains(where: { $0.key != source && !$0.value.isDisjoint(with: own) }) else { continue }
            let rows = fit.observations.indices
            let values = await fit.fit(rows.filter { fit.observations[$0].run.source != source })
            for one in await errors(values, rows.filter { fit.observations[$0].run.source == source }) {
                result.append(LeftOut(stacks: own.sorted(), result: one))
            }
        }
        return result
    }

    /// Each stack that has a nearest one, all of its runs predicted from a fit to those of the others and by the constants of the nearest.
    ///
    /// The kernels that a run states stay its own; the costs, and what is not known of them, are those of a stack without runs. `profile` reads a
    /// stack's profile.
    public func leavingOutStacks(_ profile: (String) throws -> SoftwareStack) async throws -> [LeftOutStack] {
        let rows = Array(fit.observations.indices)
        var result: [LeftOutStack] = []
        for (stack, nearest) in Self.nearestStacks.sorted(by: { $0.key < $1.key }) {
            let own = rows.filter { fit.observations[$0].configuration.inputs.stack.name == stack }
            guard !own.isEmpty else { continue }
            let rest = rows.filter { fit.observations[$0].configuration.inputs.stack.name != stack }
            let values = await fit.fit(rest)
            let costs = try costs(of: nearest, among: rest, values, profile)
            let open = FittedUncertainty(factor: await fit.covariance(values, rest).factor, spreads: [:])
            var (errors, held) = ([Double](), 0)
            var simulator = PipelineSimulator()
            for row in own {
                let observation = fit.observations[row]
                var inputs = observation.configuration.inputs
                inputs = values.applied(to: inputs, network: observation.run.network)
                inputs.stack.name = "\(stack) unseen"
                inputs.stack.costs = costs
                let strategy = observation.configuration.strategy
                guard
                    let time = try? StepModel(inputs).estimate(
                        strategy, simulator: &simulator, assumingEqualStages: observation.configuration.assumesEqualStages
                    ).stepTime
                else { continue }
                errors.append(time / observation.measured - 1)
                let deviation = TimeSensitivity(open, inputs, [strategy]).widened(for: [["a stack left out"]]).deviation(0)
                if abs(log(time / observation.measured)) <= 1.2815515655446004 * deviation { held += 1 }
            }
            if let errors = ErrorStatistics(errors) {
                result.append(LeftOutStack(stack: stack, nearest: nearest, errors: errors, held: held))
            }
        }
        return result
    }

    /// The constants of a stack without runs whose relative is `nearest`, by values that were fitted to the runs at `rows`.
    private func costs(
        of nearest: String, among rows: [Int], _ values: TrainingValues, _ profile: (String) throws -> SoftwareStack
    ) throws -> StackConstants {
        let measured = Set(rows.map { fit.observations[$0].configuration.inputs.stack.name }).sorted()
        return values.applied(to: try profile(nearest)).costs.unmeasured(
            among: try measured.map { values.applied(to: try profile($0)).costs })
    }

    private func complete(_ rows: [Int]) -> [Int] { rows.filter { fit.observations[$0].run.quality == "A" } }

    private func errors(_ values: TrainingValues, _ rows: [Int]) async -> [SourceErrors] {
        var bySource: [String: [Double]] = [:]
        for (row, error) in zip(rows, await fit.errors(values, rows)) {
            bySource[fit.observations[row].run.source, default: []].append(exp(error) - 1)
        }
        return bySource.sorted { $0.key < $1.key }.compactMap { source, errors in
            ErrorStatistics(errors).map { SourceErrors(source: source, errors: $0) }
        }
    }
}

extension [TrainingStudy.SourceErrors] {
    /// Mean over sources of the mean absolute error; nil without sources.
    public var macroError: Double? { isEmpty ? nil : map(\.errors.meanAbsolute).reduce(0, +) / Double(count) }
    /// Mean over sources of the bias; nil without sources.
    public var macroBias: Double? { isEmpty ? nil : map(\.errors.bias).reduce(0, +) / Double(count) }
}
