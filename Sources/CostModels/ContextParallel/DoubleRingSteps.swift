/// LoongTrain's double ring (Gu et al., arXiv:2406.18485 §4.2): c = w · o; keys and values go around w neighbours, and meanwhile the shares that the
/// group began with go to the next group, so that the network has w steps of attention to hide one transfer.
///
/// Backward sends gradients too, twice as much. Memory: that of a ring and one share more.
enum DoubleRingSteps {
    /// Calls `body` with the steps of a pass.
    @inline(__always)
    static func forEach(_ work: ContextWork, _ pass: ContextPass, _ links: ContextLinks, _ body: (ContextStep) -> Void) {
        let (w, o) = (work.inner, work.context / work.inner)
        let passes = pass == .forward ? 1.0 : 2.0
        let inside = links.send(work.share, ranks: w, stride: work.tensor)
        let outside = links.send(work.share, ranks: o, stride: work.tensor * w)
        let attention = work.attention(pass) / work.ranks
        let next = ContextStep.Transfer(bytes: passes * outside.bytes / Double(w), seconds: passes * outside.seconds / Double(w))
        let around = ContextStep.Transfer(bytes: passes * inside.bytes, seconds: passes * inside.seconds)
        // w − 1 steps send inside; the w-th of a round only waits for the next group's shares.
        for isLastRound in [false, true] {
            let rounds = isLastRound ? 1.0 : Double(o - 1)
            var step = ContextStep(count: rounds * Double(w - 1), attention: attention)
            step.clockwise = around
            step.outer = isLastRound ? .none : next
            body(step)
            var end = ContextStep(count: rounds, attention: attention)
            end.outer = isLastRound ? .none : next
            body(end)
        }
    }

    /// Bytes that a rank holds beyond a ring's.
    static func buffers(_ work: ContextWork) -> Double { work.share }
}
