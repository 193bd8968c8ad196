/// DeepSpeed-Ulysses (Jacobs et al., arXiv:2309.14509): all-to-alls of queries, keys and values before attention and of its output after it, each
/// (c − 1)/c of a rank's bytes; backward the same of their gradients. Nothing hides them.
///
/// Memory: the same bytes as before, of other tokens and heads. Legal where heads divide by c.
enum UlyssesSteps {
    /// Calls `body` with the steps of a pass.
    @inline(__always)
    static func forEach(_ work: ContextWork, _ pass: ContextPass, _ links: ContextLinks, _ body: (ContextStep) -> Void) {
        var step = ContextStep(attention: work.attention(pass))
        step.exchange = links.trade(work, over: work.context, stride: work.tensor)
        body(step)
    }
}
