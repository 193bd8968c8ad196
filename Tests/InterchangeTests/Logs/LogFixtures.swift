/// Logs in the grammar of the programs that write them, made up for the tests.
enum LogFixtures {
    /// Steps as Megatron-LM's `training_log` prints them, of `batch` sequences.
    static func steps(_ iterations: [Int], of all: Int, milliseconds: (Int) -> Double) -> String {
        iterations.map { number in
            " [2026-11-02 10:00:00.000000] iteration \(padded(number, 8))/\(padded(all, 8)) | consumed samples: \(padded(number * 128, 12)) |"
                + " elapsed time per iteration (ms): \(milliseconds(number)) | throughput per GPU (TFLOP/s/GPU): 412.3 |"
                + " learning rate: 1.000000E-04 | global batch size:   128 | lm loss: 1.108354E+01 | loss scale: 1.0 | grad norm: 2.143 |"
                + " number of skipped iterations:   0 | number of nan iterations:   0 |\n"
        }.joined()
    }

    /// What `report_memory` prints, in MiB.
    static func memory(rank: Int, iteration: Int, allocated: Double, reserved: Double) -> String {
        "[Rank \(rank)] (after \(iteration) iterations) memory (MB) | allocated: 20480.12 | max allocated: \(allocated) |"
            + " reserved: 30720.0 | max reserved: \(reserved)\n"
    }

    /// The list of arguments that Megatron-LM prints, with these among defaults, each line behind `label`.
    static func arguments(_ changes: [String: String] = [:], label: String = "") -> String {
        var values = [
            "account_for_embedding_in_pipeline_split": "False", "account_for_loss_in_pipeline_split": "False", "add_bias_linear": "False",
            "add_qkv_bias": "False", "bf16": "True", "context_parallel_size": "1", "cp_comm_type": "['p2p']",
            "data_parallel_sharding_strategy": "no_shard", "data_parallel_size": "8", "exp_avg_dtype": "torch.float32",
            "expert_model_parallel_size": "1", "expert_tensor_parallel_size": "2", "ffn_hidden_size": "14336", "fp16": "False",
            "fp4": "None", "fp8": "None", "fp8_recipe": "delayed", "global_batch_size": "128", "group_query_attention": "True",
            "hidden_size": "4096", "kv_channels": "128", "max_position_embeddings": "131072", "micro_batch_size": "1",
            "microbatch_group_size_per_vp_stage": "None", "moe_layer_freq": "1", "moe_router_topk": "2", "mtp_num_layers": "None",
            "normalization": "RMSNorm", "num_attention_heads": "32", "num_experts": "None", "num_layers": "32",
            "num_layers_per_virtual_pipeline_stage": "None", "num_query_groups": "8", "optimizer": "adam", "padded_vocab_size": "None",
            "pipeline_model_parallel_layout": "None", "pipeline_model_parallel_size": "4", "position_embedding_type": "rope",
            "qk_layernorm": "False", "recompute_granularity": "None", "recompute_modules": "['core_attn']", "seq_length": "8192",
            "sequence_parallel": "True", "swiglu": "True", "tensor_model_parallel_size": "2",
            "untie_embeddings_and_output_weights": "True", "use_distributed_optimizer": "True", "use_megatron_fsdp": "False",
            "virtual_pipeline_model_parallel_size": "2", "vocab_size": "128255", "window_size": "None", "world_size": "64",
        ]
        values.merge(changes) { $1 }
        let lines = values.sorted { $0.key < $1.key }.map { name, value in
            "  \(name) \(String(repeating: ".", count: 48 - name.count)) \(value)"
        }
        let title = ["------------------------ arguments ------------------------"]
        let end = ["-------------------- end of arguments ---------------------"]
        return (title + lines + end).map { "\(label)\($0)\n" }.joined()
    }

    /// A line of TorchTitan's logger.
    static func titan(_ message: String) -> String { "[titan] 2026-11-02 10:00:00,000 - root - INFO - \(message)\n" }

    /// Steps as TorchTitan prints them, coloured as on a terminal.
    static func titanSteps(_ iterations: [Int], memory: Double = 40.22, tokens: (Int) -> String) -> String {
        iterations.map { number in
            titan(
                "\u{1B}[31mstep: \(padded(number, 2))  \u{1B}[32mloss: 12.23456  \u{1B}[38;2;180;60;0mgrad_norm:  1.2345  "
                    + "\u{1B}[38;2;54;234;195mmemory: \(memory)GiB(50.84%)  \u{1B}[34mtps: \(tokens(number))  \u{1B}[36mtflops: 335.41  "
                    + "\u{1B}[35mmfu: 33.91%\u{1B}[39m")
        }.joined()
    }

    /// What TorchTitan says before its first step.
    static let titanStart =
        titan("Building device mesh with parallelism: pp=2, dp_replicate=1, dp_shard=4, cp=1, tp=2, ep=1, etp=1")
        + titan("\u{1B}[34mModel llama3 8B \u{1B}[31msize: 8,030,261,248 total parameters\u{1B}[39m")
        + titan("Applied selective activation checkpointing to the model")
        + titan("Using pipeline schedule Interleaved1F1B with 8 microbatches and 4 stages.")
        + titan(
            "Trainer is initialized with local batch size 8, global batch size 64, gradient accumulation steps 2, sequence length 8192, "
                + "total steps 20 (warmup 2)") + titan("Training starts at step 1")

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
