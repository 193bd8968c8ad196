extension Experts: BlockShape {
    /// `mixture`.
    public static let kind = "mixture"

    /// Its keys in model files.
    public static let fields: [BlockField<Experts>] = [
        .count("count", \.count, in: ModelLimits.experts), .count("per_token", \.perToken, in: ModelLimits.experts),
        .count("width", \.width, in: ModelLimits.width), .flag("gated", \.isGated),
        .count("shared_width", \.sharedWidth, in: 0...ModelLimits.width.upperBound, usual: 0), .flag("shared_gate", \.hasSharedGate),
        .flag("shared_bias", \.hasSharedBias), .flag("bias", \.hasBias), .flag("router_bias", \.hasRouterBias),
        .count("latent_width", \.latentWidth, in: ModelLimits.hidden),
        .count("null_experts", \.nullExperts, in: 0...ModelLimits.experts.upperBound, usual: 0),
        .flag("output_bias", \.hasOutputBias), .flag("router_scales", \.hasRouterScales),
        .count("first_dense_layers", \.firstDenseLayers, in: 0...ModelLimits.layers.upperBound, usual: 0),
        .count("every_layers", \.everyLayers, in: ModelLimits.layers, usual: 1),
    ]

    /// More experts visited than there are.
    public func problem() -> BlockProblem? {
        guard perToken > count + nullExperts else { return nil }
        return BlockProblem(
            key: "per_token", what: "a token cannot visit \(perToken) of \(count + nullExperts) experts",
            remedy: "per_token must be at most count")
    }

    /// Router, sorting, exchange, the routed experts, and the shared ones that every token visits.
    public func operators(hidden: Int) -> [Operator] {
        let gates = isGated ?? true ? 2 : 1
        // What routed experts work on.
        let inside = latentWidth ?? hidden
        let h = Width(inside)
        let inner = Width(width, .expertTensor)
        let modules: RecomputeModules = .experts
        func sort(_ name: String, _ kind: Elementwise.Kind, _ width: Width, _ tokens: Tokens, _ bytes: Double) -> Operator {
            Operator(name, .elementwise(Elementwise(kind: kind, width: width, tokens: tokens, bytes: bytes)), .vectors, in: modules)
        }
        let choices = count + nullExperts
        let routing = Routing(
            hidden: hidden, experts: choices, hasSharedGate: hasSharedGate,
            bias: (hasRouterBias ? choices : 0) + (hasRouterScales ? hidden + choices : 0))
        var up = ExpertProduct(experts: count, perToken: perToken, outputs: Width(width, of: gates, .expertTensor), inputs: h)
        var down = ExpertProduct(experts: count, perToken: perToken, outputs: h, inputs: inner)
        if hasBias { (up.bias, down.bias) = (gates * width, inside) }
        var activation = Elementwise(kind: .permutation, width: inner, tokens: .routed, bytes: 6)
        activation.repeatedBytes = 6
        activation.repeatModule = .expertActivation
        var operators = [
            Operator(
                "router", .routing(routing), .router, saved: [SavedTensor(Width(choices), .gathered, .bytes(12), in: modules)], in: modules),
            sort("router probabilities", .permutation, Width(choices), .outer, 32),
            sort("sorting by expert", .sorting, h, .routed, 1),
            Operator("dispatch and combine", .exchange(TokenExchange(hidden: inside, perToken: perToken)), .vectors, in: modules),
            Operator(
                "expert up projection", .experts(up), .routedExperts,
                saved: [
                    SavedTensor(h, .routed, .linearInput, in: modules, moving: .expertUp),
                    SavedTensor(inner, .routed, .activation, copies: Double(gates), in: modules, moving: .expertActivation),
                ], in: modules, joins: gates > 1 ? [.gate, .up] : [.up]),
            Operator("expert activation", .elementwise(activation), .vectors, in: modules),
            Operator(
                "expert down projection", .experts(down), .routedExperts,
                saved: [SavedTensor(inner, .routed, .linearInput, in: [.experts, .expertActivation])], in: modules, joins: [.down]),
        ]
        if hasBias {
            // Unfused biases and clamped activation.
            operators.append(sort("expert biases", .permutation, inner, .routed, 20))
            operators.append(sort("expert output bias", .permutation, h, .routed, 4))
        }
        if hasOutputBias {
            var bias = Elementwise(kind: .activation, width: Width(hidden), tokens: .outer, bytes: 4)
            bias.vectors = hidden
            operators.append(Operator("output bias", .elementwise(bias), .vectors, in: modules))
        }
        if let latentWidth { operators = narrowing(operators, to: latentWidth, hidden: hidden, in: modules) }
        if sharedWidth > 0 {
            operators += FeedForward.operators(
                width: sharedWidth, hidden: hidden, gates: gates, hasBias: hasSharedBias, isShared: true, in: modules)
        }
        return operators
    }

    /// Around the routed experts of `operators`, the projections to the width that they work on and back.
    private func narrowing(_ operators: [Operator], to width: Int, hidden: Int, in modules: RecomputeModules) -> [Operator] {
        let narrow = Width(width)
        let down = Operator(
            "latent down-projection", .product(DenseProduct(narrow, from: Width(hidden))), .latentDown,
            saved: [SavedTensor(narrow, .gathered, .activation, in: modules)], in: modules)
        let up = Operator(
            "latent up-projection", .product(DenseProduct(Width(hidden), from: narrow)), .latentDown,
            saved: [SavedTensor(narrow, .gathered, .linearInput, in: modules)], in: modules)
        return [down] + operators + [up]
    }

    /// Rows of the routed experts in fp32 and their gradients.
    public func transients(hidden: Int) -> [SavedTensor] {
        let h = Width(latentWidth ?? hidden)
        return [
            SavedTensor(h, .routed, .bytes(8)), SavedTensor(Width(width, .expertTensor), .routed, .bytes(4)),
            SavedTensor(Width(hidden), .outer, .activation),
        ]
    }
}
