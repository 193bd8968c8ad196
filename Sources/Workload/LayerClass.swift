/// A class of layers that cost the same: a model has at most four (dense or mixture, windowed or global).
public struct LayerClass: Hashable, Sendable {
    /// Whether the feed-forward part is a mixture of experts.
    public var isMixture: Bool
    /// Whether attention sees a sliding window only.
    public var isWindowed: Bool

    /// A class by its two properties.
    public init(isMixture: Bool, isWindowed: Bool) {
        self.isMixture = isMixture
        self.isWindowed = isWindowed
    }

    /// Every class in a fixed order; `index` is the position here.
    public static let all = [
        LayerClass(isMixture: false, isWindowed: false), LayerClass(isMixture: false, isWindowed: true),
        LayerClass(isMixture: true, isWindowed: false), LayerClass(isMixture: true, isWindowed: true),
    ]

    /// The position in `all`, so that tables can be flat arrays.
    public var index: Int { (isMixture ? 2 : 0) + (isWindowed ? 1 : 0) }
}

extension TransformerModel {
    /// The class of layer `index`, counted from 0.
    public func layerClass(at index: Int) -> LayerClass {
        let isMixture = experts.map { $0.isMixtureLayer(index) } ?? false
        let isWindowed = attention.window.map { $0.isWindowedLayer(index) } ?? false
        return LayerClass(isMixture: isMixture, isWindowed: isWindowed)
    }

    /// Layers of each class, by `LayerClass.index`; their sum is `layers`.
    public var layersPerClass: [Int] {
        var counts = [Int](repeating: 0, count: LayerClass.all.count)
        for index in 0..<layers { counts[layerClass(at: index).index] += 1 }
        return counts
    }

    /// The class of the multi-token-prediction blocks: that of the last layer.
    public var predictionBlockClass: LayerClass { layerClass(at: layers - 1) }
}

extension Experts {
    /// Whether layer `index`, counted from 0, is a mixture: after the leading dense layers, the last of each group of `everyLayers`.
    public func isMixtureLayer(_ index: Int) -> Bool {
        index >= firstDenseLayers && (index - firstDenseLayers) % everyLayers == everyLayers - 1
    }
}
