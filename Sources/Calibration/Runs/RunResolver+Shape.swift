import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Quantities
import Schedules
import Workload

/// The shape of a run's model.
extension RunResolver {
    mutating func shape(of run: RunRecord, _ framework: RunAliases.FrameworkAlias, _ assumptions: inout [String]) throws
        -> TransformerModel
    {
        if let file = RunDetails(run).modelFile {
            let described = try model(file)
            guard run.int("layers") == described.layers, run.int("hidden") == described.hidden else {
                throw RunSkip(reason: "\(file) has \(described.layers) layers of width \(described.hidden), and the row says otherwise")
            }
            return described
        }
        if let described = try specialities(of: run), described.stack != nil {
            // Tables have no columns for such layers, and leave those of a transformer empty.
            for (name, stated, known) in [("layers", run.int("layers"), described.layers), ("hidden", run.int("hidden"), described.hidden)]
            {
                guard stated == nil || stated == known else {
                    throw RunSkip(reason: "\(described.name) has \(known) \(name), and the row says otherwise")
                }
            }
            return described
        }
        let known = try knownModel(of: run)
        if let known, ["layers", "hidden", "heads"].contains(where: { run.int($0) == nil }) {
            let sizes = [
                ("layers", run.int("layers"), known.layers), ("hidden", run.int("hidden"), known.hidden),
                ("heads", run.int("heads"), known.attention?.heads), ("n_experts", run.int("n_experts"), known.experts?.count ?? 0),
                ("top_k", run.int("top_k"), known.experts?.perToken ?? 0),
            ]
            for case (let name, let stated?, let size?) in sizes where stated != size {
                throw RunSkip(reason: "\(known.name) has \(size) \(name), and the row says otherwise")
            }
            assumptions.append("the shape of \(known.name)")
            return known
        }
        guard let hidden = run.int("hidden"), let layers = run.int("layers"), let heads = run.int("heads"), hidden > 0, layers > 0,
            heads > 0
        else { throw missingSizes(of: run) }
        let catalogue = try specialities(of: run)
        if catalogue == nil, hidden % heads != 0 {
            throw RunSkip(reason: "sizes that cannot be", contradiction: "hidden \(hidden) is no multiple of heads \(heads)")
        }
        let isGated = run["gated_mlp"] != 0
        var attention = catalogue?.attention ?? Attention(heads: heads, keyValueHeads: heads, headDimension: hidden / heads)
        attention.heads = heads
        // What is silent comes from the model of that name, where it is the one that the row describes.
        let twin = known.flatMap { $0.layers == layers && $0.hidden == hidden && $0.attention?.heads == heads ? $0 : nil }
        attention.keyValueHeads = run.int("kv_heads") ?? twin?.attention?.keyValueHeads ?? heads
        if catalogue == nil { attention.hasInputBias = !isGated; attention.hasOutputBias = !isGated }
        let vocabulary = run.int("vocab") ?? twin?.vocabulary ?? 51_200
        let isMixture = run.int("n_experts") != nil
        let own = twin.flatMap { $0.experts == nil && $0.feedForward.width > 0 ? $0.feedForward.width : nil }
        let width = isMixture ? (catalogue?.feedForward.width ?? run.int("ffn") ?? 0) : (run.int("ffn") ?? own ?? 4 * hidden)
        if let twin, ["vocab", "kv_heads", "ffn"].contains(where: { run.int($0) == nil && !(isMixture && $0 == "ffn") }) {
            assumptions.append("what the row does not state of the shape as in \(twin.name)")
        } else if run.int("vocab") == nil {
            assumptions.append("vocabulary 51,200")
        }
        var model = TransformerModel(
            name: run.model, layers: layers, hidden: hidden, vocabulary: vocabulary, attention: attention,
            feedForward: FeedForward(width: width, isGated: isGated, hasBias: !isGated),
            norm: isGated ? .rms : .layer, positions: framework.learnedPositions.map { .learned($0) } ?? .rotary,
            hasTiedEmbeddings: framework.tiedEmbeddings)
        if let count = run.int("n_experts") {
            guard let perToken = run.int("top_k") else { throw RunSkip(reason: "missing top_k") }
            guard let expertWidth = run.int("moe_ffn") ?? run.int("ffn") else { throw RunSkip(reason: "missing moe_ffn") }
            var experts = catalogue?.experts ?? Experts(count: count, perToken: perToken, width: expertWidth)
            experts.count = count
            experts.perToken = perToken
            experts.width = expertWidth
            experts.sharedWidth = expertWidth * (run.int("shared_experts") ?? 0)
            // Benchmarks that cut a model to four layers keep one dense layer.
            if layers == 4, experts.firstDenseLayers > 1 { experts.firstDenseLayers = 1 }
            model.experts = experts
            if attention.latent != nil, layers > 4 { model.predictionBlocks = 1 }
        }
        return model
    }

    /// Why a shape is not known: the sizes that are not stated, and that the name is no shipped model's.
    private func missingSizes(of run: RunRecord) -> RunSkip {
        let missing = ["hidden", "layers", "heads"].filter { (run.int($0) ?? 0) <= 0 }
        let nearest = NearestName.ranked(for: run.model, among: modelNames, limit: 3).joined(separator: ", ")
        return RunSkip(
            reason: "missing \(missing.joined(separator: ", "))"
                + (modelNames.isEmpty ? "" : ", and no shipped model is called \(run.model) (nearest: \(nearest))"))
    }

    /// The shipped model of the row's name: by its own name, or one that the aliases give it.
    mutating func knownModel(of run: RunRecord) throws -> TransformerModel? {
        // Model hubs put an organisation before a slash.
        let names = [run.model, run.model.split(separator: "/").last.map(String.init) ?? ""]
        let keys = names.map(RunName.modelKey).filter { !$0.isEmpty }
        let (shapes, shipped) = (aliases.shapes, modelNames)
        let known = keys.compactMap { key in
            shapes.first { RunName.modelKey($0.prefix) == key }?.like ?? shipped.first { RunName.modelKey($0) == key }
        }
        guard let name = known.first else { return nil }
        if models[name] == nil { models[name] = try model(name) }
        return models[name]
    }

    /// The shipped model whose specialities a family has.
    mutating func specialities(of run: RunRecord) throws -> TransformerModel? {
        let key = RunName.key(run.model.split(separator: "/").last.map(String.init) ?? "")
        guard let alias = aliases.models.first(where: { key.hasPrefix(RunName.key($0.prefix)) }) else { return nil }
        if models[alias.like] == nil { models[alias.like] = try model(alias.like) }
        return models[alias.like]
    }
}
