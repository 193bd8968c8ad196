/// Weights of the blocks of a layer: matrices that tokens are multiplied by, and the vectors beside them.
///
/// Counts are exact and assume the ranges that `TransformerModel.validate()` checks, within which no product overflows.
extension Attention {
    /// Matrix weights that are split over heads, hence over tensor-parallel ranks.
    ///
    /// Ordinary: h·a·d + 2·h·g·d + a·d·h. Latent (arXiv:2405.04434, eq. 9–19): the up-projections and the output.
    public func headWeights(hidden: Int) -> Int {
        guard let latent else { return 2 * hidden * headDimension * (heads + keyValueHeads) }
        let query = (latent.queryRank ?? hidden) * heads * queryKeyWidth
        let keyValue = latent.keyValueRank * heads * (latent.nopeDimension + latent.valueDimension)
        return query + keyValue + heads * latent.valueDimension * hidden
    }

    /// Matrix weights of latent attention's down-projections, with the shared rotated key; every tensor-parallel rank holds them.
    public func latentDownWeights(hidden: Int) -> Int {
        guard let latent else { return 0 }
        return hidden * ((latent.queryRank ?? 0) + latent.keyValueRank + latent.ropeDimension)
    }

    /// Elements of the vectors that are split over heads: query, key and value biases, and sinks.
    public var headVectors: Int {
        let bias = hasInputBias ? (heads + 2 * keyValueHeads) * headDimension : 0
        return bias + (hasSinks ? heads : 0)
    }

    /// Elements of the vectors every rank holds: the output bias, query and key norms, norms of the latents.
    public func replicatedVectors(hidden: Int) -> Int {
        let bias = hasOutputBias ? hidden : 0
        let latentNorms = latent.map { ($0.queryRank ?? 0) + $0.keyValueRank } ?? 0
        switch queryKeyNorm {
        case .none: return bias + latentNorms
        case .perHead: return bias + latentNorms + 2 * headDimension
        case .full: return bias + latentNorms + (heads + keyValueHeads) * headDimension
        }
    }
}

extension FeedForward {
    /// Matrix weights of the block: 2·h·f, or 3·h·f gated.
    public func weights(hidden: Int) -> Int { matrices * hidden * width }
    /// Elements of the biases on the inner side, which are split with the width.
    public var innerBias: Int { hasBias ? (matrices - 1) * width : 0 }
    /// Elements of the output bias, which every rank holds.
    public func outputBias(hidden: Int) -> Int { hasBias ? hidden : 0 }
}

extension Experts {
    /// Matrices of an expert: routed and shared experts of all known families are gated.
    public static let matrices = 3

    /// Matrix weights of one routed expert.
    public func weights(hidden: Int) -> Int { Self.matrices * hidden * width }
    /// Elements of one routed expert's biases.
    public func biases(hidden: Int) -> Int { hasBias ? (Self.matrices - 1) * width + hidden : 0 }
    /// Matrix weights of the shared experts.
    public func sharedWeights(hidden: Int) -> Int { Self.matrices * hidden * sharedWidth }
    /// Matrix weights of the router, and of the shared expert's scalar gate.
    public func routerWeights(hidden: Int) -> Int { hidden * count + (hasSharedGate ? hidden : 0) }
    /// Elements of the router's trained bias.
    public var routerBias: Int { hasRouterBias ? count : 0 }
}
