public import CostModels
import Foundation
import Parallelism
import Schedules

/// Fits every constant that training runs decide, all at once, to some of the runs of a table; the operators' constants are held.
public struct TrainingFit: Sendable {
    /// A run that can be predicted and compared.
    public struct Observation: Sendable {
        /// The run.
        public let run: RunRecord
        /// What is priced.
        public let configuration: RunConfiguration
        /// Measured step time in s.
        public let measured: Double
    }

    /// A source of n runs weighs n to the power 1 less this, so that a large one does not decide.
    private static let balance = 0.7
    /// Weight of a run against the priors, for a source of one.
    private static let weight = 6.0
    /// Weight of runs whose configuration is not wholly known over that of complete ones.
    private static let incompleteWeight = 0.6

    /// The runs.
    public let observations: [Observation]
    /// The constants that may move.
    public let constants: [TrainingConstant]
    /// Threads that price runs; the fit is the same for any number.
    public let threads: Int
    /// Rows that are not fitted, by reason.
    public let leftOut: [(reason: String, count: Int)]

    /// The runs of a table that can be predicted and compared.
    public init(_ runs: [RunRecord], resolver: RunResolver, constants: [TrainingConstant] = TrainingConstant.all, threads: Int = 1) throws {
        var resolver = resolver
        var simulator = PipelineSimulator()
        var observations: [Observation] = []
        var leftOut: [String: Int] = [:]
        for run in runs {
            guard !run.ranOutOfMemory else { leftOut["ran out of memory", default: 0] += 1; continue }
            guard let measured = run.measuredStepTime else { leftOut["no step time or tokens a second", default: 0] += 1; continue }
            do {
                let configuration = try resolver.configuration(of: run)
                guard Self.seconds(configuration, configuration.inputs, &simulator) != nil else {
                    leftOut["the layout cannot run", default: 0] += 1
                    continue
                }
                observations.append(Observation(run: run, configuration: configuration, measured: measured))
            } catch let skip as RunSkip {
                leftOut[skip.reason, default: 0] += 1
            }
        }
        self.leftOut = leftOut.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        self.observations = observations
        self.constants = constants
        self.threads = max(1, threads)
    }

    private static func seconds(_ configuration: RunConfiguration, _ inputs: CostInputs, _ simulator: inout PipelineSimulator) -> Double? {
        try? StepModel(inputs).estimate(
            configuration.strategy, simulator: &simulator, assumingEqualStages: configuration.assumesEqualStages
        ).stepTime
    }

    /// The values that fit the runs at `rows` best.
    public func fit(_ rows: [Int]) async -> TrainingValues {
        let best = await problem(rows).minimum(from: constants.map { log($0.prior) }) { await self.errors($0, of: rows) }
        return TrainingValues(constants, best.map { Rounding.significant(exp($0), 4) })
    }

    /// The lower triangular factor of the covariance that the runs at `rows` leave to the logarithms of the constants at their best values, and
    /// the derivatives of the logarithms of all runs' times there, a row a constant.
    func covariance(_ values: TrainingValues, _ rows: [Int]) async -> (factor: [[Double]], slopes: [[Double]]) {
        let all = Array(observations.indices)
        let point = values.values.map { log($0) }
        let slopes = await problem(all).slopes(at: point) { await self.errors($0, of: all) }
        let factor = problem(rows).covarianceFactor(slopes.map { slope in rows.map { slope[$0] } }, await errors(values, rows))
        return (factor, slopes)
    }

    /// The problem of fitting the runs at `rows`.
    private func problem(_ rows: [Int]) -> RobustLeastSquares {
        var sizes: [String: Int] = [:]
        for row in rows { sizes[observations[row].run.source, default: 0] += 1 }
        let weights = rows.map { row in
            let run = observations[row].run
            return Self.weight * pow(Double(sizes[run.source] ?? 1), -Self.balance) * (run.quality == "A" ? 1 : Self.incompleteWeight)
        }
        return RobustLeastSquares(
            constants: constants.map { .init(prior: $0.prior, spread: $0.spread, range: $0.range) }, weights: weights)
    }

    /// Errors at points given as logarithms, of the runs that `places` of `rows` name.
    private func errors(_ requests: [(point: [Double], rows: [Int])], of rows: [Int]) async -> [[Double]] {
        await errors(requests.map { (TrainingValues(constants, $0.point.map { exp($0) }), $0.rows.map { rows[$0] }) })
    }

    /// log(predicted/measured) of the runs at `rows` under `values`.
    public func errors(_ values: TrainingValues, _ rows: [Int]) async -> [Double] { await errors([(values, rows)])[0] }

    private func errors(_ requests: [(values: TrainingValues, rows: [Int])]) async -> [[Double]] {
        let workers = threads
        let parts = await withTaskGroup(of: [(request: Int, place: Int, error: Double)].self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var simulator = PipelineSimulator()
                    var part: [(request: Int, place: Int, error: Double)] = []
                    for (index, request) in requests.enumerated() {
                        for place in stride(from: worker, to: request.rows.count, by: workers) {
                            let run = observations[request.rows[place]]
                            let inputs = request.values.applied(to: run.configuration.inputs, network: run.run.network)
                            let time = Self.seconds(run.configuration, inputs, &simulator) ?? run.measured
                            part.append((index, place, log(time / run.measured)))
                        }
                    }
                    return part
                }
            }
            var all: [[(request: Int, place: Int, error: Double)]] = []
            for await part in group { all.append(part) }
            return all
        }
        var errors = requests.map { [Double](repeating: 0, count: $0.rows.count) }
        for part in parts { for one in part { errors[one.request][one.place] = one.error } }
        return errors
    }
}
