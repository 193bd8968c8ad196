import Schedules
import Testing

/// Shapes that schedules take, small ones all of them.
func legalShapes(_ schedule: PipelineSchedule, ranks: ClosedRange<Int> = 1...6, microBatches: ClosedRange<Int> = 1...13) -> [ScheduleShape]
{
    var shapes: [ScheduleShape] = []
    for p in ranks {
        for m in microBatches {
            for v in 1...4 {
                for rule in GroupRule.allCases {
                    for slices in schedule == .seq1F1B ? [1, 2, 3] : [1] {
                        let shape = ScheduleShape(ranks: p, microBatches: m, chunksPerRank: v, groupRule: rule, slices: slices)
                        if (try? schedule.check(shape)) != nil { shapes.append(shape) }
                    }
                }
            }
        }
    }
    return shapes
}

@Suite struct OrderTests {
    @Test(arguments: PipelineSchedule.allCases)
    func everyLegalShapeIsCompleteAndRuns(_ schedule: PipelineSchedule) throws {
        var simulator = PipelineSimulator()
        let shapes = legalShapes(schedule)
        #expect(shapes.count > 10)
        for shape in shapes {
            let order = try schedule.order(shape)
            var held = Set<String>()
            for rank in 0..<order.rankCount {
                for operation in order.operations(ofRank: rank) {
                    #expect(order.stageRanks[operation.stage] == Int32(rank))
                    held.insert("\(operation.stage)\(operation.kind)\(operation.microBatch)")
                    if operation.isPair {
                        #expect(order.stageRanks[operation.pairedStage] == Int32(rank))
                        held.insert("\(operation.pairedStage)\(PipelineOperation.Kind.backward)\(operation.pairedMicroBatch)")
                    }
                }
            }
            let share = order.microBatches / order.chainCount
            var expected = 0
            for stage in 0..<order.stageCount {
                let chain = stage / order.chainLength
                for microBatch in chain * share..<(chain + 1) * share {
                    let isWhole = held.contains("\(stage)backward\(microBatch)")
                    let isSplit =
                        held.contains("\(stage)backwardInput\(microBatch)") && held.contains("\(stage)backwardWeight\(microBatch)")
                    #expect(held.contains("\(stage)forward\(microBatch)"))
                    #expect(isWhole != isSplit, "\(schedule) \(shape) \(stage) \(microBatch)")
                    expected += isWhole ? 2 : 3
                }
            }
            #expect(held.count == expected)
            let times = StageTimes(order, forward: 1, input: 1, weight: 1)
            #expect(throws: Never.self) { _ = try simulator.run(order, times) }
        }
    }

    /// Any group that divides the micro-batches and spans the pipeline works under the pytorch rule.
    @Test func groupsOfAnyLegalSizeRun() throws {
        var simulator = PipelineSimulator()
        for (p, m) in [(2, 12), (4, 12), (4, 16), (3, 12), (6, 3)] {
            for v in 1...3 {
                for size in 1...m {
                    let shape = ScheduleShape(ranks: p, microBatches: m, chunksPerRank: v, groupSize: size)
                    guard (try? PipelineSchedule.interleaved.check(shape)) != nil else { continue }
                    for schedule in [PipelineSchedule.interleaved, .interleavedZeroBubble] {
                        let order = try schedule.order(shape)
                        #expect(throws: Never.self) { _ = try simulator.run(order, StageTimes(order, forward: 1, input: 1, weight: 1)) }
                    }
                }
            }
        }
    }

    @Test func blocksNeverCollide() {
        for ranks in 1...64 {
            for block in [PipelineSchedule.vHalf, .vMin] {
                #expect(throws: Never.self) { _ = try block.order(ScheduleShape(ranks: ranks, microBatches: 3, chunksPerRank: 2)) }
            }
        }
    }

    @Test func stagesLieWhereThePapersPutThem() {
        #expect(StagePlacement.loop.ranks(3, chunks: 2) == [0, 1, 2, 0, 1, 2])
        #expect(StagePlacement.zigzag.ranks(3, chunks: 3) == [0, 1, 2, 2, 1, 0, 0, 1, 2])
        #expect(StagePlacement.bidirectional.ranks(4, chunks: 1) == [0, 1, 2, 3, 3, 2, 1, 0])
    }

    @Test(arguments: [
        (PipelineSchedule.gpipe, ScheduleShape(ranks: 0, microBatches: 1)),
        (.gpipe, ScheduleShape(ranks: 2, microBatches: 0)),
        (.oneForwardOneBackward, ScheduleShape(ranks: 2, microBatches: 4, chunksPerRank: 2)),
        (.interleaved, ScheduleShape(ranks: 4, microBatches: 9, chunksPerRank: 2)),
        (.interleaved, ScheduleShape(ranks: 4, microBatches: 8, chunksPerRank: 1, groupRule: .megatron)),
        (.interleaved, ScheduleShape(ranks: 4, microBatches: 8, chunksPerRank: 2, groupSize: 3, groupRule: .megatron)),
        (.interleaved, ScheduleShape(ranks: 4, microBatches: 9, chunksPerRank: 2, groupSize: 6, groupRule: .megatron)),
        (.zbV, ScheduleShape(ranks: 4, microBatches: 8, chunksPerRank: 3)),
        (.dualPipe, ScheduleShape(ranks: 3, microBatches: 8)),
        (.dualPipe, ScheduleShape(ranks: 4, microBatches: 6)),
        (.dualPipeV, ScheduleShape(ranks: 4, microBatches: 7, chunksPerRank: 2)),
        (.combined1F1B, ScheduleShape(ranks: 4, microBatches: 8)),
        (.chimera, ScheduleShape(ranks: 4, microBatches: 7)),
        (.wave, ScheduleShape(ranks: 4, microBatches: 8, chunksPerRank: 3)),
        (.gpipe, ScheduleShape(ranks: 2, microBatches: 4, slices: 2)),
    ])
    func illegalShapesAreRefusedWithTheRule(_ schedule: PipelineSchedule, _ shape: ScheduleShape) {
        #expect {
            _ = try schedule.order(shape)
        } throws: { error in
            guard case ScheduleError.illegalShape(schedule, let rule, let legal) = error else { return false }
            return !rule.isEmpty && !legal.isEmpty
        }
    }

    /// What the search allows can be built.
    @Test(arguments: PipelineSchedule.allCases)
    func whatIsAllowedIsLegal(_ schedule: PipelineSchedule) {
        var allowed = 0
        for p in 1...6 {
            for m in 1...16 {
                for v in 1...4 {
                    for n in 1...m {
                        for rule in GroupRule.allCases
                        where schedule.allows(pipeline: p, virtualStages: v, microBatches: m, groupSize: n, groupRule: rule) {
                            allowed += 1
                            let shape = ScheduleShape(ranks: p, microBatches: m, chunksPerRank: v, groupSize: n, groupRule: rule)
                            #expect(throws: Never.self, "\(schedule) \(shape)") { try schedule.check(shape) }
                        }
                    }
                }
            }
        }
        #expect(allowed > 0)
    }

    @Test func sizesBeyondAnOperationAreRefused() {
        #expect(throws: ScheduleError.tooLarge(what: "ranks", value: 5000, limit: 4096)) {
            _ = try PipelineSchedule.gpipe.order(ScheduleShape(ranks: 5000, microBatches: 1))
        }
        #expect(throws: ScheduleError.tooLarge(what: "micro-batches", value: 1 << 40, limit: 1 << 18)) {
            _ = try PipelineSchedule.gpipe.order(ScheduleShape(ranks: 1, microBatches: 1 << 40))
        }
    }

    /// Li and Hoefler's figure 2: four ranks, two micro-batches down (0, 1) and two up (2, 3).
    @Test func chimeraIsThePapersFigure() throws {
        let order = try PipelineSchedule.chimera.order(ScheduleShape(ranks: 4, microBatches: 4))
        #expect(order.operations(ofRank: 0).map(\.description) == ["0F0", "0F1", "7F2", "7B2", "7F3", "7B3", "0B0", "0B1"])
    }

    @Test func slicesGoForwardInOrderAndBackReversed() throws {
        let order = try PipelineSchedule.seq1F1B.order(ScheduleShape(ranks: 2, microBatches: 2, slices: 2))
        #expect(order.operations(ofRank: 0).map(\.description) == ["0F0", "0F1", "0F2", "0B1", "0F3", "0B0", "0B3", "0B2"])
        #expect(order.operations(ofRank: 1).map(\.description) == ["1F0", "1F1", "1B1", "1F2", "1B0", "1F3", "1B3", "1B2"])
        let whole = try PipelineSchedule.seq1F1B.order(ScheduleShape(ranks: 4, microBatches: 7))
        #expect(whole.operations == (try PipelineSchedule.oneForwardOneBackward.order(ScheduleShape(ranks: 4, microBatches: 7))).operations)
    }

    @Test func peaksOfSlicesAreThePapers() throws {
        let order = try PipelineSchedule.seq1F1B.order(ScheduleShape(ranks: 4, microBatches: 8, slices: 4))
        #expect(order.peakInFlight() == [7, 6, 5, 4])
    }

    /// A wave with the memory of 1F1B and less bubble than 1F1B of the same depth.
    @Test func wavesBeatOneForwardOneBackward() throws {
        var simulator = PipelineSimulator()
        for v in [2, 4] {
            let order = try PipelineSchedule.wave.order(ScheduleShape(ranks: 4, microBatches: 4, chunksPerRank: v))
            let result = try simulator.run(order, StageTimes(order, forward: 1 / Double(v), input: 1 / Double(v), weight: 1 / Double(v)))
            #expect(result.makespan < 3 * (4 + 3))
            #expect(order.peakInFlight().allSatisfy { $0 <= 4 * v })
        }
    }
}
