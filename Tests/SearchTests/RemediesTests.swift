import CostModels
import Hardware
import Parallelism
import Quantities
import TestInputs
import Testing

@testable import Search

@Suite("Remedies")
struct RemediesTests {
    private var request: SearchRequest {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 16, sequence: 4096))
        request.constraints.tensor = .values([1])
        request.constraints.pipeline = .values([1])
        request.constraints.context = .values([1])
        request.constraints.microBatch = .values([2])
        request.constraints.recompute = [.none]
        request.memoryLimit = .gibibytes(9)
        return request
    }

    @Test func everyRemedyReallyFitsAndIsTheSmallestOfItsKind() async throws {
        let request = request
        #expect(await Planner(request).search().plans.isEmpty)
        let remedies = await Remedies(request).search()
        let changes = remedies.map(\.change)
        #expect(changes.first == .memoryLimit(request.inputs.gpu.memory))
        #expect(changes.contains(.unpin("tp")) && changes.contains(.unpin("recompute")))
        #expect(changes.contains { if case .sequenceLength(let length) = $0 { length < 4096 } else { false } })
        #expect(!changes.contains(.unpin("vpp")), "what is not pinned cannot be left open")
        for remedy in remedies.dropFirst() { #expect(remedy.estimate.memoryHigh <= request.memoryLimit.count, "\(remedy.change)") }
    }

    @Test func nothingHelpsWhereTheModelIsTooLarge() async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.llama405B, nodes: 1, batch: 64, sequence: 2048))
        request.constraints.tensor = .values([1])
        request.constraints.pipeline = .values([1])
        request.constraints.context = .values([1])
        request.constraints.sharding = [.none]
        #expect(await Remedies(request).search().isEmpty)
    }

    @Test func stopsWhenAsked() async {
        #expect(await Remedies(request, isCancelled: { true }).search().isEmpty)
    }

    /// On part of a node, twice the GPUs are two of the same node and not two nodes.
    @Test func moreGPUsOfAPartOfANodeAreInTheSameNode() async throws {
        let node = Fixtures.cluster(nodes: 1)
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 16, sequence: 4096))
        request.inputs.cluster = try node.scaled(gpus: 1)
        request.wholeCluster = node
        request.memoryLimit = .gibibytes(8)
        #expect(await Planner(request).search().plans.isEmpty)
        let remedies = await Remedies(request).search()
        let more = try #require(remedies.first { if case .gpus = $0.change { true } else { false } })
        // Tensor parallelism only helps inside a node.
        #expect(more.strategy.worldSize <= 8)
    }
}
