import Documents

/// A program's log, read line by line.
protocol LogFormat {
    /// Whose log it is.
    var framework: TrainingLog.Framework { get }
    /// Takes a line, without colours and without the labels of launchers at its beginning.
    mutating func read(_ line: Substring, _ number: Int, into log: inout LogCollector)
    /// Takes the end of the file.
    mutating func finish(_ log: inout LogCollector) throws(DocumentError)
}

extension LogFormat {
    mutating func finish(_ log: inout LogCollector) throws(DocumentError) {}
}

extension TrainingLog.Framework {
    /// The reader of the framework's lines.
    var format: any LogFormat {
        switch self {
        case .megatron, .neox: MegatronLog(self)
        case .torchtitan: TorchTitanLog()
        case .nemo: NeMoLog()
        case .deepspeed: DeepSpeedLog()
        case .huggingface: HuggingFaceLog()
        case .foundry: ComposerLog()
        case .nanotron: NanotronLog()
        case .metaseq: MetaseqLog()
        case .litgpt: LitGPTLog()
        case .torchtune: TorchtuneLog()
        case .mlperf: MLPerfLog()
        case .wandb: WandbTable()
        }
    }

    /// Other words for it in front of a file.
    static let aliases: [String: TrainingLog.Framework] = [
        "megatron-lm": .megatron, "megatron-deepspeed": .megatron, "megatron-bridge": .megatron, "gpt-neox": .neox, "titan": .torchtitan,
        "lightning": .nemo, "hf": .huggingface, "transformers": .huggingface, "trainer": .huggingface, "axolotl": .huggingface,
        "composer": .foundry, "llm-foundry": .foundry, "fairseq": .metaseq, "lit-gpt": .litgpt, "mlperf_log": .mlperf, "csv": .wandb,
        "mllog": .mlperf,
    ]

    /// What a step looks like.
    var mark: String {
        switch self {
        case .megatron, .neox: "elapsed time per iteration (ms):"
        case .torchtitan: "step: N  loss: …  tps: …"
        case .nemo: "train_step_timing in s"
        case .deepspeed: "global_step=N, … CurrSamplesPerSec=…"
        case .huggingface: "12/300 [02:05<50:00, 10.42s/it]' or 'train_steps_per_second"
        case .foundry: "throughput/batches_per_sec:"
        case .nanotron: "elapsed_time_per_iteration_ms:"
        case .metaseq: "train_inner | {… \"wps\": … \"num_updates\": …}"
        case .litgpt: "iter 10 step 5 | … iter time: 812.34 ms"
        case .torchtune: "Step 10 | … tokens_per_second_per_gpu:"
        case .mlperf: ":::MLLOG {… \"key\": \"tracked_stats\" or \"block_stop\" …}"
        case .wandb: "a column of step times or rates"
        }
    }

    /// The framework's name in a table of runs.
    public var tableName: String {
        switch self {
        case .megatron: "Megatron-Core"
        case .torchtitan: "TorchTitan"
        case .neox: "GPT-NeoX"
        case .nemo: "NeMo/Megatron-Core"
        case .deepspeed: "DeepSpeed"
        case .huggingface: "Transformers"
        case .foundry: "llm-foundry"
        case .nanotron: "nanotron"
        case .metaseq: "metaseq"
        case .litgpt: "LitGPT"
        case .torchtune: "torchtune"
        case .mlperf: "MLPerf"
        case .wandb: "own"
        }
    }
}
