import Schedules
import TestInputs
import Testing

@testable import Search

@Suite("Checks of pins")
struct PinCheckTests {
    private func problems(_ edit: (inout StrategyConstraints) -> Void) -> [PinCheck.Problem] {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 2, batch: 32, sequence: 2048))
        edit(&request.constraints)
        return PinCheck(request).problems
    }

    @Test func legalPinsHaveNone() {
        #expect(
            problems {
                $0.tensor = .values([1, 2, 8]); $0.pipeline = .range(2...8); $0.microBatch = .values([4])
            }.isEmpty)
    }

    @Test func aListedValueIsNamedAndFatalOnlyWithoutAnother() throws {
        let one = try #require(problems { $0.tensor = .values([3]) }.first)
        #expect(one.dimension == "tp" && one.isFatal && one.what.contains("16 attention heads cannot be split over tp 3"))
        let two = try #require(problems { $0.tensor = .values([2, 3]) }.first)
        #expect(!two.isFatal)
    }

    @Test func aRangeOnlyMattersWhenNothingInItIsLegal() {
        #expect(problems { $0.pipeline = .range(3...5) }.isEmpty)
        #expect(problems { $0.pipeline = .range(5...7) }.count == 1)
    }

    @Test func whatTheStackLacksIsNamed() throws {
        let problem = try #require(problems { $0.schedules = [.zbV] }.first)
        #expect(problem.isFatal && problem.what.contains("test-stack cannot run schedule zb-v; it can run 1f1b, interleaved"))
    }
}
