extension FeedForward: BlockShape {
    /// `feed-forward`.
    public static let kind = "feed-forward"

    /// Its keys in model files.
    public static let fields: [BlockField<FeedForward>] = [
        .count("width", \.width, in: ModelLimits.width), .flag("gated", \.isGated, usual: nil), .flag("bias", \.hasBias),
        .flag("inner_norm", \.hasInnerNorm), .count("activation_parameters", \.activationParameters, in: 0...1024, usual: 0),
    ]

    /// One or two products in, the activation, one out.
    public func operators(hidden: Int) -> [Operator] {
        var operators = Self.operators(
            width: width, hidden: hidden, gates: matrices - 1, hasBias: hasBias, isShared: false, in: .feedForward)
        if activationParameters > 0, case .elementwise(var activation) = operators[1].work {
            activation.vectors = activationParameters
            operators[1].work = .elementwise(activation)
        }
        if hasInnerNorm {
            var norm = Elementwise(kind: .norm, width: Width(width, .tensor), tokens: .whole, bytes: 4)
            norm.sharedOut = width
            let kept = [SavedTensor(Width(width, .tensor), .whole, .activation, in: .feedForward)]
            operators.insert(Operator("inner norm", .elementwise(norm), .feedForward, saved: kept, in: .feedForward), at: 2)
        }
        return operators
    }

    /// Gradients of the output, of the products in, and of the activation.
    public func transients(hidden: Int) -> [SavedTensor] {
        let inner = Width(width, .tensor)
        return [
            SavedTensor(Width(hidden), .outer, .activation),
            SavedTensor(inner, .whole, .activation, copies: 0.5 * Double(matrices - 1)),
            SavedTensor(inner, .whole, .linearInput, copies: 0.5),
        ]
    }

    /// The operators of a feed-forward that every token visits: a layer's own, or the shared experts of a mixture.
    static func operators(width: Int, hidden: Int, gates: Int, hasBias: Bool, isShared: Bool, in modules: RecomputeModules) -> [Operator] {
        let inner = Width(width, .tensor)
        let group: ParameterGroup = isShared ? .sharedExperts : .feedForward
        let prefix = isShared ? "shared " : ""
        var up = DenseProduct(Width(width, of: gates, .tensor), from: Width(hidden))
        up.matrices = gates
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
                alternateShare: isShared ? 0 : 1, joins: gates > 1 ? [.gate, .up] : [.up]),
            Operator(
                "\(prefix)activation", .elementwise(activation), .vectors,
                saved: isShared ? [] : [SavedTensor(inner, .whole, .activationExtra, in: modules)], in: modules,
                alternateShare: isShared ? 0 : 0.7),
            Operator(
                "\(prefix)down projection", .product(down), group, saved: [SavedTensor(inner, .whole, .linearInput, in: modules)],
                in: modules, joins: [.down]),
        ]
    }
}
