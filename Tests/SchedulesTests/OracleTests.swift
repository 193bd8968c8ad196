import Schedules
import Testing

@Suite(.enabled(if: Oracles.areHere, "the oracles lie outside the package, in ../shared/data/schedules"))
struct OracleTests {
    /// Every rank's list, operation by operation, as PyTorch makes it.
    @Test func ordersEqualPyTorchs() throws {
        let lines = try Oracles.lines("torch_orders.jsonl", Oracles.TorchOrder.self)
        #expect(lines.count == 228)
        for line in lines {
            let schedule = try #require(line.named, "\(line.schedule)")
            let order = try schedule.order(ScheduleShape(ranks: line.pp, microBatches: line.m, chunksPerRank: line.v))
            for rank in 0..<line.pp {
                let names = order.operations(ofRank: rank).map(\.description)
                #expect(names == line.ranks[rank], "\(line.schedule) pp=\(line.pp) v=\(line.v) m=\(line.m) rank \(rank)")
            }
            for (stage, rank) in line.stageRanks ?? [:] {
                #expect(order.stageRanks[try #require(Int(stage))] == Int32(rank))
            }
        }
    }

    @Test func makespansEqualPyTorchs() throws {
        var simulator = PipelineSimulator()
        for line in try Oracles.lines("torch_orders.jsonl", Oracles.TorchOrder.self) {
            guard let steps = line.totalSteps else { continue }
            let order = try ScheduleOrder(name: line.schedule, ranks: line.ranks)
            let result = try simulator.run(order, StageTimes(order, forward: 1, input: 1, weight: 1))
            #expect(result.makespan == steps, "\(line.schedule) pp=\(line.pp) v=\(line.v) m=\(line.m)")
        }
    }

    /// Makespan, span and peaks of other programs' schedules: of the given order where there is one, else of ours by that name.
    @Test func makespansSpansAndPeaksAgree() throws {
        var simulator = PipelineSimulator()
        let lines = try Oracles.lines("makespans.jsonl", Oracles.Makespan.self)
        #expect(lines.count == 706)
        for line in lines {
            let order: ScheduleOrder
            if let ranks = line.ranks {
                order = try ScheduleOrder(name: line.schedule, ranks: ranks)
            } else {
                let schedule = try #require(line.named, "\(line.schedule)")
                let shape = ScheduleShape(
                    ranks: line.pp, microBatches: line.m, chunksPerRank: schedule == .dualPipe ? 1 : line.v, groupSize: line.groupSize,
                    groupRule: .megatron)
                order = try schedule.order(shape)
            }
            let times = StageTimes(
                order, forward: line.forward, input: line.input, weight: line.weight, latency: line.latency, pair: line.pair)
            let result = try simulator.run(order, times)
            let label =
                "\(line.schedule) pp=\(line.pp) v=\(line.v) m=\(line.m) file=\(line.file ?? "-") F=\(line.forward) FB=\(line.pair ?? 0)"
            #expect(abs(result.makespan - line.makespan) < 1e-9 * line.makespan, "\(label)")
            #expect(abs(result.span - line.span) < 1e-9 * line.span, "\(label)")
            #expect(order.peakInFlight() == line.peakInFlight, "\(label)")
        }
    }
}
