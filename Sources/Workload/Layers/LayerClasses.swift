/// The classes of layers that a model has, any number of them, and which layer is of which.
///
/// Everything that counts or prices layers is a flat array with a place a class, in the order of `classes`.
public struct LayerClasses: Hashable, Sendable {
    /// The distinct classes, in the order in which they first appear; that of the prediction blocks last where no layer has it.
    public let classes: [LayerClass]
    /// The class of each layer, by its place in `classes`.
    public let ofLayer: [Int]
    /// The class of the multi-token-prediction blocks, by its place.
    public let prediction: Int
    /// Layers of each class, without prediction blocks; their sum is the model's layers.
    public let counts: [Int]

    /// Weights that layers use again which an earlier layer has.
    public let shared: [SharedWeights]

    /// How many classes there are.
    public var count: Int { classes.count }

    /// The classes of layers that are given by keys; equal keys are equal layers, and `make` is asked once for each.
    init<Key: Hashable>(_ layers: [Key], prediction: Key?, make: (Key) -> LayerClass) {
        var classes: [LayerClass] = []
        var places: [Key: Int] = [:]
        var counts: [Int] = []
        func place(_ key: Key) -> Int {
            if let known = places[key] { return known }
            places[key] = classes.count
            classes.append(make(key))
            counts.append(0)
            return classes.count - 1
        }
        ofLayer = layers.map(place)
        for index in ofLayer { counts[index] += 1 }
        self.prediction = prediction.map(place) ?? ofLayer.last ?? 0
        self.classes = classes
        self.counts = counts
        shared = SharedWeights.all(classes, counts)
    }

    /// Layers whose class is as asked.
    public func layers(where isMeant: (LayerClass) -> Bool) -> Int {
        zip(classes, counts).reduce(0) { $0 + (isMeant($1.0) ? $1.1 : 0) }
    }
}

extension TransformerModel {
    /// The classes of its layers: found from all of them, so ask once and pass it on.
    public var layerClasses: LayerClasses {
        if let stack { return stack.classes }
        guard let attention else { return LayerClasses([Int](), prediction: nil) { _ in LayerClass([]) } }
        // The attention's half of the norms is the larger where their number is odd.
        let before = (normsPerLayer + 1) / 2
        let layers = (0..<max(0, layers)).map { layer in
            ShortFormLayer(
                isMixture: experts.map { $0.isMixtureLayer(layer) } ?? false,
                isWindowed: attention.window.map { $0.isWindowedLayer(layer) } ?? false)
        }
        return LayerClasses(layers, prediction: nil) { layer in
            var mixer = attention
            if layer.isWindowed { mixer.window?.globalEvery = 0 } else { mixer.window = nil }
            let first = LayerPart(Attention.kind, mixer, norms: before)
            guard layer.isMixture, var mixture = experts else {
                return LayerClass([first, LayerPart(FeedForward.kind, feedForward, norms: normsPerLayer - before)])
            }
            mixture.isGated = mixture.isGated ?? feedForward.isGated
            mixture.firstDenseLayers = 0
            mixture.everyLayers = 1
            return LayerClass([first, LayerPart(Experts.kind, mixture, norms: normsPerLayer - before)])
        }
    }

    /// The class of layer `index`, counted from 0.
    public func layerClass(at index: Int) -> LayerClass {
        let classes = layerClasses
        return classes.classes[classes.ofLayer[index]]
    }

    /// Layers with a mixture of experts.
    public var mixtureLayers: Int { layerClasses.layers(where: \.isMixture) }

    /// Layers with an attention that sees the whole sequence.
    public var globalLayers: Int {
        layerClasses.layers { $0.blocks.contains { ($0.shape as? Attention)?.sight == .whole } }
    }
}

/// What sets the layers of a model of the short form apart.
private struct ShortFormLayer: Hashable {
    let isMixture: Bool
    let isWindowed: Bool
}

extension Experts {
    /// Whether layer `index`, counted from 0, is a mixture: after the leading dense layers, the last of each group of `everyLayers`.
    public func isMixtureLayer(_ index: Int) -> Bool {
        index >= firstDenseLayers && (index - firstDenseLayers) % everyLayers == everyLayers - 1
    }
}
