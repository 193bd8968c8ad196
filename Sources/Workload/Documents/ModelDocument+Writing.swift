import Documents

extension ModelDocument {
    /// The model as the text of a file, which `parse` reads back as the same model; `comment` lines begin it.
    ///
    /// Keys that hold their default are left out.
    public static func text(_ model: TransformerModel, comment: [String] = []) -> String {
        var fields = [YAMLField("name", .text(model.name))]
        if !model.source.isEmpty { fields.append(YAMLField("source", .text(model.source))) }
        fields += [
            YAMLField("layers", .integer(model.layers)), YAMLField("hidden", .integer(model.hidden)),
            YAMLField("vocabulary", .integer(model.vocabulary)),
        ]
        if let length = model.maxSequenceLength { fields.append(YAMLField("max_sequence_length", .integer(length))) }
        if let stack = model.stack {
            fields += LayerStackDocument.fields(stack)
        } else {
            if let attention = model.attention { fields.append(YAMLField("attention", .mapping(Attention.fields.written(attention)))) }
            if model.feedForward.width > 0 {
                fields.append(YAMLField("feed_forward", .mapping(FeedForward.fields.written(model.feedForward))))
            }
            if let experts = model.experts { fields.append(YAMLField("experts", .mapping(Experts.fields.written(experts)))) }
        }
        if model.norm != .rms { fields.append(YAMLField("norm", .text(model.norm.rawValue))) }
        if model.stack == nil { fields += number("norms_per_layer", model.normsPerLayer, unless: 2) }
        switch model.positions {
        case .rotary: break
        case .none: fields.append(YAMLField("positions", "none"))
        case .learned(let count): fields.append(YAMLField("positions", .inline([YAMLField("learned", .integer(count))])))
        }
        if let rotary = model.rotary {
            var rope = [YAMLField("theta", .integer(rotary.theta))]
            if let scaling = rotary.scaling {
                rope += [YAMLField("scaling", .text(scaling.kind.rawValue)), YAMLField("factor", .number(scaling.factor))]
            }
            fields.append(YAMLField("rope", .inline(rope)))
        }
        fields += flag("tied_embeddings", model.hasTiedEmbeddings) + flag("embedding_norm", model.hasEmbeddingNorm)
        fields += flag("head_bias", model.hasHeadBias)
        if !model.hasFinalNorm { fields.append(YAMLField("final_norm", false)) }
        if !model.extras.isEmpty {
            fields.append(YAMLField("extra_parameters", .mapping(model.extras.map { YAMLField($0.name, .integer($0.count)) })))
        }
        if let embedding = model.layerEmbedding {
            fields.append(
                YAMLField(
                    "layer_embedding",
                    .inline([
                        YAMLField("vocabulary", .integer(embedding.vocabulary)), YAMLField("width", .integer(embedding.width)),
                    ])))
        }
        if model.residual != .standard { fields.append(YAMLField("residual", .text(model.residual.rawValue))) }
        fields += number("prediction_blocks", model.predictionBlocks, unless: 0)
        return YAMLWriter.text(.mapping(fields), comment: comment)
    }

    private static func flag(_ key: String, _ value: Bool) -> [YAMLField] { value ? [YAMLField(key, true)] : [] }

    private static func number(_ key: String, _ value: Int, unless usual: Int) -> [YAMLField] {
        value == usual ? [] : [YAMLField(key, .integer(value))]
    }
}
