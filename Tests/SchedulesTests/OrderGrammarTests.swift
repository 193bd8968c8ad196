import Foundation
import Schedules
import Testing

@Suite struct OrderGrammarTests {
    @Test(arguments: ["0F0", "3I0", "12W345", "4095B262143", "(5F3;2B1)OVERLAP_F_B"])
    func namesReadAsWritten(_ name: String) throws {
        #expect(try #require(PipelineOperation(parsing: name)).description == name)
    }

    @Test(arguments: [
        "", "F", "0F", "F0", "0X0", "-1F0", "0F-1", "0F0 ", "4096F0", "0F262144", "0F99999999999999999999", "(0F0;1F1)OVERLAP_F_B",
        "(0F0)OVERLAP_F_B",
        "(0F0;1B1;2B2)OVERLAP_F_B", "(0B0;1B1)OVERLAP_F_B", "٣F0",
    ])
    func othersAreRefused(_ name: String) {
        #expect(PipelineOperation(parsing: name) == nil)
    }

    /// Rank 0 wants its gradient before it forwards the micro-batch that rank 1 takes first.
    @Test func aDeadlockIsNamedAsItsCycle() throws {
        let order = try ScheduleOrder(name: "own", ranks: [["0F0", "0B0", "0F1", "0B1"], ["1F1", "1B1", "1F0", "1B0"]])
        var simulator = PipelineSimulator()
        #expect(throws: ScheduleError.deadlock(cycle: ["0B0", "1B0", "1F1", "0F1"])) {
            _ = try simulator.run(order, StageTimes(order, forward: 1, input: 1, weight: 1))
        }
    }

    @Test func aRankThatWaitsForItselfIsADeadlock() {
        #expect(throws: ScheduleError.deadlock(cycle: ["0I0", "0F0"])) {
            _ = try ScheduleOrder(name: "own", ranks: [["0I0", "0F0", "0W0"]])
        }
        #expect(throws: ScheduleError.deadlock(cycle: ["0W0", "0I0"])) {
            _ = try ScheduleOrder(name: "own", ranks: [["0F0", "0W0", "0I0"]])
        }
    }

    @Test func wrongOrdersAreRefused() {
        func error(_ ranks: [[String]], stageRanks: [Int]? = nil, microBatches: Int? = nil) -> ScheduleError? {
            do {
                _ = try ScheduleOrder(name: "own", ranks: ranks, stageRanks: stageRanks, microBatches: microBatches)
                return nil
            } catch { return error }
        }
        #expect(error([["0F0", "0B0"]]) == nil)
        #expect(error([]) == .unreadableOrders(reason: "no operations"))
        #expect(error([["0F0", "?"]]) == .unreadableOperation(text: "?", rank: 0, position: 1))
        #expect(error([["0F0", "0F0", "0B0"]]) == .repeatedOperation(name: "0F0", rank: 0))
        #expect(error([["0F0", "0B0", "0I0", "0W0"]]) == .repeatedOperation(name: "0I0", rank: 0))
        #expect(error([["0F0", "0B0", "0F1"]]) == .missingOperations(names: ["0B1"], count: 1))
        #expect(error([["0F0", "0I0"]]) == .missingOperations(names: ["0W0"], count: 1))
        #expect(error([["0F0", "0W0"]]) == .missingOperations(names: ["0I0"], count: 1))
        #expect(error([["0F0"], ["0B0"]]) == .misplacedOperation(name: "0B0", rank: 1, holder: 0))
        #expect(error([["0F0", "0B0"]], stageRanks: [1]) == .unreadableOrders(reason: "stage 0 is on rank 1, but there are 1 ranks"))
        #expect(error([["0F0", "0B0"]], microBatches: 2) == .missingOperations(names: ["0F1", "0B1"], count: 2))
        #expect(
            error([["1F0", "1B0"]], stageRanks: [0]) == .unknownOperation(name: "1F0", rank: 0, reason: "there are 1 stages"))
    }

    @Test func filesAreReadInBothFormats() throws {
        let json = #"{"schedule":"mine","ranks":[["0F0","0B0"],["1F0","1B0"]],"stage_to_rank":{"0":0,"1":1}}"#
        let orders = try OrdersFile.read(Data((json + "\n" + json + "\n").utf8))
        #expect(orders.count == 2)
        #expect(orders[0].name == "mine")
        let plain = try OrdersFile.read(Data("# two ranks\n0F0 0B0\n1F0, 1B0\n".utf8))
        #expect(plain[0].operations == orders[0].operations)
        for bad in ["", "  \n", "{", "{\"ranks\":3}", "{\"ranks\":[[\"0F0\",\"0B0\"]],\"stage_to_rank\":{\"1\":0}}"] {
            #expect(throws: ScheduleError.self) { _ = try OrdersFile.read(Data(bad.utf8)) }
        }
    }
}
