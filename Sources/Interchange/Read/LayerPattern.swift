import Workload

/// Which layers of a model are mixtures, as far as a model file can say it: dense layers first, then one mixture in every few layers.
struct LayerPattern: Hashable {
    /// Dense layers in front.
    var firstDense: Int
    /// One mixture in so many layers after those.
    var every: Int

    /// The pattern of a list with 1 for a mixture and 0 for a dense layer; nil where it is no such pattern or has no mixture.
    ///
    /// Where the mixture stands within its group of layers changes neither count nor, but for a layer or two at the ends, time.
    init?(_ layers: [Int]) {
        let mixtures = layers.indices.filter { layers[$0] != 0 }
        guard let first = mixtures.first else { return nil }
        let gaps = Set(zip(mixtures, mixtures.dropFirst()).map { $1 - $0 })
        guard gaps.count <= 1 else { return nil }
        every = gaps.first ?? max(1, layers.count - first)
        firstDense = max(0, first - (every - 1))
        guard (layers.count - firstDense) / every == mixtures.count else { return nil }
    }
}
