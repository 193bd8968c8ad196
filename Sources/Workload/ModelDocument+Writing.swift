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
        fields.append(YAMLField("attention", .mapping(fieldsOf(model.attention))))
        if model.feedForward.width > 0 { fields.append(YAMLField("feed_forward", .mapping(fieldsOf(model.feedForward)))) }
        if let experts = model.experts { fields.append(YAMLField("experts", .mapping(fieldsOf(experts)))) }
        if model.norm != .rms { fields.append(YAMLField("norm", .text(model.norm.rawValue))) }
        fields += number("norms_per_layer", model.normsPerLayer, unless: 2)
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
        fields += flag("tied_embeddings", model.hasTiedEmbeddings)
        fields += number("prediction_blocks", model.predictionBlocks, unless: 0)
        return YAMLWriter.text(.mapping(fields), comment: comment)
    }

    private static func fieldsOf(_ attention: Attention) -> [YAMLField] {
        var fields = [YAMLField("heads", .integer(attention.heads))]
        if let latent = attention.latent {
            var ranks = latent.queryRank.map { [YAMLField("query_rank", .integer($0))] } ?? []
            ranks += [
                YAMLField("key_value_rank", .integer(latent.keyValueRank)),
                YAMLField("nope_dimension", .integer(latent.nopeDimension)),
                YAMLField("rope_dimension", .integer(latent.ropeDimension)),
                YAMLField("value_dimension", .integer(latent.valueDimension)),
            ]
            fields.append(YAMLField("latent", .mapping(ranks)))
        } else {
            fields.append(YAMLField("key_value_heads", .integer(attention.keyValueHeads)))
            fields.append(YAMLField("head_dimension", .integer(attention.headDimension)))
        }
        if attention.queryKeyNorm != .none { fields.append(YAMLField("query_key_norm", .text(attention.queryKeyNorm.rawValue))) }
        fields += flag("input_bias", attention.hasInputBias) + flag("output_bias", attention.hasOutputBias)
        fields += flag("sinks", attention.hasSinks)
        if let window = attention.window {
            let size = [YAMLField("size", .integer(window.size)), YAMLField("global_every", .integer(window.globalEvery))]
            fields.append(YAMLField("window", .mapping(size + flag("chunked", window.isChunked))))
        }
        return fields
    }

    private static func fieldsOf(_ feedForward: FeedForward) -> [YAMLField] {
        [YAMLField("width", .integer(feedForward.width)), YAMLField("gated", .flag(feedForward.isGated))]
            + flag("bias", feedForward.hasBias)
    }

    private static func fieldsOf(_ experts: Experts) -> [YAMLField] {
        [
            YAMLField("count", .integer(experts.count)), YAMLField("per_token", .integer(experts.perToken)),
            YAMLField("width", .integer(experts.width)),
        ] + number("shared_width", experts.sharedWidth, unless: 0) + flag("shared_gate", experts.hasSharedGate)
            + flag("bias", experts.hasBias) + flag("router_bias", experts.hasRouterBias)
            + number("first_dense_layers", experts.firstDenseLayers, unless: 0)
            + number("every_layers", experts.everyLayers, unless: 1)
    }

    private static func flag(_ key: String, _ value: Bool) -> [YAMLField] { value ? [YAMLField(key, true)] : [] }

    private static func number(_ key: String, _ value: Int, unless usual: Int) -> [YAMLField] {
        value == usual ? [] : [YAMLField(key, .integer(value))]
    }
}
