/// What a query of causal attention sees.
public enum Sight: Hashable, Sendable {
    /// Every token before it.
    case whole
    /// So many tokens back.
    case window(Int)
    /// The tokens before it in its chunk of so many.
    case chunk(Int)
    /// So many of the tokens before it, which scores have chosen.
    case selected(Int)

    /// Tokens that it sees at most; nil where that is all of them.
    public var limit: Int? {
        switch self {
        case .whole: nil
        case .window(let size), .chunk(let size), .selected(let size): size
        }
    }

    /// Whether it ends some tokens back, wherever a query is.
    public var isLocal: Bool {
        switch self {
        case .window, .chunk: true
        case .whole, .selected: false
        }
    }

    /// Keys that a query of a sequence is multiplied with, on average.
    ///
    /// Causal: s/2, w − w²/(2s) under a window of w < s tokens, and the mean of each chunk's half where the sequence is cut. Full: s, or at most
    /// the window.
    public func meanKeys(sequenceLength: Int, counting: AttentionCounting) -> Double {
        let length = Double(sequenceLength)
        guard let limit, limit < sequenceLength else { return counting == .causal ? length / 2 : length }
        let size = Double(limit)
        switch (counting, self) {
        case (.full, _): return size
        case (.causal, .chunk):
            let rest = Double(sequenceLength % limit)
            return ((length - rest) * size + rest * rest) / (2 * length)
        case (.causal, _): return size - size * size / (2 * length)
        }
    }
}
