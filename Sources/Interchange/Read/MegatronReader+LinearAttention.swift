import Documents
import Workload

extension MegatronReader {
    /// The variants of `--experimental-attention-variant` that are gated delta nets: its name up to Megatron-Core 0.19, and on main.
    private static let deltaVariants = ["gated_delta_net", "gdn"]

    /// Whether each layer of a plain model is a gated delta net instead of attention; nil where none is.
    ///
    /// `--linear-attention-freq` is a number N for all but the last of every N layers, or a list with 1 for them.
    mutating func linearLayers(_ layers: Int) throws(DocumentError) -> [Bool]? {
        let stated = try text("linear-attention-freq")
        guard let variant = try text("experimental-attention-variant"), Self.deltaVariants.contains(variant) else { return nil }
        guard let stated else {
            throw DocumentError(
                location("experimental-attention-variant"),
                .invalid("\(variant) needs --linear-attention-freq, which is missing", remedy: "say which layers are linear, as in 4"))
        }
        if let every = Int(stated), (1...65_536).contains(every) { return (0..<layers).map { ($0 + 1) % every != 0 } }
        guard let list = PythonList.numbers(stated), list.allSatisfy({ $0 == 0 || $0 == 1 }) else {
            throw DocumentError(
                location("linear-attention-freq"),
                .invalid("'\(stated)' is no pattern of layers", remedy: "write a number, or a list such as ([1]*3+[0])*12"))
        }
        guard list.count == layers else {
            throw DocumentError(
                location("linear-attention-freq"),
                .invalid("the pattern \(stated) is of \(list.count) layers, the model has \(layers)", remedy: "they must be as many"))
        }
        return list.map { $0 == 1 }
    }

    /// A plain model some of whose attentions are gated delta nets of the flags' sizes.
    mutating func withLinearLayers(_ isLinear: [Bool], _ plain: TransformerModel) throws(DocumentError) -> TransformerModel {
        var blocks: [LayerStack.NamedBlock] = [
            .init("delta", try gatedDelta()), .init("attention", plain.attention ?? Attention()), .init("mlp", plain.feedForward),
        ]
        if var experts = plain.experts {
            (experts.firstDenseLayers, experts.everyLayers) = (0, 1)
            experts.isGated = plain.feedForward.isGated ? nil : false
            blocks.append(.init("moe", experts))
        }
        let layers = isLinear.indices.map { index in
            [[isLinear[index] ? "delta" : "attention"], [plain.experts?.isMixtureLayer(index) ?? false ? "moe" : "mlp"]]
        }
        let used = Set(layers.flatMap { $0.joined() })
        var model = TransformerModel(
            name: plain.name, source: plain.source, hidden: plain.hidden, vocabulary: plain.vocabulary,
            stack: LayerStack(blocks: blocks.filter { used.contains($0.name) }, pattern: LayerStack.folded(layers)), norm: plain.norm,
            positions: plain.positions, hasTiedEmbeddings: plain.hasTiedEmbeddings, predictionBlocks: plain.predictionBlocks)
        model.maxSequenceLength = plain.maxSequenceLength
        return model
    }
}
