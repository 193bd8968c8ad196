import Parallelism
import Workload

/// Overrides that make a Megatron-Bridge recipe run a plan; the recipe itself brings the model.
///
/// They are the Megatron flags of the plan under the names of Bridge's `ConfigContainer`, so that both say the same.
struct MegatronBridgeFiles {
    private let plan: LaunchConfiguration
    private let arguments: MegatronArguments

    init(_ plan: LaunchConfiguration) {
        self.plan = plan
        arguments = MegatronArguments(plan, .main, hasRecipe: true)
    }

    func files() -> LaunchFiles {
        let warnings = arguments.list.warnings
        let header = plan.header(
            .megatronBridge, "Overrides of a Megatron-Bridge recipe of \(plan.model.name), one a line.", warnings: warnings)
        return LaunchFiles(
            files: [
                LaunchFile(name: "megatron-bridge.sh", text: script(warnings), isExecutable: true),
                LaunchFile(name: "megatron-bridge.overrides", text: CommentText.lines(header) + overrides.map { $0 + "\n" }.joined()),
            ],
            warnings: warnings)
    }

    private func script(_ warnings: [String]) -> String {
        let start = launch
        let header = plan.header(.megatronBridge, "Trains with a Megatron-Bridge recipe; every rank runs this script.", warnings: warnings)
        let usage = [
            "", start.usage,
            "Arguments are added to those below, such as --dataset and its options.",
        ]
        let connections =
            arguments.deviceConnections.map { "export CUDA_DEVICE_MAX_CONNECTIONS=\($0.value)" } ?? "unset CUDA_DEVICE_MAX_CONNECTIONS"
        let variables = arguments.variables.map { "\nexport \($0.name)=\($0.value)" }.joined()
        return """
            #!/usr/bin/env bash
            \(CommentText.lines(header + usage))set -euo pipefail
            : "${MEGATRON_BRIDGE:?names a checkout of Megatron-Bridge}"
            \(start.variable)
            \(connections)\(variables)

            OVERRIDES=(
            \(overrides.map { "    \(ShellText.quoted($0))\n" }.joined()))

            \(start.command) "$@" "${OVERRIDES[@]}"

            """
    }

    /// What is started, what it needs set, and what is said of it: a recipe of pretraining, or a script that distils one model into another.
    private var launch: (usage: String, variable: String, command: String) {
        guard let teacher = plan.job.method.teacher else {
            return (
                "MEGATRON_BRIDGE names a checkout, RECIPE a pretraining recipe of \(plan.model.name).",
                #": "${RECIPE:?names a recipe of the model, such as llama3_8b_pretrain_config}""#,
                #"""
                [ "$#" -gt 0 ] || set -- --dataset mock
                exec "${PYTHON:-python3}" "$MEGATRON_BRIDGE/scripts/training/run_recipe.py" \
                    --recipe "$RECIPE" --mode pretrain
                """#
            )
        }
        return (
            "MEGATRON_BRIDGE names a checkout, DISTIL a script in it that distils \(teacher.name) into \(plan.model.name).",
            #": "${DISTIL:?names a script, such as examples/distillation/llama/distill_llama32_3b-1b.py}""#,
            #"exec "${PYTHON:-python3}" "$MEGATRON_BRIDGE/$DISTIL""#
        )
    }

    /// The teacher runs under the student's sizes, and the language model's own loss is left out.
    private var distillation: [String] {
        guard plan.job.method.teacher != nil else { return [] }
        let s = plan.strategy
        return [
            "model.teacher.tensor_model_parallel_size=\(s.tensor)", "model.teacher.pipeline_model_parallel_size=\(s.pipeline)",
            "model.teacher.context_parallel_size=\(s.context)", "model.teacher.seq_length=\(plan.job.sequenceLength)",
            "model.teacher.sequence_parallel=\(s.sequenceParallel)", "model.kd_config.skip_lm_loss=true",
            "model.kd_config.intermediate_layer_pairs=[]",
        ]
    }

    private var length: [String] { plan.trainingSteps.map { ["train.train_iters=\($0)"] } ?? [] }

    /// `key=value` for every flag that does not merely repeat the recipe's model.
    private var overrides: [String] {
        length
            + arguments.list.flags.flatMap { flag -> [String] in
                let name = String(flag.name.dropFirst(2))
                if name == "num-layers-per-virtual-pipeline-stage" {
                    return ["model.virtual_pipeline_model_parallel_size=\(plan.strategy.virtualStages)"]
                }
                if name == "use-megatron-fsdp" { return ["dist.use_megatron_fsdp=true", "ddp.use_megatron_fsdp=true"] }
                if name == "use-distributed-optimizer" {
                    return ["ddp.use_distributed_optimizer=true", "optimizer.use_distributed_optimizer=true"]
                }
                if name == "cpu-offloading-num-layers" {
                    return ["model.cpu_offloading=true", "model.cpu_offloading_num_layers=\(plan.strategy.offload.layers)"]
                }
                if name == "fine-grained-activation-offloading" { return ["model.fine_grained_activation_offloading=true"] }
                if Self.lists.contains(name) || flag.values.count > 1 {
                    return ["model.\(name.replacing("-", with: "_"))=[\(flag.values.joined(separator: ","))]"]
                }
                guard let section = Self.sections[name] else { return [] }
                let key = Self.renamed[name] ?? name.replacing("-", with: "_")
                return ["\(section).\(key)=\(flag.values.first ?? "true")"]
            } + replicated + distillation + ["mixed_precision=\(precision)", "ddp.grad_reduce_in_fp32=\(plan.gradientFormat == .fp32)"]
    }

    /// Recipes shard the optimizer's state unless told otherwise.
    private var replicated: [String] {
        plan.strategy.sharding == .none ? ["ddp.use_distributed_optimizer=false", "optimizer.use_distributed_optimizer=false"] : []
    }

    private var precision: String {
        switch plan.job.precision {
        case .bf16, .fp32: "bf16_mixed"
        case .fp16: "fp16_mixed"
        case .fp8, .fp8Rowwise: "bf16_with_fp8_current_scaling_mixed"
        case .mxfp8: "bf16_with_mxfp8_mixed"
        case .nvfp4: "bf16_with_nvfp4_mixed"
        }
    }

    /// Flags whose value is a list however many words it has.
    private static let lists: Set = ["offload-modules", "recompute-modules"]

    private static let renamed = [
        "microbatch-group-size-per-virtual-pipeline-stage": "microbatch_group_size_per_vp_stage", "seq-length": "seq_length",
    ]

    /// The section of the configuration that a flag belongs to.
    private static let sections: [String: String] = {
        var sections: [String: String] = [:]
        for name in [
            "tensor-model-parallel-size", "sequence-parallel", "context-parallel-size", "cp-comm-type",
            "hierarchical-context-parallel-sizes", "expert-model-parallel-size",
            "expert-tensor-parallel-size", "pipeline-model-parallel-size", "account-for-embedding-in-pipeline-split",
            "account-for-loss-in-pipeline-split", "pipeline-model-parallel-layout", "overlap-moe-expert-parallel-comm",
            "microbatch-group-size-per-virtual-pipeline-stage", "recompute-granularity", "recompute-method", "recompute-num-layers",
            "tp-comm-overlap", "moe-shared-expert-overlap", "moe-grouped-gemm", "moe-token-dispatcher-type", "moe-flex-dispatcher-backend",
            "cuda-graph-impl",
            "cuda-graph-scope",
        ] { sections[name] = "model" }
        for name in ["micro-batch-size", "global-batch-size"] { sections[name] = "train" }
        for name in [
            "overlap-grad-reduce", "overlap-param-gather", "data-parallel-sharding-strategy", "num-distributed-optimizer-instances",
        ] { sections[name] = "ddp" }
        for name in [
            "optimizer", "use-precision-aware-optimizer", "main-params-dtype", "exp-avg-dtype", "exp-avg-sq-dtype", "optimizer-cpu-offload",
            "optimizer-offload-fraction", "overlap-cpu-optimizer-d2h-h2d",
        ] { sections[name] = "optimizer" }
        sections["ckpt-format"] = "checkpoint"
        sections["seq-length"] = "dataset"
        sections["use-tp-pp-dp-mapping"] = "dist"
        return sections
    }()
}
