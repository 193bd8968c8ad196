public import CostModels
import Foundation
import Schedules

extension RunResolver {
    /// Half-width of an interval that holds 80 % of a normal distribution, in standard deviations.
    private static let halfWidth = 1.2815515655446004

    /// The interval of step times, in s, that holds the measured one of a run in four of five cases.
    ///
    /// - Throws: `RunSkip` where the run cannot be predicted, or what its layout cannot do.
    public mutating func interval(of run: RunRecord, _ uncertainty: FittedUncertainty) throws -> ClosedRange<Double> {
        let configuration = try configuration(of: run)
        var simulator = PipelineSimulator()
        let time = try StepModel(configuration.inputs).estimate(
            configuration.strategy, simulator: &simulator, assumingEqualStages: configuration.assumesEqualStages
        ).stepTime
        let sensitivity = TimeSensitivity(uncertainty, configuration.inputs, [configuration.strategy])
            .widened(for: [configuration.inputs.trust(in: configuration.strategy).outside])
        let width = exp(Self.halfWidth * sensitivity.deviation(0))
        return time / width...time * width
    }
}
