import Quantities

/// The layouts of a job whose drawn steps are fastest, each in the way of dealing that serves it best.
///
/// A search prices packed rows on a static mesh. Where ranks form groups, a layout that holds more tokens a rank, or has fewer stages, may win although its
/// packed rows are slower: so more layouts than are listed are dealt here, all of them in a few draws, the best of those in all. Layouts that are dealt in
/// groups alone are taken in the order of what perfect balance would make of them, until the next could not be listed.
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
    /// Share of a rate that a bound over the distribution must reach for its draws to be looked at.
    private static let certain = 0.97

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
        let onMesh = layouts.indices.filter { layouts[$0].ways.contains(.packed) }
        var screened = Concurrent.map(onMesh.count) { results(onMesh[$0], layouts[onMesh[$0]].ways, draws: Self.screening) }
            .filter { !$0.isEmpty }
        var slowest: Double { screened.count < top ? 0 : screened.map(rate).sorted(by: >)[top - 1] }
        let inGroups = layouts.indices.filter { !layouts[$0].ways.contains(.packed) }
            .map { (layout: $0, bound: layouts[$0].study.groupBound) }.sorted { ($0.bound, $1.layout) > ($1.bound, $0.layout) }
        for one in inGroups {
            // Draws differ from their distribution by a little.
            guard one.bound > Self.certain * slowest else { break }
            let entries = results(one.layout, layouts[one.layout].ways, draws: Self.screening)
            if !entries.isEmpty { screened.append(entries) }
        }
        screened.sort { (rate($0), $1[0].layout) > (rate($1), $0[0].layout) }
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
