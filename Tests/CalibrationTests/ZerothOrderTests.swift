import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Schedules
import Testing
import Workload

@testable import Calibration

/// Zeroth-order fine-tuning against what is published of ZO2 and DistZO2, and against its limits.
@Suite("Zeroth order")
struct ZerothOrderTests {
    /// An OPT of other sizes (Zhang et al., arXiv:2205.01068, table 1) on GPUs of an A100 node, sequences of 2,048, weights of 16 bits.
    static func inputs(layers: Int, hidden: Int, heads: Int, gpus: Int = 1, batch: Int = 1) throws -> CostInputs {
        let library = CalibrationFixtures.library
        var model = try ModelDocument.read(path: library.path(of: .model, named: "opt-175b"))
        (model.layers, model.hidden) = (layers, hidden)
        model.attention?.heads = heads
        model.attention?.keyValueHeads = heads
        model.attention?.headDimension = hidden / heads
        model.feedForward.width = 4 * hidden
        let stack = try SoftwareStack.read(path: library.path(of: .stack, named: "zo2"))
        let job = TrainingJob(
            globalBatch: batch, sequenceLength: 2048, precision: .fp16, optimizer: .plainSGD, method: TrainingMethod(.zerothOrder))
        return CostInputs(model: model, cluster: try library.cluster("dgx-a100").scaled(gpus: gpus), job: job, stack: stack)
    }

    static let streamed = Offload(optimizerPercent: 100, parameters: true)

    private func estimate(_ inputs: CostInputs, _ s: ParallelStrategy) throws -> StepEstimate {
        var simulator = PipelineSimulator()
        return try StepModel(inputs).estimate(s, simulator: &simulator)
    }

    /// GPU memory of ZO2 in GB by the size of OPT (README of liangyuwang/zo2: fp16, one sequence of 2,048).
    @Test(arguments: [
        (24, 2048, 32, 3.75), (32, 2560, 32, 4.14), (32, 4096, 32, 4.99), (40, 5120, 40, 6.18), (48, 7168, 56, 8.86), (64, 9216, 72, 12.07),
        (96, 12288, 96, 18.04),
    ])
    func memoryIsWhatIsPublished(layers: Int, hidden: Int, heads: Int, gigabytes: Double) throws {
        let inputs = try Self.inputs(layers: layers, hidden: hidden, heads: heads)
        let estimate = try estimate(inputs, ParallelStrategy(offload: Self.streamed))
        #expect(abs(estimate.memoryExpected / 1e9 / gigabytes - 1) < 0.08, "\(estimate.memoryExpected / 1e9) GB")
        // All weights lie in the host's memory, in 16 bits.
        let weights = 2 * Double(inputs.model.parameters.total)
        #expect(abs(estimate.hostMemory / weights - 1) < 0.03)
    }

    /// The limits of streaming: a step that only loads takes what the link takes, and one of long enough sequences what it takes with all weights
    /// on the GPU.
    @Test func streamingHidesUnderLongSequences() throws {
        let short = try Self.inputs(layers: 96, hidden: 12288, heads: 96)
        var fast = short
        fast.cluster.groups[0].gpu.peak.half = .teraFLOPsPerSecond(1e6)
        fast.cluster.groups[0].gpu.memoryBandwidth = .gigabytesPerSecond(1e6)
        let link = 2 * Double(short.model.parameters.total) / 20e9
        // Both directions of a PCIe 4.0 link at once reach 40 GB/s, 20 each.
        let loading = try estimate(fast, ParallelStrategy(offload: Self.streamed)).stepTime
        #expect(loading > 0.95 * link && loading < 1.15 * link, "\(loading) s against \(link)")

        var long = short
        long.job.sequenceLength = 65_536
        long.cluster.groups[0].gpu.memory = .gibibytes(4096)
        let resident = try estimate(long, ParallelStrategy()).stepTime
        let streamed = try estimate(long, ParallelStrategy(offload: Self.streamed)).stepTime
        #expect(abs(streamed / resident - 1) < 0.01)
    }

    /// On four GPUs each loads a quarter of a block and gathers the rest over NVLink: DistZO2's abstract (arXiv:2507.03211) states three times
    /// ZO2's throughput on OPT-175B; its GPUs and batch are not stated, so this tells direction and size.
    @Test func fourGPUsAreThreeTimesAsFast() throws {
        let alone = try estimate(
            Self.inputs(layers: 96, hidden: 12288, heads: 96), ParallelStrategy(offload: Self.streamed)
        ).stepTime
        let four = try estimate(
            Self.inputs(layers: 96, hidden: 12288, heads: 96, gpus: 4, batch: 4),
            ParallelStrategy(data: 4, shardGroup: 4, sharding: .zero3, offload: Self.streamed)
        ).stepTime
        let gain = 4 * alone / four
        #expect(gain > 2.5 && gain <= 16, "\(gain)")
        #expect(four < alone)
    }

    /// No gradient, no state, no update, no backward pass: two forward passes and three over the weights.
    @Test func aStepIsTwoForwardPasses() throws {
        let inputs = try Self.inputs(layers: 24, hidden: 2048, heads: 32)
        let estimate = try estimate(inputs, ParallelStrategy())
        #expect(estimate.breakdown[.optimizer] == 0 && estimate.breakdown[.dataParallel] == 0)
        let model = inputs.model
        let two = model.trainingFLOPs(sequenceLength: 2048, method: inputs.job.method)
        let three = model.trainingFLOPs(sequenceLength: 2048, method: .pretrain)
        #expect(abs(three.count / two.count - 1.5) < 1e-12)
        #expect(model.trainedParameters(inputs.job.method) == model.parameters.total)
        var full = inputs
        full.job.method = .pretrain
        #expect(estimate.memoryParts.states < 0.21 * (try self.estimate(full, ParallelStrategy())).memoryParts.states)
    }
}
