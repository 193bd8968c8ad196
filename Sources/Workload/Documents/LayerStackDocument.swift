import Documents

/// Reads and writes the long form of a model's layers: `blocks`, `pattern` and `prediction`.
///
/// ```yaml
/// blocks:
///   mamba: {kind: mamba-2, heads: 128, head_dimension: 64, groups: 8, state: 128}
///   attention: {kind: attention, heads: 32, key_value_heads: 8, head_dimension: 128}
///   mlp: {kind: feed-forward, width: 21504, gated: false}
/// pattern:
///   - {repeat: 4, layers: [mamba, mlp]}
///   - [attention, mlp]
/// ```
/// A layer is a block, or a list of blocks that follow each other; `a + b` are blocks side by side around one residual connection.
enum LayerStackDocument {
    /// The stack of a model's mapping.
    ///
    /// Throws the place of a block that the pattern does not use, of a name that is no block's, and of whatever is wrong within a block.
    static func read(_ reader: MappingReader) throws(DocumentError) -> LayerStack {
        let blocks = try reader.object("blocks", as: "the blocks by name", readBlocks)
        let names = blocks.map(\.name)
        let node = try reader.required("pattern", .node)
        var used: Set<String> = []
        let pattern = try pieces(node, names, &used, depth: 0)
        guard !pattern.isEmpty else {
            throw DocumentError(node.location, .invalid("the pattern has no layers", remedy: "name the block or blocks of each layer"))
        }
        var prediction: LayerStack.Pattern?
        if let given = try reader.optional("prediction", .node) {
            // A repeat would be layers one after the other, of which a prediction block is a single one.
            if case .mapping(_, let location) = given {
                throw DocumentError(
                    location, .invalid("a prediction block is one layer", remedy: "name its blocks, as in [attention, mlp]"))
            }
            prediction = try piece(given, names, &used, depth: 0)
        }
        if let unused = names.first(where: { !used.contains($0) }) {
            let entries = try reader.required("blocks", .node)
            throw DocumentError(
                entries.location(of: unused),
                .invalid("no layer of the pattern has the block '\(unused)'", remedy: "name it in the pattern, or leave it out"))
        }
        return LayerStack(blocks: blocks, pattern: pattern, predictionPattern: prediction)
    }

    private static func readBlocks(_ reader: MappingReader) throws(DocumentError) -> [LayerStack.NamedBlock] {
        var blocks: [LayerStack.NamedBlock] = []
        for key in reader.keys {
            guard !key.text.contains(where: { $0 == "+" || $0.isWhitespace }) else {
                throw DocumentError(
                    key.location, .invalid("the name '\(key.text)' of a block has a space or a plus", remedy: "join its words by hyphens"))
            }
            blocks.append(
                try reader.object(key.text, as: "a block") { block throws(DocumentError) in
                    let norms = try block.optional("norms", .int(in: ModelLimits.normsPerLayer)) ?? 1
                    let read = try BlockKinds.read(block)
                    return LayerStack.NamedBlock(key.text, read.shape, norms: norms, reusesWeights: read.reusesWeights)
                })
        }
        return blocks
    }

    /// The pieces of a list, or a single one.
    private static func pieces(
        _ node: YAMLNode, _ names: [String], _ used: inout Set<String>, depth: Int
    ) throws(DocumentError) -> [LayerStack.Pattern] {
        guard case .sequence(let nodes, _) = node else { return [try piece(node, names, &used, depth: depth)] }
        var pieces: [LayerStack.Pattern] = []
        for node in nodes { pieces.append(try piece(node, names, &used, depth: depth)) }
        return pieces
    }

    private static func piece(
        _ node: YAMLNode, _ names: [String], _ used: inout Set<String>, depth: Int
    ) throws(DocumentError) -> LayerStack.Pattern {
        switch node {
        case .scalar: return .layer([try part(node, names, &used)])
        case .sequence(let nodes, let location):
            guard !nodes.isEmpty else {
                throw DocumentError(location, .invalid("a layer has no blocks", remedy: "name them, or leave the layer out"))
            }
            var parts: [[String]] = []
            for node in nodes { parts.append(try part(node, names, &used)) }
            return .layer(parts)
        case .mapping:
            // Nesting multiplies, so a little of it is enough for any model.
            guard depth < 8 else {
                throw DocumentError(node.location, .invalid("repeats nest deeper than 8", remedy: "write the inner ones out"))
            }
            let reader = try MappingReader(node, as: "repeated layers")
            let times = try reader.required("repeat", .int(in: ModelLimits.layers))
            let layers = try reader.required("layers", .node)
            let inner = try pieces(layers, names, &used, depth: depth + 1)
            try reader.finish()
            guard !inner.isEmpty else {
                throw DocumentError(layers.location, .invalid("no layers are repeated", remedy: "name their blocks, or leave the item out"))
            }
            return .repeated(times, inner)
        }
    }

    /// The blocks of a part: one, or several joined by `+`.
    private static func part(_ node: YAMLNode, _ names: [String], _ used: inout Set<String>) throws(DocumentError) -> [String] {
        let text = try YAMLType<String>.string.read(node)
        var parts: [String] = []
        for piece in text.split(separator: "+", omittingEmptySubsequences: false) {
            let name = String(piece.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            guard !name.isEmpty else {
                throw DocumentError(
                    node.location, .invalid("'\(text)' has a plus that stands beside no block", remedy: "write a block on either side"))
            }
            guard names.contains(name) else {
                throw DocumentError(
                    node.location, .unknownChoice(name, nearest: NearestName.best(for: name, among: names), legal: names))
            }
            used.insert(name)
            parts.append(name)
        }
        return parts
    }

    /// The keys of a stack.
    static func fields(_ stack: LayerStack) -> [YAMLField] {
        let blocks = stack.blocks.map { named in
            let norms = named.norms == 1 ? [] : [YAMLField("norms", .integer(named.norms))]
            return YAMLField(named.name, .mapping(named.block.fields + norms))
        }
        let prediction = stack.predictionPattern.map { [YAMLField("prediction", content($0))] } ?? []
        return [YAMLField("blocks", .mapping(blocks)), YAMLField("pattern", .list(stack.pattern.map(content)))] + prediction
    }

    private static func content(_ piece: LayerStack.Pattern) -> YAMLContent {
        switch piece {
        case .layer(let parts):
            let words = parts.map { YAMLContent.text($0.joined(separator: " + ")) }
            return words.count == 1 ? words[0] : .list(words)
        case .repeated(let times, let inner):
            return .inline([YAMLField("repeat", .integer(times)), YAMLField("layers", .list(inner.map(content)))])
        }
    }
}
