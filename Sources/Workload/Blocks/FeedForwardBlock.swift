extension FeedForward {
    /// A dense feed-forward as operators: one or two products in, the activation, one out.
    func block(_ model: TransformerModel, norms: Int) -> Block {
        let operators = Self.operators(
            width: width, hidden: model.hidden, gates: matrices - 1, hasBias: hasBias, isShared: false, in: .feedForward)
        let inner = Width(width, .tensor)
        return Block(
            "feed-forward", [Block.normalisation(model, norms: norms)] + operators,
            transients: [
                SavedTensor(Width(model.hidden), .outer, .activation),
                SavedTensor(inner, .whole, .activation, copies: 0.5 * Double(matrices - 1)),
                SavedTensor(inner, .whole, .linearInput, copies: 0.5),
            ])
    }

    /// The operators of a feed-forward that every token visits: a layer's own, or the shared experts of a mixture.
    static func operators(width: Int, hidden: Int, gates: Int, hasBias: Bool, isShared: Bool, in modules: RecomputeModules) -> [Operator] {
        let inner = Width(width, .tensor)
        let group: ParameterGroup = isShared ? .sharedExperts : .feedForward
        let prefix = isShared ? "shared " : ""
        var up = DenseProduct(Width(width, of: gates, .tensor), from: Width(hidden))
        var down = DenseProduct(Width(hidden), from: inner)
        if hasBias { (up.bias, down.outputBias) = (gates * width, hidden) }
        if !isShared {
            (up.castInputs, up.castGradients) = (up.inputs, up.outputs)
            (down.castInputs, down.castGradients) = (down.inputs, down.outputs)
        }
        let activation = Elementwise(kind: .activation, width: inner, tokens: .whole, bytes: Double(2 * gates + 2))
        return [
            Operator(
                "\(prefix)up projection", .product(up), group,
                saved: [SavedTensor(inner, .whole, .activation, copies: Double(gates), in: modules)], in: modules,
                alternateShare: isShared ? 0 : 1),
            Operator(
                "\(prefix)activation", .elementwise(activation), .vectors,
                saved: isShared ? [] : [SavedTensor(inner, .whole, .activationExtra, in: modules)], in: modules,
                alternateShare: isShared ? 0 : 0.7),
            Operator(
                "\(prefix)down projection", .product(down), group, saved: [SavedTensor(inner, .whole, .linearInput, in: modules)],
                in: modules),
        ]
    }
}
