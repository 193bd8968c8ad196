/// The parameters of one layer, grouped by how parallelism divides them.
public struct LayerParameters: Hashable, Sendable {
    /// Attention weights and vectors that are split over heads: ÷ t.
    public var attention: Int
    /// Down-projections of latent attention, held by every tensor-parallel rank; 0 for ordinary attention.
    public var latentDown: Int
    /// The dense feed-forward block, without its output bias: ÷ t.
    public var feedForward: Int
    /// All shared experts: ÷ t.
    public var sharedExperts: Int
    /// All routed experts with their biases: ÷ (x·e).
    public var routedExperts: Int
    /// The routed experts that one token visits.
    public var visitedExperts: Int
    /// The router and its bias, held by every rank.
    public var router: Int
    /// Norms and output biases, held by every rank.
    public var vectors: Int
    /// Matrix weights that one token is multiplied by; a forward pass costs twice as many FLOPs, attention core apart.
    public var multipliedPerToken: Int

    /// What tensor parallelism divides.
    public var tensorSharded: Int { attention + feedForward + sharedExperts }
    /// What every tensor-parallel rank holds in full.
    public var replicated: Int { latentDown + router + vectors }
    /// Everything but the routed experts: the part that lives on the dense grid of ranks.
    public var dense: Int { tensorSharded + replicated }
    /// All parameters of the layer.
    public var total: Int { dense + routedExperts }
    /// Parameters that one token meets.
    public var active: Int { dense + visitedExperts }
}

extension TransformerModel {
    /// The parameters of a layer of class `layer`.
    public func parameters(of layer: LayerClass) -> LayerParameters {
        var parameters = LayerParameters(
            attention: attention.headWeights(hidden: hidden) + attention.headVectors,
            latentDown: attention.latentDownWeights(hidden: hidden),
            feedForward: 0, sharedExperts: 0, routedExperts: 0, visitedExperts: 0, router: 0,
            vectors: normsPerLayer * normVector + attention.replicatedVectors(hidden: hidden),
            multipliedPerToken: attention.headWeights(hidden: hidden) + attention.latentDownWeights(hidden: hidden))
        if layer.isMixture, let experts {
            let expert = experts.weights(hidden: hidden) + experts.biases(hidden: hidden)
            parameters.sharedExperts = experts.sharedWeights(hidden: hidden)
            parameters.routedExperts = experts.count * expert
            parameters.visitedExperts = experts.perToken * expert
            parameters.router = experts.routerWeights(hidden: hidden) + experts.routerBias
            parameters.multipliedPerToken +=
                experts.perToken * experts.weights(hidden: hidden) + parameters.sharedExperts + experts.routerWeights(hidden: hidden)
        } else {
            parameters.feedForward = feedForward.weights(hidden: hidden) + feedForward.innerBias
            parameters.vectors += feedForward.outputBias(hidden: hidden)
            parameters.multipliedPerToken += feedForward.weights(hidden: hidden)
        }
        return parameters
    }

    /// Parameters of one normalisation of hidden width.
    var normVector: Int { norm.vectors * hidden }
}
