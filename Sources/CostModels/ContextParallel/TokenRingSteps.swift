/// TokenRing (Wu et al., arXiv:2412.20501) as its code runs it (token-ring commit 3fb15e49, `casual_test/token_ring/zigzag_token_ring.py`): keys and values
/// stay; queries go to the rank before, outputs with their log-sum-exp go straight to the queries' owner the other way.
///
/// Rank r computes in step i for the queries of rank r + i. Where that wraps around, only their late half sees the rank's keys, and only that half
/// travels: queries are whole while r + i < c, outputs likewise. From step 2 on the outputs of the step before go home, those of the last step after
/// it. The causal mask leaves every step the same work. Backward, which nobody runs, is derived: queries, output gradients, statistics and
/// fp32 query gradients go around.
///
/// Memory: that of a ring. With g key/value heads to a query heads it moves (a/g)/2 as much as a ring on its busier direction.
public enum TokenRingSteps {
    /// Calls `body` with the steps of a pass, each of which waits for the rank that sends most.
    @inline(__always)
    static func forEach(_ work: ContextWork, _ pass: ContextPass, _ links: ContextLinks, _ body: (ContextStep) -> Void) {
        let c = work.context
        let attention = work.attention(pass) / work.ranks
        let (query, output) = volumes(work)
        guard pass == .forward else {
            var step = ContextStep(count: work.ranks - 1, attention: attention)
            // Queries, output gradients, statistics and their corrections; with them fp32 gradients of the queries, which end at home.
            step.clockwise = links.send(2 * query + 2 * work.statisticsBytes / work.ranks + 2 * query, ranks: c, stride: work.tensor)
            body(step)
            var last = ContextStep(attention: attention)
            last.exchange = links.send(2 * query, ranks: c, stride: work.tensor)
            return body(last)
        }
        for i in 0..<c {
            // Rank 1 sends whole queries in every step but the last, rank 0 whole outputs in every step from 2 on.
            let (sendsQueries, sendsOutputs) = (i < c - 1, i > 1)
            var step = ContextStep(attention: attention)
            if sendsQueries { step.clockwise = links.send(query, ranks: c, stride: work.tensor, bothWays: sendsOutputs) }
            if sendsOutputs { step.counterclockwise = links.send(output, ranks: c, stride: work.tensor, bothWays: sendsQueries) }
            if i == c - 1 { step.exchange = links.send(output, ranks: c, stride: work.tensor) }
            body(step)
        }
    }

    /// Queries, and outputs with statistics, of a rank in B.
    private static func volumes(_ work: ContextWork) -> (query: Double, output: Double) {
        (work.queryBytes / work.ranks, (work.outputBytes + work.statisticsBytes) / work.ranks)
    }

    /// Share of a rank's outputs that comes home after the last step: all of them for rank c − 1, whose queries rank 0 held last, else the late half.
    public static func lastShare(rank: Int, context: Int) -> Double { rank == context - 1 ? 1 : 0.5 }
}
