import CostModels
import Documents
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

extension RunRecord {
    /// A row for a run of the user's own, with all that `RunResolver` needs to make the same configuration of it again.
    ///
    /// - Parameters:
    ///   - id: the row's identifier; what stands before the first `-` names the source.
    ///   - framework: framework and version, in words.
    ///   - files: names or paths of model, cluster and stack; a model that is nil is described by its columns alone.
    public init(
        id: String, framework: String, configuration: RunConfiguration, measured: MeasuredRun,
        files: (model: String?, cluster: String, stack: String)
    ) {
        self.init(location: SourceLocation(file: id))
        let inputs = configuration.inputs
        let (model, s) = (inputs.model, configuration.strategy)
        self.id = id
        self.framework = framework
        self.model = model.name
        gpu = inputs.gpu.name
        precision = inputs.job.precision.rawValue
        schedule = s.schedule.rawValue
        recompute = s.recompute == .full ? "full(\(s.recomputeLayers) layers)" : s.recompute.rawValue
        memoryKind = measured.memory?.kind.rawValue ?? ""
        details = [
            "model_file": files.model ?? "", "cluster_file": files.cluster, "stack_file": files.stack,
            "optimizer": inputs.job.optimizer.rawValue, "cp_kind": s.contextKind.rawValue,
            "cp_kind_local": s.localContextKind?.rawValue ?? "", "rank_order": s.rankOrder.rawValue,
            "layers_per_stage": Self.layers(model, s), "recompute_modules": s.recomputeModules.names.joined(separator: "+"),
            "dispatcher": inputs.choices.dispatcher.rawValue,
        ]
        let counts: [(String, Int?)] = [
            ("layers", model.layers), ("hidden", model.hidden), ("heads", model.attention?.heads),
            ("kv_heads", model.attention?.keyValueHeads),
            ("ffn", model.feedForward.width > 0 ? model.feedForward.width : nil), ("vocab", model.vocabulary),
            ("gated_mlp", model.feedForward.isGated ? 1 : 0), ("n_experts", model.experts?.count), ("top_k", model.experts?.perToken),
            ("moe_ffn", model.experts?.width), ("shared_experts", model.experts.map { $0.width > 0 ? $0.sharedWidth / $0.width : 0 }),
            ("seq_len", inputs.job.sequenceLength), ("n_gpus", s.worldSize), ("gpus_per_node", inputs.cluster.first.gpusPerNode),
            ("gbs", inputs.job.globalBatch), ("mbs", s.microBatch), ("tp", s.tensor), ("pp", s.pipeline), ("vpp", s.virtualStages),
            ("cp", s.context), ("cp_inner", s.contextKind.isNested ? s.contextInner : nil), ("ep", s.expert), ("etp", s.expertTensor),
            ("dp", s.data), ("dp_shard", s.shardGroup),
            ("group_size", s.groupSize), ("fsdp_or_zero", [.none: 0, .zero1: 1, .zero2: 2, .zero3: 3][s.sharding]),
            ("sequence_parallel", s.sequenceParallel ? 1 : 0), ("oom", measured.ranOutOfMemory ? 1 : 0),
            ("ep_overlap", inputs.choices.overlapsExperts ? 1 : 0), ("dp_overlap", inputs.choices.overlapsDataParallel ? 1 : 0),
            ("async_tp", inputs.choices.asyncTensorParallel ? 1 : 0), ("compile", inputs.choices.compiled ? 1 : 0),
        ]
        for case (let column, let value?) in counts { numbers[column] = Double(value) }
        numbers["peak_mem_gb_per_gpu"] = measured.memory?.gibibytes
        guard let time = measured.stepTime else { return }
        numbers["step_time_s"] = time
        numbers["tokens_per_s_per_gpu"] = Double(inputs.job.globalBatch * inputs.job.sequenceLength) / (time * Double(s.worldSize))
    }

    private static func layers(_ model: TransformerModel, _ s: ParallelStrategy) -> String {
        let dealt = StageLayers(layers: model.layers, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout)
        return (dealt?.counts ?? []).map(String.init).joined(separator: "+")
    }
}
