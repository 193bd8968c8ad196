import Parallelism
import Schedules
import Testing

@testable import CostModels

@Suite struct ScheduleAlternativesTests {
    @Test func schedulesGetTheChunksTheyNeed() {
        var strategy = ParallelStrategy(pipeline: 4, virtualStages: 1, microBatches: 16, recompute: .full, recomputeLayers: 8)
        strategy.layout = .explicit([8, 8, 8, 8])
        #expect(strategy.under(.zbH2).virtualStages == 1)
        #expect(strategy.under(.zbH2).layout == strategy.layout)
        let folded = strategy.under(.zbV)
        #expect(folded.virtualStages == 2 && folded.layout == .even && folded.recomputeLayers == 4)
        strategy.virtualStages = 4
        #expect(strategy.under(.interleaved).virtualStages == 4)
        #expect(strategy.under(.dualPipe).virtualStages == 1)
    }

    @Test func ordersFindTheScheduleThatLiesAsTheyDo() throws {
        func alike(_ schedule: PipelineSchedule, _ v: Int) throws -> PipelineSchedule? {
            try schedule.order(ScheduleShape(ranks: 4, microBatches: 8, chunksPerRank: v)).schedulePlacedAlike
        }
        #expect(try alike(.zbH1, 1) == .oneForwardOneBackward)
        #expect(try alike(.interleaved, 3) == .loopedBFS)
        #expect(try alike(.zbV, 2) == .wave)
        #expect(try alike(.dualPipe, 1) == nil)
        let crossed = try ScheduleOrder(name: "x", ranks: [["1F0", "1B0"], ["0F0", "0B0"]])
        #expect(crossed.schedulePlacedAlike == nil)
    }
}
