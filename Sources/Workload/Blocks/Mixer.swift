/// Operators that recurrent mixers have in common.
enum Mixer {
    /// A projection whose output is kept, unless what reads it keeps what its own backward pass needs; `shared` are columns that groups of heads share.
    static func projection(
        _ name: String, _ outputs: Width, shared: Width = Width(0), from inputs: Width, bias: Int = 0, keepsOutput: Bool = true
    ) -> Operator {
        var product = DenseProduct(outputs, from: inputs)
        product.keyValues = shared
        product.bias = bias
        (product.castInputs, product.castGradients) = (inputs, outputs)
        var kept = keepsOutput ? [SavedTensor(outputs, .whole, .activation)] : []
        if keepsOutput, shared.elements > 0 { kept.append(SavedTensor(shared, .whole, .activation)) }
        return Operator(name, .product(product), .recurrent, saved: kept)
    }

    /// A projection to a small width and back, of which every rank holds the first; `bias` is that of the second.
    static func lowRank(_ name: String, _ outputs: Width, rank: Int, hidden: Int, bias: Int = 0) -> [Operator] {
        [
            Operator(
                "\(name) down-projection", .product(DenseProduct(Width(rank), from: Width(hidden))), .latentDown,
                saved: [SavedTensor(Width(rank), .gathered, .activation)]),
            projection("\(name) up-projection", outputs, from: Width(rank), bias: bias),
        ]
    }

    /// The convolution over a few tokens with its activation; its output is kept where the recurrence does not compute it again.
    static func convolution(_ work: ShortConvolution, keepsOutput: Bool) -> Operator {
        var kept: [SavedTensor] = []
        if keepsOutput {
            kept = [SavedTensor(work.channels, .whole, .activation)]
            if work.sharedChannels.elements > 0 { kept.append(SavedTensor(work.sharedChannels, .whole, .activation)) }
        }
        return Operator("short convolution", .convolution(work), .recurrent, saved: kept)
    }

    /// The recurrence, which keeps its output.
    static func recurrence(_ work: Recurrence, keeping more: [SavedTensor] = []) -> Operator {
        let output = SavedTensor(Width(work.heads, of: work.valueWidth, .tensor), .whole, .activation)
        return Operator("recurrence", .recurrence(work), .recurrent, saved: [output] + more)
    }

    /// Gate and norm of the output: `shared` learned numbers that heads share, `own` that are divided over them.
    static func gatedNorm(_ inner: Width, shared: Int = 0, own: Int = 0) -> Operator {
        // Reads output and gate, writes the product.
        var work = Elementwise(kind: .norm, width: inner, tokens: .whole, bytes: 6)
        (work.vectors, work.sharedOut) = (shared, own)
        return Operator("gated norm", .elementwise(work), .recurrent)
    }

    /// The projection out, which keeps its input.
    static func output(_ inner: Width, hidden: Int, hasBias: Bool = false) -> Operator {
        var product = DenseProduct(Width(hidden), from: inner)
        product.outputBias = hasBias ? hidden : 0
        (product.castInputs, product.castGradients) = (inner, Width(hidden))
        return Operator(
            "output projection", .product(product), .recurrent, saved: [SavedTensor(inner, .whole, .linearInput)], joins: [.mixerOutput])
    }
}
