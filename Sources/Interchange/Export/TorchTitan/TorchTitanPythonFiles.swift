import Parallelism
import Workload

/// The Python configuration of TorchTitan 0.3 and a script that each rank runs.
///
/// A module with one function, as `--module` and `--config` take it; it changes a shipped configuration of the model.
struct TorchTitanPythonFiles {
    private let plan: LaunchConfiguration
    private let settings: TorchTitanSettings

    init(_ plan: LaunchConfiguration) {
        self.plan = plan
        settings = TorchTitanSettings(plan, isPython: true)
    }

    func files() -> LaunchFiles {
        var warnings = settings.warnings
        let known = TorchTitanModels.function(plan.model.name)
        if known == nil {
            warnings.append("TorchTitan 0.3 ships no configuration of this shape; write one and import it in the first line.")
        }
        if plan.job.precision.isLow {
            warnings.append("Formats below 16 bits are part of a model's registration; choose a configuration with converters.")
        }
        if TorchTitanModels.isMultimodal(plan.model.name) {
            warnings.append(
                "Its Qwen3.5 is the multimodal model: the vision encoder, which the plan leaves out, is built and runs before the first layer."
            )
        }
        if plan.choices.graphs == .full, plan.strategy.pipeline > 1 || plan.strategy.expert > 1 {
            warnings.append("Graphs of a whole step exclude pipeline and expert parallelism; every kernel is launched by the host.")
        }
        let header = plan.header(.torchTitan03, "Configuration of TorchTitan 0.3.", warnings: warnings)
        let script = """
            #!/usr/bin/env bash
            \(CommentText.lines(plan.header(.torchTitan03, "Trains with TorchTitan 0.3; every rank runs this script.", warnings: warnings)))\
            set -euo pipefail
            HERE="$(cd "$(dirname "$0")" && pwd)"
            export PYTHONPATH="$HERE${PYTHONPATH:+:$PYTHONPATH}"
            exec "${PYTHON:-python3}" -m torchtitan.train --module meshwright_plan --config plan "$@"

            """
        return LaunchFiles(
            files: [
                LaunchFile(name: "torchtitan-0.3.sh", text: script, isExecutable: true),
                LaunchFile(name: "meshwright_plan.py", text: CommentText.lines(header) + python(known)),
            ],
            warnings: warnings)
    }

    private func python(_ known: (module: String, function: String)?) -> String {
        let s = plan.strategy
        let base = known ?? ("llama3", "llama3_debugmodel")
        let (policy, imported): (String, String?) =
            switch s.recompute {
            case .none: ("None", nil)
            case .selective: ("SelectiveAC.Config()", "SelectiveAC")
            case .full: ("FullAC.Config()", "FullAC")
            }
        var lines = [
            "training.local_batch_size = \(settings.localBatch)", "training.global_batch_size = \(plan.job.globalBatch)",
            "training.seq_len = \(plan.job.sequenceLength)",
            // Its graphs of a whole step exclude pipelines, and expert exchange that waits for counts.
            "training.disable_cuda_graphs = \(plan.choices.graphs == .full && s.pipeline == 1 && s.expert == 1 ? "False" : "True")",
            "parallelism.data_parallel_replicate_degree = \(settings.replicate)",
            "parallelism.data_parallel_shard_degree = \(settings.shard)",
            "parallelism.fsdp_reshard_after_forward = \"\(settings.reshard)\"",
            "parallelism.tensor_parallel_degree = \(s.tensor)",
            "parallelism.enable_sequence_parallel = \(s.sequenceParallel || s.tensor == 1 ? "True" : "False")",
            "parallelism.context_parallel_degree = \(s.context)", "parallelism.expert_parallel_degree = \(s.expert)",
            "parallelism.pipeline_parallel_degree = \(s.pipeline)",
        ]
        if let steps = plan.trainingSteps { lines.insert("training.steps = \(steps)", at: 2) }
        if settings.offloads { lines.append("training.enable_cpu_offload = True") }
        if s.pipeline > 1 {
            lines.append("parallelism.pipeline_parallel_schedule = \"\(settings.schedule)\"")
            lines.append("parallelism.pipeline_parallel_microbatch_size = \(s.microBatch)")
        }
        lines.append("activation_checkpoint = \(policy)")
        let isAsync = plan.choices.asyncTensorParallel && s.tensor > 1
        lines.append("compile.enable = \(plan.choices.compiled || isAsync ? "True" : "False")")
        if isAsync { lines.append("compile.enable_async_tensor_parallel = True") }
        let stages = s.pipeline > 1 ? "    config.parallelism.module_fqns_per_model_part = [\n\(stageLines)    ]\n" : ""
        return """
            from torchtitan.models.\(base.module).config_registry import \(base.function) as shipped
            \(imported.map { "from torchtitan.distributed.activation_checkpoint import \($0)\n" } ?? "")

            def plan():
                config = shipped()
            \(lines.map { "    config.\($0)\n" }.joined())\(stages)    return config

            """
    }

    /// Modules of each stage; they consist of letters, digits, dots and underscores only.
    private var stageLines: String {
        settings.stageModules.map { "        [" + $0.map { "\"\($0)\"" }.joined(separator: ", ") + "],\n" }.joined()
    }
}
