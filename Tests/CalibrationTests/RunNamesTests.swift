import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Schedules
import Testing
import Workload

@testable import Calibration

/// Names, shapes and remarks of public tables: what is understood, what is assumed aloud, what is refused with the nearest.
@Suite struct RunNamesTests {
    private func configuration(_ run: RunRecord, _ change: (inout RunResolver) -> Void = { _ in }) throws -> RunConfiguration {
        var resolver = try CalibrationFixtures.resolver()
        change(&resolver)
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

    // MARK: Frameworks and GPUs

    @Test(arguments: [
        ("Megatron-Core", "megatron-core"), ("megatron core 0.13", "megatron-core"), ("NeMo 2.1", "megatron-core"),
        ("NeMo AutoModel", "fsdp"), ("nemo-automodel 0.1", "fsdp"), ("Primus v25.9", "megatron-core"), ("Primus/TorchTitan", "torchtitan"),
        ("MegaScale", "megatron-core"), ("PyTorch FSDP + compile", "torchtitan"), ("PyTorch FSDP", "fsdp"), ("FSDP", "fsdp"),
        ("Sailor (Megatron-DeepSpeed fork)", "megatron-deepspeed"), ("OLMo-core", "torchtitan"), ("nanotron", "aa-scaling"),
        ("GPT-NeoX 2.0", "megatron-deepspeed"), ("LitGPT", "fsdp"), ("llm-foundry", "fsdp"), ("LLM Foundry", "fsdp"),
        ("Colossal-AI", "no-overlap"), ("ColossalAI 0.3", "no-overlap"), ("DeepSpeed", "fsdp"), ("veRL 0.4", "fsdp"),
        ("verl/megatron", "megatron-core"), ("MaxText", "torchtitan"), ("Megatron-LM 0.14", "megatron-core"),
        ("Megatron-LM", "megatron-core"), ("MCore", "megatron-core"), ("no-overlap", "no-overlap"), ("FSDP2 + compile", "torchtitan"),
        ("Megatron-FSDP", "megatron-fsdp"),
    ])
    func `frameworks of public tables have a stack`(framework: String, stack: String) throws {
        let alias = try #require(try CalibrationFixtures.resolver().aliases.framework(framework))
        #expect(alias.stack == stack)
        let inputs = try configuration(CalibrationFixtures.run(framework: framework)).inputs
        #expect(inputs.stack.name == (alias.isUnmeasured ? framework : stack))
    }

    @Test func `Megatron-LM is what it was in the year of the run, and without overlap where it says so`() throws {
        func stack(_ framework: String, year: Double? = nil, overlap: String = "") throws -> String {
            try configuration(
                CalibrationFixtures.run(framework: framework, year.map { ["year": $0] } ?? [:]) { $0.overlap = overlap }
            ).inputs.stack.name
        }
        #expect(try stack("Megatron-LM", year: 2021) == "megatron-lm-2021")
        #expect(try stack("Megatron-LM", year: 2024) == "megatron-core")
        #expect(try stack("Megatron-LM 0.14", year: 2025, overlap: "none: TP overlap, grad overlap all OFF") == "no-overlap")
    }

    @Test(arguments: [
        ("NVIDIA A100-SXM4-80GB", "a100-80gb-sxm"), ("a100 sxm4 40gb", "a100-40gb-sxm"), ("H100 SXM", "h100-80gb-sxm"),
        ("NVIDIA H100 80GB HBM3", "h100-80gb-sxm"), ("H100-PCIe", "h100-80gb-pcie"), ("H100 NVL", "h100-94gb-nvl"),
        ("NVIDIA GH200 480GB", "gh200-96gb"), ("GH200-144GB", "gh200-144gb"), ("AMD Instinct MI300X", "mi300x"), ("MI308X", "mi308x"),
        ("Tesla V100-SXM2-16GB", "v100-16gb-sxm"), ("Tesla T4", "t4"), ("NVIDIA GeForce RTX 4090", "rtx-4090"), ("RTX-3090", "rtx-3090"),
        ("Titan-RTX", "titan-rtx"), ("rtx-2080-ti", "rtx-2080-ti"), ("a10", "a10"), ("A100-64GB", "a100-64gb-sxm"),
        ("p5en.48xlarge", "h200-sxm"),
        ("RTX PRO 6000", "rtx-pro-6000"), ("MI250X", "mi250x"),
    ])
    func `GPUs of public tables have a type`(name: String, type: String) throws {
        // Every one of them has this format.
        let run = CalibrationFixtures.run(gpu: name) { $0.precision = "fp16" }
        #expect(try configuration(run).inputs.gpu.name == type)
    }

    @Test(arguments: [
        ("frontier", "mi250x"), ("Leonardo", "a100-64gb-sxm"), ("JUWELS Booster", "a100-40gb-sxm"), ("DGX H100", "h100-80gb-sxm"),
        ("HGX-H200", "h200-sxm"), ("AWS P5", "h100-80gb-sxm"), ("H100-94GB-NVL", "h100-94gb-nvl"),
    ])
    func `shipped clusters and types are names too, whatever their case`(name: String, type: String) throws {
        #expect(try configuration(CalibrationFixtures.run(gpu: name)).inputs.gpu.name == type)
    }

    @Test(arguments: [("A100-80G-SXM", "fp8"), ("H100", "nvfp4"), ("H100", "mxfp8"), ("T4", "bf16"), ("V100", "bf16")])
    func `formats that a GPU lacks are refused and not priced as another`(gpu: String, precision: String) throws {
        #expect(try reason(CalibrationFixtures.run(gpu: gpu) { $0.precision = precision }).contains("has no \(precision) products"))
    }

    @Test func `interleaved schedules have two virtual stages where none are stated, whatever the framework`() throws {
        for framework in ["Megatron-Bridge", "TorchTitan"] {
            let s = try configuration(CalibrationFixtures.run(framework: framework) { $0.schedule = "Interleaved 1F1B" }).strategy
            #expect(s.virtualStages == 2 && s.schedule == .interleaved)
        }
        #expect(try configuration(CalibrationFixtures.run { $0.schedule = "GPipe" }).strategy.schedule == .gpipe)
        #expect(try reason(CalibrationFixtures.run(["pp": 2, "mbs": 16]) { $0.schedule = "DualPipeV" }).contains("at least 2·pp"))
    }

    @Test func `every shipped GPU type is known by its own name`() throws {
        let aliases = try CalibrationFixtures.resolver().aliases
        for type in CalibrationFixtures.library.names(of: .gpu) { #expect(aliases.gpu(type) != nil, "\(type)") }
    }

    @Test func `unknown names come with the nearest and the option`() throws {
        let gpu = try reason(CalibrationFixtures.run(gpu: "MI300Y"))
        #expect(gpu.hasPrefix("unknown GPU MI300Y (nearest known: MI300X, ") && gpu.contains("--gpu-alias \"MI300Y=…\""))
        let framework = try reason(CalibrationFixtures.run(framework: "Megatronish"))
        #expect(framework.hasPrefix("unknown framework Megatronish (nearest known: Megatron-") && framework.contains("--framework-alias"))
    }

    @Test func `aliases of a user go before the shipped ones`() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("aliases-\(UInt64.random(in: 0 ... .max)).yaml").path
        try """
        gpus:
          - {name: Kestrel, cluster: dgx-h100}
        frameworks:
          - {prefix: MaxText, stack: fsdp, sharding: zero3, model_flops: full}
        """.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let shipped = try CalibrationFixtures.resolver().aliases
        var aliases = try RunAliases.read(path: path).before(shipped)
        aliases.add(gpu: "Mystery", cluster: "gpu:l4")
        #expect(aliases.add(framework: "Own", like: "Megatron-Bridge") && !aliases.add(framework: "Other", like: "Nothing known"))
        aliases.add(framework: "Third", stack: "torchtitan")
        #expect(aliases.gpu("kestrel")?.cluster == "dgx-h100" && aliases.gpu("Mystery")?.cluster == "gpu:l4")
        #expect(aliases.gpu("A100")?.cluster == "dgx-a100")
        #expect(aliases.framework("MaxText")?.stack == "fsdp")
        #expect(aliases.framework("Own 1.0")?.stack == "megatron-core" && aliases.framework("Own 1.0")?.modelFLOPs == .causal)
        #expect(aliases.framework("Third")?.sharding == .zero3)
    }

    @Test func `a framework with code of its own is priced between its relative and the median of all`() throws {
        let relative = try configuration(CalibrationFixtures.run(framework: "AA-Scaling"))
        let own = try configuration(CalibrationFixtures.run(framework: "nanotron v0.4"))
        #expect(own.inputs.stack.name == "nanotron v0.4" && own.inputs.stack.measured.isEmpty)
        #expect(own.assumptions.contains("nanotron unmeasured: halfway between aa-scaling and the median of all measured stacks"))
        // AA-Scaling's collectives reach 7 % of the network, those of the median stack 78 %.
        let (a, b) = (relative.inputs.stack.costs.dataParallelEfficiency, own.inputs.stack.costs.dataParallelEfficiency)
        #expect(a < 0.08 && b > 0.2 && b < 0.3)
        let fork = try configuration(CalibrationFixtures.run(framework: "Sailor"))
        #expect(fork.inputs.stack.name == "megatron-deepspeed")
    }

    // MARK: Shapes

    @Test func `data parallelism that a row leaves out is what the GPUs leave`() throws {
        let found = try configuration(CalibrationFixtures.run(["n_gpus": 32]) { $0.numbers["dp"] = nil })
        #expect(found.strategy.data == 8 && found.assumptions.contains("dp 8, what the GPUs leave"))
        let short = CalibrationFixtures.run(["n_gpus": 6]) { $0.numbers["dp"] = nil }
        #expect(try reason(short) == "sizes that do not make n_gpus")
        let said = #expect(throws: RunSkip.self) { try configuration(short) }
        #expect(said?.contradiction == "tp 2 · pp 2 · cp 1 = 4, which does not divide n_gpus, 6, and dp is not stated")
    }

    @Test func `sizes that a row leaves out come from the model of its name`() throws {
        let bare = CalibrationFixtures.run {
            $0.model = "Llama-3-8B-Instruct"
            for column in ["layers", "hidden", "heads", "vocab"] { $0.numbers[column] = nil }
        }
        let c = try configuration(bare)
        #expect(c.inputs.model.layers == 32 && c.inputs.model.hidden == 4096 && c.inputs.model.vocabulary == 128_256)
        #expect(c.assumptions.contains("the shape of llama-3.1-8b"))
        var other = bare
        other.numbers["layers"] = 40
        #expect(try reason(other) == "llama-3.1-8b has 32 layers, and the row says otherwise")
        let part = try configuration(
            CalibrationFixtures.run(["layers": 32, "hidden": 4096, "heads": 32]) {
                $0.model = "llama3-8b"
                $0.numbers["vocab"] = nil
            })
        #expect(part.inputs.model.vocabulary == 128_256 && part.inputs.model.attention?.keyValueHeads == 8)
        #expect(part.inputs.model.feedForward.width == 14_336)
        #expect(part.assumptions.contains("what the row does not state of the shape as in llama-3.1-8b"))
        #expect(
            try reason(
                CalibrationFixtures.run {
                    $0.model = "nobody-7b"; $0.numbers["layers"] = nil
                }
            )
            .hasPrefix("missing layers, and no shipped model is called nobody-7b (nearest: "))
    }

    // MARK: Remarks

    @Test(
        arguments: [
            ("fp8", "", Precision.fp8, nil), ("fp8", "rowwise", .fp8Rowwise, nil), ("fp8-rowwise", "", .fp8Rowwise, nil),
            ("fp8_cs", "", .fp8, "tensorwise scaling"),
            ("FP8 tensorwise", "", .fp8, "tensorwise scaling"), ("fp8-blockwise", "", .fp8, "blockwise scaling"),
            ("fp8 delayed scaling", "", .fp8, "delayed scaling"), ("fp8_mx", "", .mxfp8, nil), ("fp8", "mxfp8", .mxfp8, nil),
            ("fp8_sc", "", .fp8, "blockwise scaling"), ("mxfp8", "", .mxfp8, nil), ("BF16", "", .bf16, nil), ("float16", "", .fp16, nil),
            ("fp8", "something of their own", .fp8, "something of their own"),
        ] as [(String, String, Precision, String?)])
    func `recipes are read and said`(precision: String, recipe: String, format: Precision, said: String?) throws {
        let c = try configuration(
            CalibrationFixtures.run(gpu: "B200") {
                $0.precision = precision
                $0.details["precision_recipe"] = recipe
            })
        #expect(c.inputs.job.precision == format)
        #expect(c.assumptions.filter { $0.contains("priced as plain fp8") } == (said.map { ["\($0) priced as plain fp8"] } ?? []))
    }

    @Test func `formats that nobody knows are no formats`() throws {
        for text in ["int4", "fp8_magic", "posit16"] {
            #expect(
                try reason(CalibrationFixtures.run { $0.precision = text })
                    == "unknown precision \(text); it is bf16, fp16, fp32, fp8, fp8-rowwise, mxfp8, nvfp4")
        }
    }

    @Test func `what no model has an input for is assumed aloud`() throws {
        let mixture: [String: Double] = ["n_experts": 16, "top_k": 2, "moe_ffn": 1024, "ep": 4, "tp": 1, "dp": 4]
        func assumptions(_ numbers: [String: Double] = [:], _ change: (inout RunRecord) -> Void = { _ in }) throws -> [String] {
            try configuration(CalibrationFixtures.run(numbers, change)).assumptions
        }
        let dropped = "every token priced, although some are dropped"
        #expect(try assumptions(mixture.merging(["drops_tokens": 1]) { $1 }).contains(dropped))
        #expect(try assumptions(mixture) { $0.notes = "MoE capacity_factor 1 with pad-to-capacity (drop)" }.contains(dropped))
        #expect(try !assumptions(mixture.merging(["drops_tokens": 0]) { $1 }) { $0.notes = "capacity" }.contains(dropped))
        func fusesLoss(_ change: @escaping (inout RunRecord) -> Void) throws -> Bool {
            try configuration(CalibrationFixtures.run([:], change)).inputs.choices.fusedLoss
        }
        #expect(try !fusesLoss { $0.numbers["fused_loss"] = 0 })
        #expect(try !fusesLoss { $0.notes = "unfused cross-entropy" })
        #expect(try fusesLoss { $0.notes = "" })
        #expect(
            try assumptions { $0.notes = "doc: known cuDNN regression in this container" }
                .contains("no regression of cudnn, although the notes state one"))
    }

    @Test func `prediction blocks are on or off as a row says`() throws {
        let deepseek: [String: Double] = [
            "layers": 61, "hidden": 7168, "heads": 128, "n_experts": 256, "top_k": 8, "moe_ffn": 2048, "shared_experts": 1, "ffn": 18_432,
            "tp": 1, "pp": 1, "dp": 8, "ep": 8, "vocab": 129_280,
        ]
        func blocks(_ numbers: [String: Double] = [:], _ notes: String = "") throws -> Int {
            try configuration(
                CalibrationFixtures.run(framework: "Megatron-Bridge", gpu: "H100-80G-SXM", deepseek.merging(numbers) { $1 }) {
                    $0.model = "deepseek-v3"
                    $0.notes = notes
                }
            ).inputs.model.predictionBlocks
        }
        #expect(try blocks() == 1)
        #expect(try blocks(["prediction_blocks": 0]) == 0 && blocks(["prediction_blocks": 2]) == 2)
        #expect(try blocks([:], "w/o MTP; force-balanced routing") == 0)
        #expect(try blocks([:], "mtp_num_layers=2; other") == 2)
    }

    @Test func `offloading of stated layers is priced`() throws {
        let run = CalibrationFixtures.run(framework: "Megatron-FSDP", gpu: "H100-80G-SXM", ["pp": 1, "dp": 4]) {
            $0.overlap = "cpu_offload_layers=20; megatron_fsdp"
        }
        let c = try configuration(run) { $0.refusesOffloading = true }
        #expect(c.strategy.offload == Offload(layers: 20) && !c.ignoresOffloading)
        #expect(!c.assumptions.contains { $0.contains("offload") })
    }

    @Test func `other offloading is ignored and said, and left out of fits`() throws {
        let run = CalibrationFixtures.run { $0.overlap = "cpu_offload=true; megatron_fsdp" }
        let c = try configuration(run)
        #expect(c.ignoresOffloading && c.assumptions.contains("nothing offloaded, although the run offloads"))
        #expect(throws: RunSkip.self) { _ = try configuration(run) { $0.refusesOffloading = true } }
        #expect(try !configuration(CalibrationFixtures.run { $0.overlap = "offload=false" }).ignoresOffloading)
        #expect(try configuration(CalibrationFixtures.run(["offload": 1])).ignoresOffloading)
    }

    // MARK: Rates

    @Test func `hardware utilisation counts what runs forward again`() throws {
        func time(_ numbers: [String: Double]) throws -> Double {
            try #require(
                CalibrationFixtures.predictions([CalibrationFixtures.run(numbers) { $0.recompute = "full" }])[0].run.measuredStepTime)
        }
        // The same rate in percent of an A100's 312 TFLOP/s.
        #expect(try abs(time(["hfu_pct": 50]) / time(["hardware_tflops_per_gpu": 156]) - 1) < 1e-12)
        #expect(try time(["hfu_pct": 50]) > time(["mfu_pct": 50]))
    }

    @Test func `a convention that is assumed is said`() throws {
        func origin(_ framework: String) throws -> String {
            let run = CalibrationFixtures.run(framework: framework, ["model_tflops_per_gpu": 100])
            return try #require(CalibrationFixtures.predictions([run])[0].assumptions.last)
        }
        #expect(try origin("MegaScale") == "step time from model_tflops_per_gpu, full attention, assumed")
        #expect(try origin("Megatron-Bridge") == "step time from model_tflops_per_gpu, causal attention")
    }

    /// NeMo's own recipes of Grok and Mixtral drop tokens, whatever their release; other programs of a name alike do not.
    @Test func `a framework's recipe drops tokens`() throws {
        let aliases = try RunAliases.read(path: CalibrationFixtures.root.appendingPathComponent("ClusterProfiles/Runs/aliases.yaml").path)
        #expect(aliases.dropsTokens(framework: "NeMo/Megatron-Core", model: "grok1-314b"))
        #expect(aliases.dropsTokens(framework: "NeMo 25.04", model: "Mixtral-8x7B"))
        #expect(!aliases.dropsTokens(framework: "NeMo AutoModel", model: "mixtral-8x7b"))
        #expect(!aliases.dropsTokens(framework: "NeMo/Megatron-Core", model: "deepseek-v3"))
    }
}
