import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

@testable import CostModels

/// Time and memory of adapters, quantised weights and frozen layers.
@Suite struct TrainingMethodCostTests {
    private func inputs(_ method: TrainingMethod, model: TransformerModel = Fixtures.tiny, nodes: Int = 1) -> CostInputs {
        var inputs = Fixtures.inputs(model, nodes: nodes, batch: 32, sequence: 2048)
        inputs.job.method = method
        return inputs
    }
    private func adapters(_ rank: Int, _ targets: Set<Projection> = Projection.attention.union(Projection.feedForward)) -> Adapters {
        Adapters(rank: rank, alpha: 16, targets: targets)
    }
    private func shape(tensor: Int = 1) -> LayerShape {
        LayerShape(
            tensor: tensor, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 1, sequenceParallel: false)
    }
    private var alone: ParallelStrategy {
        var s = ParallelStrategy()
        (s.data, s.microBatch, s.microBatches) = (8, 1, 4)
        return s
    }

    @Test func `fine-tuning of everything costs what pretraining does`() throws {
        var simulator = PipelineSimulator()
        let full = try StepModel(inputs(TrainingMethod(.full))).estimate(alone, simulator: &simulator)
        let pretrain = try StepModel(inputs(.pretrain)).estimate(alone, simulator: &simulator)
        #expect(full.stepTime == pretrain.stepTime && full.memoryParts == pretrain.memoryParts)
    }

    /// tiny: h 2,048, 16 heads of 128, 8 key/value heads, gated feed-forward.
    @Test func `what a rank holds follows the split of the matrix beside it`() {
        let model = Fixtures.tiny
        let width = model.feedForward.width
        for t in [1, 2, 4] {
            let memory = LayerMemoryModel(inputs(TrainingMethod(.lora, adapters: adapters(8)))).memory(0, shape(tensor: t), recomputing: [])
            // Queries, keys, values, gate and up: A whole and B ÷ t; output and down: A ÷ t and B whole.
            let columns = Double(2048 + 1024 + 1024 + 2 * width) / Double(t) + 5 * 2048
            let rows = Double(2048 + width) / Double(t) + 2 * 2048
            #expect(abs(memory.denseParameters - 8 * (columns + rows)) < 1e-6)
            let matrices = Double(2048 * 4096 + 2048 * 2048 + 3 * 2048 * width) / Double(t)
            #expect(abs(memory.frozenDense - 2 * (matrices + 2 * 2048)) < 1)
        }
    }

    @Test func `4-bit weights take half a byte and their scales`() {
        var method = TrainingMethod(.qlora, adapters: adapters(8))
        method.baseFormat = .nf4
        let four = LayerMemoryModel(inputs(method)).memory(0, shape(), recomputing: [])
        let sixteen = LayerMemoryModel(inputs(TrainingMethod(.lora, adapters: adapters(8)))).memory(0, shape(), recomputing: [])
        let norms = 2.0 * 2 * 2048
        #expect(abs((four.frozenDense - norms) / (sixteen.frozenDense - norms) - 0.515869140625 / 2) < 1e-12)
        #expect(four.denseParameters == sixteen.denseParameters)
        // A 16-bit copy of the largest matrix, gate and up together.
        #expect(four.transient - sixteen.transient == Double(2 * 2048 * 2 * Fixtures.tiny.feedForward.width))
    }

    @Test func `frozen layers before everything trained keep nothing and run forward only`() throws {
        var method = TrainingMethod(.frozen)
        method.frozen = try FrozenParts("embedding,layers:0-4")
        let inputs = inputs(method)
        let model = StepModel(inputs)
        let table = model.table(for: alone)
        #expect(table.times.count == 2)
        #expect(table.times[0].backward == 0 && table.times[0].weightGradient == 0)
        #expect(table.memory[0].saved == 0 && table.memory[0].input == 0 && table.memory[0].denseParameters == 0)
        #expect(table.times[0].forward == table.times[1].forward && table.times[1].backward > table.times[1].forward)
        #expect(table.memory[0].frozenDense == 2 * table.memory[1].denseParameters)
        // Ten layers: five of forward and backward, five of forward, a head whose gradients are all there.
        var simulator = PipelineSimulator()
        let half = try model.estimate(alone, simulator: &simulator)
        let whole = try StepModel(self.inputs(.pretrain)).estimate(alone, simulator: &simulator)
        #expect(half.stepTime < whole.stepTime && half.memoryParts.activations * 2 == whole.memoryParts.activations)
    }

    @Test func `a frozen product has no weight gradient and keeps no input`() {
        let queries = TrainingMethod(.lora, adapters: adapters(8, [.query]))
        let trained = LayerCostModel(inputs(.pretrain)).cost(0, shape(), recomputing: [], overlapsExperts: false)
        let adapted = LayerCostModel(inputs(queries)).cost(0, shape(), recomputing: [], overlapsExperts: false)
        #expect(adapted.weightGradient < trained.weightGradient / 10)
        #expect(adapted.forward.matrixProducts > trained.forward.matrixProducts)
        #expect(adapted.backward.matrixProducts < trained.backward.matrixProducts * 0.7)
        let kept = LayerMemoryModel(inputs(queries)).memory(0, shape(), recomputing: [])
        let all = LayerMemoryModel(inputs(.pretrain)).memory(0, shape(), recomputing: [])
        // The input of gate and up, and that of the down projection; queries read the other norm's output, of 8 numbers a token beside it.
        let dropped = 2.0 * 2048 * Double(2048 + Fixtures.tiny.feedForward.width)
        #expect(all.saved - kept.saved == dropped - 2 * 8 * 2048)
    }

    @Test func `only adapters are reduced over replicas`() {
        func exposed(_ method: TrainingMethod) throws -> StepModel.Tail {
            let model = StepModel(inputs(method))
            let stages = try #require(model.stages(for: alone))
            return model.tailParts(model.replicaTerms(alone), model.table(for: alone), stages.timeRanks[0], stages.shares, window: 0)
        }
        let (lora, whole) = (try? exposed(TrainingMethod(.lora, adapters: adapters(8))), try? exposed(.pretrain))
        let ratio =
            Double(Fixtures.tiny.trainedParameters(TrainingMethod(.lora, adapters: adapters(8)))) / Double(Fixtures.tiny.parameters.total)
        #expect(abs((lora?.dense ?? 0) / (whole?.dense ?? 1) / ratio - 1) < 0.02)
    }
}
