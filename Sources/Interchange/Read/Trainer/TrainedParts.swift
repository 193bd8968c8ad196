public import Workload

/// The parts of a model that are trained, as frameworks name them that freeze everything else.
public struct TrainedParts: Hashable, Sendable {
    /// Layers of a model.
    public enum Layers: Hashable, Sendable {
        /// So many of the last.
        case last(Int)
        /// These, counted from 0.
        case these(Set<Int>)
        /// All.
        case all
    }

    /// The layers.
    public var layers: Layers
    /// Whether the embedding is trained.
    public var embedding = false
    /// Whether the head is trained.
    public var head = false

    init(_ layers: Layers) { self.layers = layers }

    /// Axolotl's expressions on names of parameters; nil where one is of another form.
    init?(expressions: [String]) {
        layers = .these([])
        for expression in expressions {
            let plain = expression.replacing("^", with: "").replacing("\\.", with: ".").replacing("$", with: "")
            if plain.hasPrefix("model.embed_tokens"), !plain.contains("[") {
                embedding = true
            } else if plain.hasPrefix("lm_head"), !plain.contains("[") {
                head = true
            } else if plain == "model.norm" || plain == "model.norm.weight" {
                continue
            } else if ["model.layers", "model.layers.", "model.layers.[0-9]+", "model.layers.[0-9]+."].contains(plain) {
                layers = .all
            } else if let match = plain.wholeMatch(of: /model\.layers\.\(?([0-9|]+)\)?\.?/) {
                guard case .these(let others) = layers else { continue }
                layers = .these(others.union(match.1.split(separator: "|").compactMap { Int($0) }))
            } else {
                return nil
            }
        }
    }

    /// The method that trains these of a model and nothing else.
    public func method(for model: TransformerModel) -> TrainingMethod {
        let trained: Set<Int> =
            switch layers {
            case .last(let count): Set((0..<model.layers).suffix(count))
            case .these(let some): some
            case .all: Set(0..<model.layers)
            }
        var method = TrainingMethod(.frozen)
        (method.frozen.embedding, method.frozen.head) = (!embedding, !head)
        method.frozen.layers = FrozenParts.layers(beside: trained, of: model.layers)
        return method.frozen.isEmpty ? TrainingMethod(.full) : method
    }
}
