import Documents
import Workload

/// Reads the mixture of experts of a configuration, whose fields every family names differently.
struct HuggingFaceMixture {
    let decoder: HuggingFaceDecoder
    private var fields: HuggingFaceFields { decoder.fields }

    init(decoder: HuggingFaceDecoder) { self.decoder = decoder }

    /// The mixture of the layers that have one.
    func experts() throws(DocumentError) -> Experts {
        let rules = decoder.family.mixture ?? .init()
        let width = try fields.same(rules.widthKeys, in: ModelLimits.width, layers: decoder.layers)
        var experts = Experts(
            count: try count(rules), perToken: try fields.same(rules.perTokenKeys, in: ModelLimits.experts, layers: decoder.layers),
            width: width,
            sharedWidth: try sharedWidth(rules.shared, expert: width), hasSharedGate: rules.hasSharedGate, hasBias: rules.hasBias,
            hasRouterBias: rules.hasRouterBias)
        experts.hasSharedBias = try experts.sharedWidth > 0 ? decoder.holds(rules.sharedBias) : false
        guard experts.perToken <= experts.count else {
            let key = rules.perTokenKeys.first(where: fields.has) ?? rules.perTokenKeys[0]
            throw fields.problem(
                at: key, "the configuration describes no model: a token cannot visit \(experts.perToken) of \(experts.count) experts",
                remedy: "\(key) must be at most \(experts.count)")
        }
        return experts
    }

    /// The one of the names of the number of experts that the file uses.
    private func count(_ rules: HuggingFaceFamily.Mixture) throws(DocumentError) -> Int {
        if fields.isNested || rules.countKeys.contains(where: fields.has),
            let count = try fields.int(rules.countKeys, in: ModelLimits.experts)
        {
            return count
        }
        throw DocumentError(
            fields.reader.location,
            .invalid("the number of experts is missing", remedy: "expected one of \(rules.countKeys.joined(separator: ", "))"))
    }

    private func sharedWidth(_ shared: HuggingFaceFamily.Shared, expert: Int) throws(DocumentError) -> Int {
        switch shared {
        case .none: 0
        case .one: expert
        case .count(let keys): try countedWidth(keys, expert: expert)
        case .width(let keys): try fields.int(keys, in: 0...ModelLimits.width.upperBound) ?? 0
        }
    }

    /// So many experts as wide as the routed ones, which some files say again.
    private func countedWidth(_ keys: [String], expert: Int) throws(DocumentError) -> Int {
        fields.passOver("moe_shared_expert_intermediate_size", where: "\(expert)")
        return expert * (try fields.int(keys, in: 0...1024) ?? 0)
    }

    /// Whether each layer is a mixture: as the file lists them, or as the family's code decides it.
    func mixtureLayers() throws(DocumentError) -> [Bool] {
        let layers = decoder.layers
        guard let rules = decoder.family.mixture else { return [Bool](repeating: false, count: layers) }
        if let listed = try fields.perLayer("mlp_layer_types", .word(of: ["dense", "sparse", "moe", "hash_moe"]), layers: layers) {
            return listed.map { $0 != "dense" }
        }
        let step = ModelLimits.layers
        switch rules.placement {
        case .everywhere: return [Bool](repeating: true, count: layers)
        case .after(let key, let usual):
            let first = try fields.int(key, in: 0...step.upperBound) ?? usual
            try check(first, key)
            // Files of this code have DeepSeek's step too, which is always one.
            fields.passOver("moe_layer_freq", where: "1")
            return (0..<layers).map { $0 >= first }
        case .deepSeek:
            let first = try fields.int("first_k_dense_replace", in: 0...step.upperBound) ?? 0
            try check(first, "first_k_dense_replace")
            // MiMo's files have a list where DeepSeek's have a step.
            if case .sequence = try fields.node("moe_layer_freq") {
                return try fields.perLayer("moe_layer_freq", .int(in: 0...1), layers: layers)?.map { $0 == 1 } ?? []
            }
            let every = try fields.int("moe_layer_freq", in: step) ?? 1
            return (0..<layers).map { $0 >= first && $0 % every == 0 }
        case .qwen:
            let every = try fields.int("decoder_sparse_step", in: step) ?? 1
            let dense = try fields.positions("mlp_only_layers", layers: layers) ?? []
            return (0..<layers).map { ($0 + 1) % every == 0 && !dense.contains($0) }
        case .llama4:
            if let listed = try fields.positions("moe_layers", layers: layers) { return (0..<layers).map(listed.contains) }
            let every = try fields.int("interleave_moe_layer_step", in: step) ?? 1
            return (0..<layers).map { ($0 + 1) % every == 0 }
        case .jamba:
            if try fields.int("num_experts", in: ModelLimits.experts) == 1 { return [Bool](repeating: false, count: layers) }
            let period = try fields.usual("expert_layer_period", in: step)
            let offset = try fields.offset("expert_layer_offset", below: period, "expert_layer_period")
            return (0..<layers).map { $0 % period == offset }
        case .ernie:
            let first = try fields.usual("moe_layer_start_index", in: 0...step.upperBound)
            let last = try fields.int("moe_layer_end_index", in: -1...step.upperBound) ?? -1
            let every = try fields.usual("moe_layer_interval", in: step)
            guard last == -1 || last >= first else {
                throw fields.problem(
                    at: "moe_layer_end_index", "mixtures end at layer \(last) and begin at layer \(first)",
                    remedy: "moe_layer_end_index must be -1 or at least moe_layer_start_index")
            }
            return (0..<layers).map { ($0 + 1) % every == 0 && $0 >= first && (last == -1 || $0 <= last) }
        }
    }

    /// More dense layers in front than there are layers leave no mixture, and so no model that has experts.
    private func check(_ dense: Int, _ key: String) throws(DocumentError) {
        guard dense > decoder.layers else { return }
        throw fields.problem(
            at: key, "\(key) is \(dense) and the model has \(decoder.layers) layers, none of which would be a mixture",
            remedy: "expected at most \(decoder.layers)")
    }
}
