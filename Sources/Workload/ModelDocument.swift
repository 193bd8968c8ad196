public import Documents

/// Reads models from YAML files such as those in `Models/`, and writes them.
///
/// ```yaml
/// name: llama-3.1-8b
/// layers: 32
/// hidden: 4096
/// vocabulary: 128256
/// attention: {heads: 32, key_value_heads: 8, head_dimension: 128}
/// feed_forward: {width: 14336, gated: true}
/// ```
/// docs/model-files.md lists every key.
public enum ModelDocument {
    /// The model of a YAML file.
    public static func read(path: String) throws(DocumentError) -> TransformerModel {
        try read(YAMLDocument.read(path: path))
    }

    /// The model of a YAML text; `file` is its name in messages.
    public static func parse(text: String, file: String) throws(DocumentError) -> TransformerModel {
        try read(YAMLDocument.parse(text: text, file: file))
    }

    /// The model a parsed document describes.
    ///
    /// Throws the place of the first key that is missing, unknown or wrong, or of the value that contradicts another.
    public static func read(_ root: YAMLNode) throws(DocumentError) -> TransformerModel {
        try root.object(as: "a model") { reader throws(DocumentError) in
            let model = TransformerModel(
                name: try reader.required("name", .string),
                source: try reader.optional("source", .string) ?? "",
                layers: try reader.required("layers", .int(in: ModelLimits.layers)),
                hidden: try reader.required("hidden", .int(in: ModelLimits.hidden)),
                vocabulary: try reader.required("vocabulary", .int(in: ModelLimits.vocabulary)),
                attention: try reader.object("attention", as: "the attention block", readAttention),
                feedForward: try reader.optionalObject("feed_forward", as: "the feed-forward block", readFeedForward)
                    ?? FeedForward(width: 0, isGated: true),
                experts: try reader.optionalObject("experts", as: "the mixture of experts", readExperts),
                norm: try reader.optional("norm", .choice()) ?? .rms,
                normsPerLayer: try reader.optional("norms_per_layer", .int(in: ModelLimits.normsPerLayer)) ?? 2,
                positions: try reader.optional("positions", positions) ?? .rotary,
                hasTiedEmbeddings: try reader.optional("tied_embeddings", .bool) ?? false,
                predictionBlocks: try reader.optional("prediction_blocks", .int(in: ModelLimits.predictionBlocks)) ?? 0,
                maxSequenceLength: try reader.optional("max_sequence_length", .int(in: ModelLimits.sequenceLength)),
                rotary: try reader.optionalObject("rope", as: "the rotary positions", readRotary))
            if model.rotary != nil, model.positions != .rotary {
                throw DocumentError(
                    root.location(of: "rope"), .invalid("the model has no rotary positions", remedy: "leave 'rope' or 'positions' out"))
            }
            do throws(ModelProblem) { try model.validate() } catch {
                throw DocumentError(root.location(of: error.field), .invalid(error.what, remedy: error.remedy))
            }
            return model
        }
    }

    private static func readAttention(_ reader: MappingReader) throws(DocumentError) -> Attention {
        let heads = try reader.required("heads", .int(in: ModelLimits.heads))
        let latent = try reader.optionalObject("latent", as: "latent attention", readLatent)
        let width: Int
        if let latent {
            width = latent.nopeDimension + latent.ropeDimension
        } else {
            width = try reader.required("head_dimension", .int(in: ModelLimits.headDimension))
        }
        return Attention(
            heads: heads,
            keyValueHeads: try reader.optional("key_value_heads", .int(in: ModelLimits.heads)) ?? heads,
            headDimension: width,
            queryKeyNorm: try reader.optional("query_key_norm", .choice()) ?? .none,
            hasInputBias: try reader.optional("input_bias", .bool) ?? false,
            hasOutputBias: try reader.optional("output_bias", .bool) ?? false,
            hasSinks: try reader.optional("sinks", .bool) ?? false,
            window: try reader.optionalObject("window", as: "the attention window") { window throws(DocumentError) in
                SlidingWindow(
                    size: try window.required("size", .int(in: ModelLimits.sequenceLength)),
                    globalEvery: try window.required("global_every", .int(in: 0...ModelLimits.layers.upperBound)),
                    isChunked: try window.optional("chunked", .bool) ?? false)
            },
            latent: latent)
    }

    private static func readLatent(_ reader: MappingReader) throws(DocumentError) -> LatentAttention {
        LatentAttention(
            queryRank: try reader.optional("query_rank", .int(in: ModelLimits.rank)),
            keyValueRank: try reader.required("key_value_rank", .int(in: ModelLimits.rank)),
            nopeDimension: try reader.required("nope_dimension", .int(in: ModelLimits.headDimension)),
            ropeDimension: try reader.required("rope_dimension", .int(in: ModelLimits.headDimension)),
            valueDimension: try reader.required("value_dimension", .int(in: ModelLimits.headDimension)))
    }

    private static func readRotary(_ reader: MappingReader) throws(DocumentError) -> RotaryEmbedding {
        let theta = try reader.required("theta", .int(in: 1...1_000_000_000))
        guard let kind = try reader.optional("scaling", YAMLType<RotaryEmbedding.Kind>.choice()) else {
            return RotaryEmbedding(theta: theta)
        }
        return RotaryEmbedding(theta: theta, scaling: .init(kind: kind, factor: try reader.required("factor", .double(in: 1...1e6))))
    }

    private static func readFeedForward(_ reader: MappingReader) throws(DocumentError) -> FeedForward {
        FeedForward(
            width: try reader.required("width", .int(in: ModelLimits.width)),
            isGated: try reader.required("gated", .bool),
            hasBias: try reader.optional("bias", .bool) ?? false)
    }

    private static func readExperts(_ reader: MappingReader) throws(DocumentError) -> Experts {
        Experts(
            count: try reader.required("count", .int(in: ModelLimits.experts)),
            perToken: try reader.required("per_token", .int(in: ModelLimits.experts)),
            width: try reader.required("width", .int(in: ModelLimits.width)),
            sharedWidth: try reader.optional("shared_width", .int(in: 0...ModelLimits.width.upperBound)) ?? 0,
            hasSharedGate: try reader.optional("shared_gate", .bool) ?? false,
            hasBias: try reader.optional("bias", .bool) ?? false,
            hasRouterBias: try reader.optional("router_bias", .bool) ?? false,
            firstDenseLayers: try reader.optional("first_dense_layers", .int(in: 0...ModelLimits.layers.upperBound)) ?? 0,
            everyLayers: try reader.optional("every_layers", .int(in: ModelLimits.layers)) ?? 1)
    }

    /// `rotary`, `none`, or `{learned: 1024}`.
    private static let positionKinds = ["rotary", "none"]
    private static var positions: YAMLType<TransformerModel.Positions> {
        let expected = "rotary, none, or {learned: the number of positions}"
        return YAMLType(expected) { node throws(DocumentError) in
            if case .mapping = node {
                return try node.object(as: "positions") { reader throws(DocumentError) in
                    .learned(try reader.required("learned", .int(in: ModelLimits.sequenceLength)))
                }
            }
            switch try YAMLType.string.read(node) {
            case "rotary": return .rotary
            case "none": return .none
            case let word:
                let nearest = NearestName.best(for: word, among: positionKinds)
                throw DocumentError(node.location, .unknownChoice(word, nearest: nearest, legal: positionKinds + ["{learned: …}"]))
            }
        }
    }
}

extension YAMLNode {
    /// Where the value of a dotted path of keys stands, or the nearest enclosing value that the document has.
    public func location(of path: String) -> SourceLocation {
        var node = self
        for key in path.split(separator: ".") {
            guard case .mapping(let entries, _) = node, let entry = entries.first(where: { $0.key.text == key }) else { break }
            node = entry.value
        }
        return node.location
    }
}
