import Documents

extension RoutingDocument {
    /// Counts (layers, experts), those of several steps in time (steps, layers, experts), pairs (layers − 1, experts, experts), or the expert of
    /// every token in each layer (tokens, layers).
    func record(_ array: NumPyArray) throws(DocumentError) -> RoutingRecord {
        let (layers, all, experts) = (grid.layers.count, grid.modelLayers, grid.experts)
        let shape = array.shape
        func isLayers(_ size: Int) -> Bool { size == layers || size == all }
        let forms: [(name: String, fits: Bool)] = [
            ("counts", shape.count == 2 && isLayers(shape[0]) && shape[1] == experts),
            ("tokens", shape.count == 2 && shape[1] == layers && array.isWhole && shape[0] > 0),
            ("steps", shape.count == 3 && shape[0] > 0 && isLayers(shape[1]) && shape[2] == experts),
            ("pairs", shape.count == 3 && shape[0] == layers - 1 && shape[1] == experts && shape[2] == experts),
        ]
        let fitting = forms.filter(\.fits).map(\.name)
        guard let form = fitting.first else {
            throw problem(
                "the array's shape is \(Self.words(shape)), and \(grid.words)",
                "expected (\(layers), \(experts)) counts, (steps, \(layers), \(experts)) of them, (\(max(0, layers - 1)), \(experts), \(experts)) "
                    + "pairs, or (tokens, \(layers)) experts of tokens as whole numbers")
        }
        guard fitting.count == 1 else {
            throw problem(
                "the array's shape \(Self.words(shape)) may be \(fitting.joined(separator: " or "))", "say which as CSV with named columns")
        }
        let whole = SourceLocation(file: file)
        switch form {
        case "counts":
            return try record(counts: (0..<array.count).map(array.value), rows: shape[0]) { _, _ in whole }
        case "steps":
            var counts = [Double](repeating: 0, count: shape[1] * experts)
            for index in 0..<array.count { counts[index % counts.count] += array.value(at: index) }
            return try record(counts: counts, rows: shape[1], notes: ["\(shape[0]) recorded steps are added up"]) { _, _ in whole }
        case "pairs":
            return try record(pairs: (0..<array.count).map(array.value), steps: shape[0]) { _ in whole }
        default:
            return try record(tokens: array)
        }
    }

    /// The expert that each token visits first in every layer, as ExFlow's traces have it.
    private func record(tokens array: NumPyArray) throws(DocumentError) -> RoutingRecord {
        let (layers, experts) = (grid.layers.count, grid.experts)
        var counts = [Double](repeating: 0, count: layers * experts)
        var pairs = [Double](repeating: 0, count: (layers - 1) * experts * experts)
        for token in 0..<array.shape[0] {
            var before = 0
            for layer in 0..<layers {
                let value = array.value(at: token * layers + layer)
                guard value >= 0, value < Double(experts) else {
                    throw problem(
                        "token \(token) visits expert \(value) in layer \(layer), and \(grid.words)", "experts are 0 to \(experts - 1)")
                }
                let expert = Int(value)
                counts[layer * experts + expert] += 1
                if layer > 0 { pairs[((layer - 1) * experts + before) * experts + expert] += 1 }
                before = expert
            }
        }
        let affinity = layers > 1 ? ExpertAffinity(experts: experts, counts: pairs) : nil
        return try record(counts: counts, rows: layers, affinity: affinity, perToken: 1) { _, _ in SourceLocation(file: file) }
    }

    private static func words(_ shape: [Int]) -> String { "(\(shape.map(String.init).joined(separator: ", ")))" }
}
