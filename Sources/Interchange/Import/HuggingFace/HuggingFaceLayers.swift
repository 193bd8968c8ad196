import Workload

/// Layers that are given one by one, as a model: in the short form where that can say them, as named blocks and a pattern otherwise.
struct HuggingFaceLayers {
    let layers: [HuggingFaceLayer]
    let hidden: Int

    /// The model, of which only the layers are set.
    var model: TransformerModel { short ?? long }

    // MARK: Blocks and pattern

    private var long: TransformerModel {
        var blocks: [LayerStack.NamedBlock] = []
        func name(_ piece: HuggingFacePiece) -> String {
            let block = LayerStack.NamedBlock(piece.name, piece.shape, norms: piece.norms, reusesWeights: piece.reusesWeights)
            var candidate = piece.name
            var number = 1
            while let known = blocks.first(where: { $0.name == candidate }) {
                if known.block == block.block, known.norms == block.norms { return candidate }
                number += 1
                candidate = "\(piece.name)-\(number)"
            }
            var named = block
            named.name = candidate
            blocks.append(named)
            return candidate
        }
        let names = layers.map { $0.map { $0.map(name) } }
        return TransformerModel(
            name: "", hidden: hidden, vocabulary: 1, stack: LayerStack(blocks: blocks, pattern: LayerStack.folded(names)))
    }

    // MARK: Short form

    /// One attention, one feed-forward and one mixture in every layer, with windows and mixtures at even steps.
    private var short: TransformerModel? {
        var attention: Attention?
        var window: SlidingWindow?
        var dense: FeedForward?
        var mixture: Experts?
        var norms: (Int, Int)?
        var windowed: [Bool] = []
        var mixtures: [Bool] = []
        for layer in layers {
            guard layer.count == 2, layer[0].count == 1, layer[1].count == 1, let first = layer[0].first, let second = layer[1].first,
                var shape = first.shape as? Attention, !first.reusesWeights, !second.reusesWeights
            else { return nil }
            if let known = norms, known != (first.norms, second.norms) { return nil }
            norms = (first.norms, second.norms)
            windowed.append(shape.window != nil)
            if let own = shape.window {
                guard window == nil || window == own else { return nil }
                window = own
            }
            shape.window = nil
            guard attention == nil || attention == shape else { return nil }
            attention = shape
            switch second.shape {
            case let shape as FeedForward:
                guard dense == nil || dense == shape else { return nil }
                dense = shape
                mixtures.append(false)
            case let shape as Experts:
                guard mixture == nil || mixture == shape else { return nil }
                mixture = shape
                mixtures.append(true)
            default: return nil
            }
        }
        guard var attention, let norms, norms.0 == (norms.0 + norms.1 + 1) / 2 else { return nil }
        if var window {
            guard let every = Self.globalEvery(of: windowed) else { return nil }
            window.globalEvery = every
            attention.window = window
        }
        if let shape = mixture {
            guard shape.isGated ?? true == dense?.isGated ?? true, let (firstDense, every) = Self.placement(of: mixtures) else {
                return nil
            }
            var placed = shape
            placed.isGated = nil
            (placed.firstDenseLayers, placed.everyLayers) = (firstDense, every)
            mixture = placed
        }
        return TransformerModel(
            name: "", layers: layers.count, hidden: hidden, vocabulary: 1, attention: attention,
            feedForward: dense ?? FeedForward(width: 0, isGated: true), experts: mixture, normsPerLayer: norms.0 + norms.1)
    }

    /// The step at which global layers come that gives this pattern, 0 where there are none, nil where no step does.
    static func globalEvery(of windowed: [Bool]) -> Int? {
        guard let first = windowed.firstIndex(of: false) else { return 0 }
        let window = SlidingWindow(size: 1, globalEvery: first + 1)
        return windowed.indices.allSatisfy { window.isWindowedLayer($0) == windowed[$0] } ? first + 1 : nil
    }

    /// The leading dense layers and the step that give this pattern, if any do.
    static func placement(of mixtures: [Bool]) -> (firstDense: Int, every: Int)? {
        let indices = mixtures.indices.filter { mixtures[$0] }
        guard let first = indices.first else { return nil }
        let every = indices.count > 1 ? indices[1] - first : first + 1
        guard first - every + 1 >= 0 else { return nil }
        let experts = Experts(count: 1, perToken: 1, width: 1, firstDenseLayers: first - every + 1, everyLayers: every)
        return mixtures.indices.allSatisfy { experts.isMixtureLayer($0) == mixtures[$0] } ? (experts.firstDenseLayers, every) : nil
    }
}
