import CostModels
import Testing

@testable import Calibration

/// What stacks say was measured is what was measured: no run that the constants were fitted on is called extrapolated.
@Suite struct MeasuredExtentTests {
    private static let measured = CalibrationFixtures.measured("training/measured_runs.csv")

    private func strangers(_ path: String) throws -> [String] {
        var resolver = try CalibrationFixtures.resolver()
        return try RunsTable.read(path: path).compactMap { run in
            guard run.measuredStepTime != nil, !run.ranOutOfMemory, let configuration = try? resolver.configuration(of: run) else {
                return nil
            }
            let trust = configuration.inputs.trust(in: configuration.strategy)
            return trust.verdict == .extrapolated ? "\(run.id): \(trust.reasons.joined(separator: "; "))" : nil
        }
    }

    @Test func publishedRunsAreWithinWhatWasMeasured() throws { #expect(try strangers(CalibrationFixtures.published) == []) }

    @Test(.enabled(if: measured != nil, "needs ../shared/data/training/measured_runs.csv"))
    func allRunsAreWithinWhatWasMeasured() throws { #expect(try strangers(try #require(Self.measured)) == []) }
}
