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
            let model = try reader.has("blocks") ? readStacked(reader) : readPlain(reader)
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

    /// The short form: one attention, one dense feed-forward and one mixture.
    private static func readPlain(_ reader: MappingReader) throws(DocumentError) -> TransformerModel {
        for key in ["pattern", "prediction"] where reader.has(key) {
            throw DocumentError(
                reader.location(of: key),
                .invalid("\(key) names blocks and the file has no 'blocks'", remedy: "write the blocks that it names"))
        }
        var model = TransformerModel(
            name: try reader.required("name", .string), layers: try reader.required("layers", .int(in: ModelLimits.layers)),
            hidden: try reader.required("hidden", .int(in: ModelLimits.hidden)),
            vocabulary: try reader.required("vocabulary", .int(in: ModelLimits.vocabulary)),
            attention: try reader.object("attention", as: "the attention block") { block throws(DocumentError) in
                try Attention.fields.read(block, into: Attention())
            },
            feedForward: try reader.optionalObject("feed_forward", as: "the feed-forward block") { block throws(DocumentError) in
                try FeedForward.fields.read(block, into: FeedForward())
            } ?? FeedForward(width: 0, isGated: true),
            experts: try reader.optionalObject("experts", as: "the mixture of experts") { block throws(DocumentError) in
                try Experts.fields.read(block, into: Experts())
            },
            normsPerLayer: try reader.optional("norms_per_layer", .int(in: ModelLimits.normsPerLayer)) ?? 2)
        try readCommon(reader, into: &model)
        return model
    }

    /// The long form: named blocks and the pattern in which they follow each other.
    private static func readStacked(_ reader: MappingReader) throws(DocumentError) -> TransformerModel {
        for key in ["attention", "feed_forward", "experts", "norms_per_layer"] where reader.has(key) {
            throw DocumentError(
                reader.location(of: key),
                .invalid(
                    "the file has both '\(key)' and 'blocks'", remedy: "write it as one of the blocks, or leave 'blocks' and 'pattern' out")
            )
        }
        let stack = try LayerStackDocument.read(reader)
        var model = TransformerModel(
            name: try reader.required("name", .string), hidden: try reader.required("hidden", .int(in: ModelLimits.hidden)),
            vocabulary: try reader.required("vocabulary", .int(in: ModelLimits.vocabulary)), stack: stack)
        if let layers = try reader.optional("layers", .int(in: ModelLimits.layers)), layers != stack.count {
            throw DocumentError(
                reader.location(of: "layers"),
                .invalid("layers is \(layers) and the pattern has \(stack.count)", remedy: "make them agree, or leave layers out"))
        }
        try readCommon(reader, into: &model)
        return model
    }

    /// What both forms have.
    private static func readCommon(_ reader: MappingReader, into model: inout TransformerModel) throws(DocumentError) {
        model.source = try reader.optional("source", .string) ?? ""
        model.norm = try reader.optional("norm", .choice()) ?? .rms
        model.positions = try reader.optional("positions", positions) ?? .rotary
        model.hasTiedEmbeddings = try reader.optional("tied_embeddings", .bool) ?? false
        model.hasEmbeddingNorm = try reader.optional("embedding_norm", .bool) ?? false
        model.hasHeadBias = try reader.optional("head_bias", .bool) ?? false
        model.hasFinalNorm = try reader.optional("final_norm", .bool) ?? true
        model.extras =
            try reader.optionalObject("extra_parameters", as: "parameters outside the layers") { part throws(DocumentError) in
                var extras: [ExtraParameters] = []
                for key in part.keys {
                    extras.append(ExtraParameters(key.text, try part.required(key.text, .int(in: ModelLimits.extraParameters))))
                }
                return extras
            } ?? []
        model.layerEmbedding = try reader.optionalObject("layer_embedding", as: "the embedding of every layer") {
            part throws(DocumentError) in
            LayerEmbedding(
                vocabulary: try part.required("vocabulary", .int(in: ModelLimits.vocabulary)),
                width: try part.required("width", .int(in: ModelLimits.hidden)))
        }
        model.residual = try reader.optional("residual", .choice()) ?? .standard
        model.predictionBlocks = try reader.optional("prediction_blocks", .int(in: ModelLimits.predictionBlocks)) ?? 0
        model.maxSequenceLength = try reader.optional("max_sequence_length", .int(in: ModelLimits.sequenceLength))
        model.rotary = try reader.optionalObject("rope", as: "the rotary positions", readRotary)
    }

    private static func readRotary(_ reader: MappingReader) throws(DocumentError) -> RotaryEmbedding {
        let theta = try reader.required("theta", .int(in: 1...1_000_000_000))
        guard let kind = try reader.optional("scaling", YAMLType<RotaryEmbedding.Kind>.choice()) else {
            return RotaryEmbedding(theta: theta)
        }
        return RotaryEmbedding(theta: theta, scaling: .init(kind: kind, factor: try reader.required("factor", .double(in: 1...1e6))))
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
    /// Where the value of a dotted path of keys stands; of a path that ends early or at more than a value, where its last key stands.
    ///
    /// Keys may have dots themselves.
    public func location(of path: String) -> SourceLocation {
        var rest = path.split(separator: ".")[...]
        var node = self
        var place = location
        search: while !rest.isEmpty {
            guard case .mapping(let entries, _) = node else { break }
            for count in (1...rest.count).reversed() {
                let key = rest.prefix(count).joined(separator: ".")
                guard let entry = entries.first(where: { $0.key.text == key }) else { continue }
                node = entry.value
                if case .scalar = node { place = node.location } else { place = entry.key.location }
                rest = rest.dropFirst(count)
                continue search
            }
            break
        }
        return place
    }
}
