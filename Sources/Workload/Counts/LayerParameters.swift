/// The parameters of one layer, grouped by how parallelism divides them.
public struct LayerParameters: Hashable, Sendable {
    /// Attention weights and vectors that are split over heads: ÷ t.
    public var attention = 0
    /// Recurrent mixers, what is split over their heads: ÷ t.
    public var recurrent = 0
    /// Down-projections of latent attention and of latent experts, held by every tensor-parallel rank.
    public var latentDown = 0
    /// The dense feed-forward block, without its output bias: ÷ t.
    public var feedForward = 0
    /// All shared experts: ÷ t.
    public var sharedExperts = 0
    /// All routed experts with their biases: ÷ (x·e).
    public var routedExperts = 0
    /// The routed experts that one token visits.
    public var visitedExperts = 0
    /// The router and its bias, held by every rank.
    public var router = 0
    /// Norms and output biases, held by every rank.
    public var vectors = 0
    /// Matrix weights that one token is multiplied by; a forward pass costs twice as many FLOPs, attention core apart.
    public var multipliedPerToken = 0

    /// No parameters yet.
    public init() {}

    /// What tensor parallelism divides.
    public var tensorSharded: Int { attention + recurrent + feedForward + sharedExperts }
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
    /// The parameters of a layer of class `layer`, read from its operators.
    public func parameters(of layer: LayerClass) -> LayerParameters {
        var parameters = LayerParameters()
        for block in blocks(of: layer) { for one in block.operators { parameters.add(one) } }
        return parameters
    }

    /// Parameters of one normalisation of hidden width.
    var normVector: Int { norm.vectors * hidden }
}

extension LayerParameters {
    /// Adds those of an operator. Counts are exact, and assume the ranges that `TransformerModel.validate()` checks, within which no product
    /// overflows.
    public mutating func add(_ one: Operator) {
        guard one.ownsWeights else {
            var shared = one
            shared.ownsWeights = true
            var elsewhere = LayerParameters()
            elsewhere.add(shared)
            multipliedPerToken += elsewhere.multipliedPerToken
            return
        }
        switch one.work {
        case .product(let product):
            add(product.weights + product.bias, to: one.group)
            vectors += product.outputBias
            multipliedPerToken += product.weights
        case .experts(let product):
            routedExperts += product.experts * (product.weights + product.bias)
            visitedExperts += product.perToken * (product.weights + product.bias)
            multipliedPerToken += product.perToken * product.weights
        case .routing(let routing):
            router += routing.weights + routing.bias
            multipliedPerToken += routing.weights
        case .attention(let work): attention += work.sinks
        case .recurrence(let work): add(work.parameters, to: one.group)
        case .sequential(let work):
            add(work.weights + work.bias, to: one.group)
            multipliedPerToken += work.weights
        case .convolution(let work): add(work.parameters, to: one.group)
        case .elementwise(let work):
            vectors += work.vectors
            add(work.sharedOut, to: one.group == .vectors ? .attention : one.group)
        case .scoring, .exchange: break
        }
    }

    private mutating func add(_ count: Int, to group: ParameterGroup) {
        switch group {
        case .attention: attention += count
        case .recurrent: recurrent += count
        case .latentDown: latentDown += count
        case .feedForward: feedForward += count
        case .sharedExperts: sharedExperts += count
        case .routedExperts: routedExperts += count
        case .router: router += count
        case .vectors: vectors += count
        }
    }
}
