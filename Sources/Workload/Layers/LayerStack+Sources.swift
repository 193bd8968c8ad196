extension LayerStack {
    /// The first block, in the order of the layers, that takes what no layer before it has: weights, keys and values, or chosen keys.
    var missingSource: ModelProblem? {
        var seen: Set<String> = []
        var owners: [any BlockShape] = []
        for layer in layers {
            for name in layer.joined() where seen.insert(name).inserted {
                guard let named = blocks.first(where: { $0.name == name }) else { continue }
                if let missing = Self.missing(named, owners) { return missing }
                if !named.block.reusesWeights { owners.append(named.block.shape) }
            }
        }
        return nil
    }

    /// A block that is nothing but the connection of another, in a part of a layer that has none.
    var loneConnection: String? {
        func isConnection(_ name: String) -> Bool {
            blocks.first { $0.name == name }.map { $0.block.shape is HyperConnection || $0.block.shape is ResidualScale } ?? false
        }
        return layers.lazy.joined().first { $0.allSatisfy(isConnection) }?.first
    }

    private static func missing(_ named: NamedBlock, _ owners: [any BlockShape]) -> ModelProblem? {
        let field = "blocks.\(named.name)"
        if named.block.reusesWeights, !owners.contains(where: { AnyBlock($0) == AnyBlock(named.block.shape) }) {
            return .block(
                field: "\(field).reuses_weights",
                what: "no layer before its first has a block of its kind and sizes whose weights it could use",
                remedy: "put that block before it, or leave reuses_weights out")
        }
        guard let attention = named.block.shape as? Attention else { return nil }
        let earlier = owners.compactMap { $0 as? Attention }
        if attention.keyValues == .shared, !named.block.reusesWeights,
            !earlier.contains(where: {
                $0.keyValues != .shared && $0.keyValueHeads == attention.keyValueHeads && $0.headDimension == attention.headDimension
            })
        {
            return .block(
                field: "\(field).key_values",
                what: "no layer before its first has \(attention.keyValueHeads) key/value heads of \(attention.headDimension) of its own",
                remedy: "put such a layer before it, or leave key_values out")
        }
        if let indexer = attention.indexer, indexer.isReused, !earlier.contains(where: { $0.indexer?.isReused == false }) {
            return .block(
                field: "\(field).indexer.reused", what: "no layer before its first chooses keys that it could reuse",
                remedy: "put a layer with an indexer of its own before it, or leave reused out")
        }
        return nil
    }
}
