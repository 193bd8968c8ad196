import Hardware

/// Context parallelism by one all-gather of keys and values before attention (Llama Team, arXiv:2407.21783 §3.3.2); backward gathers them again and
/// scatters their gradients. Nothing hides it.
///
/// Memory: keys and values of the whole sequence, and their gradients.
enum AllGatherSteps {
    /// Calls `body` with the steps of a pass.
    @inline(__always)
    static func forEach(_ work: ContextWork, _ pass: ContextPass, _ links: ContextLinks, _ body: (ContextStep) -> Void) {
        let c = work.ranks
        let bytes = work.keyValueBytes * (c - 1) / c
        let around = bytes / links.rate(.allGather, bytes: work.keyValueBytes, ranks: work.context, stride: work.tensor)
        let passes = pass == .forward ? 1.0 : 2.0
        var step = ContextStep(attention: work.attention(pass))
        step.exchange = .init(bytes: passes * bytes, seconds: passes * around)
        body(step)
    }

    /// Bytes that a rank holds beyond its own keys and values.
    static func buffers(_ work: ContextWork) -> Double { 2 * (work.ranks - 1) * work.share }
}
