public import Quantities

extension TransformerModel {
    /// The arithmetic of a token's forward and backward pass under a training method, nothing recomputed.
    ///
    /// Three times the forward pass where everything is trained. A frozen matrix has no weight gradient, which leaves two thirds; a layer before
    /// everything trained has no backward pass; two perturbed passes are twice the forward pass; an adapter of p parameters adds 6·p (Hu et al., arXiv:2106.09685, §4.2);
    /// a teacher adds its forward pass.
    public func trainingFLOPs(sequenceLength: Int, method: TrainingMethod, counting: AttentionCounting = .causal) -> FLOPs {
        let forward = forwardFLOPs(sequenceLength: sequenceLength, counting: counting)
        guard !method.trainsEverything else {
            let teacher = method.teacher?.forwardFLOPs(sequenceLength: sequenceLength, counting: counting).total.count ?? 0
            return FLOPs(forward.training.count + teacher)
        }
        guard method.hasGradients else { return FLOPs(2 * (forward.total.count + forward.predictionBlocks.count)) }
        let classes = layerClasses.trained(by: method)
        var sum = headFLOPs.count * (method.trainsHead ? 3 : 2)
        for (layer, count) in zip(classes.classes, classes.counts) {
            var own = 0.0
            for one in blocks(of: layer).flatMap(\.operators) {
                let flops = one.forwardFLOPs(sequenceLength: sequenceLength, counting: counting).count
                let training = method.training(of: one, in: layer.training)
                let hasWeights =
                    switch one.work {
                    case .product, .experts, .routing: true
                    default: false
                    }
                own += layer.training == .still ? flops : flops * (hasWeights && training != .trained ? 2 : 3)
                guard case .adapted(let pairs) = training, let rank = method.adapters?.rank else { continue }
                var visits = 1
                if case .experts(let product) = one.work { visits = product.perToken }
                own += 6 * Double(visits * pairs.reduce(0) { $0 + $1.parameters(rank: rank) })
            }
            sum += Double(count) * own
        }
        return FLOPs(sum + 3 * forward.predictionBlocks.count)
    }

    /// Parameters that a method trains.
    public func trainedParameters(_ method: TrainingMethod) -> Int {
        guard !method.trainsEverything, method.hasGradients else { return parameters.total }
        let classes = layerClasses.trained(by: method)
        let matrix = vocabulary * hidden
        var sum = (method.trainsEmbedding ? matrix : 0) + (method.trainsHead && !(hasTiedEmbeddings && method.trainsEmbedding) ? matrix : 0)
        for (layer, count) in zip(classes.classes, classes.counts) {
            for one in blocks(of: layer).flatMap(\.operators) {
                switch method.training(of: one, in: layer.training) {
                case .frozen: continue
                case .trained:
                    var own = LayerParameters()
                    own.add(one)
                    sum += count * own.total
                case .adapted(let pairs):
                    var copies = 1
                    if case .experts(let product) = one.work { copies = product.experts }
                    sum += count * copies * pairs.reduce(0) { $0 + $1.parameters(rank: method.adapters?.rank ?? 0) }
                }
            }
        }
        return sum
    }
}
