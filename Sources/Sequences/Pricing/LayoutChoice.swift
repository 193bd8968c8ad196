import Quantities

/// The layouts of a job whose drawn steps are fastest, each in the way of dealing that serves it best.
///
/// A search prices packed rows on a static mesh. Where ranks form groups, a layout that holds more tokens a rank, or has fewer stages, may win although its
/// packed rows are slower: so more layouts than are listed are dealt here, all of them in a few draws, the best of those in all.
public struct LayoutChoice: Sendable {
    /// A layout in one way of dealing.
    public struct Entry: Hashable, Sendable {
        /// The layout's place among those looked at.
        public var layout: Int
        /// What its drawn steps take.
        public var draws: StepDraws
    }

    /// The fastest, by tokens a second; at most as many as asked for, each layout once.
    public let entries: [Entry]

    /// Draws in which every layout is dealt.
    private static let screening = 2

    /// The choice among `layouts`, each with the ways of dealing that it may run.
    public init(_ layouts: [(study: LengthStudy, ways: [Dealing])], top: Int) {
        @Sendable func fastest(_ layout: Int, _ ways: [Dealing], draws: Int) -> Entry? {
            var study = layouts[layout].study
            study.draws = min(draws, study.draws)
            return ways.compactMap { study.result($0) }.max { $0.tokensPerSecond < $1.tokensPerSecond }
                .map { Entry(layout: layout, draws: $0) }
        }
        func ordered(_ entries: [Entry?]) -> [Entry] {
            entries.compactMap(\.self).sorted {
                ($0.draws.tokensPerSecond, $1.layout) > ($1.draws.tokensPerSecond, $0.layout)
            }
        }
        let screened = ordered(Concurrent.map(layouts.count) { fastest($0, layouts[$0].ways, draws: Self.screening) })
        // What few draws confuse is within a place or two; the way that serves a layout best they do not confuse.
        let likely = Array(screened.prefix(top + 2))
        let drawn = Concurrent.map(likely.count) { place in
            fastest(likely[place].layout, Dealing(rawValue: likely[place].draws.dealing).map { [$0] } ?? [], draws: .max)
        }
        entries = Array(ordered(drawn).prefix(top))
    }
}
