import Calibration
import CostModels
import Schedules
import Testing

@Suite struct MeasuredRunTests {
    private func run(_ times: [Double], warmUp: Int? = nil) -> MeasuredRun {
        MeasuredRun(stepTimes: times, warmUp: warmUp, memory: nil, ranOutOfMemory: false)
    }

    @Test func `the first quarter warms up, and the median of the rest counts`() {
        // 9 and 8 warm up; of 3, 1, 2, 100, 4, 5 the middle two are 3 and 4.
        let measured = run([9, 8, 3, 1, 2, 100, 4, 5])
        #expect(measured.skipped == 2 && measured.counted == 6)
        #expect(measured.stepTime == 3.5)
        #expect(measured.spread == 1...100)
        #expect(run([9, 1, 2, 3], warmUp: 0).stepTime == 2.5)
        #expect(run((0..<100).map(Double.init)).skipped == 10)
        // One in ten at each end does not count towards the spread.
        #expect(run((0..<20).map(Double.init), warmUp: 0).spread == 2...17)
    }

    @Test func `at least one step counts`() {
        #expect(run([7]).stepTime == 7)
        #expect(run([8, 7], warmUp: 30).stepTime == 7)
        #expect(run([]).stepTime == nil && run([]).counted == 0)
    }

    @Test func `a run that ends in its warm-up has measured nothing`() {
        #expect(run([7]).hasOnlyWarmUp && run([8, 7], warmUp: 30).hasOnlyWarmUp)
        #expect(!run([7], warmUp: 0).hasOnlyWarmUp && !run([8, 7]).hasOnlyWarmUp && !run([]).hasOnlyWarmUp)
    }

    @Test func `the gap in terms of each part`() throws {
        let configuration = try OwnRuns.dense()
        var simulator = PipelineSimulator()
        let estimate = try StepModel(configuration.inputs).estimate(configuration.strategy, simulator: &simulator)
        let part = estimate.breakdown[.matrixProducts]
        let slower = RunGap(estimate, measured: estimate.stepTime + 0.5 * part)
        #expect(abs(slower.seconds - 0.5 * part) < 1e-12)
        let cause = try #require(slower.causes.first { $0.term == .matrixProducts })
        #expect(abs(cause.factor - 1.5) < 1e-9 && cause.predicted == part)
        #expect(zip(slower.causes, slower.causes.dropFirst()).allSatisfy { abs($0.factor - 1) <= abs($1.factor - 1) })
        // No part can give back more time than it takes.
        let faster = RunGap(estimate, measured: estimate.stepTime - 0.9 * part)
        #expect(faster.causes.allSatisfy { $0.factor >= 0 && $0.predicted >= 0.9 * part })
    }
}
