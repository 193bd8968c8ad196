import Parallelism
import Schedules
import TestInputs
import Testing
import Workload

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

    @Test func pinsThatAPipelineCannotHaveAreNamed() async {
        func contradiction(_ edit: (inout StrategyConstraints) -> Void) async -> String? {
            var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 2, batch: 32, sequence: 2048))
            edit(&request.constraints)
            return await PinCheck(request).contradictions(Planner(request).search()).first
        }
        let layers = Fixtures.tiny.layers
        #expect(
            await contradiction {
                $0.layout = .explicit([layers, 1]); $0.pipeline = .values([2])
            }
                == "the layout places \(layers + 1) layers and the model has \(layers)")
        #expect(
            await contradiction {
                $0.layout = .explicit([layers - 2, 2]); $0.pipeline = .values([4])
            }
                == "the layout has 2 stages, which pp 4 times vpp any cannot make")
        #expect(
            await contradiction {
                $0.virtualStages = .values([2]); $0.pipeline = .values([1])
            }
                == "vpp 2 needs a pipeline, and pp is 1")
        #expect(
            await contradiction {
                $0.schedules = [.interleaved]; $0.pipeline = .values([1])
            }
                == "interleaved needs a pipeline, and pp is 1")
        #expect(
            problems { $0.pipeline = .values([layers + 3]) }.first?.what
                == "pp \(layers + 3) leaves stages without layers, as there are \(layers)")
    }
}
