/// A part of layers whose weights other layers use again (Zamba's shared attention): counted once in the model, and held once by every pipeline
/// stage that uses them.
public struct SharedWeights: Hashable, Sendable {
    /// The blocks whose weights are shared, as the layer has them that owns them.
    public let part: LayerPart
    /// How many parts of a layer of each class have such weights of their own.
    let owned: [Int]
    /// How many parts of a layer of each class use those of another.
    let reused: [Int]
    /// Sets of such weights in the model.
    let sets: Int

    /// Copies that a stage holds beside the weights of its layers, where it has `layers(c)` of class c.
    ///
    /// A layer does not say whose weights it uses where several earlier ones have such; they are taken to come in turn, as in Zamba2.
    public func copies(layers: (Int) -> Double) -> Double {
        var (own, users) = (0.0, 0.0)
        for place in owned.indices where owned[place] + reused[place] > 0 {
            own += layers(place) * Double(owned[place])
            users += layers(place) * Double(reused[place])
        }
        return max(0, min(Double(sets), own + users) - own)
    }

    /// The shared weights of a model whose layers are of some classes, so many of each.
    static func all(_ classes: [LayerClass], _ counts: [Int]) -> [SharedWeights] {
        var found: [SharedWeights] = []
        for part in classes.lazy.flatMap(\.parts) where part.blocks.contains(where: \.reusesWeights) {
            let shared = LayerPart(part.name, part.reusedBlocks, norms: part.norms)
            guard !found.contains(where: { $0.part.blocks == shared.blocks && $0.part.norms == shared.norms }) else { continue }
            let owned = classes.map { $0.parts.count { $0.owns(shared) } }
            found.append(
                SharedWeights(
                    part: shared, owned: owned, reused: classes.map { $0.parts.count { $0.reuses(shared) } },
                    sets: max(1, zip(owned, counts).reduce(0) { $0 + $1.0 * $1.1 })))
        }
        return found
    }
}

extension LayerPart {
    /// Its blocks that use the weights of an earlier layer, as that one has them.
    fileprivate var reusedBlocks: [AnyBlock] { blocks.filter(\.reusesWeights).map { AnyBlock($0.shape) } }

    fileprivate func reuses(_ shared: LayerPart) -> Bool { norms == shared.norms && reusedBlocks == shared.blocks }

    fileprivate func owns(_ shared: LayerPart) -> Bool {
        norms == shared.norms && reusedBlocks.isEmpty && shared.blocks.allSatisfy { blocks.contains($0) }
    }
}

extension TransformerModel {
    /// The parameters of one copy of shared weights.
    public func parameters(of shared: SharedWeights) -> LayerParameters { parameters(of: LayerClass([shared.part])) }
}
