import Parallelism

/// All-to-alls and rings together, c = u · r: u ranks trade heads, then r hold a piece of the sequence each and pass keys and values around.
///
/// Megatron-Core's `a2a+p2p` and USP (Fang and Zhao, arXiv:2405.07719) trade among neighbours and ring between; `ring-inside` is the other way. After
/// the trade a rank holds u times the tokens and a u-th of the heads, so that a step of the ring moves the bytes that a flat ring moves.
///
/// Memory: that of a ring. Legal where heads divide by u.
enum HierarchicalSteps {
    /// Calls `body` with the steps of a pass.
    @inline(__always)
    static func forEach(_ work: ContextWork, _ pass: ContextPass, _ links: ContextLinks, _ body: (ContextStep) -> Void) {
        let isRingInside = work.kind == .ringInside
        let trading = work.kind.headRanks(of: work.context, inner: work.inner)
        let ring = work.context / trading
        let (tradeStride, ringStride) =
            isRingInside ? (work.tensor * ring, work.tensor) : (work.tensor, work.tensor * trading)
        let trade = links.trade(work, over: trading, stride: tradeStride)
        let passes = pass == .forward ? 1.0 : 2.0
        let send = links.send(work.share, ranks: ring, stride: ringStride)
        let attention = work.attention(pass) / Double(ring)
        var first = ContextStep(attention: attention)
        first.clockwise = .init(bytes: passes * send.bytes, seconds: passes * send.seconds)
        if ring > 1 {
            var middle = first
            middle.count = Double(ring - 1)
            body(middle)
        }
        var last = ContextStep(attention: attention)
        last.exchange = trade
        body(last)
    }
}
