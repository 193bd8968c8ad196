import Documents

/// The ranked plans as a table of comma-separated values, one row a plan, units in the headings.
public enum PlanCSV {
    /// The table; fields that hold a comma are quoted (RFC 4180).
    public static func text(_ report: PlanReport) -> String {
        let question = question(report)
        var text = (question.map(\.title) + columns.map(\.title)).joined(separator: ",") + "\n"
        for entry in report.plans {
            text += (question.map(\.value) + columns.map { $0.value(entry) }).map(CSVText.quoted).joined(separator: ",") + "\n"
        }
        return text
    }

    private typealias Column = (title: String, value: (PlanReport.Entry) -> String)

    /// What was asked, the same in every row, so that tables of several questions can be put together.
    private static func question(_ report: PlanReport) -> [(title: String, value: String)] {
        let (inputs, job) = (report.inputs, report.job)
        return [
            ("model", report.model), ("cluster", report.cluster), ("gpu", inputs.gpu), ("gpus", "\(inputs.gpus)"),
            ("stack", inputs.stack.name),
            ("global_batch_size", "\(job.globalBatch)"), ("sequence_length", "\(job.sequenceLength)"), ("precision", job.precision),
            ("optimizer", job.optimizer),
        ]
    }

    private static var columns: [Column] {
        var columns: [Column] = [
            ("rank", { "\($0.rank)" }), ("tp", { "\($0.strategy.tp)" }), ("pp", { "\($0.strategy.pp)" }), ("vpp", { "\($0.strategy.vpp)" }),
            ("cp", { "\($0.strategy.cp)" }), ("cp_kind", { $0.strategy.cpKind }),
            ("cp_inner", { "\($0.strategy.cpInner)" }), ("cp_kind_local", { $0.strategy.cpKindLocal ?? "" }),
            ("ep", { "\($0.strategy.ep)" }),
            ("etp", { "\($0.strategy.etp)" }), ("dp", { "\($0.strategy.dp)" }), ("dp_replicate", { "\($0.strategy.dpReplicate)" }),
            ("dp_shard", { "\($0.strategy.dpShard)" }), ("micro_batch_size", { "\($0.strategy.microBatchSize)" }),
            ("micro_batches", { "\($0.strategy.microBatches)" }), ("group_size", { "\($0.strategy.groupSize)" }),
            ("sequence_parallel", { "\($0.strategy.sequenceParallel)" }), ("optimizer_sharding", { $0.strategy.sharding }),
            ("recompute", { $0.strategy.recompute }), ("recompute_layers", { "\($0.strategy.recomputeLayers)" }),
            ("recompute_modules", { $0.strategy.recomputeModules.joined(separator: " ") }),
            ("offload_optimizer_percent", { "\($0.strategy.offload.optimizerPercent)" }),
            ("offload_parameters", { "\($0.strategy.offload.parameters)" }), ("offload_place", { $0.strategy.offload.place }),
            ("offload_stride", { "\($0.strategy.offload.stride)" }), ("offload_layers", { "\($0.strategy.offload.layers)" }),
            ("offload_checkpoints", { "\($0.strategy.offload.checkpoints)" }), ("schedule", { $0.strategy.schedule }),
            ("layers_per_stage", { $0.strategy.layersPerStage.map(String.init).joined(separator: " ") }),
            ("step_time_s", { "\($0.stepTime)" }), ("step_time_low_s", { "\($0.stepTimeLow)" }),
            ("step_time_high_s", { "\($0.stepTimeHigh)" }),
            ("trust", { $0.trust }), ("ties_with_best", { "\($0.tiesWithBest)" }),
            ("chance_fastest", { $0.chanceFastest.map { "\($0)" } ?? "" }), ("recommended", { $0.recommended ?? "" }),
            ("tokens_per_s_per_gpu", { "\($0.tokensPerSecondPerGPU)" }),
            ("mfu", { "\($0.mfu)" }), ("memory_low_gib", { "\($0.memory.low)" }), ("memory_expected_gib", { "\($0.memory.expected)" }),
            ("memory_high_gib", { "\($0.memory.high)" }), ("host_node_gib", { "\($0.memory.host)" }),
            ("storage_node_gib", { "\($0.memory.storage)" }), ("days", { $0.training.map { "\($0.days)" } ?? "" }),
            ("gpu_hours", { $0.training.map { "\($0.gpuHours)" } ?? "" }), ("cost", { $0.training?.cost.map { "\($0)" } ?? "" }),
        ]
        for key in PlanReport.Entry.timeKeys {
            columns.append(("\(key)_s", { entry in "\(entry.breakdown.first { $0.key == key }?.value ?? 0)" }))
        }
        for key in PlanReport.Entry.memoryKeys {
            columns.append(("memory_\(key)_gib", { entry in "\(entry.memory.breakdown.first { $0.key == key }?.value ?? 0)" }))
        }
        return columns
    }
}
