import Parallelism
import Schedules
import TestInputs
import Testing
import Workload

@testable import CostModels

/// The products of Muon's update.
@Suite("Muon's products")
struct NewtonSchulzTests {
    private func inputs(_ optimizer: Optimizer, _ method: TrainingMethod = .pretrain) -> CostInputs {
        var inputs = Fixtures.inputs(Fixtures.tiny, nodes: 1, batch: 32, sequence: 2048)
        inputs.job.optimizer = optimizer
        inputs.job.method = method
        return inputs
    }

    private func memory(_ inputs: CostInputs, tensor: Int = 1) -> LayerMemory {
        let shape = LayerShape(
            tensor: tensor, context: 1, contextKind: .ring, expert: 1, expertTensor: 1, microBatch: 1, sequenceParallel: false)
        return LayerMemoryModel(inputs).memory(0, shape, recomputing: [])
    }

    /// Five iterations on m × n: 4m²n + 2m³, by hand for each matrix of tiny: h 2,048, 16 heads of 128, 8 key/value heads, gated.
    @Test(arguments: [1, 2, 4]) func operationsAreThoseOfEveryMatrix(t: Int) {
        func one(_ a: Int, _ b: Int) -> Double {
            let (m, n) = (Double(min(a, b)), Double(max(a, b)))
            return 5 * (4 * m * m * n + 2 * m * m * m)
        }
        let width = Fixtures.tiny.feedForward.width
        let byHand = 2 * one(2048, 2048 / t) + 2 * one(2048, 1024 / t) + 3 * one(2048, width / t)
        let found = memory(inputs(.muon), tensor: t).updateOperations
        #expect(abs(found / byHand - 1) < 1e-12, "\(found) rather than \(byHand)")
    }

    /// With momentum of the same bytes, Muon takes longer by its products at the rate of large ones, shared by the ranks that share the state.
    @Test func replicasShareTheProducts() throws {
        var simulator = PipelineSimulator()
        var s = ParallelStrategy(data: 8, shardGroup: 8, microBatches: 4)
        for (sharding, ranks) in [(OptimizerSharding.none, 1.0), (.zero1, 8)] {
            s.sharding = sharding
            let muon = try StepModel(inputs(.muon)).estimate(s, simulator: &simulator)
            let plain = try StepModel(inputs(.sgd)).estimate(s, simulator: &simulator)
            let operations = Double(Fixtures.tiny.layers) * memory(inputs(.muon)).updateOperations
            let expected = operations / ranks / StepModel(inputs(.muon)).layers.product.rate
            #expect(abs((muon.breakdown[.optimizer] - plain.breakdown[.optimizer]) / expected - 1) < 0.01)
            #expect(muon.memoryParts == plain.memoryParts)
        }
    }

    /// What is not trained is not made orthogonal, nor is anything with another optimizer.
    @Test func othersMultiplyNothing() {
        #expect(memory(inputs(.adam)).updateOperations == 0)
        let adapters = Adapters(rank: 8, alpha: 16, targets: [.query])
        #expect(memory(inputs(.muon, TrainingMethod(.lora, adapters: adapters))).updateOperations == 0)
    }
}
