import Documents
import Workload

/// Reads how rotary positions are computed: `rope_theta` and `rope_scaling`, or `rope_parameters` of newer files.
struct HuggingFaceRotation {
    let fields: HuggingFaceFields
    let family: HuggingFaceFamily

    /// The embedding; nil where the file does not state its base, or scales in a way that a model file cannot say.
    func embedding() throws(DocumentError) -> RotaryEmbedding? {
        // Step's files have a base for every layer, which a model file cannot say.
        if case .sequence = try fields.node("rope_theta") { return nil }
        var theta = try fields.number("rope_theta")
        var scaling: MappingReader?
        for key in ["rope_scaling", "rope_parameters"] {
            guard let node = try fields.node(key), case .mapping = node else { continue }
            let inner = try MappingReader(node, as: key)
            scaling = inner
            // Files with several kinds of layers have a mapping for each, which is no number.
            if inner.has("rope_theta") { theta = try inner.optional("rope_theta", .positive) }
        }
        // Llama's first files state none, and their class takes this.
        if theta == nil, family.type == "llama", scaling == nil { theta = 10_000 }
        guard let theta, theta >= 1, theta <= 1e9, theta == theta.rounded() else { return nil }
        guard let scaling else { return RotaryEmbedding(theta: Int(theta)) }
        // Older files call it `type`.
        let type = try scaling.optional(scaling.has("rope_type") ? "rope_type" : "type", .text) ?? "default"
        if type == "default" { return RotaryEmbedding(theta: Int(theta)) }
        guard let kind = RotaryEmbedding.Kind(rawValue: type), let factor = try scaling.optional("factor", .positive) else { return nil }
        if kind == .llama3 {
            let low = try scaling.optional("low_freq_factor", .positive) ?? 1
            let high = try scaling.optional("high_freq_factor", .positive) ?? 4
            let length = try scaling.optional("original_max_position_embeddings", .positive) ?? 8192
            guard low == 1, high == 4, length == 8192 else { return nil }
        }
        return RotaryEmbedding(theta: Int(theta), scaling: .init(kind: kind, factor: factor))
    }
}
