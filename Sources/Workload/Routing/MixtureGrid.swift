/// The mixtures of a model as routing sees them: so many layers of so many experts each.
public struct MixtureGrid: Hashable, Sendable {
    /// The model's name, for messages.
    public let model: String
    /// Places of the layers with a mixture among all layers, counted from 0.
    public let layers: [Int]
    /// Layers of the model in all.
    public let modelLayers: Int
    /// Routed experts of a mixture, E.
    public let experts: Int
    /// Routed experts that a token visits, k.
    public let perToken: Int

    /// The mixtures of a model; throws where it has none, or some of different sizes.
    public init(_ model: TransformerModel) throws(RoutingProblem) {
        let classes = model.layerClasses
        var sizes: Set<[Int]> = []
        var layers: [Int] = []
        for (layer, place) in classes.ofLayer.enumerated() {
            guard let mixture = classes.classes[place].mixture else { continue }
            layers.append(layer)
            sizes.insert([mixture.count, mixture.perToken])
        }
        guard let size = sizes.first else { throw .noMixture(model: model.name) }
        guard sizes.count == 1 else { throw .severalSizes(model: model.name, sizes.map { $0[0] }.sorted()) }
        self.init(model: model.name, layers: layers, modelLayers: classes.ofLayer.count, experts: size[0], perToken: size[1])
    }

    /// A grid by its sizes.
    public init(model: String, layers: [Int], modelLayers: Int, experts: Int, perToken: Int) {
        (self.model, self.layers, self.modelLayers, self.experts, self.perToken) = (model, layers, modelLayers, experts, perToken)
    }

    /// Its sizes in words, such as `deepseek-v3 has 58 mixture layers (of 61) of 256 experts`.
    public var words: String {
        let of = layers.count == modelLayers ? "" : " (of \(modelLayers))"
        return "\(model) has \(layers.count) mixture layer\(layers.count == 1 ? "" : "s")\(of) of \(experts) experts"
    }
}

/// Why routing means nothing for a model.
public enum RoutingProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The model has no mixture of experts.
    case noMixture(model: String)
    /// Its mixtures have different numbers of experts, and routing is stated for one number.
    case severalSizes(model: String, [Int])
    /// A synthetic routing that is not understood.
    case unknownSynthetic(String)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .noMixture(let model): "\(model) has no experts, so routing means nothing; leave it out"
        case .severalSizes(let model, let sizes):
            "\(model) has mixtures of \(sizes.map(String.init).joined(separator: " and ")) experts, and routing is stated for one size; "
                + "state the busiest rank's load with --expert-imbalance"
        case .unknownSynthetic(let text):
            "'\(text)' is no routing; expected balanced, zipf:S with S from 0 to 10 such as zipf:1.1, or a file of counts"
        }
    }
}
