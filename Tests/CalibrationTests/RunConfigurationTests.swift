import Calibration
import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import Testing
import Workload

@Suite struct RunConfigurationTests {
    private func configuration(_ run: RunRecord) throws -> RunConfiguration {
        var resolver = try CalibrationFixtures.resolver()
        return try resolver.configuration(of: run)
    }

    private func reason(_ run: RunRecord) throws -> String {
        do {
            _ = try configuration(run)
            return "none"
        } catch let skip as RunSkip {
            return skip.reason
        }
    }

    @Test func `a plain row becomes a strategy`() throws {
        let c = try configuration(CalibrationFixtures.run(["sequence_parallel": 1, "fsdp_or_zero": 1]) { $0.recompute = "full" })
        let s = c.strategy
        #expect([s.tensor, s.pipeline, s.context, s.data, s.microBatch, s.microBatches] == [2, 2, 1, 2, 2, 16])
        #expect(s.sequenceParallel)
        #expect(s.schedule == .oneForwardOneBackward)
        #expect(s.sharding == .zero1)
        #expect(s.recompute == .full)
        #expect(s.recomputeLayers == 12)
        #expect(c.inputs.stack.name == "megatron-core")
        #expect(c.inputs.gpu.name == "a100-80gb-sxm")
        #expect(c.inputs.cluster.gpus == 8)
        #expect(c.inputs.model.feedForward.width == 4 * 2048)
        #expect(c.assumptions.isEmpty)
    }

    @Test func `what a row does not state is assumed aloud`() throws {
        let c = try configuration(
            CalibrationFixtures.run {
                $0.numbers["mbs"] = nil; $0.numbers["vocab"] = nil
            })
        #expect(c.strategy.microBatch == 1)
        #expect(c.inputs.model.vocabulary == 51_200)
        #expect(c.assumptions == ["vocabulary 51,200", "micro-batch 1", "sharding zero1", "no recomputation"])
    }

    @Test func `sequence parallelism needs tensor parallelism`() throws {
        #expect(try !configuration(CalibrationFixtures.run(["tp": 1, "dp": 4, "sequence_parallel": 1])).strategy.sequenceParallel)
    }

    @Test func `virtual stages interleave, and only in a pipeline`() throws {
        let interleaved = try configuration(CalibrationFixtures.run(["vpp": 3])).strategy
        #expect(interleaved.schedule == .interleaved)
        #expect(interleaved.virtualStages == 3)
        #expect(try configuration(CalibrationFixtures.run(["vpp": 3, "pp": 1, "dp": 4])).strategy.virtualStages == 1)
    }

    @Test func `two layers short of even stages means that embedding and head count`() throws {
        let s = try configuration(CalibrationFixtures.run(["layers": 22, "pp": 4, "dp": 1])).strategy
        #expect(s.layout == .embeddingAware)
    }

    @Test func `the framework's name and version pick the stack`() throws {
        for (framework, stack) in [
            ("Megatron-LM", "megatron-core"), ("Megatron-LM 0.14 (23e00ed0)", "megatron-core"),
            ("NeMo/Megatron-Core (MLPerf)", "megatron-core"),
            ("TorchTitan (FSDP2)", "torchtitan"), ("llm-foundry/Composer FSDP", "fsdp"), ("Megatron-DeepSpeed", "megatron-deepspeed"),
        ] {
            #expect(try configuration(CalibrationFixtures.run(framework: framework)).inputs.stack.name == stack)
        }
    }

    @Test func `stated kernels and switches override the stack's defaults`() throws {
        let c = try configuration(
            CalibrationFixtures.run(framework: "TorchTitan", ["compile": 0, "async_tp": 1, "fused_norm": 0]) {
                $0.attentionKernel = "flash1"
            })
        #expect(c.inputs.choices.attentionKernel == .flash1)
        #expect(!c.inputs.choices.compiled)
        #expect(c.inputs.choices.asyncTensorParallel)
        #expect(!c.inputs.choices.fusedNorm)
    }

    @Test func `mixtures read experts, and overlap says graphs and dispatcher`() throws {
        let mixture: [String: Double] = ["n_experts": 16, "top_k": 2, "moe_ffn": 1024, "ep": 4, "tp": 1, "dp": 4]
        let c = try configuration(
            CalibrationFixtures.run(framework: "Megatron-Bridge", gpu: "H100-80G-SXM", mixture) {
                $0.overlap = "TE cuda graphs; HybridEP; EP overlap on"
                $0.container = "26.02"
            })
        #expect(c.inputs.model.experts?.count == 16)
        #expect(c.strategy.expert == 4)
        #expect(c.inputs.choices.graphs == .partial)
        #expect(c.inputs.choices.dispatcher == .hybridEP)
        #expect(c.inputs.choices.overlapsExperts)
        #expect(!c.inputs.choices.waitsForTokenCounts)
    }

    @Test func `a named network sets the node's rate`() throws {
        let c = try configuration(CalibrationFixtures.run(["n_gpus": 16, "dp": 4]) { $0.network = "4x Omni-Path 100Gb/s per node" })
        #expect(c.inputs.cluster.first.network.nodeBandwidth.value == 50e9)
        #expect(c.inputs.cluster.nodes == 2)
    }

    @Test func `smaller nodes carry their share of the adapters`() throws {
        let c = try configuration(CalibrationFixtures.run(["gpus_per_node": 4]))
        let whole = try configuration(CalibrationFixtures.run())
        #expect(c.inputs.cluster.first.network.adaptersPerNode * 2 == whole.inputs.cluster.first.network.adaptersPerNode)
        #expect(c.inputs.cluster.nodes == 2)
        #expect(c.inputs.cluster.first.fabric.domainSize == 4)
    }

    @Test func `what cannot be predicted says why`() throws {
        #expect(try reason(CalibrationFixtures.run(gpu: "TPUv4")).hasPrefix("unknown GPU TPUv4 ("))
        #expect(try reason(CalibrationFixtures.run(framework: "Unheard-of")).hasPrefix("unknown framework Unheard-of ("))
        for key in ["hidden", "layers", "heads", "gbs", "seq_len", "n_gpus"] {
            #expect(try reason(CalibrationFixtures.run { $0.numbers[key] = nil }).hasPrefix("missing \(key)"))
        }
        #expect(
            try reason(CalibrationFixtures.run { $0.precision = "int4" })
                == "unknown precision int4; it is bf16, fp16, fp32, fp8, fp8-rowwise, mxfp8, nvfp4")
        #expect(try reason(CalibrationFixtures.run { $0.model = "Nemotron-3-ultra" }) == "a hybrid whose shape is not shipped")
        #expect(try reason(CalibrationFixtures.run(["n_experts": 8])) == "missing top_k")
    }

    @Test func `a skipped run is reported, never dropped`() throws {
        let predictions = try CalibrationFixtures.predictions([
            CalibrationFixtures.run(["step_time_s": 1]), CalibrationFixtures.run(gpu: "TPUv4"),
        ])
        #expect(predictions.count == 2)
        #expect(predictions[0].stepTime != nil)
        #expect(predictions[1].skipped?.hasPrefix("unknown GPU TPUv4 (") == true)
        #expect(ValidationSummary(predictions).skipped.map(\.count) == [1])
    }
}
