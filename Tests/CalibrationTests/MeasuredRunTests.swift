import Calibration
import CostModels
import Schedules
import Testing

@Suite struct MeasuredRunTests {
    private func run(_ times: [Double], warmUp: Int? = nil) -> MeasuredRun {
        MeasuredRun(stepTimes: times, warmUp: warmUp, memory: nil, ranOutOfMemory: false)
    }

    @Test func `slow first steps warm up, and the median of the rest counts`() {
        // Behind the first two, m is 3.5 and s is 1.4826 × 1.5 = 2.2: neither 9 nor 8 is beyond 3.5 + 4 s = 12.4.
        // The first step always warms up. Of 8, 3, 1, 2, 100, 4, 5 the median is 4 and s = 2.97: 100 is slow, beyond 4 + 5 s = 18.8.
        let measured = run([9, 8, 3, 1, 2, 100, 4, 5])
        #expect(measured.skipped == 1 && measured.counted == 6 && measured.slow == [6])
        // Of 8, 3, 1, 2, 4, 5 the middle two are 3 and 4.
        #expect(measured.stepTime == 3.5)
        #expect(measured.spread == 1...8 && measured.iterations == 2...8)
        #expect(run([9, 1, 2, 3], warmUp: 0).stepTime == 2.5)
        // One in ten at each end does not count towards the spread.
        #expect(run((0..<20).map(Double.init), warmUp: 0).spread == 2...17)
    }

    @Test func `compilation, checkpoints and evaluations are left out and named`() {
        // 100 steps of 10 s, of which the first four take 30, 14, 11 and 12 s, and those of two checkpoints 25 s.
        var times = [Double](repeating: 10, count: 100)
        for (place, time) in [30.0, 14, 11, 12].enumerated() { times[place] = time }
        for place in [49, 99] { times[place] = 25 }
        let measured = run(times)
        #expect(measured.skipped == 4 && measured.counted == 94 && measured.slow == [50, 100])
        #expect(measured.stepTime == 10 && measured.iterations == 5...99)
        // However slow, warm-up is at most ten steps and a quarter of them; what is slow after it is named as such.
        #expect(run([Double](repeating: 50, count: 12) + [Double](repeating: 10, count: 88)).skipped == 10)
        #expect(run([Double](repeating: 50, count: 12) + [Double](repeating: 10, count: 88)).slow == [11, 12])
        // Numbers are the log's own.
        let logged = MeasuredRun(stepTimes: [9, 1, 1, 1, 8], numbers: [10, 20, 30, 40, 50], memory: nil, ranOutOfMemory: false)
        #expect(logged.slow == [50] && logged.iterations == 20...40)
    }

    @Test func `the mean of a whole run counts as it stands`() {
        let whole = MeasuredRun(stepTimes: [7], isWholeRun: true, memory: nil, ranOutOfMemory: false)
        #expect(whole.stepTime == 7 && whole.skipped == 0 && !whole.hasOnlyWarmUp)
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
