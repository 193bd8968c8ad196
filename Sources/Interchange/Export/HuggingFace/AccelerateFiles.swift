import Documents
import Hardware
import Parallelism
import Workload

/// The YAML of Accelerate with FSDP2 and N-dimensional parallelism (`accelerate/parallelism_config.py`, 1.10 and later).
struct AccelerateFiles {
    private let plan: LaunchConfiguration
    /// The command that starts a trainer with a file of its own, which recomputes layers, has the batch and moves checkpoints; nil where
    /// this file stands alone.
    private let trainer: String?

    init(_ plan: LaunchConfiguration, startedBy trainer: String? = nil) {
        self.plan = plan
        self.trainer = trainer
    }

    /// Whether FSDP recomputes layers, rather than the trainer.
    private var recomputes: Bool { trainer == nil && plan.strategy.recompute == .full }

    /// The files of a plan that Accelerate alone carries out.
    ///
    /// - Throws: `ExportError` where ranks trade heads: that is DeepSpeed's under Accelerate (`sp_size`, which excludes FSDP2's `cp_size`).
    func launchFiles() throws(ExportError) -> LaunchFiles {
        let s = plan.strategy
        guard s.context == 1 || s.contextKind.headRanks(of: s.context, inner: s.contextInner) == 1 else {
            throw .refusedPlan(
                target: .accelerate,
                reason: "FSDP2's context ranks rotate or gather keys and trade no heads, which \(s.contextKind.rawValue) does; "
                    + "plan with --cp-kind ring or all-gather, or export for deepspeed")
        }
        return files()
    }

    func files() -> LaunchFiles {
        let warnings = limits
        let header = plan.header(.accelerate, "Configuration of Accelerate:", warnings: warnings)
        let usage =
            trainer.map { ["", "Read by \($0); on several nodes each sets machine_rank and main_process_ip."] } ?? [
                "", "On every node: accelerate launch --config_file accelerate.yaml --machine_rank N --main_process_ip HOST train.py",
                "The script's batch size is \(plan.strategy.microBatch) sequences a rank and gradient_accumulation_steps "
                    + "\(plan.strategy.microBatches).",
            ]
        return LaunchFiles(
            files: [
                LaunchFile(name: "accelerate.yaml", text: CommentText.lines(header + usage) + YAMLWriter.text(document))
            ],
            warnings: warnings)
    }

    private var document: YAMLContent {
        let s = plan.strategy
        let perNode = min(plan.cluster.first.gpusPerNode, s.worldSize)
        return [
            "compute_environment": "LOCAL_MACHINE", "distributed_type": .text("FSDP"), "mixed_precision": .text(precision),
            "num_machines": .integer((s.worldSize + perNode - 1) / perNode), "num_processes": .integer(s.worldSize),
            "machine_rank": 0, "rdzv_backend": "static", "same_network": true, "main_training_function": "main", "use_cpu": false,
            "fsdp_config": [
                "fsdp_version": 2, "fsdp_reshard_after_forward": .flag(s.sharding == .zero3),
                "fsdp_auto_wrap_policy": "TRANSFORMER_BASED_WRAP", "fsdp_activation_checkpointing": .flag(recomputes),
                "fsdp_offload_params": .flag(s.offload.parameters), "fsdp_state_dict_type": "SHARDED_STATE_DICT",
                "fsdp_cpu_ram_efficient_loading": false,
            ],
            "parallelism_config": .mapping(parallelism),
        ]
    }

    private var parallelism: [YAMLField] {
        let s = plan.strategy
        let isReplicated = s.sharding == .none
        var fields = [
            YAMLField("parallelism_config_dp_replicate_size", .integer(isReplicated ? s.data : s.replicas)),
            YAMLField("parallelism_config_dp_shard_size", .integer(isReplicated ? 1 : s.shardGroup)),
            YAMLField("parallelism_config_tp_size", .integer(s.tensor)), YAMLField("parallelism_config_cp_size", .integer(s.context)),
        ]
        if s.context > 1 {
            fields.append(YAMLField("parallelism_config_cp_comm_strategy", .text(s.contextKind == .ring ? "alltoall" : "allgather")))
        }
        return fields
    }

    private var precision: String {
        // Where it is told a format, Accelerate widens trained weights to fp32 before it shards them (`fsdp2_prepare_model`).
        if trainer != nil, TrainerNames(plan).isPure { return "no" }
        return switch plan.job.precision {
        case .bf16: "bf16"
        case .fp16: "fp16"
        case .fp32: "no"
        case .fp8, .fp8Rowwise, .mxfp8, .nvfp4: "fp8"
        }
    }

    private var limits: [String] {
        let s = plan.strategy
        var limits: [String] = []
        if s.pipeline > 1 {
            limits.append("Accelerate trains without pipelines, so that pp \(s.pipeline) is lost and the sizes do not fill the GPUs.")
        }
        if s.expert > 1 { limits.append("Expert parallelism of \(s.expert) is not offered; experts are sharded like other parameters.") }
        if s.sharding == .none, s.tensor * s.context > 1, s.data > 1 {
            limits.append("Tensor and context parallelism cannot be combined with plain replicas; use ZeRO-3.")
        }
        if s.sharding == .zero1 { limits.append("FSDP2 shards gradients too, which ZeRO-1 does not.") }
        if s.tensor > 1, s.sequenceParallel { limits.append("Sequence parallelism is the affair of the model's tensor-parallel plan.") }
        if s.context > 1, ![.ring, .allGather].contains(s.contextKind) {
            limits.append("Keys and values are gathered rather than exchanged as \(s.contextKind.rawValue).")
        }
        if s.recompute == .selective {
            limits.append("Recomputation of single modules is the affair of the script; nothing is recomputed.")
        }
        if s.recompute == .full, s.recomputeLayers < (plan.stageLayers.max() ?? 0) {
            limits.append("Full recomputation covers every layer, not \(s.recomputeLayers) of a stage.")
        }
        if plan.job.precision.isLow, plan.job.precision != .fp8 {
            limits.append("\(plan.job.precision.rawValue) is not offered by name; fp8 is chosen.")
        }
        if s.rankOrder != .tpCpEpDpPp { limits.append("Ranks always enumerate tensor, context and data in this order.") }
        let moves: Set<Offload.Part> = s.offload.parameters ? [.optimizer, .parameters] : []
        limits += plan.offloadLimits(trainer == nil ? moves : moves.union([.checkpoints]))
        limits += plan.packingLimits(.script)
        return limits
    }
}
