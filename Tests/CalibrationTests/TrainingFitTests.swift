import Foundation
import Hardware
import Parallelism
import Schedules
import Testing

@testable import Calibration
@testable import CostModels

/// Fitting all constants to runs at once.
@Suite struct TrainingFitTests {
    @Test func `least squares find a power law in spite of outliers`() async {
        let sizes = (1...20).map(Double.init)
        // y = 3·x^0.5, one in ten measured at twice that.
        let measured = sizes.enumerated().map { 3 * $1.squareRoot() * ($0 % 10 == 9 ? 2 : 1) }
        let problem = RobustLeastSquares(
            constants: [.init(prior: 1, spread: 5, range: 0.01...100), .init(prior: 1, spread: 5, range: 0.01...10)],
            weights: [Double](repeating: 1, count: sizes.count))
        let best = await problem.minimum(from: [0, 0]) { requests in
            requests.map { request in
                request.rows.map { request.point[0] + exp(request.point[1]) * log(sizes[$0]) - log(measured[$0]) }
            }
        }
        #expect(abs(exp(best[0]) - 3) < 0.05)
        #expect(abs(exp(best[1]) - 0.5) < 0.01)
    }

    @Test func `a prior holds what the measurements do not tell`() async {
        let problem = RobustLeastSquares(
            constants: [.init(prior: 7, spread: 0.2, range: 0.1...100)], weights: [1, 1])
        let best = await problem.minimum(from: [log(2)]) { requests in requests.map { $0.rows.map { _ in 0.1 } } }
        #expect(abs(exp(best[0]) - 7) < 1e-6)
    }

    @Test func `a symmetric system is solved`() {
        let x = Cholesky.solved([[4, 2], [2, 3]], [10, 9])
        #expect(abs(x[0] - 1.5) < 1e-12 && abs(x[1] - 2) < 1e-12)
    }

    @Test func `the constant behind made-up runs is found again, with any number of threads`() async throws {
        // A weak prior, so that the runs decide.
        let constants = TrainingConstant.all.filter { $0.key == "activationPasses" }
            .map { TrainingConstant($0.key, $0.owner, prior: $0.prior, spread: 3) }
        let runs = try RunsTable.read(path: CalibrationFixtures.published).filter { ["korth", "sc21", "bloom"].contains($0.source) }
        let truth = TrainingValues(constants, [2.2])
        var resolver = try CalibrationFixtures.resolver()
        let made = try runs.map { run in
            let configuration = try resolver.configuration(of: run)
            var simulator = PipelineSimulator()
            let inputs = truth.applied(to: configuration.inputs, network: run.network)
            var copy = run
            copy.numbers["step_time_s"] = try StepModel(inputs).estimate(
                configuration.strategy, simulator: &simulator, assumingEqualStages: configuration.assumesEqualStages
            ).stepTime
            return copy
        }
        let one = try TrainingFit(made, resolver: CalibrationFixtures.resolver(), constants: constants, threads: 1)
        let rows = Array(one.observations.indices)
        #expect(rows.count >= 10)
        let found = await one.fit(rows)
        #expect(found.values.count == 1)
        #expect(abs(found.values[0] / 2.2 - 1) < 0.02)
        let three = try TrainingFit(made, resolver: CalibrationFixtures.resolver(), constants: constants, threads: 3)
        #expect(await three.fit(rows).values == found.values)
    }

    @Test func `every constant has an owner that ships, and owners that share one ship one value`() throws {
        let library = CalibrationFixtures.library
        var kernels: [String: Int] = [:]
        for constant in TrainingConstant.all {
            #expect(constant.range.contains(constant.prior), "\(constant.key)")
            var shipped: [Double] = []
            switch constant.owner {
            case .shared(let path): shipped = [SharedConstants.fitted[keyPath: path]]
            case .gpus(let names, let path):
                for name in names { kernels[name, default: 0] += 1 }
                // The L40S has no runs: its 8-bit constants and its like's come from operators.
                shipped = try names.map { try library.gpu($0).kernels[keyPath: path] }
            case .stacks(let names, let path):
                shipped = try names.map {
                    try SoftwareStack.read(path: library.path(of: .stack, named: $0)).costs[keyPath: path]
                }
            case .network: continue
            }
            #expect(Set(shipped).count == 1, "\(constant.key): \(shipped)")
            #expect(shipped.allSatisfy(constant.range.contains), "\(constant.key): \(shipped)")
        }
        #expect(kernels.values.allSatisfy { $0 <= 12 })
    }
}
