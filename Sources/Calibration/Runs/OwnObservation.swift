import CostModels
import Foundation
import Schedules

/// A configuration that was run, once or several times, and what is expected of it.
struct OwnObservation {
    /// What ran.
    let configuration: RunConfiguration
    /// Logarithm of the mean measured step time, in s.
    let measured: Double
    /// How often it was run.
    let repeats: Int
    /// What its time has for itself whatever the constants, as a standard deviation of the logarithm.
    let own: Double

    /// Standard deviation of the logarithm of one run's mean step time around that of its repeats: half of published repeats lie within 0.6 %, nine of
    /// ten within 3.7 % (docs/accuracy.md).
    private static let repeatNoise = 0.01

    /// A configuration with the times, in s, that were measured of it.
    init(_ configuration: RunConfiguration, times: [Double], _ uncertainty: FittedUncertainty) {
        self.configuration = configuration
        measured = times.reduce(0) { $0 + log($1) } / Double(times.count)
        repeats = times.count
        own = uncertainty.spread(.init(configuration.inputs)).own
    }

    /// Variance of what is measured around what the constants say: repeats share what the layout has for itself.
    var noise: Double { own * own + Self.repeatNoise * Self.repeatNoise / Double(repeats) }

    /// Logarithm of the step's time under inputs, in s; nil where it cannot be priced.
    func expected(_ inputs: CostInputs, _ simulator: inout PipelineSimulator) -> Double? {
        (try? StepModel(inputs).estimate(
            configuration.strategy, simulator: &simulator, assumingEqualStages: configuration.assumesEqualStages
        ).stepTime).map { log($0) }
    }
}
