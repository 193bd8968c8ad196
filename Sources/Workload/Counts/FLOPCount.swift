public import Quantities

extension TransformerModel {
    /// The arithmetic of a token's forward pass through the whole model at a sequence length.
    ///
    /// Matrix products cost 2 × the weights touched, the attention core 2·keys·a·(d_qk + d_v), the head 2·h·V; norms, activations and
    /// the softmax are left out, as everywhere in the field.
    public func forwardFLOPs(sequenceLength: Int, counting: AttentionCounting = .causal) -> ForwardFLOPs {
        var sum = ForwardFLOPs()
        let classes = layerClasses
        for (layer, count) in zip(classes.classes, classes.counts) {
            sum = sum.adding(forwardFLOPs(of: layer, sequenceLength: sequenceLength, counting: counting), times: count)
        }
        sum.head = headFLOPs
        if predictionBlocks > 0 {
            let block = forwardFLOPs(
                of: classes.classes[classes.prediction], sequenceLength: sequenceLength, counting: counting
            ).layers
            let projection = FLOPs(2 * Double(predictionProjectionWeights))
            sum.predictionBlocks = (block + projection + headFLOPs) * Double(predictionBlocks)
        }
        return sum
    }

    /// The arithmetic of a token's forward pass through one layer of class `layer`, read from its operators; the head's part is zero.
    public func forwardFLOPs(of layer: LayerClass, sequenceLength: Int, counting: AttentionCounting = .causal) -> ForwardFLOPs {
        var flops = ForwardFLOPs()
        for block in blocks(of: layer) {
            for one in block.operators { flops.add(one, sequenceLength: sequenceLength, counting: counting) }
        }
        return flops
    }

    /// The output head's arithmetic for a token, 2·h·V; tied weights are multiplied just the same.
    public var headFLOPs: FLOPs { FLOPs(2 * Double(hidden) * Double(vocabulary)) }
}

extension Operator {
    /// The arithmetic of a token's forward pass, averaged over the tokens of a sequence.
    public func forwardFLOPs(sequenceLength: Int, counting: AttentionCounting) -> FLOPs {
        switch work {
        case .product(let product): FLOPs(2 * Double(product.weights))
        case .experts(let product): FLOPs(2 * Double(product.perToken) * Double(product.weights))
        case .routing(let routing): FLOPs(2 * Double(routing.weights))
        case .attention(let work):
            FLOPs(
                2 * work.sight.meanKeys(sequenceLength: sequenceLength, counting: counting) * Double(work.heads)
                    * Double(work.queryKeyWidth + work.valueWidth))
        case .scoring(let work):
            FLOPs(2 * Sight.whole.meanKeys(sequenceLength: sequenceLength, counting: counting) * Double(work.heads * work.width))
        case .recurrence(let work): FLOPs(work.flops)
        case .sequential(let work): FLOPs(2 * Double(work.weights))
        case .convolution(let work): FLOPs(2 * Double((work.channels.elements + work.sharedChannels.elements) * work.taps))
        case .elementwise, .exchange: FLOPs(0)
        }
    }
}

extension ForwardFLOPs {
    /// Adds those of an operator.
    mutating func add(_ one: Operator, sequenceLength: Int, counting: AttentionCounting) {
        let count = one.forwardFLOPs(sequenceLength: sequenceLength, counting: counting)
        switch one.work {
        case .attention, .scoring: return attentionCore = attentionCore + count
        case .recurrence, .sequential, .convolution: return recurrences = recurrences + count
        default: break
        }
        switch one.group {
        case .attention, .latentDown, .recurrent: attentionProjections = attentionProjections + count
        case .feedForward: feedForward = feedForward + count
        case .routedExperts: routedExperts = routedExperts + count
        case .sharedExperts: sharedExperts = sharedExperts + count
        case .router: router = router + count
        case .vectors: break
        }
    }
}
