extension Experts {
    /// A mixture of experts as operators: router, sorting, exchange, the routed experts, and the shared ones that every token visits.
    func block(_ model: TransformerModel, norms: Int) -> Block {
        let hidden = model.hidden
        let gates = model.feedForward.matrices - 1
        let h = Width(hidden)
        let inner = Width(width, .expertTensor)
        let modules: RecomputeModules = .experts
        func sort(_ name: String, _ kind: Elementwise.Kind, _ width: Width, _ tokens: Tokens, _ bytes: Double) -> Operator {
            Operator(name, .elementwise(Elementwise(kind: kind, width: width, tokens: tokens, bytes: bytes)), .vectors, in: modules)
        }
        let routing = Routing(
            hidden: hidden, experts: count, hasSharedGate: hasSharedGate, bias: hasRouterBias ? count : 0)
        var up = ExpertProduct(experts: count, perToken: perToken, outputs: Width(width, of: gates, .expertTensor), inputs: h)
        var down = ExpertProduct(experts: count, perToken: perToken, outputs: h, inputs: inner)
        if hasBias { (up.bias, down.bias) = (gates * width, hidden) }
        var activation = Elementwise(kind: .permutation, width: inner, tokens: .routed, bytes: 6)
        activation.repeatedBytes = 6
        activation.repeatModule = .expertActivation
        var operators = [
            Block.normalisation(model, norms: norms),
            Operator(
                "router", .routing(routing), .router, saved: [SavedTensor(Width(count), .gathered, .bytes(12), in: modules)], in: modules),
            sort("router probabilities", .permutation, Width(count), .outer, 32),
            sort("sorting by expert", .sorting, h, .routed, 1),
            Operator("dispatch and combine", .exchange(TokenExchange(hidden: hidden, perToken: perToken)), .vectors, in: modules),
            Operator(
                "expert up projection", .experts(up), .routedExperts,
                saved: [
                    SavedTensor(h, .routed, .linearInput, in: modules),
                    SavedTensor(inner, .routed, .activation, copies: Double(gates), in: modules),
                ], in: modules),
            Operator("expert activation", .elementwise(activation), .vectors, in: modules),
            Operator(
                "expert down projection", .experts(down), .routedExperts,
                saved: [SavedTensor(inner, .routed, .linearInput, in: [.experts, .expertActivation])], in: modules),
        ]
        if hasBias {
            // Unfused biases and clamped activation.
            operators.append(sort("expert biases", .permutation, inner, .routed, 20))
            operators.append(sort("expert output bias", .permutation, h, .routed, 4))
        }
        if sharedWidth > 0 {
            operators += FeedForward.operators(
                width: sharedWidth, hidden: hidden, gates: gates, hasBias: false, isShared: true, in: modules)
        }
        return Block(
            "mixture of experts", operators,
            transients: [
                SavedTensor(h, .routed, .bytes(8)), SavedTensor(inner, .routed, .bytes(4)), SavedTensor(h, .outer, .activation),
            ])
    }
}
