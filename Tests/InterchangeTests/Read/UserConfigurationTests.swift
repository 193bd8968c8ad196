import Documents
import Foundation
import Parallelism
import Testing
import Workload

@testable import Interchange

@Suite struct UserConfigurationTests {
    typealias Fixtures = ExportFixtures

    private func read(_ text: String, _ framework: UserConfiguration.Framework) throws -> UserConfiguration {
        try UserConfiguration.parse(text: text, file: "mine", framework)
    }

    private func problem(_ text: String, _ framework: UserConfiguration.Framework) -> String {
        do throws(DocumentError) { _ = try UserConfiguration.parse(text: text, file: "mine", framework) } catch { return error.description }
        return "no error"
    }

    /// What was exported must be read back as what it was.
    private func check(_ read: UserConfiguration, is plan: LaunchConfiguration) {
        let s = plan.strategy
        let sizes = [
            ("tp", s.tensor), ("pp", s.pipeline), ("cp", s.context), ("ep", s.expert), ("micro-batch-size", s.microBatch),
            ("vpp", s.virtualStages),
        ]
        for (key, value) in sizes { #expect(read.strategy[key] ?? "1" == String(value), "\(key)") }
        #expect(read.strategy["recompute"] == s.recompute.rawValue)
        #expect(read.globalBatch == plan.job.globalBatch)
        #expect(read.sequenceLength ?? plan.job.sequenceLength == plan.job.sequenceLength)
        #expect(read.unread.isEmpty, "\(read.unread)")
    }

    @Test(arguments: [ExportTarget.megatronLM, .megatronCore019, .megatronCore015])
    func `exported Megatron scripts come back`(target: ExportTarget) throws {
        for plan in try [Fixtures.dense(), Fixtures.mixture()] {
            let file = try #require(plan.files(for: target).files.first)
            let read = try read(file.text, .megatron)
            check(read, is: plan)
            #expect(read.strategy["sequence-parallel"] == (plan.strategy.sequenceParallel ? "on" : "off"))
            #expect(read.strategy["optimizer-sharding"] == "zero1")
            #expect(read.optimizer == plan.job.optimizer)
            #expect(read.precision == plan.job.precision)
            let model = try #require(read.model)
            #expect(model.layers == plan.model.layers)
            #expect(model.attention?.heads == plan.model.attention?.heads)
            #expect(model.attention?.latent == plan.model.attention?.latent)
            #expect(model.experts == plan.model.experts)
            #expect(model.predictionBlocks == plan.model.predictionBlocks)
            var same = model
            same.vocabulary = plan.model.vocabulary
            #expect(same.parameters.total == plan.model.parameters.total)
        }
    }

    @Test func `exported TorchTitan, DeepSpeed and Accelerate files come back`() throws {
        let plan = try Fixtures.sharded()
        let toml = try #require(plan.files(for: .torchTitan).files.first { $0.name == "torchtitan.toml" })
        let titan = try read(toml.text, .torchtitan)
        check(titan, is: plan)
        #expect(titan.modelName == "llama-3.1-8b")
        #expect(titan.strategy["dp"] == "16" && titan.strategy["shard-group"] == "8" && titan.strategy["optimizer-sharding"] == "zero3")
        let dense = try #require(Fixtures.dense().files(for: .torchTitan).files.first { $0.name == "torchtitan.toml" })
        let pipelined = try read(dense.text, .torchtitan)
        #expect(pipelined.strategy["layout"] == "10+10+10+10+10+10+10+10" && pipelined.strategy["vpp"] == "2")
        #expect(pipelined.strategy["micro-batch-size"] == "1" && pipelined.strategy["schedule"] == "interleaved")
        let yaml = try #require(plan.files(for: .accelerate).files.first)
        let accelerate = try read(yaml.text, .accelerate)
        #expect(accelerate.gpus == 32 && accelerate.strategy["dp"] == "16" && accelerate.strategy["cp"] == "2")
        #expect(accelerate.unread.isEmpty)
        var trading = plan
        trading.strategy.contextKind = .ulysses
        let json = try #require(trading.files(for: .deepSpeed).files.first { $0.name == "deepspeed.json" })
        let deep = try read(json.text, .deepspeed)
        #expect(deep.strategy["cp"] == "2" && deep.strategy["cp-kind"] == "ulysses" && deep.unread.isEmpty)
        #expect(deep.globalBatch == 128 && deep.strategy["dp"] == "16" && deep.strategy["optimizer-sharding"] == "zero3")
    }

    @Test func `scripts as people write them`() throws {
        let text = """
            #!/bin/bash
            # --tensor-model-parallel-size 64 in a comment is none
            TP=4
            PP=${PP:-2}
            NODES=2; GPT="--num-layers 24 --hidden-size 1024 \\
              --num-attention-heads 16 --seq-length 2048 --vocab-size 50257 --my-own-flag 7"
            ARGS=(
                --tensor-model-parallel-size $TP   # tensor
                --pipeline-model-parallel-size "${PP}"
                --micro-batch-size=4 --global-batch-size 64
                --sequence-parallel --use-distributed-optimizer
                --fp16 --lr 1.0e-4
            )
            torchrun --nproc-per-node 8 pretrain_gpt.py $GPT "${ARGS[@]}" --data-path $DATA --recompute-granularity full --recompute-method block --recompute-num-layers 3
            """
        let read = try read(text, .megatron)
        #expect(read.strategy["tp"] == "4" && read.strategy["pp"] == "2" && read.strategy["micro-batch-size"] == "4")
        #expect(read.strategy["recompute"] == "full" && read.strategy["recompute-layers"] == "3")
        #expect(read.strategy["sequence-parallel"] == "on")
        #expect(read.globalBatch == 64 && read.precision == .fp16)
        #expect(read.model?.layers == 24 && read.model?.feedForward.width == 4096 && read.model?.hasTiedEmbeddings == true)
        #expect(read.unread.map(\.name) == ["--my-own-flag"])
    }

    @Test(arguments: [
        ("Et*3|t*4|t*3L", "3+4+3"), ("Ettt|(tt|)*3m|L", "3+2+2+2+0+0"), ("E|t|t|L", "0+1+1+0"), ("Et|,t|tL", "1+1+1"),
    ])
    func `layouts are unrolled as Megatron unrolls them`(layout: String, counts: String) throws {
        let text = "--pipeline-model-parallel-size 2 --pipeline-model-parallel-layout '\(layout)'"
        #expect(try read(text, .megatron).strategy["layout"] == counts)
    }

    @Test(arguments: [
        ("echo hello", "mine:1:1: the file has no flags"),
        ("--tensor-model-parallel-size x", "mine:1:30:"),
        ("--tensor-model-parallel-size", "mine:1:1: --tensor-model-parallel-size has no value"),
        (
            "--micro-batch-size 1 \\\n --tensor-model-parallel-size $TP",
            "mine:2:31: the value of --tensor-model-parallel-size depends on $TP, which the file does not set"
        ),
        (
            "--micro-batch-size 1 --global-batch-size $((GPUS*8))",
            "mine:1:42: the value of --global-batch-size depends on $((GPUS*8)), in which the file does not set GPUS; write the value itself"
        ),
        (
            "ARGS=\"--micro-batch-size 1 --global-batch-size $((GPUS * 8)) --bf16\"",
            "mine:1:1: the value of --global-batch-size depends on $((GPUS * 8)), in which the file does not set GPUS"
        ),
        (
            "ARGS=\"--tensor-model-parallel-size $TP --bf16\"",
            "mine:1:1: the value of --tensor-model-parallel-size depends on $TP, which the file does not set"
        ),
        ("--tensor-model-parallel-size\nx\n--bf16", "mine:2:1:"),
        ("--pipeline-model-parallel-layout 'Et*99999|x'", "is no layout"),
        ("--num-layers 3 --hidden-size 0 --num-attention-heads 3", "the flags describe no model"),
        ("--tensor-model-parallel-size 99999999999999999999", "expected a whole number"),
    ])
    func `what is wrong with a script is said with its place`(text: String, message: String) {
        #expect(problem(text, .megatron).contains(message), "\(problem(text, .megatron))")
    }

    @Test(arguments: [
        ("[parallelism]\ntensor_parallel_degree = 0", "mine:2:26:"),
        ("[parallelism]\ntensor_parallel_degree = ", "mine:2:26: "),
        ("[parallelism]\na = 1\na = 2", "mine:3:5: not TOML: "),
        ("[parallelism]\n[parallelism]", "cannot redefine existing table"),
        ("[a]\nb = \"open", "mine:2:10: not TOML: "),
        ("[parallelism]\npipeline_parallel_degree = 2\npipeline_parallel_schedule = \"1F2B\"", "mine:3:30:"),
    ])
    func `what is wrong with TOML is said with its place`(text: String, message: String) {
        #expect(problem(text, .torchtitan).contains(message), "\(problem(text, .torchtitan))")
    }

    @Test func `TOML of every form`() throws {
        let text = """
            title = 'it''s'
            """
        #expect(problem(text, .torchtitan).contains("mine:1:16: not TOML: "))
        let read = try read(
            """
            model.name = "qwen3" # comment
            model.flavor = '32B'
            training = { seq_len = 4_096, local_batch_size = 2 }
            [parallelism]
            "tensor_parallel_degree" = 2
            module_fqns_per_model_part = [
                ["a"], # one
                [],
            ]
            mine = 1.5
            """, .torchtitan)
        #expect(read.modelName == "qwen3-32b" && read.sequenceLength == 4096 && read.strategy["micro-batch-size"] == "2")
        #expect(read.unread.map(\.description) == ["mine:10:1: parallelism.mine"])
    }

    @Test func `TorchTitan's names of models have the layers that the models have`() throws {
        for name in TorchTitanModels.names {
            let layers = try #require(TorchTitanModels.layers(name), "\(name)")
            #expect(try Fixtures.model(name).layers == layers, "\(name)")
        }
    }

    @Test(arguments: [
        // Layers and the two ends, dealt evenly with the rest to the first stages: 34 over 4 is 9, 9, 8, 8; the ends take one of each.
        ("pipeline_parallel_degree = 4", "8+9+8+7", nil),
        ("pipeline_parallel_degree = 2", nil, nil),
        ("pipeline_parallel_degree = 2\npipeline_parallel_schedule = \"Interleaved1F1B\"", "8+9+8+7", "2"),
        (
            "pipeline_parallel_degree = 4\npipeline_parallel_first_stage_less_layers = 0\npipeline_parallel_last_stage_less_layers = 0",
            nil, nil
        ),
        // ceil(34 / 5) is 7 stages, which 7 ranks hold one each.
        ("pipeline_parallel_degree = 7\npipeline_parallel_layers_per_stage = 5", "4+5+5+5+5+5+3", nil),
        ("pipeline_parallel_degree = 2\npipeline_parallel_split_points = [\"layers.20\"]", "20+12", nil),
    ])
    func `TorchTitan's stages`(keys: String, layout: String?, chunks: String?) throws {
        let text = "[model]\nname = \"llama3\"\nflavor = \"8B\"\n[parallelism]\n\(keys)\n"
        let read = try read(text, .torchtitan)
        #expect(read.strategy["layout"] == layout && read.strategy["vpp"] == chunks, "\(read.strategy)")
        #expect(read.unread.isEmpty && read.unmodelled.isEmpty)
    }

    /// A count that is stated is refused; the old default, a micro-batch a stage, is said.
    @Test func `a local batch that its micro-batches do not divide is refused or said`() throws {
        let old = "[training]\nbatch_size = 6\n[experimental]\npipeline_parallel_degree = 4"
        let read = try read(old, .torchtitan)
        #expect(read.strategy["pp"] == "4" && read.strategy["micro-batch-size"] == "1")
        #expect(read.notes.contains { $0.contains("A local batch of 6 is not divided by the 4 micro-batches") })
        let stated = old + "\npipeline_parallel_microbatches = 4"
        #expect(problem(stated, .torchtitan).contains("mine:5:34: a local batch of 6 is not divided by 4 micro-batches"))
    }

    @Test(arguments: [
        ("1", "", false, "bf16", true), ("2", "", false, "bf16", true), ("3", "", true, "bf16", true),
        ("2", #""overlap_comm": true"#, true, "bf16", false), ("3", #""overlap_comm": false"#, false, "bf16", false),
    ])
    func `DeepSpeed reduces gradients beside compute as told, or for ZeRO-3`(
        stage: String, key: String, overlaps: Bool, format: String, isAssumed: Bool
    ) throws {
        let text = #"{"bf16": {"enabled": true}, "zero_optimization": {"stage": "# + stage + (key.isEmpty ? "" : ", " + key) + "}}"
        let read = try read(text, .deepspeed)
        #expect(read.overlapsDataParallel == overlaps && read.gradientFormat?.rawValue == format)
        #expect((read.defaults["overlap-data-parallel"] != nil) == isAssumed)
    }

    @Test(arguments: [("fp32", GradientFormat.fp32), ("bf16", .bf16)])
    func `DeepSpeed's gradients accumulate in the format that is stated`(word: String, format: GradientFormat) throws {
        let text = #"{"bf16": {"enabled": true}, "data_types": {"grad_accum_dtype": ""# + word + #""}}"#
        let read = try read(text, .deepspeed)
        #expect(read.gradientFormat == format && read.defaults["grad-dtype"] == nil && read.unmodelled.isEmpty)
    }

    @Test func `what is empty is no key that nobody knows`() throws {
        let text = "distributed_type: MULTI_GPU\ndeepspeed_config: {}\nfsdp_config: {}\nmegatron_lm_config: null\nown: {}"
        let read = try read(text, .accelerate)
        #expect(read.unread.map(\.name) == ["own"] && read.strategy["optimizer-sharding"] == "none")
    }

    @Test func `TorchTitan's lists of names were texts with commas`() throws {
        let text = "[model]\nname = \"llama3\"\nflavor = \"8B\"\nconverters = \"float8,mx\"\n"
        #expect(try read(text, .torchtitan).precision == .mxfp8)
    }

    @Test(arguments: [
        ("fsdp_version: 2, fsdp_reshard_after_forward: false, fsdp_sharding_strategy: FULL_SHARD", "zero2"),
        ("fsdp_version: 2, fsdp_sharding_strategy: SHARD_GRAD_OP", "zero3"),
        ("fsdp_version: 1, fsdp_reshard_after_forward: SHARD_GRAD_OP", "zero2"),
        ("fsdp_reshard_after_forward: FULL_SHARD, fsdp_sharding_strategy: NO_SHARD", "none"), ("fsdp_sharding_strategy: 2", "zero2"),
    ])
    func `which key of Accelerate's FSDP counts depends on its version`(keys: String, sharding: String) throws {
        let read = try read("distributed_type: FSDP\nfsdp_config: {\(keys)}", .accelerate)
        #expect(read.strategy["optimizer-sharding"] == sharding && read.unread.isEmpty)
    }

    @Test func `Accelerate's hybrid shards fill a machine`() throws {
        let text = """
            distributed_type: FSDP
            num_machines: 4
            num_processes: 32
            fsdp_config: {sharding_strategy: 4, min_num_params: 1000, offload_params: true}
            """
        let read = try read(text, .accelerate)
        #expect(read.strategy["optimizer-sharding"] == "zero3" && read.strategy["dp-replicate"] == "4" && read.gpus == 32)
        #expect(read.strategy["offload"] == "optimizer+parameters" && read.unmodelled.isEmpty && read.unread.isEmpty)
    }

    @Test func `a file must say whose it is`() {
        for spec in ["pretrain.sh", "megatron:", "nemo:x.yaml"] {
            #expect(throws: DocumentError.self) { try UserConfiguration.read(spec: spec) }
        }
    }

    @Test func `values that Hugging Face fills in are not stated`() throws {
        let read = try read(
            #"{"train_batch_size": "auto", "train_micro_batch_size_per_gpu": "auto", "bf16": {"enabled": "auto"}, "own": 1, "#
                + #""zero_optimization": {"stage": 2, "offload_optimizer": {"device": "cpu"}}}"#, .deepspeed)
        #expect(read.globalBatch == nil && read.precision == .bf16 && read.strategy["optimizer-sharding"] == "zero2")
        #expect(read.unread.map(\.name) == ["own"])
        #expect(read.strategy["offload"] == "optimizer" && read.stack == "megatron-deepspeed" && read.unmodelled.isEmpty)
    }
}
