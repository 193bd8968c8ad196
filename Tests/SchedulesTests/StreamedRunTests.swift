import TestInputs
import Testing

@testable import Schedules

/// The run that keeps nothing against the one that keeps everything, and programs against their lists.
@Suite struct StreamedRunTests {
    @Test(arguments: PipelineSchedule.allCases)
    func bothRunsAgreeToTheBit(_ schedule: PipelineSchedule) throws {
        var random = Seeded(3)
        var simulator = PipelineSimulator()
        let compute = Set(Timeline.Kind.allCases.filter { $0.isCompute && $0 != .optimizer }.map { Int($0.rawValue) })
        for (number, shape) in legalShapes(schedule, ranks: 1...4, microBatches: 1...9).enumerated() {
            let order = try schedule.order(shape)
            let times = TimelineTests.times(order, &random, detailed: number % 2 == 1)
            let jitter = Perturbation(jitter: number % 3 == 0 ? 0.2 : 0, seed: UInt64(number))
            let kept = try simulator.timeline(order, times, perturbation: jitter)
            let ranks = (simulator.rankBusy, simulator.rankStart, simulator.rankEnd)
            let streamed = try simulator.run(order, times, perturbation: jitter)
            #expect(streamed == kept.result, "\(schedule) \(shape)")
            #expect(simulator.rankBusy == ranks.0 && simulator.rankStart == ranks.1 && simulator.rankEnd == ranks.2)

            // Charts cost as much as all else here; every fifth shape has one.
            guard number % 5 == 0 else { continue }
            let charted = try simulator.charted(order, times, perturbation: jitter, columns: 7)
            #expect(charted.summary.result == kept.result)
            let (seconds, most) = (charted.columns.seconds, charted.columns.width * 8)
            var shown = [Double](repeating: 0, count: order.rankCount)
            var isWithin = true
            for place in seconds.indices {
                isWithin = isWithin && seconds[place] >= 0 && seconds[place] <= most
                if compute.contains(place % TimeColumns.kinds) { shown[place / (7 * TimeColumns.kinds)] += seconds[place] }
            }
            #expect(isWithin)
            #expect(
                zip(shown, simulator.rankBusy).allSatisfy { abs($0 - $1) < 1e-9 * max(1, $0) }, "\(schedule) \(shape)")
        }
    }

    /// Queues that outgrow their room and ranks that run far ahead change nothing.
    @Test func longStepsAgree() throws {
        var simulator = PipelineSimulator()
        for (schedule, v) in [(PipelineSchedule.gpipe, 1), (.loopedBFS, 3), (.interleaved, 2), (.chimera, 1), (.zbV, 2)] {
            let order = try schedule.order(ScheduleShape(ranks: 4, microBatches: 160, chunksPerRank: v))
            var times = StageTimes(order, forward: 1, input: 1.25, weight: 0.75, latency: 0.125)
            times.forward[1] = 3
            let kept = try simulator.timeline(order, times)
            #expect(try simulator.run(order, times) == kept.result)
            // Columns are made wider as the step turns out longer than its work.
            let charted = try simulator.charted(order, times, columns: 10)
            for rank in 0..<4 {
                let spans = kept.timeline.spans.filter { $0.kind.isCompute && Int($0.rank) == rank }
                for column in 0..<10 {
                    let (from, to) = (charted.columns.width * Double(column), charted.columns.width * Double(column + 1))
                    let busy = spans.reduce(0.0) { $0 + max(0, min($1.end, to) - max($1.start, from)) }
                    let cells = charted.columns.seconds[((rank * 10 + column) * TimeColumns.kinds)...].prefix(5)
                    #expect(abs(cells.reduce(0, +) - busy) < charted.columns.width / 50, "\(schedule) rank \(rank) column \(column)")
                }
            }
        }
    }

    @Test func aProgramIsItsList() {
        var program = OrderProgram()
        let list: [PipelineOperation] = [.forward(0, 0), .forward(0, 1)]
        for operation in list { program.append(operation) }
        program.loop(5) { [PipelineOperation(forward: 0, 2 + $0, overlapping: 1, 9 - $0), .backward(1, 2 * $0)] }
        program.loop(2) { [.backwardWeight(3, $0)] }
        program.endRank()
        program.endRank()
        let looped = (0..<5).flatMap { [PipelineOperation(forward: 0, 2 + $0, overlapping: 1, 9 - $0), .backward(1, 2 * $0)] }
        #expect(program.operations(ofRank: 0) == list + looped + [.backwardWeight(3, 0), .backwardWeight(3, 1)])
        #expect(program.operations(ofRank: 1).isEmpty)
        #expect(program.rankStarts == [0, 14, 14])
        // Two of the list, the loop's two and what they grow by, and two more.
        #expect(program.words.count == 8)
    }

    /// A step of 67 million operations is a few words a rank.
    @Test func deepOrdersAreShort() throws {
        let order = try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 512, microBatches: 65536))
        #expect(order.operationCount == 67_108_864)
        #expect(order.program.words.count < 512 * 16)
        #expect(order.peakInFlight() == (0..<512).map { 512 - $0 })
        #expect(order.mostMessages == 131_072)
    }
}
