/// Ring attention (Liu et al., arXiv:2310.01889): keys and values go once around, a share a step, while the attention of another share runs.
///
/// Backward sends keys, values and their gradients, twice as much. With an early and a late piece on every rank all have the same work, a share a
/// step. With one contiguous piece the last rank meets all keys: a half block of its own and c − 1 whole ones, (2c − 1)/c of the mean. What
/// queries do not see need not travel: under a window of k pieces a contiguous ring ends after k steps; a balanced one has to look k pieces
/// back from its early piece and k from its late one, whose holders lie on both sides, half the bytes each way.
///
/// Memory: a buffer beside the share in use, which the allocator factors of the stacks hold, fitted on runs with rings.
enum RingSteps {
    /// Calls `body` with the steps of a pass.
    @inline(__always)
    static func forEach(
        _ work: ContextWork, _ pass: ContextPass, _ links: ContextLinks, isContiguous: Bool, _ body: (ContextStep) -> Void
    ) {
        let passes = pass == .forward ? 1.0 : 2.0
        let attention = work.attention(pass)
        var send = links.send(work.share, ranks: work.context, stride: work.tensor)
        send = .init(bytes: passes * send.bytes, seconds: passes * send.seconds)
        let reach = isContiguous ? work.reach.contiguous : work.reach.zigzag
        let last = work.context - 1
        if reach >= last {
            guard isContiguous else {
                var step = ContextStep(count: work.ranks - 1, attention: attention / work.ranks)
                step.clockwise = send
                body(step)
                return body(ContextStep(attention: attention / work.ranks))
            }
            var own = ContextStep(attention: attention / work.ranks)
            own.clockwise = send
            body(own)
            if last > 1 {
                var step = ContextStep(count: Double(last - 1), attention: 2 * attention / work.ranks)
                step.clockwise = send
                body(step)
            }
            return body(ContextStep(attention: 2 * attention / work.ranks))
        }
        // Under a window every rank but the first has the same work.
        let steps = Double(reach)
        if reach > 0 {
            var step = ContextStep(count: steps, attention: attention / (steps + 1))
            if isContiguous {
                step.clockwise = send
            } else {
                let half = links.send(work.share / 2, ranks: work.context, stride: work.tensor, bothWays: true)
                step.clockwise = .init(bytes: passes * half.bytes, seconds: passes * half.seconds)
                step.counterclockwise = step.clockwise
            }
            body(step)
        }
        body(ContextStep(attention: attention / (steps + 1)))
    }
}
