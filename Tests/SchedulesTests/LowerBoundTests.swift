import Schedules
import TestInputs
import Testing

@Suite struct LowerBoundTests {
    @Test(arguments: PipelineSchedule.allCases)
    func noStepIsShorterThanItsBound(_ schedule: PipelineSchedule) throws {
        var random = Seeded(7)
        var simulator = PipelineSimulator()
        for (number, shape) in legalShapes(schedule, ranks: 1...6, microBatches: 1...12).enumerated() {
            let order = try schedule.order(shape)
            let times = TimelineTests.times(order, &random, detailed: number % 3 == 0)
            let bound = LowerBound.makespan(schedule, shape, times)
            let makespan = try simulator.run(order, times).makespan
            #expect(bound <= makespan, "\(schedule) \(shape)")
            #expect(bound > 0)
        }
    }

    /// With equal stages 1F1B and interleaved 1F1B have no slack.
    @Test func boundsAreTightForEqualStages() throws {
        var simulator = PipelineSimulator()
        for (schedule, chunks) in [(PipelineSchedule.oneForwardOneBackward, 1), (.interleaved, 2), (.gpipe, 1)] {
            let shape = ScheduleShape(ranks: 4, microBatches: 8, chunksPerRank: chunks)
            let order = try schedule.order(shape)
            let times = StageTimes(order, forward: 1, input: 1, weight: 1)
            let makespan = try simulator.run(order, times).makespan
            #expect(abs(LowerBound.makespan(schedule, shape, times) - makespan) < 1e-9)
        }
    }

    @Test func unevenStagesOfGPipeAndTheEstimateFor1F1B() throws {
        var random = Seeded(3)
        var simulator = PipelineSimulator()
        var (equal, smallest) = (0, 1.0)
        let cases = 500
        for _ in 0..<cases {
            let shape = ScheduleShape(
                ranks: Int.random(in: 2...8, using: &random), microBatches: Int.random(in: 2...32, using: &random))
            func draw() -> [Double] { (0..<shape.ranks).map { _ in Double(Int.random(in: 1...20, using: &random)) } }
            let times = StageTimes(forward: draw(), backwardInput: draw(), backwardWeight: draw())
            let gpipe = try simulator.run(PipelineSchedule.gpipe.order(shape), times).makespan
            #expect(gpipe == UnevenStages.gpipe(times, microBatches: shape.microBatches))
            let makespan = try simulator.run(PipelineSchedule.oneForwardOneBackward.order(shape), times).makespan
            let quoted = UnevenStages.oneForwardOneBackwardEstimate(times, microBatches: shape.microBatches)
            #expect(makespan <= gpipe)
            equal += makespan == quoted ? 1 : 0
            smallest = min(smallest, makespan / quoted)
        }
        // Quoted as an equality, it is wrong in most cases.
        #expect(equal > cases / 5 && equal < cases * 3 / 5, "\(equal) of \(cases)")
        #expect(smallest > 0.7 && smallest < 0.95, "\(smallest)")
    }

    /// The formula quoted for uneven stages is no upper bound either.
    @Test func theQuotedFormulaFor1F1BCanBeTooSmall() throws {
        var simulator = PipelineSimulator()
        let times = StageTimes(forward: [19, 4, 2], backwardInput: [7, 25, 10], backwardWeight: [0, 0, 0])
        let order = try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 3, microBatches: 7))
        #expect(try simulator.run(order, times).makespan == 244)
        #expect(UnevenStages.oneForwardOneBackwardEstimate(times, microBatches: 7) == 241)
    }
}
