import Documents
import Schedules
import Workload

extension Launchable {
    /// The capabilities that a mapping lists.
    init(_ list: MappingReader) throws(DocumentError) {
        let modules = try list.required("recompute_modules", .list(of: .recomputeModule))
        self.init(
            schedules: Set(try list.required("schedules", .list(of: YAMLType<PipelineSchedule>.choice()))),
            shardings: Set(try list.required("shardings", .list(of: YAMLType<OptimizerSharding>.choice(), count: 1...8))),
            recompute: Set(try list.required("recompute", .list(of: YAMLType<Recompute>.choice(), count: 1...8))),
            recomputeModules: RecomputeModules(modules),
            contextKinds: Set(try list.required("context_kinds", .list(of: YAMLType<ContextParallelKind>.choice()))),
            groupRule: try list.required("group_rule", YAMLType<GroupRule>.choice()),
            choosesGroupSize: try list.required("chooses_group_size", .bool),
            sequenceParallel: try list.required("sequence_parallel", YAMLType<Companion>.choice()).isAlways,
            expertParallel: try list.required("expert_parallel", .bool),
            expertTensor: try list.required("expert_tensor", YAMLType<ExpertTensor>.choice()),
            hybridSharding: try list.required("hybrid_sharding", .bool), unevenLayers: try list.required("uneven_layers", .bool),
            tensorParallel: try list.required("tensor_parallel", .bool), pipelineParallel: try list.required("pipeline_parallel", .bool),
            shardsGradientsInPipeline: try list.required("shards_gradients_in_pipeline", .bool),
            // Files of earlier releases do not state the rest.
            partialRecompute: try list.optional("partial_recompute", .bool) ?? true,
            contextRules: try list.optional("context_rules", YAMLType<ContextRules>.choice()) ?? .none,
            argumentRules: try list.optional("argument_rules", YAMLType<ArgumentRules>.choice()) ?? .none,
            precisions: Set(try list.optional("precisions", .list(of: YAMLType<Precision>.choice(), count: 1...16)) ?? Precision.allCases),
            blocks: try list.optional("blocks", .list(of: .blockKind)).map(Set.init),
            recurrentContext: try list.optional("recurrent_context", .bool) ?? false,
            methods: Set(
                try list.optional("methods", .list(of: YAMLType<TrainingMethod.Kind>.choice(), count: 1...16)) ?? [.pretrain, .full]),
            offload: try list.optionalObject("offload", as: "what a stack moves beside the GPU") { offload throws(DocumentError) in
                try OffloadSupport(offload)
            })
        optimizers = Set(try list.optional("optimizers", .list(of: YAMLType<Optimizer>.choice(), count: 1...32)) ?? Optimizer.allCases)
        passesRecurrentStates = try list.optional("recurrent_states", .bool) ?? false
        choosesContextByLayer = try list.optional("context_by_layer", .bool) ?? false
        sendsLatentKeys = try list.optional("latent_keys", .bool) ?? false
        formsSequenceGroups = try list.optional("sequence_groups", .bool) ?? false
        tensorOverlap = try list.optional("tensor_overlap", .list(of: YAMLType<OverlapTechnique>.choice(), count: 1...8)) ?? [.none]
        expertOverlap = try list.optional("expert_overlap", .list(of: YAMLType<ExpertOverlap>.choice(), count: 1...8)) ?? [.none]
    }

    /// The kinds of blocks among some that the stack has no code for, in words; nil where it has code for all.
    func lacks(_ kinds: [String]) -> String? {
        guard let blocks else { return nil }
        let missing = kinds.filter { !blocks.contains($0) }
        return missing.isEmpty ? nil : missing.joined(separator: ", ")
    }

    /// The capabilities as they are written; `sourced` adds the source of a key where there is one.
    func document(sourced: (String, YAMLContent) -> YAMLContent) -> YAMLContent {
        /// Members of a set in the order of the enumeration, so that the text is always the same.
        func words<Choice: RawRepresentable & CaseIterable & Hashable>(_ set: Set<Choice>) -> YAMLContent where Choice.RawValue == String {
            .list(Choice.allCases.filter(set.contains).map { .text($0.rawValue) })
        }
        let blocks = blocks.map { known in YAMLContent.list(BlockKinds.names.filter(known.contains).map { .text($0) }) }
        var fields: [YAMLField] = blocks.map { [YAMLField("blocks", $0)] } ?? []
        if optimizers != Set(Optimizer.allCases) { fields.append(YAMLField("optimizers", words(optimizers))) }
        if passesRecurrentStates { fields.append(YAMLField("recurrent_states", .flag(true))) }
        if choosesContextByLayer { fields.append(YAMLField("context_by_layer", .flag(true))) }
        if formsSequenceGroups { fields.append(YAMLField("sequence_groups", .flag(true))) }
        if tensorOverlap != [.none] { fields.append(YAMLField("tensor_overlap", .list(tensorOverlap.map { .text($0.rawValue) }))) }
        if expertOverlap != [.none] { fields.append(YAMLField("expert_overlap", .list(expertOverlap.map { .text($0.rawValue) }))) }
        if sendsLatentKeys { fields.append(YAMLField("latent_keys", .flag(true))) }
        let rest: YAMLContent = [
            "schedules": words(schedules), "shardings": words(shardings), "recompute": words(recompute),
            "recompute_modules": .list(recomputeModules.names.map { .text($0) }),
            "partial_recompute": .flag(partialRecompute), "context_kinds": words(contextKinds),
            "context_rules": .text(contextRules.rawValue), "argument_rules": .text(argumentRules.rawValue), "precisions": words(precisions),
            "group_rule": .text(groupRule.rawValue), "chooses_group_size": .flag(choosesGroupSize),
            "sequence_parallel": .text(Companion(isAlways: sequenceParallel).rawValue), "expert_parallel": .flag(expertParallel),
            "expert_tensor": .text(expertTensor.rawValue), "hybrid_sharding": .flag(hybridSharding), "uneven_layers": .flag(unevenLayers),
            "tensor_parallel": .flag(tensorParallel), "pipeline_parallel": .flag(pipelineParallel),
            "shards_gradients_in_pipeline": .flag(shardsGradientsInPipeline), "recurrent_context": .flag(recurrentContext),
            "methods": words(methods),
        ]
        guard case .mapping(let written) = rest else { return rest }
        let moved = offload.map { YAMLField("offload", $0.document { sourced("offload.\($0)", $1) }) }
        return .mapping(written + fields + (moved.map { [$0] } ?? []))
    }

    /// Whether sequence parallelism accompanies tensor parallelism, as files spell it.
    private enum Companion: String, CaseIterable {
        case always, never, chosen

        init(isAlways: Bool?) { self = isAlways.map { $0 ? .always : .never } ?? .chosen }

        var isAlways: Bool? { self == .chosen ? nil : self == .always }
    }
}

extension YAMLType where Value == String {
    /// The name of a kind of block.
    static var blockKind: YAMLType {
        YAMLType("one of \(BlockKinds.names.joined(separator: ", "))") { node throws(DocumentError) in
            let name = try YAMLType<String>.string.read(node)
            guard BlockKinds.names.contains(name) else {
                throw DocumentError(
                    node.location,
                    .unknownChoice(name, nearest: NearestName.best(for: name, among: BlockKinds.names), legal: BlockKinds.names))
            }
            return name
        }
    }
}

extension YAMLType where Value == RecomputeModules {
    /// A module by the name it has in flags.
    fileprivate static var recomputeModule: YAMLType {
        let legal = RecomputeModules.named.map(\.name)
        return YAMLType("one of \(legal.joined(separator: ", "))") { node throws(DocumentError) in
            let name = try YAMLType<String>.string.read(node)
            guard let match = RecomputeModules.named.first(where: { $0.name == name }) else {
                throw DocumentError(
                    node.location, .unknownChoice(name, nearest: NearestName.best(for: name, among: legal), legal: legal))
            }
            return match.module
        }
    }
}
