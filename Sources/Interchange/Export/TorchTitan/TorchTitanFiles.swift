import Parallelism
import Workload

/// The TOML of TorchTitan v0.2.2 and a script that each rank runs (`torchtitan/config/job_config.py` of that version).
struct TorchTitanFiles {
    private let plan: LaunchConfiguration
    private let settings: TorchTitanSettings

    init(_ plan: LaunchConfiguration) {
        self.plan = plan
        settings = TorchTitanSettings(plan, isPython: false)
    }

    func files() -> LaunchFiles {
        var warnings = settings.warnings
        let known = TorchTitanModels.flavour(plan.model.name)
        if known == nil {
            warnings.append("TorchTitan v0.2.2 ships no model of this shape; register a flavour and name it in [model].")
        }
        let header = plan.header(.torchTitan, "Configuration of TorchTitan v0.2.2.", warnings: warnings)
        let script = """
            #!/usr/bin/env bash
            \(CommentText.lines(plan.header(.torchTitan, "Trains with TorchTitan v0.2.2; every rank runs this script.", warnings: warnings)))\
            set -euo pipefail
            HERE="$(cd "$(dirname "$0")" && pwd)"
            exec "${PYTHON:-python3}" -m torchtitan.train --job.config_file "$HERE/torchtitan.toml" "$@"

            """
        return LaunchFiles(
            files: [
                LaunchFile(name: "torchtitan.sh", text: script, isExecutable: true),
                LaunchFile(name: "torchtitan.toml", text: CommentText.lines(header) + toml(known)),
            ],
            warnings: warnings)
    }

    private func toml(_ known: (model: String, flavour: String)?) -> String {
        let s = plan.strategy
        var text = TOMLText()
        text.table("model")
        text.set("name", .text(known?.model ?? "llama3"))
        text.set("flavor", .text(known?.flavour ?? plan.model.name))
        if let converters { text.set("converters", .list([.text(converters)])) }
        text.table("training")
        text.set("local_batch_size", .integer(settings.localBatch))
        text.set("global_batch_size", .integer(plan.job.globalBatch))
        text.set("seq_len", .integer(plan.job.sequenceLength))
        if let steps = plan.trainingSteps { text.set("steps", .integer(steps)) }
        if settings.offloads { text.set("enable_cpu_offload", .flag(true)) }
        if plan.job.precision == .fp32 { text.set("mixed_precision_param", .text("float32")) }
        text.table("parallelism")
        text.set("data_parallel_replicate_degree", .integer(settings.replicate))
        text.set("data_parallel_shard_degree", .integer(settings.shard))
        text.set("fsdp_reshard_after_forward", .text(settings.reshard))
        text.set("tensor_parallel_degree", .integer(s.tensor))
        text.set("enable_async_tensor_parallel", .flag(plan.choices.asyncTensorParallel && s.tensor > 1))
        text.set("context_parallel_degree", .integer(s.context))
        if s.context > 1 {
            text.set("context_parallel_rotate_method", .text([.ring, .contiguousRing].contains(s.contextKind) ? "alltoall" : "allgather"))
        }
        text.set("expert_parallel_degree", .integer(s.expert))
        if s.expert > 1 {
            text.set("expert_tensor_parallel_degree", .integer(s.expertTensor == s.tensor ? s.tensor : 1))
            let isDeep = plan.choices.dispatcher == .deepEP || plan.choices.dispatcher == .hybridEP
            text.set("expert_parallel_comm_backend", .text(isDeep ? "deepep" : "standard"))
        }
        text.set("pipeline_parallel_degree", .integer(s.pipeline))
        if s.pipeline > 1 {
            text.set("pipeline_parallel_schedule", .text(settings.schedule))
            text.set("pipeline_parallel_microbatch_size", .integer(s.microBatch))
            text.set("module_fqns_per_model_part", .list(settings.stageModules.map { .list($0.map { .text($0) }) }))
        }
        text.table("activation_checkpoint")
        text.set("mode", .text(s.recompute.rawValue))
        if s.recompute == .selective { text.set("selective_ac_option", .text("op")) }
        text.table("compile")
        text.set("enable", .flag(plan.choices.compiled || plan.choices.asyncTensorParallel))
        if plan.job.precision == .fp8 || plan.job.precision == .fp8Rowwise {
            text.table("quantize.linear.float8")
            text.set("recipe_name", .text(plan.job.precision == .fp8 ? "tensorwise" : "rowwise"))
        }
        return text.text
    }

    private var converters: String? {
        switch plan.job.precision {
        case .fp8, .fp8Rowwise: "quantize.linear.float8"
        case .mxfp8, .nvfp4: "quantize.linear.mx"
        default: nil
        }
    }
}
