/// The layers of a model written block by block: named blocks, and the pattern in which they follow each other.
public struct LayerStack: Hashable, Sendable {
    /// The blocks by name, in the order of the file.
    public var blocks: [NamedBlock]
    /// The layers, as names of blocks with repeats.
    public var pattern: [Pattern]
    /// The blocks of a multi-token-prediction layer; nil where it is as the last layer.
    public var predictionPattern: Pattern?

    /// Layers of some blocks in some pattern.
    public init(blocks: [NamedBlock], pattern: [Pattern], predictionPattern: Pattern? = nil) {
        self.blocks = blocks
        self.pattern = pattern
        self.predictionPattern = predictionPattern
    }

    /// A block under the name that the pattern has for it.
    public struct NamedBlock: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The block.
        public var block: AnyBlock
        /// Normalisations of hidden width around it.
        public var norms: Int

        /// A named block with a norm before it.
        public init(_ name: String, _ shape: any BlockShape, norms: Int = 1, reusesWeights: Bool = false) {
            self.name = name
            block = AnyBlock(shape, reusesWeights: reusesWeights)
            self.norms = norms
        }
    }

    /// A piece of the pattern.
    public indirect enum Pattern: Hashable, Sendable {
        /// One layer of parts that follow each other, each of blocks side by side.
        case layer([[String]])
        /// Layers that come several times.
        case repeated(Int, [Pattern])
    }

    /// The layers by class; names that are no block's have no part in them.
    var classes: LayerClasses {
        LayerClasses(Self.flattened(pattern), prediction: predictionPattern.flatMap { Self.flattened([$0]).first }, make: layer)
    }

    /// The layers one by one, each of parts that follow each other, each of names of blocks side by side.
    var layers: [[[String]]] { Self.flattened(pattern) }

    /// Layers in all.
    public var count: Int { Self.count(pattern) }

    private static func count(_ pattern: [Pattern]) -> Int {
        pattern.reduce(0) { sum, piece in
            switch piece {
            case .layer: sum + 1
            case .repeated(let times, let inner):
                // Far beyond any real model a count stops to grow, so that none overflows.
                min(ModelLimits.layers.upperBound + 1, sum + min(times, ModelLimits.layers.upperBound + 1) * count(inner))
            }
        }
    }

    private static func flattened(_ pattern: [Pattern]) -> [[[String]]] {
        pattern.flatMap { piece -> [[[String]]] in
            switch piece {
            case .layer(let parts): return [parts]
            case .repeated(let times, let inner):
                let once = flattened(inner)
                return (0..<times).flatMap { _ in once }
            }
        }
    }

    private func layer(_ parts: [[String]]) -> LayerClass {
        LayerClass(
            parts.map { names in
                let found = names.compactMap { name in blocks.first { $0.name == name } }
                return LayerPart(names.joined(separator: " + "), found.map(\.block), norms: found.reduce(0) { max($0, $1.norms) })
            })
    }

    /// The pattern of layers that are given one by one, with whatever repeats written once: the shortest run that the rest repeats is folded.
    public static func folded(_ layers: [[[String]]]) -> [Pattern] {
        // Numbers compare faster than names.
        var known: [[[String]]: Int] = [:]
        var distinct: [[[String]]] = []
        let numbers = layers.map { layer in
            if let number = known[layer] { return number }
            known[layer] = distinct.count
            distinct.append(layer)
            return distinct.count - 1
        }
        return folded(numbers[...], distinct)
    }

    private static func folded(_ layers: ArraySlice<Int>, _ distinct: [[[String]]]) -> [Pattern] {
        var pieces: [Pattern] = []
        var start = layers.startIndex
        while start < layers.endIndex {
            let rest = layers.endIndex - start
            // The period whose repeats cover the most layers from here; single layers where nothing repeats. Longer ones than any model has are
            // not tried, nor any once all is covered.
            var best = (period: 1, times: 1)
            for period in 1...max(1, min(rest / 2, longestPeriod)) where best.times * best.period < rest {
                var times = 1
                while (times + 1) * period <= rest,
                    layers[(start + times * period)..<(start + (times + 1) * period)].elementsEqual(layers[start..<(start + period)])
                { times += 1 }
                if times > 1, times * period > best.times * best.period { best = (period, times) }
            }
            let once = layers[start..<(start + best.period)]
            let inner = best.period > 1 && best.times > 1 ? folded(once, distinct) : once.map { Pattern.layer(distinct[$0]) }
            pieces += best.times > 1 ? [.repeated(best.times, inner)] : inner
            start += best.times * best.period
        }
        return pieces
    }

    private static let longestPeriod = 1024
}
