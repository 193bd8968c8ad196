import Parallelism

/// What stated ways of hiding exchanges leave of them in a layer's price.
extension LayerCostModel {
    /// Layers behind each other in which lanes are run: what starts and ends a pass counts little.
    private static let chained = 8

    /// Makes of a layer's exchanges what the lanes show of them.
    ///
    /// A stack's share of collectives that shows was fitted on runs of its own way of hiding them. Any other way shows as much more or less as the lanes
    /// say of both, so that the stack's own way, stated or not, takes what was fitted.
    /// Where another micro-batch's compute runs beside an exchange of tokens, nothing else hides that.
    func hideExchanges(of cost: inout LayerCost, _ layerClass: Int, _ shape: LayerShape, overlapsExperts: Bool) {
        if technique != fittedTechnique, shape.tensor > 1 {
            cost.forward.tensorCommunication *= tensorShare(layerClass, shape, .forward)
            cost.backward.tensorCommunication *= tensorShare(layerClass, shape, .backward)
        }
        if !overlapsExperts, let expert = inputs.choices.expertOverlap, expert != .none, cost.forward.expertCommunication > 0 {
            cost.forward.expertCommunication *= expertShare(expert, layerClass, shape, .forward)
            cost.backward.expertCommunication *= expertShare(expert, layerClass, shape, .backward)
        }
    }

    /// What shows of a pass's collectives over what shows of them in the stack's own way.
    private func tensorShare(_ layerClass: Int, _ shape: LayerShape, _ pass: OverlapPass) -> Double {
        let blocks = overlapBlocks(layerClass, shape, pass, pieces: shape.tensor)
        let compute = Double(Self.chained) * blocks.reduce(0) { $0 + $1.compute }
        let stack = Array(repeatElement(blocks, count: Self.chained).joined())
        func shown(_ technique: OverlapTechnique) -> Double {
            max(0, technique.lanes(stack, pieces: shape.tensor).makespan(technique.contention) - compute)
        }
        let fitted = shown(fittedTechnique)
        return fitted > 0 ? shown(technique) / fitted : 1
    }

    /// What shows of a pass's exchange of tokens, as a share of it.
    private func expertShare(_ technique: ExpertOverlap, _ layerClass: Int, _ shape: LayerShape, _ pass: OverlapPass) -> Double {
        guard let layer = expertOverlapLayer(layerClass, shape, pass), layer.there + layer.back > 0 else { return 1 }
        let compute = layer.prepare + layer.experts + layer.shared
        let seconds = technique.chain(layer, Self.chained, isBackward: pass == .backward).makespan(technique.contention)
        return max(0, seconds / Double(Self.chained) - compute) / (layer.there + layer.back)
    }
}
