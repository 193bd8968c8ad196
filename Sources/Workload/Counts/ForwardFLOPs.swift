public import Quantities

/// How the attention core's products are counted.
public enum AttentionCounting: String, CaseIterable, Hashable, Sendable {
    /// Only the keys a token may see: causal masks halve the core, windows cut it further. The convention of this tool's MFU.
    case causal
    /// The whole square of the sequence, as if nothing were masked (Narayanan et al., arXiv:2104.04473, eq. 3; PaLM's appendix B).
    case full
}

/// The arithmetic of one token's forward pass, part by part, averaged over the tokens of a sequence.
public struct ForwardFLOPs: Hashable, Sendable {
    /// Query, key, value and output projections, and those of recurrences.
    public var attentionProjections = FLOPs(0)
    /// Products of queries with keys and of scores with values.
    public var attentionCore = FLOPs(0)
    /// Recurrences over tokens and short convolutions.
    public var recurrences = FLOPs(0)
    /// Dense feed-forward blocks.
    public var feedForward = FLOPs(0)
    /// The routed experts that a token visits.
    public var routedExperts = FLOPs(0)
    /// Shared experts.
    public var sharedExperts = FLOPs(0)
    /// Routers and gates of shared experts.
    public var router = FLOPs(0)
    /// The output head.
    public var head = FLOPs(0)
    /// Multi-token-prediction blocks, each with its own pass through the head.
    public var predictionBlocks = FLOPs(0)

    /// No arithmetic.
    public init() {}

    /// Everything inside the decoder layers.
    public var layers: FLOPs { attentionProjections + attentionCore + recurrences + feedForward + routedExperts + sharedExperts + router }
    /// The whole forward pass.
    public var total: FLOPs { layers + head + predictionBlocks }
    /// Forward and backward: three times the forward pass.
    public var training: FLOPs { total * 3 }
    /// Forward and backward where every layer runs forward a second time (full recomputation); the head does not.
    public var trainingWithFullRecompute: FLOPs { training + layers }
    /// Forward and backward where the attention core runs forward a second time (Korthikanti et al., arXiv:2205.05198, §5).
    public var trainingWithSelectiveRecompute: FLOPs { training + attentionCore }

    /// Each part with the name that reports give it.
    public var parts: [(name: String, flops: FLOPs)] {
        [
            ("attention_projections", attentionProjections), ("attention_core", attentionCore), ("recurrences", recurrences),
            ("feed_forward", feedForward), ("routed_experts", routedExperts), ("shared_experts", sharedExperts), ("router", router),
            ("head", head),
            ("prediction_blocks", predictionBlocks),
        ]
    }

    /// Part-wise sum.
    public static func + (a: ForwardFLOPs, b: ForwardFLOPs) -> ForwardFLOPs { a.adding(b, times: 1) }

    /// Adds `count` times another pass, part by part.
    func adding(_ other: ForwardFLOPs, times count: Int) -> ForwardFLOPs {
        let factor = Double(count)
        var sum = self
        sum.attentionProjections = attentionProjections + other.attentionProjections * factor
        sum.attentionCore = attentionCore + other.attentionCore * factor
        sum.recurrences = recurrences + other.recurrences * factor
        sum.feedForward = feedForward + other.feedForward * factor
        sum.routedExperts = routedExperts + other.routedExperts * factor
        sum.sharedExperts = sharedExperts + other.sharedExperts * factor
        sum.router = router + other.router * factor
        sum.head = head + other.head * factor
        sum.predictionBlocks = predictionBlocks + other.predictionBlocks * factor
        return sum
    }
}
