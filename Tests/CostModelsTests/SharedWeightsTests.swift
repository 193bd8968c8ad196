import Parallelism
import Schedules
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Layers that use the weights of earlier ones, spread over pipeline stages: every stage that uses some holds them once.
@Suite struct SharedWeightsTests {
    private static let attention = Attention(heads: 16, keyValueHeads: 8, headDimension: 128)
    private static let mlp = FeedForward(width: 5632, isGated: true)
    /// Queries and output of 2048², keys and values of 1024 each, and the norm before them.
    private static let attentionParameters = 2 * 2048.0 * 2048 + 2 * 1024 * 2048 + 2048
    /// Bytes of states a parameter in bf16 with fp32 gradients, unsharded.
    private static let stateBytes = 18.0

    /// Layers of an attention and a feed-forward; `names` says whose attention each has.
    private func model(_ names: [String]) -> StepModel {
        let stack = LayerStack(
            blocks: [
                .init("one", Self.attention), .init("two", Self.attention), .init("again", Self.attention, reusesWeights: true),
                .init("mlp", Self.mlp),
            ], pattern: names.map { .layer([[$0], ["mlp"]]) })
        let model = TransformerModel(name: "shared", hidden: 2048, vocabulary: 32_000, stack: stack)
        return StepModel(Fixtures.inputs(model, nodes: 1, batch: 64, sequence: 4096))
    }

    /// Bytes of states of every rank, one of each kind.
    private func states(_ names: [String], pipeline: Int, virtualStages: Int = 1) throws -> [Double] {
        let model = model(names)
        let s = ParallelStrategy(
            pipeline: pipeline, virtualStages: virtualStages, data: 1, microBatches: 8,
            schedule: virtualStages > 1 ? .interleaved : .oneForwardOneBackward)
        let stages = try #require(model.stages(for: s))
        let table = model.table(for: s)
        return stages.memoryRanks.map { model.memoryParts(s, table, $0, stages: stages, peak: 1).states }
    }

    /// How many attentions fewer the ranks hold than where every layer has its own.
    private func saved(_ names: [String], pipeline: Int, virtualStages: Int = 1) throws -> [Double] {
        let own = try states(names.map { _ in "one" }, pipeline: pipeline, virtualStages: virtualStages)
        let shared = try states(names, pipeline: pipeline, virtualStages: virtualStages)
        #expect(own.count == shared.count)
        return zip(own, shared).map { (($0 - $1) / (Self.attentionParameters * Self.stateBytes) * 1e6).rounded() / 1e6 }
    }

    @Test func `one set of weights`() throws {
        let names = ["one", "again", "again", "again"]
        #expect(try saved(names, pipeline: 1) == [3])
        // The first stage has the weights and uses them again; the second holds a copy for two layers.
        #expect(try saved(names, pipeline: 2) == [1, 1])
        #expect(try saved(names, pipeline: 4).allSatisfy { $0 == 0 })
        // Chunks of a rank are stages of their own.
        #expect(try saved(names, pipeline: 2, virtualStages: 2) == [0, 0])
    }

    @Test func `two sets of weights come in turn`() throws {
        let names = ["one", "two", "again", "again", "again", "again"]
        #expect(try saved(names, pipeline: 1) == [4])
        #expect(try saved(names, pipeline: 2) == [1, 1])
        #expect(try saved(names, pipeline: 3) == [0, 0, 0].prefix(try states(names, pipeline: 3).count).map { $0 })
    }

    @Test func `copies are updated and exchanged, and take no time in layers`() throws {
        let names = ["one", "again", "again", "again"]
        let (shared, own) = (model(names), model(names.map { _ in "one" }))
        let s = ParallelStrategy(pipeline: 4, data: 2, shardGroup: 1, microBatches: 8)
        let (a, b) = (shared.table(for: s), own.table(for: s))
        #expect(a.times.count == 3 && a.times.last == LayerTimes() && a.memory.count == 3)
        #expect(a.memory[2].denseParameters == Self.attentionParameters && a.memory[2].saved == 0)
        var simulator = PipelineSimulator()
        let (one, other) = (try shared.estimate(s, simulator: &simulator), try own.estimate(s, simulator: &simulator))
        // Every stage has a layer of its own or a copy of it, so both steps are the same.
        #expect(abs(one.stepTime / other.stepTime - 1) < 1e-12)
        #expect(b.memory[0].denseParameters == a.memory[0].denseParameters)
    }
}
