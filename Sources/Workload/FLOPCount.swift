public import Quantities

extension TransformerModel {
    /// The arithmetic of a token's forward pass through the whole model at a sequence length.
    ///
    /// Matrix products cost 2 × the weights touched, the attention core 2·keys·a·(d_qk + d_v), the head 2·h·V; norms, activations and
    /// the softmax are left out, as everywhere in the field.
    public func forwardFLOPs(sequenceLength: Int, counting: AttentionCounting = .causal) -> ForwardFLOPs {
        var sum = ForwardFLOPs()
        for (layer, count) in zip(LayerClass.all, layersPerClass) where count > 0 {
            sum = sum.adding(forwardFLOPs(of: layer, sequenceLength: sequenceLength, counting: counting), times: count)
        }
        sum.head = headFLOPs
        if predictionBlocks > 0 {
            let block = forwardFLOPs(of: predictionBlockClass, sequenceLength: sequenceLength, counting: counting).layers
            let projection = FLOPs(2 * Double(predictionProjectionWeights))
            sum.predictionBlocks = (block + projection + headFLOPs) * Double(predictionBlocks)
        }
        return sum
    }

    /// The arithmetic of a token's forward pass through one layer of class `layer`; the head's part is zero.
    public func forwardFLOPs(of layer: LayerClass, sequenceLength: Int, counting: AttentionCounting = .causal) -> ForwardFLOPs {
        var flops = ForwardFLOPs()
        let projections = attention.headWeights(hidden: hidden) + attention.latentDownWeights(hidden: hidden)
        flops.attentionProjections = FLOPs(2 * Double(projections))
        let keys = attention.meanKeys(sequenceLength: sequenceLength, isWindowed: layer.isWindowed, counting: counting)
        flops.attentionCore = FLOPs(2 * keys * Double(attention.heads) * Double(attention.queryKeyWidth + attention.valueWidth))
        if layer.isMixture, let experts {
            flops.routedExperts = FLOPs(2 * Double(experts.perToken) * Double(experts.weights(hidden: hidden)))
            flops.sharedExperts = FLOPs(2 * Double(experts.sharedWeights(hidden: hidden)))
            flops.router = FLOPs(2 * Double(experts.routerWeights(hidden: hidden)))
        } else {
            flops.feedForward = FLOPs(2 * Double(feedForward.weights(hidden: hidden)))
        }
        return flops
    }

    /// The output head's arithmetic for a token, 2·h·V; tied weights are multiplied just the same.
    public var headFLOPs: FLOPs { FLOPs(2 * Double(hidden) * Double(vocabulary)) }
}

extension Attention {
    /// Keys that a query of a sequence is multiplied with, on average.
    ///
    /// Causal: s/2 on a global layer, w − w²/(2s) under a window of w < s tokens, and the mean of each chunk's half where the sequence is
    /// cut. Full: s, or at most the window.
    public func meanKeys(sequenceLength: Int, isWindowed: Bool, counting: AttentionCounting) -> Double {
        let length = Double(sequenceLength)
        guard isWindowed, let window, window.size < sequenceLength else { return counting == .causal ? length / 2 : length }
        let size = Double(window.size)
        switch (counting, window.isChunked) {
        case (.full, _): return size
        case (.causal, false): return size - size * size / (2 * length)
        case (.causal, true):
            let rest = Double(sequenceLength % window.size)
            return ((length - rest) * size + rest * rest) / (2 * length)
        }
    }
}
