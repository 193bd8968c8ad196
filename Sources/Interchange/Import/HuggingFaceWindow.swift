import Documents
import Workload

/// Reads which layers of a configuration attend within a window, and how wide it is.
struct HuggingFaceWindow {
    let reader: MappingReader
    let family: HuggingFaceFamily

    /// The window, or nil where every layer sees the whole sequence.
    func window(layers: Int, maxSequenceLength: Int?) throws(DocumentError) -> SlidingWindow? {
        let key = family == .llama4 ? "attention_chunk_size" : "sliding_window"
        // Null, 0, -1 and false all mean that there is none.
        guard let node = try reader.optional(key, .node), !Self.isOff(node) else { return nil }
        let size = try YAMLType<Int>.int(in: ModelLimits.sequenceLength).read(node)
        guard size < maxSequenceLength ?? .max else { return nil }
        let windowed = try windowedLayers(of: layers)
        guard windowed.contains(true) else { return nil }
        guard let globalEvery = Self.globalEvery(of: windowed) else {
            throw DocumentError(
                reader.location(of: reader.has("layer_types") ? "layer_types" : key),
                .invalid("the windowed layers do not repeat evenly", remedy: "supported is one global layer in every n-th place"))
        }
        return SlidingWindow(size: size, globalEvery: globalEvery, isChunked: family == .llama4)
    }

    private static func isOff(_ node: YAMLNode) -> Bool {
        guard case .scalar(let scalar) = node, !scalar.isQuoted else { return false }
        return ["0", "-1", "false", "False"].contains(scalar.text)
    }

    /// Whether each layer is windowed: as `layer_types` says or, in older files without it, as the family's code decides.
    private func windowedLayers(of layers: Int) throws(DocumentError) -> [Bool] {
        if try reader.optional("use_sliding_window", .bool) == false { return [Bool](repeating: false, count: layers) }
        if let types = try reader.optional("layer_types", .list(of: .choice(of: LayerType.self), count: layers...layers)) {
            return types.map { $0 != .full }
        }
        switch family {
        case .gptOSS, .gemma2:
            return (0..<layers).map { $0 % 2 == 0 }
        case .mistral, .mixtral, .phi3:
            return [Bool](repeating: true, count: layers)
        case .qwen2, .qwen2MoE, .qwen3, .qwen3MoE:
            return try qwenLayers(of: layers)
        case .llama4:
            return try chunkedLayers(of: layers)
        default:
            return [Bool](repeating: false, count: layers)
        }
    }

    /// Qwen's flag is off unless given; which layers it windows differs from generation to generation.
    private func qwenLayers(of layers: Int) throws(DocumentError) -> [Bool] {
        let isOn = try reader.optional("use_sliding_window", .bool) ?? false
        let bound = try reader.optional("max_window_layers", .int(atLeast: 0)) ?? 28
        return (0..<layers).map { layer in
            switch family {
            case .qwen2MoE: isOn && layer % 2 == 0 && layer < bound
            case .qwen3MoE: isOn
            default: isOn && layer >= bound
            }
        }
    }

    /// Llama 4 attends within chunks where it rotates queries and keys; `no_rope_layers` holds 1 for those layers.
    private func chunkedLayers(of layers: Int) throws(DocumentError) -> [Bool] {
        if let rotated = try reader.optional("no_rope_layers", .list(of: .int(in: 0...1))), rotated.count == layers {
            return rotated.map { $0 == 1 }
        }
        let every = try reader.optional("no_rope_layer_interval", .int(in: ModelLimits.layers)) ?? 4
        return (0..<layers).map { ($0 + 1) % every != 0 }
    }

    /// The step at which global layers come that gives this pattern, 0 where there are none, nil where no step does.
    static func globalEvery(of windowed: [Bool]) -> Int? {
        guard let first = windowed.firstIndex(of: false) else { return 0 }
        let window = SlidingWindow(size: 1, globalEvery: first + 1)
        return windowed.indices.allSatisfy { window.isWindowedLayer($0) == windowed[$0] } ? first + 1 : nil
    }

    /// What a layer attends to.
    private enum LayerType: String, CaseIterable {
        case full = "full_attention"
        case sliding = "sliding_attention"
        case chunked = "chunked_attention"
    }
}
