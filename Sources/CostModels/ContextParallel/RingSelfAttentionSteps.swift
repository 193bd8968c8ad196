import Hardware

/// Ring self-attention (Li et al., Sequence Parallelism, arXiv:2105.13120 §3.2): keys go around until a rank has the scores of its queries against
/// all of them, then values go around past the scores; backward passes both again and sums the gradients of all by an all-reduce.
///
/// A layer moves 2(c − 1) shares of keys or values forward and 6(c − 1) backward, as much as four all-reduces of tensor parallelism. A product waits
/// for its share, so that nothing hides. The whole square is computed, whatever the mask.
///
/// Memory: all scores of a rank, b·(a/t)·(s/c)·s of them, since the softmax is not computed online.
enum RingSelfAttentionSteps {
    /// Calls `body` with the steps of a pass.
    @inline(__always)
    static func forEach(_ work: ContextWork, _ pass: ContextPass, _ links: ContextLinks, _ body: (ContextStep) -> Void) {
        let half = links.send(work.share / 2, ranks: work.context, stride: work.tensor)
        let attention = work.attention(pass) / (2 * work.ranks)
        var step = ContextStep(count: 2 * (work.ranks - 1), attention: attention)
        step.exchange = half
        body(step)
        var last = ContextStep(count: 2, attention: attention)
        if pass == .backward {
            // An all-reduce of the gradients of keys, then of values: 2(c − 1)/c of the whole each, a half of it in each of these two steps.
            let bytes = (work.ranks - 1) * work.share
            let rate = links.rate(.allReduce, bytes: work.keyValueBytes / 2, ranks: work.context, stride: work.tensor)
            last.exchange = .init(bytes: bytes, seconds: bytes / rate)
        }
        body(last)
    }
}
