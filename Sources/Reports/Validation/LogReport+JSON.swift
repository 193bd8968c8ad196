import Calibration
import CostModels
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

/// The reports of several logs, for programs.
public struct LogReports: Encodable {
    private let reports: [LogReport]

    /// Reports in order.
    public init(_ reports: [LogReport]) { self.reports = reports }

    /// Writes the contract `meshwright.logs/1` (docs/json.md): times in seconds, memory in GiB, errors in percent.
    public func encode(to encoder: any Encoder) throws {
        try KeyedValues([("schema", "meshwright.logs/1"), ("logs", reports.map(\.values))]).encode(to: encoder)
    }
}

extension LogReport {
    var values: KeyedValues {
        let s = configuration.strategy
        let inputs = configuration.inputs
        func size(_ bytes: Double) -> Double { bytes / 1_073_741_824 }
        return KeyedValues([
            ("file", file), ("configuration_from", source), ("model", inputs.model.name), ("cluster", inputs.cluster.name),
            ("stack", inputs.stack.name), ("gpus", s.worldSize), ("strategy", strategyValues),
            ("steps", KeyedValues([("counted", measured.counted), ("warm_up", measured.skipped)])), ("iterations", iterationValues),
            ("only_warm_up", measured.hasOnlyWarmUp),
            ("predicted_step_time_s", estimate.stepTime), ("measured_step_time_s", measured.stepTime),
            ("time_error_pct", timeError.map { $0 * 100 }),
            ("predicted_tokens_per_s_per_gpu", tokens / estimate.stepTime / gpus),
            ("measured_tokens_per_s_per_gpu", measured.stepTime.map { tokens / $0 / gpus }),
            ("memory_kind", measured.memory?.kind.rawValue), ("predicted_memory_gib", memory),
            ("measured_memory_gib", measured.memory?.gibibytes),
            ("memory_error_pct", measured.memory.map { (memory / $0.gibibytes - 1) * 100 }), ("measured_oom", measured.ranOutOfMemory),
            ("predicted_oom", estimate.memoryExpected > inputs.gpu.memory.count), ("memory_low_gib", size(estimate.memoryLow)),
            ("memory_high_gib", size(estimate.memoryHigh)),
            (
                "causes",
                gap?.causes.map { cause in
                    KeyedValues([("part", cause.term.rawValue), ("predicted_s", cause.predicted), ("factor", cause.factor)])
                } ?? []
            ), ("notes", notes),
        ])
    }

    private var iterationValues: KeyedValues {
        KeyedValues([
            ("first", measured.iterations?.lowerBound), ("last", measured.iterations?.upperBound), ("slow", measured.slow),
            ("whole_run", measured.isWholeRun), ("global_batch_size", configuration.inputs.job.globalBatch),
        ])
    }

    private var strategyValues: KeyedValues {
        let s = configuration.strategy
        return KeyedValues([
            ("tp", s.tensor), ("pp", s.pipeline), ("vpp", s.virtualStages), ("cp", s.context), ("cp_kind", s.contextKind.rawValue),
            ("cp_inner", s.contextInner), ("cp_kind_local", s.localContextKind?.rawValue),
            ("ep", s.expert), ("etp", s.expertTensor), ("dp", s.data), ("dp_shard", s.shardGroup), ("micro_batch_size", s.microBatch),
            ("micro_batches", s.microBatches), ("group_size", s.groupSize), ("sequence_parallel", s.sequenceParallel),
            ("optimizer_sharding", s.sharding.rawValue), ("recompute", s.recompute.rawValue), ("recompute_layers", s.recomputeLayers),
            ("recompute_modules", s.recomputeModules.names), ("schedule", s.schedule.rawValue),
            ("layers_per_stage", estimate.layersPerStage),
            ("rank_order", s.rankOrder.rawValue),
        ])
    }
}
