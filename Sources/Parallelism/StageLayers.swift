/// Which layers each virtual stage holds: the outcome of a `LayerLayout` for given pipeline sizes.
public struct StageLayers: Hashable, Sendable {
    /// Layers of each virtual stage, by global stage index.
    public let counts: [Int]

    /// Deals `layers` to p · v stages, or nil where the layout does not fit the numbers.
    ///
    /// - Even: ⌊L/(p·v)⌋ each, a remainder one each to the stages in the middle, since the end stages also hold embedding and head.
    /// - Embedding-aware: embedding and loss count as one layer each, so (L + 2) must divide; with one stage it is the even layout.
    /// - Explicit: as given, and the numbers must add up to L.
    public init?(layers: Int, pipeline: Int, virtualStages: Int, layout: LayerLayout) {
        let stages = pipeline * virtualStages
        guard stages >= 1, layers >= 0 else { return nil }
        switch layout {
        case .even:
            guard layers >= stages else { return nil }
            let base = layers / stages
            let remainder = layers % stages
            var counts = [Int](repeating: base, count: stages)
            let start = (stages - remainder) / 2
            for stage in start..<(start + remainder) { counts[stage] += 1 }
            self.counts = counts
        case .embeddingAware:
            guard stages > 1, (layers + 2) % stages == 0, (layers + 2) / stages >= 2 else { return nil }
            var counts = [Int](repeating: (layers + 2) / stages, count: stages)
            counts[0] -= 1
            counts[stages - 1] -= 1
            self.counts = counts
        case .explicit(let given):
            guard given.count == stages, given.allSatisfy({ $0 >= 0 }), given.reduce(0, +) == layers else { return nil }
            self.counts = given
        }
    }

    /// The first layer of each stage, by global stage index.
    public var firstLayers: [Int] {
        var first = 0
        return counts.map { count in
            defer { first += count }
            return first
        }
    }
}
