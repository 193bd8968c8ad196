import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Schedules
import Testing
import Workload

/// What leaves the GPU, in bytes, against what is published; no constant was fitted on these numbers.
@Suite("Published memory beside the GPU")
struct OffloadDataTests {
    private static func estimate(_ inputs: CostInputs, _ s: ParallelStrategy) throws -> StepEstimate {
        var simulator = PipelineSimulator()
        return try StepModel(inputs).estimate(s, simulator: &simulator)
    }

    private static func inputs(
        _ model: TransformerModel, _ stack: String, on cluster: String, gpus: Int, batch: Int, length: Int, optimizer: Optimizer = .adam
    ) throws -> CostInputs {
        let library = CalibrationFixtures.library
        let job = TrainingJob(globalBatch: batch, sequenceLength: length, optimizer: optimizer)
        return CostInputs(
            model: model, cluster: try library.cluster(cluster).scaled(gpus: gpus), job: job,
            stack: try SoftwareStack.read(path: library.path(of: .stack, named: stack)))
    }

    private static func model(_ name: String) throws -> TransformerModel {
        try ModelDocument.read(path: CalibrationFixtures.library.path(of: .model, named: name))
    }

    static let optimizer = CalibrationFixtures.measured("papers/optimizer_offload.csv")

    /// GPU memory of Qwen3-30B-A3B on 16 H100 (tensor 2, pipeline 2, expert 4) by the share of Adam's moments on the host, in GB.
    @Test(.enabled(if: optimizer != nil, "needs ../shared/data/papers/optimizer_offload.csv"))
    func `moments leave as much memory as published`() throws {
        let rows = try AdapterDataTests.rows(try #require(Self.optimizer)).filter { $0["source"] == "B" && $0["overlap"] == "0" }
        let whole = try #require(rows.first { $0["config"] == "none" }.flatMap { Double($0["memory"] ?? "") })
        let inputs = try Self.inputs(try Self.model("qwen3-30b-a3b"), "megatron-core", on: "dgx-h100", gpus: 16, batch: 64, length: 4096)
        var s = ParallelStrategy(tensor: 2, pipeline: 2, expert: 4, data: 4, shardGroup: 4, microBatches: 16, sequenceParallel: true)
        (s.sharding, s.schedule) = (.zero1, .oneForwardOneBackward)
        let before = try Self.estimate(inputs, s).memoryParts.states
        var checked = 0
        for row in rows where row["config"] == "offload" {
            let share = try #require(Double(row["fraction"] ?? "")), left = try #require(Double(row["memory"] ?? ""))
            s.offload = Offload(optimizerPercent: Int((100 * share).rounded()))
            let saved = (before - (try Self.estimate(inputs, s).memoryParts.states)) / 1e9
            #expect(abs(saved / (whole - left) - 1) < 0.06, "\(share): \(saved) GB, published \(whole - left)")
            checked += 1
        }
        #expect(checked == 4)
    }

    /// ByteScale's stack at 64K tokens (arXiv:2502.21231): 59, 40, 37, 33 and 27 GB where 0, 50, 60, 80 and 100 % of the activations move. A layer of
    /// LLaMA-7B keeps what five layers need for these numbers (`ReleasedLayersTests`): a stack of so few is what one GPU holds at that length.
    @Test func `five layers of 7B make up what ByteScale moves`() throws {
        var model = try Self.model("llama-2-7b")
        model.layers = 5
        let inputs = try Self.inputs(model, "megatron-core", on: "dgx-h100", gpus: 1, batch: 1, length: 65_536)
        let s = ParallelStrategy(shardGroup: 1, sharding: .zero1)
        let layer = try Self.estimate(inputs, s).memoryParts.activations / 5e9
        #expect(abs(layer / 9.16 - 1) < 0.1, "\(layer) GB")
    }

    /// Llama 3.1 8B with states and checkpoints on the host trains 3.7 million tokens on 8 H100 and 15 million on 32 (Bekman et al., Arctic Long Sequence
    /// Training, arXiv:2506.13996; DeepSpeed, ulysses-alst-sequence-parallelism.md): there the hosts are full, so that twice as many fit on neither.
    ///
    /// What the GPU holds is not compared: its logits and feed-forward run in tiles, which no stack here launches.
    @Test(arguments: [(8, 3_700_000), (32, 15_000_000)])
    func `checkpoints fill the hosts where ALST ends`(gpus: Int, tokens: Int) throws {
        func fits(_ tokens: Int) throws -> Bool {
            let length = tokens / (2 * gpus) * (2 * gpus)
            let inputs = try Self.inputs(
                try Self.model("llama-3.1-8b"), "transformers", on: "dgx-h100", gpus: gpus, batch: 1, length: length)
            var s = ParallelStrategy(
                context: gpus, contextKind: .ulysses, microBatches: 1, sharding: .zero3, recompute: .full, recomputeLayers: 32)
            s.offload = Offload(optimizerPercent: 100, parameters: true, checkpoints: true)
            return try StepModel(inputs).fitsHost(Self.estimate(inputs, s))
        }
        #expect(try fits(tokens))
        #expect(try !fits(2 * tokens))
    }

    /// Llama 3.2 3B on one A100, two sequences of 4,096, checkpoints kept and moved: 1.3 GiB less and no slower than 1 % (torchtune, README).
    @Test func `checkpoints leave as much memory as torchtune publishes`() throws {
        var model = try Self.model("llama-3.2-1b")
        (model.layers, model.hidden, model.feedForward.width) = (28, 3072, 8192)
        model.attention?.heads = 24
        model.attention?.headDimension = 128
        #expect(abs(Double(model.parameters.total) / 3.21e9 - 1) < 0.01)
        let inputs = try Self.inputs(model, "torchtune", on: "dgx-a100", gpus: 1, batch: 2, length: 4096, optimizer: .adamBF16)
        var s = ParallelStrategy(microBatch: 2, microBatches: 1, sharding: .none, recompute: .full, recomputeLayers: 28)
        let kept = try Self.estimate(inputs, s)
        s.offload.checkpoints = true
        let moved = try Self.estimate(inputs, s)
        let saved = (kept.memoryParts.activations - moved.memoryParts.activations) / 1_073_741_824
        #expect(abs(saved / 1.3 - 1) < 0.15, "\(saved) GiB")
        #expect(moved.stepTime / kept.stepTime - 1 < 0.01)
        #expect(moved.stepTime >= kept.stepTime)
    }
}
