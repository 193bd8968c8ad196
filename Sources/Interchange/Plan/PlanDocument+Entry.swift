import Documents
import Parallelism
import Schedules
import Workload

extension PlanDocument.Entry {
    /// A plan of the list; keys that a launch does not need are passed over.
    init(_ reader: MappingReader) throws(DocumentError) {
        rank = try reader.required("rank", .int(in: 1...1_000_000))
        let strategy = try MappingReader(reader.required("strategy", .node), as: "a strategy")
        location = strategy.location
        self.strategy = try ParallelStrategy(strategy)
        let overlap = try MappingReader(strategy.required("overlap", .node), as: "overlap")
        self.overlap = PlanDocument.Overlap(
            dataParallel: try overlap.required("data_parallel", .bool), tensorParallel: try overlap.required("tensor_parallel", .bool),
            expertParallel: try overlap.required("expert_parallel", .bool),
            tensorTechnique: try overlap.optional("tensor_technique", YAMLType<OverlapTechnique>.choice()),
            expertTechnique: try overlap.optional("expert_technique", YAMLType<ExpertOverlap>.choice()))
        stepTime = try reader.optional("step_time_s", .nonNegative)
        chanceAfterTrial = try reader.optional("chance_right_after_trial", .nonNegative)
        if let node = try reader.optional("placement", .node) {
            let placement = try MappingReader(node, as: "a placement")
            if try placement.required("method", .string) != "identity" {
                places = try PlacementDocument.places(placement.required("ranks", .list(of: .node)))
            }
        }
        if let memory = try reader.optional("memory_gib", .node) {
            self.memory = try MappingReader(memory, as: "memory").optional("high", .nonNegative)
        }
    }
}

extension ParallelStrategy {
    /// A strategy by the keys of the JSON contract.
    init(_ reader: MappingReader) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...16_777_216)
        let sharding = try reader.required("optimizer_sharding", YAMLType<OptimizerSharding>.choice())
        let data = try reader.required("dp", size)
        self.init(
            tensor: try reader.required("tp", size), pipeline: try reader.required("pp", .int(in: 1...65_536)),
            virtualStages: try reader.required("vpp", .int(in: 1...65_536)), context: try reader.required("cp", size),
            contextKind: try reader.required("cp_kind", YAMLType<ContextParallelKind>.choice()),
            // Plans of earlier releases know flat kinds only.
            contextInner: try reader.optional("cp_inner", size) ?? 1,
            localContextKind: try reader.optional("cp_kind_local", YAMLType<ContextParallelKind>.choice()),
            expert: try reader.required("ep", size),
            expertTensor: try reader.required("etp", size), data: data, shardGroup: try reader.required("dp_shard", size),
            microBatch: try reader.required("micro_batch_size", size), microBatches: try reader.required("micro_batches", size),
            groupSize: try reader.required("group_size", size), sequenceParallel: try reader.required("sequence_parallel", .bool),
            sharding: sharding, recompute: try reader.required("recompute", YAMLType<Recompute>.choice()),
            recomputeLayers: try reader.required("recompute_layers", .int(in: 0...65_536)),
            recomputeModules: try Self.modules(reader), offload: try Self.offload(reader),
            schedule: try reader.required("schedule", YAMLType<PipelineSchedule>.choice()),
            layout: try Self.layout(reader), rankOrder: try reader.required("rank_order", YAMLType<RankOrder>.choice()))
    }

    private static func modules(_ reader: MappingReader) throws(DocumentError) -> RecomputeModules {
        var modules: RecomputeModules = []
        let legal = RecomputeModules.named.map(\.name)
        for name in try reader.required("recompute_modules", .list(of: .string)) {
            guard let match = RecomputeModules.named.first(where: { $0.name == name }) else {
                throw DocumentError(
                    reader.location(of: "recompute_modules"),
                    .unknownChoice(name, nearest: NearestName.best(for: name, among: legal), legal: legal))
            }
            modules.insert(match.module)
        }
        return modules
    }

    /// What lives beside the GPU; plans of earlier releases state nothing of it.
    private static func offload(_ reader: MappingReader) throws(DocumentError) -> Offload {
        guard let node = try reader.optional("offload", .node) else { return .none }
        let offload = try MappingReader(node, as: "offload")
        // Plans of earlier releases know no modules.
        let names = try offload.optional("modules", .list(of: .string)) ?? []
        guard case .success(let modules) = OffloadModules.parse(names) else {
            throw DocumentError(
                offload.location(of: "modules"),
                .invalid(
                    "\(names.joined(separator: ", ")) are not all modules", remedy: OffloadModules.named.map(\.name).joined(separator: ", ")
                ))
        }
        return Offload(
            optimizerPercent: try offload.required("optimizer_percent", .int(in: 0...100)),
            parameters: try offload.required("parameters", .bool),
            place: try offload.required("place", YAMLType<Offload.Place>.choice()),
            stride: try offload.required("interleaved_stride", .int(in: 0...65_536)), overlaps: try offload.required("overlaps", .bool),
            layers: try offload.required("activation_layers", .int(in: 0...65_536)),
            checkpoints: try offload.required("checkpoints", .bool), modules: modules)
    }

    /// Equal layers are the even layout, so that exporters may write them the short way.
    private static func layout(_ reader: MappingReader) throws(DocumentError) -> LayerLayout {
        let counts = try reader.required("layers_per_stage", .list(of: .int(in: 0...65_536), count: 1...1_048_576))
        let stages = try reader.required("pp", .int(in: 1...65_536)) * reader.required("vpp", .int(in: 1...65_536))
        guard counts.count == stages else {
            throw DocumentError(
                reader.location(of: "layers_per_stage"),
                .invalid("\(counts.count) stages are listed", remedy: "pp × vpp is \(stages)"))
        }
        return counts.allSatisfy { $0 == counts[0] } ? .even : .explicit(counts)
    }
}
