import Schedules
import TestInputs
import Testing

@Suite struct StepSummaryTests {
    @Test func bubblesOfOneForwardOneBackward() throws {
        var simulator = PipelineSimulator()
        let order = try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 4, microBatches: 8))
        let step = try simulator.summary(order, StageTimes(order, forward: 1, input: 1, weight: 1))
        #expect(abs(step.bubbleOfTotal - 3.0 / 11) < 1e-12)
        #expect(abs(step.bubbleOfIdeal - 3.0 / 8) < 1e-12)
        #expect(step.ranks.map(\.peakInFlight) == [4, 3, 2, 1])
        #expect(step.ranks.allSatisfy { $0.busy == 24 && $0.idle == 9 })
        #expect(step.parts.filter { $0.seconds > 0 }.map(\.name) == ["forward", "backward", "bubble"])
    }

    @Test(arguments: PipelineSchedule.allCases)
    func partsAddUpToTheStep(_ schedule: PipelineSchedule) throws {
        var random = Seeded(11)
        var simulator = PipelineSimulator()
        for shape in legalShapes(schedule, ranks: 2...4, microBatches: 8...8) {
            let order = try schedule.order(shape)
            let step = try simulator.summary(order, TimelineTests.times(order, &random, detailed: true))
            #expect(abs(step.parts.map(\.seconds).reduce(0, +) - step.result.makespan) < 1e-9)
            #expect(step.parts.allSatisfy { $0.seconds >= -1e-9 }, "\(step.parts)")
        }
    }

    /// A rank half as fast again holds everyone up by its extra work.
    @Test func aStragglerHoldsEveryoneUp() throws {
        var simulator = PipelineSimulator()
        let order = try PipelineSchedule.gpipe.order(ScheduleShape(ranks: 4, microBatches: 8))
        let times = StageTimes(order, forward: 1, input: 1, weight: 0)
        let slow = try simulator.run(order, times, perturbation: Perturbation(slowdown: [1, 1.5, 1, 1]))
        #expect(
            slow.makespan
                == UnevenStages.gpipe(
                    StageTimes(forward: [1, 1.5, 1, 1], backwardInput: [1, 1.5, 1, 1], backwardWeight: [0, 0, 0, 0]), microBatches: 8))
    }

    @Test func jitterIsSeededAndOfTheSizeAsked() throws {
        var simulator = PipelineSimulator()
        let order = try PipelineSchedule.gpipe.order(ScheduleShape(ranks: 1, microBatches: 2000))
        let times = StageTimes(order, forward: 1, input: 1, weight: 0)
        let jitter = Perturbation(jitter: 0.1, seed: 5)
        let first = try simulator.repeated(order, times, jitter, runs: 40)
        #expect(first == (try simulator.repeated(order, times, jitter, runs: 40)))
        #expect(first != (try simulator.repeated(order, times, Perturbation(jitter: 0.1, seed: 6), runs: 40)))
        // 4000 operations of 1 ± 0.1: the sum is 4000 with a standard deviation of 6.3.
        #expect(abs(first.mean - 4000) < 4)
        let deviation = (first.makespans.map { ($0 - first.mean) * ($0 - first.mean) }.reduce(0, +) / 39).squareRoot()
        #expect(deviation > 4 && deviation < 9)
        #expect(first.p95 == first.makespans[37])
        let calm = try simulator.repeated(order, times, Perturbation(), runs: 3)
        #expect(calm.makespans == [4000, 4000, 4000])
    }

    /// Jitter on several ranks can only cost on average: everyone waits for the slowest.
    @Test func jitterCosts() throws {
        var simulator = PipelineSimulator()
        let order = try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 8, microBatches: 32))
        let times = StageTimes(order, forward: 1, input: 1, weight: 1)
        let steps = try simulator.repeated(order, times, Perturbation(jitter: 0.1), runs: 20)
        #expect(steps.mean > 117 && steps.mean < 117 * 1.15)
        #expect(steps.p95 >= steps.mean)
    }

    @Test func comparisonOfEightRanks() throws {
        let comparison = try ScheduleComparison(
            ScheduleShape(ranks: 8, microBatches: 32), RankTimes(forward: 1, backwardInput: 1, backwardWeight: 1))
        func makespan(_ schedule: PipelineSchedule) -> Double? {
            comparison.rows.first { $0.schedule == schedule }?.step.result.makespan
        }
        #expect(comparison.rows.count == 16)
        #expect(makespan(.oneForwardOneBackward) == 117)
        #expect(makespan(.zbH1) == 103)
        #expect(makespan(.interleaved) == 106.5)
        #expect(makespan(.zbV) == 99.5)
        #expect(comparison.rows.map(\.step.result.makespan) == comparison.rows.map(\.step.result.makespan).sorted())
        let odd = try ScheduleComparison(
            ScheduleShape(ranks: 3, microBatches: 5), RankTimes(forward: 1, backwardInput: 1, backwardWeight: 1))
        #expect(odd.rows.count + odd.refusals.count == 16)
        #expect(odd.refusals.count == 4)
    }

    @Test func messagesAreCounted() throws {
        let order = try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 3, microBatches: 5))
        // The middle rank sends every micro-batch on and every gradient back.
        #expect(order.mostMessages == 10)
        // A V keeps the turn on one rank: the last rank sends 5 up and 5 gradients back, the others twice that.
        #expect(try PipelineSchedule.zbV.order(ScheduleShape(ranks: 2, microBatches: 5, chunksPerRank: 2)).mostMessages == 10)
    }

    @Test func badNumbersAreRefused() throws {
        var simulator = PipelineSimulator()
        let order = try PipelineSchedule.gpipe.order(ScheduleShape(ranks: 2, microBatches: 2))
        for bad in [-1, .infinity, .nan] as [Double] {
            #expect(throws: ScheduleError.self) { _ = try simulator.run(order, StageTimes(order, forward: bad, input: 1, weight: 1)) }
            #expect(throws: ScheduleError.self) {
                _ = try simulator.run(order, StageTimes(order, forward: 1, input: 1, weight: 1, latency: bad))
            }
            #expect(throws: ScheduleError.self) {
                let times = StageTimes(order, forward: 1, input: 1, weight: 1)
                _ = try simulator.run(order, times, perturbation: Perturbation(slowdown: [bad, 1]))
            }
        }
        #expect(throws: ScheduleError.wrongCount(name: "forward times", count: 3, expected: 2)) {
            _ = try simulator.run(order, StageTimes(stages: 3, forward: 1, backwardInput: 1, backwardWeight: 1))
        }
    }
}
