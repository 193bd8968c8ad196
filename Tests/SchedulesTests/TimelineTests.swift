import Schedules
import TestInputs
import Testing

@Suite struct TimelineTests {
    /// Random stage times for an order: uneven stages, latencies, links and data parallelism.
    static func times(_ order: ScheduleOrder, _ random: inout Seeded, detailed: Bool) -> StageTimes {
        func draw(_ count: Int, _ range: ClosedRange<Double>) -> [Double] { (0..<count).map { _ in .random(in: range, using: &random) } }
        let stages = order.chainLength
        var times = StageTimes(
            forward: draw(stages, 0.5...2), backwardInput: draw(stages, 0.5...2), backwardWeight: draw(stages, 0.5...2))
        times.setOverlappedPair(factor: 0.8)
        times.linkLatency = draw(order.rankCount, 0...0.5)
        guard detailed else { return times }
        times.linkTransfer = draw(order.rankCount, 0...1)
        times.sendsBlock = Bool.random(using: &random)
        times.dataParallel = DataParallelTimes(
            gradientReduce: draw(stages, 0...3), parameterGather: draw(stages, 0...3), optimizer: draw(order.rankCount, 0...1),
            bucketsPerChunk: Int.random(in: 1...3, using: &random), gathersUnderForward: Bool.random(using: &random),
            optimizerWaitsForAll: Bool.random(using: &random))
        return times
    }

    /// No operation before what it needs, no two on one rank at once, memory back to zero; for every schedule on uneven stages.
    @Test(arguments: PipelineSchedule.allCases)
    func physicsHoldsOnUnevenStages(_ schedule: PipelineSchedule) throws {
        var random = Seeded(UInt64(PipelineSchedule.allCases.firstIndex(of: schedule) ?? 0))
        var simulator = PipelineSimulator()
        for (number, shape) in legalShapes(schedule, ranks: 1...4, microBatches: 1...9).enumerated() {
            let order = try schedule.order(shape)
            let times = Self.times(order, &random, detailed: number % 2 == 1)
            let (timeline, result) = try simulator.timeline(order, times)
            let label = "\(schedule) \(shape)"
            var clock = [Double](repeating: 0, count: order.rankCount)
            var forward: [[Int32]: Double] = [:]
            var backward: [[Int32]: Double] = [:]
            for span in timeline.spans where span.kind.isCompute && span.kind != .optimizer {
                #expect(span.start >= clock[Int(span.rank)], "\(label)")
                clock[Int(span.rank)] = span.end
                switch span.kind {
                case .forward: forward[[span.stage, span.microBatch]] = span.end
                case .backward, .backwardInput: backward[[span.stage, span.microBatch]] = span.end
                case .overlappedPair:
                    forward[[span.stage, span.microBatch]] = span.end
                    backward[[span.pairedStage, span.pairedMicroBatch]] = span.end
                default: break
                }
            }
            func check(_ start: Double, isForward: Bool, _ stage: Int32, _ microBatch: Int32) throws {
                let place = Int(stage) % order.chainLength
                if !isForward { #expect(start >= (try #require(forward[[stage, microBatch]])), "\(label)") }
                if place == (isForward ? 0 : order.chainLength - 1) { return }
                let other = isForward ? stage - 1 : stage + 1
                let from = Int(order.stageRanks[Int(other)])
                let to = Int(order.stageRanks[Int(stage)])
                let latency =
                    from == to ? 0 : times.linkLatency[order.rankCount == 2 ? 0 : to == (from + 1) % order.rankCount ? from : to]
                let produced = try #require((isForward ? forward : backward)[[other, microBatch]])
                #expect(start >= produced + latency - 1e-9, "\(label)")
            }
            for span in timeline.spans {
                switch span.kind {
                case .forward: try check(span.start, isForward: true, span.stage, span.microBatch)
                case .backward, .backwardInput: try check(span.start, isForward: false, span.stage, span.microBatch)
                case .overlappedPair:
                    try check(span.start, isForward: true, span.stage, span.microBatch)
                    try check(span.start, isForward: false, span.pairedStage, span.pairedMicroBatch)
                default: break
                }
                #expect(span.waitsFor < timeline.spans.count)
                if span.waitsFor >= 0, span.microBatch >= 0 {
                    let cause = timeline.spans[Int(span.waitsFor)]
                    // A link takes its next message before the last one has arrived.
                    if cause.kind != .parameterGather && !(cause.kind == .send && span.kind == .send) {
                        #expect(cause.end <= span.start + 1e-9, "\(label)")
                        if !times.sendsBlock && times.dataParallel == nil { #expect(abs(cause.end - span.start) < 1e-9, "\(label)") }
                    }
                }
            }
            #expect(timeline.memory.allSatisfy { $0.last?.amount == 0 })
            let peaks = timeline.memory.map { Int($0.map(\.amount).max() ?? 0) }
            #expect(peaks == order.peakInFlight(), "\(label)")
            #expect(abs(result.makespan - (timeline.spans.map(\.end).max() ?? 0)) < 1e-9, "\(label)")
            #expect(timeline.spans.contains { $0.isCritical && $0.end == result.makespan })
            if number % 2 == 0 {
                // The fast path and the detailed one are the same computation.
                #expect(try simulator.run(order, times) == result, "\(label)")
            }
        }
    }

    /// Without gaps on the critical path its lengths add up to the step.
    @Test func theCriticalPathCoversTheStep() throws {
        var simulator = PipelineSimulator()
        for schedule in [PipelineSchedule.oneForwardOneBackward, .zbH1, .gpipe] {
            let order = try schedule.order(ScheduleShape(ranks: 4, microBatches: 8))
            let times = StageTimes(order, forward: 1, input: 1, weight: 1, latency: 0.25)
            let (timeline, result) = try simulator.timeline(order, times)
            let critical = timeline.spans.filter(\.isCritical)
            #expect(abs(critical.map { $0.end - $0.start }.reduce(0, +) - result.makespan) < 1e-9)
            #expect(critical.contains { $0.kind == .send })
        }
    }

    @Test func bytesFollowTheStages() throws {
        var simulator = PipelineSimulator()
        let order = try PipelineSchedule.zbH1.order(ScheduleShape(ranks: 2, microBatches: 4))
        var times = StageTimes(order, forward: 1, input: 1, weight: 1)
        times.memory = StageMemory(activation: [10, 20], keptForWeightGradient: [4, 5], resident: [100, 200])
        let (timeline, _) = try simulator.timeline(order, times)
        let peaks = timeline.memory.map { $0.map(\.amount).max() ?? 0 }
        // Rank 0: two chunks. Rank 1: a new chunk over what one weight gradient, still waiting, needs.
        #expect(peaks == [120, 225])
        #expect(peaks == times.memory?.peak(order))
        #expect(timeline.memory.map { $0.last?.amount } == [100, 200])
    }
}
