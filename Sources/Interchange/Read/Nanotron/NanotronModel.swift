import Documents
import Workload

/// Reads the part `model.model_config` of nanotron's YAML (`LlamaConfig`, `Qwen2Config`, `Starcoder2Config`, and the example LlaMoE).
enum NanotronModel {
    private static let section = "model.model_config."

    /// The model; nil where the file has no such part.
    ///
    /// - Throws: `DocumentError` where it is of a kind that cannot be priced.
    static func read(_ document: inout ConfigurationDocument) throws(DocumentError) -> TransformerModel? {
        if try document.flag(section + "is_mamba_config") ?? false {
            throw DocumentError(
                document.location(of: section + "is_mamba_config"),
                .invalid("it is a state-space model (Mamba), which cannot be priced", remedy: "name a transformer"))
        }
        _ = try document.size(section + "d_model")
        let isQwen = try document.flag(section + "is_qwen2_config") ?? false
        let isStarcoder = try document.flag(section + "is_starcoder2_config") ?? false
        let isMixture = try document.flag(section + "is_llamoe_config") ?? false
        _ = try document.flag(section + "is_llama_config")
        let hasGroups = try document.flag(section + "grouped_query") ?? false
        // What the classes have where the file is silent.
        let layers = try document.size(section + "num_hidden_layers") ?? (isStarcoder ? 24 : 32)
        let hidden = try document.size(section + "hidden_size") ?? (isStarcoder ? 2048 : 4096)
        let heads = try document.size(section + "num_attention_heads") ?? (isStarcoder ? 16 : 32)
        let pairs = try document.size(section + "num_key_value_heads") ?? heads
        let width = try document.size(section + "intermediate_size") ?? (isStarcoder ? 4 * hidden : 11_008)
        let multiple = try document.size("model.make_vocab_size_divisible_by") ?? 1
        let stated = try document.value(section + "vocab_size", .int(in: -1...16_777_216))
        let hasBias = try document.flag(section + "attention_bias") ?? isStarcoder
        let isTied = try document.flag(section + "tie_word_embeddings") ?? isStarcoder
        let positions = try document.size(section + "max_position_embeddings")
        let theta = try document.value(section + "rope_theta", .positive) ?? 10_000
        let activation = try document.text(section + "hidden_act") ?? "silu"
        _ = try document.text(section + "activation_function")
        let window = try window(&document)
        let experts = try experts(&document, isMixture: isMixture, width: width, layers: layers)
        guard document.hasSection("model.model_config") else { return nil }
        let vocabulary = stated.flatMap { $0 > 0 ? $0 : nil } ?? (isStarcoder ? 49_280 : 32_000)
        let isGated = !isStarcoder && (activation == "silu" || activation == "swiglu" || activation.hasPrefix("gelu"))
        var model = TransformerModel(
            name: "nanotron's model", source: "model_config of nanotron", layers: layers, hidden: hidden,
            vocabulary: (vocabulary + multiple - 1) / multiple * multiple,
            attention: Attention(
                heads: heads, keyValueHeads: isStarcoder && !hasGroups ? 1 : pairs, headDimension: max(1, hidden / heads),
                hasInputBias: hasBias, hasOutputBias: hasBias && !isQwen, window: window),
            feedForward: FeedForward(width: (experts?.everyLayers ?? 2) == 1 ? 0 : width, isGated: isGated, hasBias: isStarcoder),
            experts: experts, norm: isStarcoder ? .layer : .rms, positions: .rotary, hasTiedEmbeddings: isTied)
        model.maxSequenceLength = positions
        if theta >= 1, theta <= 1e9, theta == theta.rounded() { model.rotary = RotaryEmbedding(theta: Int(theta)) }
        do throws(ModelProblem) { try model.validate() } catch {
            throw DocumentError(
                document.location(of: section + Self.key(of: error.field)),
                .invalid("model_config describes no model: \(error.what)", remedy: error.remedy))
        }
        return model
    }

    /// The key of a field of the model that turned out wrong.
    private static func key(of field: String) -> String {
        switch field.split(separator: ".").last {
        case "heads", "head_dimension": "num_attention_heads"
        case "key_value_heads": "num_key_value_heads"
        case "hidden": "hidden_size"
        case "vocabulary": "vocab_size"
        case "per_token": "moe_config.top_k"
        case "count": "moe_config.num_experts"
        case "width": field.hasPrefix("experts") ? "moe_config.moe_intermediate_size" : "intermediate_size"
        case "positions", "max_sequence_length": "max_position_embeddings"
        default: "num_hidden_layers"
        }
    }

    /// Layers without rotary positions have no window (`Qwen2Attention`).
    private static func window(_ document: inout ConfigurationDocument) throws(DocumentError) -> SlidingWindow? {
        let every = try document.size(section + "no_rope_layer")
        guard let size = try document.size(section + "sliding_window_size") else { return nil }
        return SlidingWindow(size: size, globalEvery: every ?? 0)
    }

    private static func experts(
        _ document: inout ConfigurationDocument, isMixture: Bool, width: Int, layers: Int
    ) throws(DocumentError) -> Experts? {
        let part = section + "moe_config."
        let count = try document.size(part + "num_experts") ?? 8
        let perToken = try document.size(part + "top_k") ?? 2
        let own = try document.size(part + "moe_intermediate_size") ?? 1408
        let hasShared = try document.flag(part + "enable_shared_expert") ?? false
        let shared = try document.size(part + "shared_expert_intermediate_size") ?? 5632
        let listed = try document.value(part + "layers", .list(of: .int(in: -1...65_536))) ?? [-1]
        let old = try document.size(section + "moe_num_experts")
        let oldPerToken = try document.size(section + "num_experts_per_tok")
        if isMixture { return Experts(count: old ?? 8, perToken: oldPerToken ?? 1, width: width) }
        guard document.hasSection("model.model_config.moe_config") else { return nil }
        var experts = Experts(count: count, perToken: perToken, width: own, sharedWidth: hasShared ? shared : 0, hasSharedGate: hasShared)
        if listed != [-1] {
            guard layers <= 65_536, let pattern = LayerPattern((0..<layers).map { listed.contains($0) ? 1 : 0 }) else {
                throw DocumentError(
                    document.location(of: part + "layers"),
                    .invalid(
                        "the mixture layers are not dense layers first and then one in every few",
                        remedy: "no other pattern can be priced"))
            }
            (experts.firstDenseLayers, experts.everyLayers) = (pattern.firstDense, pattern.every)
        }
        return experts
    }
}
