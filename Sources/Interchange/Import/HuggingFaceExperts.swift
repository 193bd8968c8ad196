import Documents
import Workload

/// Reads the mixture of experts of a configuration, whose fields every family names differently.
struct HuggingFaceExperts {
    let reader: MappingReader
    let family: HuggingFaceFamily

    /// The mixture, or nil where the fields leave every layer dense.
    func experts(layers: Int) throws(DocumentError) -> Experts? {
        let mixtures = try mixtureLayers(of: layers)
        guard mixtures.contains(true) else { return nil }
        guard let (firstDense, every) = Self.placement(of: mixtures) else {
            throw DocumentError(
                reader.location,
                .invalid(
                    "the mixture layers do not repeat evenly",
                    remedy: "supported are leading dense layers followed by a mixture in every n-th layer"))
        }
        let width = try reader.required(family.expertWidthKey, .int(in: ModelLimits.width))
        let isOpenAI = family == .gptOSS
        return Experts(
            count: try reader.required(try countKey(), .int(in: ModelLimits.experts)),
            perToken: try reader.required(
                reader.has("experts_per_token") ? "experts_per_token" : "num_experts_per_tok", .int(in: ModelLimits.experts)),
            width: width, sharedWidth: try sharedWidth(expert: width), hasSharedGate: family == .qwen2MoE, hasBias: isOpenAI,
            hasRouterBias: isOpenAI, firstDenseLayers: firstDense, everyLayers: every)
    }

    /// The one of the three names of the number of experts that the file uses.
    private func countKey() throws(DocumentError) -> String {
        let names = ["num_experts", "n_routed_experts", "num_local_experts"]
        if let name = names.first(where: reader.has) { return name }
        throw DocumentError(
            reader.location,
            .invalid("the number of experts is missing", remedy: "expected one of \(names.joined(separator: ", "))"))
    }

    private func sharedWidth(expert: Int) throws(DocumentError) -> Int {
        switch family {
        case .qwen2MoE: try reader.required("shared_expert_intermediate_size", .int(in: 0...ModelLimits.width.upperBound))
        case .deepseekV2, .deepseekV3: expert * (try reader.optional("n_shared_experts", .int(in: 0...1024)) ?? 0)
        case .llama4: expert
        default: 0
        }
    }

    /// Whether each layer is a mixture, as the family's code decides it.
    private func mixtureLayers(of layers: Int) throws(DocumentError) -> [Bool] {
        let step = ModelLimits.layers
        switch family {
        case .qwen2MoE, .qwen3MoE:
            let every = try reader.optional("decoder_sparse_step", .int(in: step)) ?? 1
            let dense = Set(try reader.optional("mlp_only_layers", .list(of: .int(atLeast: 0))) ?? [])
            return (0..<layers).map { ($0 + 1) % every == 0 && !dense.contains($0) }
        case .deepseekV2, .deepseekV3:
            let first = try reader.optional("first_k_dense_replace", .int(atLeast: 0)) ?? 0
            let every = try reader.optional("moe_layer_freq", .int(in: step)) ?? 1
            return (0..<layers).map { $0 >= first && $0 % every == 0 }
        case .llama4:
            if let listed = try reader.optional("moe_layers", .list(of: .int(atLeast: 0))) {
                let mixtures = Set(listed)
                return (0..<layers).map(mixtures.contains)
            }
            let every = try reader.optional("interleave_moe_layer_step", .int(in: step)) ?? 1
            return (0..<layers).map { ($0 + 1) % every == 0 }
        default:
            return [Bool](repeating: true, count: layers)
        }
    }

    /// The leading dense layers and the step that give this pattern, if any do.
    static func placement(of mixtures: [Bool]) -> (firstDense: Int, every: Int)? {
        let indices = mixtures.indices.filter { mixtures[$0] }
        guard let first = indices.first else { return nil }
        let every = indices.count > 1 ? indices[1] - first : first + 1
        guard first - every + 1 >= 0 else { return nil }
        let experts = Experts(count: 1, perToken: 1, width: 1, firstDenseLayers: first - every + 1, everyLayers: every)
        return mixtures.indices.allSatisfy { experts.isMixtureLayer($0) == mixtures[$0] } ? (experts.firstDenseLayers, every) : nil
    }
}
