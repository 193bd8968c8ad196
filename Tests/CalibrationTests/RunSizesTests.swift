import CostModels
import Documents
import Parallelism
import Testing
import Workload

@testable import Calibration

/// Rows that no run can have been.
@Suite("Sizes and figures of runs")
struct RunSizesTests {
    private func outcome(_ run: RunRecord) throws -> RunPrediction {
        var predictor = RunPredictor(resolver: try CalibrationFixtures.resolver())
        return try predictor.predict(run)
    }

    @Test(
        arguments: [
            (["gbs": 65], "gbs 65 is no multiple of dp 2 · micro-batch 2 = 4"), (["gbs": 0], "gbs is 0"), (["tp": 0], "tp is 0"),
            (["fsdp_or_zero": 4], "fsdp_or_zero is 4; it is 0 to 3"), (["seq_len": 0], "seq_len is 0"), (["layers": 0], "layers is 0"),
            (["layers": 1e12], "layers is 1000000000000"), (["gpus_per_node": 0], "gpus_per_node is 0"), (["year": 0], "year is 0"),
            (["heads": 15, "hidden": 1920], "tp 2 does not divide 15 heads"), (["hidden": 2049], "hidden 2049 is no multiple of heads 16"),
            (["kv_heads": 5], "kv_heads 5 do not divide heads 16"), (["layers": 1], "pp 2 is more than the model's 1 layers"),
            (["n_experts": 8, "top_k": 9, "moe_ffn": 1024], "top_k is 9 of n_experts 8"),
            (["n_experts": 8, "top_k": 2, "moe_ffn": 1024, "ep": 3], "ep 3 does not divide 8 experts"),
            (["n_experts": 1, "top_k": 1, "moe_ffn": 0], "moe_ffn is 0"), (["dp_shard": 3], "dp_shard 3 does not divide dp 2"),
            (["mfu_pct": 150], "mfu_pct is 150"), (["mfu_pct": 0.5], "a share where percent are expected: 50"),
            (["model_tflops_per_gpu": 5600], "has at most 312 TFLOP/s"),
        ] as [([String: Double], String)])
    func `contradictions are refused with their numbers`(numbers: [String: Double], words: String) throws {
        let prediction = try outcome(CalibrationFixtures.run(numbers))
        #expect(prediction.outcome == .refused && prediction.stepTime == nil)
        #expect(prediction.contradiction?.contains(words) == true, "\(prediction.contradiction ?? "none")")
    }

    @Test func `zero experts are a dense model`() throws {
        let dense = try outcome(CalibrationFixtures.run())
        let zeros = try outcome(CalibrationFixtures.run(["n_experts": 0, "top_k": 0, "moe_ffn": 0, "shared_experts": 0]))
        #expect(zeros.stepTime == dense.stepTime && !zeros.isMixture)
    }

    @Test func `a step time that its own rate contradicts is taken and said`() throws {
        // 64 · 2048 tokens on 8 GPUs at 8192 tokens/s each take 2 s.
        let said = try outcome(CalibrationFixtures.run(["step_time_s": 4, "tokens_per_s_per_gpu": 8192]))
        #expect(said.assumptions.contains("step_time_s taken, although tokens_per_s_per_gpu makes 2 s"))
        let agrees = try outcome(CalibrationFixtures.run(["step_time_s": 2.04, "tokens_per_s_per_gpu": 8192]))
        #expect(!agrees.assumptions.contains { $0.hasPrefix("step_time_s taken") })
    }

    @Test func `memory is read in its unit`() throws {
        func measured(_ unit: String, _ value: Double) throws -> Double? {
            try outcome(
                CalibrationFixtures.run(["peak_mem_gb_per_gpu": value]) {
                    $0.memoryKind = "device"
                    $0[detail: "memory_unit"] = unit
                }
            ).run.measuredMemory
        }
        #expect(try measured("MiB", 71_680) == 70)
        #expect(try measured("GiB", 70) == 70 && measured("GB", 70) == 70 && measured("", 70) == 70)
        let unknown = CalibrationFixtures.run(["peak_mem_gb_per_gpu": 70]) {
            $0.memoryKind = "device"
            $0[detail: "memory_unit"] = "stone"
        }
        #expect(try outcome(unknown).skipped?.contains("unknown memory_unit 'stone'") == true)
    }

    @Test func `hardware rates count the layers that run forward again, not all`() throws {
        func seconds(_ recompute: String) throws -> Double {
            let run = CalibrationFixtures.run(["hfu_pct": 50]) { $0.recompute = recompute }
            return try #require(try outcome(run).run.measuredStepTime)
        }
        let (none, half, all) = (try seconds("none"), try seconds("full(6 layers)"), try seconds("full"))
        // Six of the twelve layers of each of two stages.
        #expect(abs(half - (none + all) / 2) < 1e-9 * all && all > none)
    }

    @Test func `names of columns are read whatever their case, and near ones named`() throws {
        let text =
            "id,framework,model,seq_len,gpu,n_gpus,precision,gbs,TP,Recompute,step_time_ms\na-1,NeMo,llama-3-8b,8192,H100,8,bf16,8,2,full,1\n"
        let run = try RunsTable.runs(in: .parse(text: text, file: "t.csv"))[0]
        #expect(run["tp"] == 2 && run.recompute == "full")
    }

    @Test func `years beyond what was measured are taken as the last that was`() throws {
        func time(_ year: Double) throws -> Double? {
            try outcome(CalibrationFixtures.run(framework: "Megatron-Bridge", gpu: "B200", ["year": year])).stepTime
        }
        #expect(try time(2050) == time(2027))
    }
}
