import Documents
import Parallelism
import Schedules
import Workload

/// The JSON that DeepSpeed takes, and a script that each rank runs (`deepspeed/runtime/config.py`).
struct DeepSpeedFiles {
    private let plan: LaunchConfiguration

    init(_ plan: LaunchConfiguration) { self.plan = plan }

    /// The files.
    ///
    /// - Throws: `ExportError` where ranks share sequences in a way that DeepSpeed has none for: it would take them for data-parallel ranks, and
    ///   refuse the batch.
    func files() throws(ExportError) -> LaunchFiles {
        guard plan.strategy.context == 1 || isUlysses else {
            throw .refusedPlan(
                target: .deepSpeed,
                reason: "it has no context parallelism \(plan.strategy.contextKind.rawValue); plan with --cp-kind ulysses, or with --cp 1")
        }
        let warnings = limits
        let script = """
            #!/usr/bin/env bash
            \(CommentText.lines(plan.header(.deepSpeed, "Trains with DeepSpeed; every rank runs this script.", warnings: warnings) + usage))\
            set -euo pipefail
            HERE="$(cd "$(dirname "$0")" && pwd)"
            : "${TRAIN:?names a script that calls deepspeed.initialize}"
            exec "${PYTHON:-python3}" "$TRAIN" --deepspeed --deepspeed_config "$HERE/deepspeed.json" "$@"

            """
        return LaunchFiles(
            files: [
                LaunchFile(name: "deepspeed.sh", text: script, isExecutable: true),
                LaunchFile(name: "deepspeed.json", text: JSONWriter.text(document)),
            ],
            warnings: warnings)
    }

    private var offload: DeepSpeedOffload { DeepSpeedOffload(plan.strategy) }

    private let usage = ["", "TRAIN names the training script, which reads deepspeed.json as deepspeed.add_config_arguments does."]

    private var stage: Int {
        switch plan.strategy.sharding {
        case .none: 0
        case .zero1: 1
        case .zero2: 2
        case .zero3: 3
        }
    }

    private var document: YAMLContent {
        let s = plan.strategy
        var zero: [YAMLField] = [YAMLField("stage", .integer(stage))]
        if stage > 0 {
            zero.append(YAMLField("overlap_comm", .flag(plan.choices.overlapsDataParallel)))
            zero.append(YAMLField("contiguous_gradients", true))
            zero += offload.fields
        }
        var fields: [YAMLField] = [
            YAMLField("train_batch_size", .integer(plan.job.globalBatch)),
            YAMLField("train_micro_batch_size_per_gpu", .integer(s.microBatch)),
            YAMLField("gradient_accumulation_steps", .integer(s.microBatches)), YAMLField("zero_optimization", .mapping(zero)),
            YAMLField("bf16", ["enabled": .flag(plan.job.precision != .fp16 && plan.job.precision != .fp32)]),
            YAMLField("fp16", ["enabled": .flag(plan.job.precision == .fp16)]),
        ]
        if plan.gradientFormat == .bf16, plan.job.precision == .bf16 {
            fields.append(YAMLField("communication_data_type", "bf16"))
        }
        if s.tensor > 1, s.pipeline == 1 { fields.append(YAMLField("tensor_parallel", ["autotp_size": .integer(s.tensor)])) }
        if isUlysses {
            // Both sizes, or the file alone counts the ranks that share a sequence as data-parallel ones (`deepspeed.initialize`).
            if s.tensor * s.pipeline == 1 { fields.append(YAMLField("data_parallel_size", .integer(s.data))) }
            fields.append(YAMLField("sequence_parallel_size", .integer(s.context)))
        }
        if s.pipeline > 1 { fields.append(YAMLField("pipeline", ["stages": .integer(s.pipeline), "partition_method": "uniform"])) }
        if s.recompute != .none {
            fields.append(
                YAMLField(
                    "activation_checkpointing", ["partition_activations": .flag(s.tensor > 1), "number_checkpoints": .integer(checkpoints)])
            )
        }
        return .mapping(fields)
    }

    /// Whether ranks trade heads, which is the context parallelism that DeepSpeed has.
    private var isUlysses: Bool { plan.strategy.context > 1 && plan.strategy.contextKind == .ulysses }

    /// Layers of the busiest stage that keep their input only.
    private var checkpoints: Int { max(1, min(plan.strategy.recomputeLayers, plan.stageLayers.max() ?? 1)) }

    private var limits: [String] {
        let s = plan.strategy
        var limits: [String] = []
        if s.pipeline > 1 {
            limits.append("The script must build a PipelineModule of \(s.pipeline) stages; it runs 1F1B.")
            if s.schedule != .oneForwardOneBackward { limits.append("There is no schedule \(s.schedule.rawValue).") }
            if stage > 1 { limits.append("ZeRO-\(stage) cannot be combined with a pipeline.") }
            if !plan.hasEvenLayers {
                limits.append(
                    "Layers of each stage (\(plan.stageLayers.map(String.init).joined(separator: ", "))) are the script's affair.")
            }
        }
        if s.tensor > 1, s.pipeline > 1 {
            limits.append("Tensor parallelism of \(s.tensor) inside a pipeline must come from the script (mpu).")
        }
        if s.tensor > 1, s.pipeline == 1, s.sequenceParallel { limits.append("Automatic tensor parallelism has no sequence parallelism.") }
        if isUlysses {
            limits.append(
                "The script must register Ulysses' attention (UlyssesSPAttentionHF.register_with_transformers) and shard its batches.")
        }
        if s.expert > 1 {
            limits.append("Expert parallelism of \(s.expert) must be set up by the script (deepspeed.moe.layer.MoE ep_size).")
        }
        if s.recompute != .none { limits.append("The script must call deepspeed.checkpointing.checkpoint to recompute layers.") }
        // MiCS, which sharded within groups, left DeepSpeed in 2026 (issue 8489 of its repository).
        if stage > 0, s.shardGroup < s.data { limits.append("State is sharded over all \(s.data) data-parallel ranks.") }
        if plan.job.precision.isLow { limits.append("\(plan.job.precision.rawValue) must come from the script (Transformer Engine).") }
        if plan.job.optimizer != .adam { limits.append("The optimizer \(plan.job.optimizer.rawValue) must come from the script.") }
        if s.rankOrder != .tpCpEpDpPp { limits.append("The order of ranks must come from the script's topology.") }
        limits += offload.notes + plan.offloadLimits(stage > 0 ? DeepSpeedOffload.expressible : []) + plan.packingLimits(.script)
        return limits
    }
}
