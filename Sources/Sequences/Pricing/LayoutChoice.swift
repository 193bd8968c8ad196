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

    /// Draws in which every layout is dealt in every way, and the share of its best way's rate below which they rule a way out.
    private static let (screening, ruledOut) = (2, 0.8)

    /// The choice among `layouts`, each with the ways of dealing that it may run.
    public init(_ layouts: [(study: LengthStudy, ways: [Dealing])], top: Int) {
        /// What a layout takes in some ways, the fastest first.
        @Sendable func results(_ layout: Int, _ ways: [Dealing], draws: Int) -> [Entry] {
            var study = layouts[layout].study
            study.draws = min(draws, study.draws)
            return ways.compactMap { study.result($0) }.sorted { $0.tokensPerSecond > $1.tokensPerSecond }
                .map { Entry(layout: layout, draws: $0) }
        }
        func rate(_ entries: [Entry]) -> Double { entries.first?.draws.tokensPerSecond ?? 0 }
        let screened = Concurrent.map(layouts.count) { results($0, layouts[$0].ways, draws: Self.screening) }
            .filter { !$0.isEmpty }.sorted { (rate($0), $1[0].layout) > (rate($1), $0[0].layout) }
        // What few draws confuse is within a place or two.
        let likely = Array(screened.prefix(top + 2))
        let drawn = Concurrent.map(likely.count) { place in
            let ways = likely[place].filter { $0.draws.tokensPerSecond >= Self.ruledOut * (likely[place][0].draws.tokensPerSecond) }
            return results(likely[place][0].layout, ways.compactMap { Dealing(rawValue: $0.draws.dealing) }, draws: .max)
        }
        entries = Array(
            drawn.compactMap(\.first).sorted {
                ($0.draws.tokensPerSecond, $1.layout) > ($1.draws.tokensPerSecond, $0.layout)
            }.prefix(top))
    }
}
