import CostModels
import Hardware
import Parallelism
import Quantities
import TestInputs
import Testing
import Workload

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

    /// Each other stack is asked for by itself, and what it is said to do is what the search answers then.
    @Test func otherStacksHelpAsTheSearchSays() async throws {
        var lean = Fixtures.stack
        lean.name = "lean"
        lean.launches.shardings = [.zero3]
        var tight = Fixtures.stack
        tight.name = "tight"
        tight.memory.context = .gibibytes(100)
        var request = request
        var changed = request
        changed.inputs.stack = lean
        changed.memoryLimit = .gibibytes(200)
        request.memoryLimit = Bytes(try #require(await Planner(changed).search().plans.map(\.estimate.memoryHigh).min()))
        #expect(await Planner(request).search().plans.isEmpty)
        let alternatives = Remedies.Alternatives(stacks: [tight, lean, request.inputs.stack])
        let remedies = await Remedies(request, alternatives: alternatives).search()
        let stacks = remedies.filter { if case .stack = $0.change { true } else { false } }
        #expect(stacks.map(\.change) == [.stack("lean")])
        changed.memoryLimit = request.memoryLimit
        let plan = try #require(await Planner(changed).search().plans.first)
        #expect(stacks.first?.strategy == plan.strategy && stacks.first?.estimate == plan.estimate)
    }

    /// As many GPUs of a type with more memory, the smallest that do; not where the user limits the memory.
    @Test func largerGPUsAndLeanerStatesHelp() async throws {
        func cluster(_ name: String, gibibytes: Double) -> ClusterProfile {
            var cluster = Fixtures.cluster(nodes: 2)
            cluster.name = name
            cluster.groups[0].gpu.memory = .gibibytes(gibibytes)
            return cluster
        }
        var request = request
        request.inputs.cluster = try cluster("small", gibibytes: 9).scaled(nodes: 1)
        request.memoryLimit = request.inputs.memory
        #expect(await Planner(request).search().plans.isEmpty)
        let alternatives = Remedies.Alternatives(
            clusters: [cluster("huge", gibibytes: 200), cluster("same", gibibytes: 9), cluster("large", gibibytes: 80)])
        let remedies = await Remedies(request, alternatives: alternatives).search()
        let change = Remedy.Change.cluster("large", gpu: Fixtures.gpu.name, gpus: 8)
        let remedy = try #require(remedies.first { $0.change == change })
        var changed = request
        changed.inputs.cluster = try cluster("large", gibibytes: 80).scaled(gpus: 8)
        changed.memoryLimit = changed.inputs.memory
        #expect(await Planner(changed).search().plans.first?.strategy == remedy.strategy)

        // Of several types each, that with the least memory first.
        var other = cluster("other", gibibytes: 141)
        other.groups[0].gpu.name = "another-type"
        let types = await Remedies(request, alternatives: Remedies.Alternatives(clusters: [other] + alternatives.clusters)).search()
        let found = types.compactMap { if case .cluster(let name, _, _) = $0.change { name } else { nil } }
        #expect(found == ["large", "other"])

        request.memoryLimit = .gibibytes(8)
        let limited = await Remedies(request, alternatives: alternatives).search()
        #expect(!limited.contains { if case .cluster = $0.change { true } else { false } })

        // Two bytes a parameter and moment less.
        request.memoryLimit = request.inputs.memory
        request.constraints.sharding = [.none]
        request.constraints.microBatch = .values([1])
        request.constraints.recompute = [.full]
        request.constraints.recomputeLayers = .any
        let need = try #require(
            await Planner(changing(request) { $0.memoryLimit = .gibibytes(200) }).search().plans.map(\.estimate.memoryHigh).min())
        request.memoryLimit = Bytes(need - 1)
        let states = await Remedies(request).search()
        #expect(states.contains { $0.change == .optimizer(.adamBF16Moments) })
        request.inputs.job.optimizer = .sgd
        #expect(!(await Remedies(request).search()).contains { if case .optimizer = $0.change { true } else { false } })
    }

    private func changing(_ request: SearchRequest, _ edit: (inout SearchRequest) -> Void) -> SearchRequest {
        var changed = request
        edit(&changed)
        return changed
    }

    @Test func nothingHelpsWhereTheModelIsTooLarge() async {
        var request = SearchRequest(inputs: Fixtures.inputs(Fixtures.llama405B, nodes: 1, batch: 64, sequence: 2048))
        request.constraints.tensor = .values([1])
        request.constraints.pipeline = .values([1])
        request.constraints.context = .values([1])
        request.constraints.sharding = [.none]
        #expect(await Remedies(request).search().isEmpty)
    }

    @Test func whoFineTunesAllMayDoWithAdapters() async throws {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 16, sequence: 1024)
        inputs.job.method = TrainingMethod(.full)
        var request = SearchRequest(inputs: inputs)
        request.constraints.tensor = .values([1])
        request.constraints.pipeline = .values([1])
        request.constraints.sharding = [.none]
        let need = try #require(
            await Planner(changing(request) { $0.memoryLimit = .gibibytes(200) }).search().plans.map(\.estimate.memoryHigh).min())
        request.memoryLimit = Bytes(0.6 * need)
        var tuner = Fixtures.stack
        tuner.name = "tuner"
        tuner.launches.methods = [.full, .lora, .qlora]
        let alternatives = Remedies.Alternatives(stacks: [tuner])
        let found = await Remedies(request, alternatives: alternatives).search()
        let remedy = try #require(found.first { $0.change == .method(.lora, stack: "tuner") })
        #expect(remedy.estimate.memoryHigh <= request.memoryLimit.count)
        // Each with what it gives: 4-bit weights take less.
        let onFourBits = try #require(found.first { $0.change == .method(.qlora, stack: "tuner") })
        #expect(onFourBits.estimate.memoryParts.states < remedy.estimate.memoryParts.states)
        request.inputs.job.method = .pretrain
        let pretraining = await Remedies(request, alternatives: alternatives).search()
        #expect(!pretraining.contains { if case .method = $0.change { true } else { false } })
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
