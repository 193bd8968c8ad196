public import Documents
import Parallelism
import Quantities
public import Sequences

extension PlanReport {
    /// What lengths of sequences make of a step, by the way in which they are dealt to ranks.
    public struct Lengths: Codable, Hashable, Sendable {
        /// What the lengths are called, and where they come from.
        public var name, source: String
        /// Mean, median, 99th percentile and longest of the lengths, in tokens.
        public var mean: Double
        /// See `mean`.
        public var median, p99, longest: Int
        /// How rows are packed.
        public var packing: String
        /// Tokens of a step, and of a rank at most.
        public var budget, capacity: Int
        /// Ranks that sequences are dealt to, and those of a static mesh that share a row.
        public var ranks, mesh: Int
        /// How groups exchange keys and values.
        public var groupKind: String
        /// Steps that were drawn.
        public var draws: Int
        /// Each way, in the order of `Dealing`; those that cannot serve the longest sequence left out.
        public var ways: [StepDraws]
        /// Other layouts that were dealt; nil where one alone was asked of.
        public var layouts: DealtLayouts?

        /// A study's results.
        public init(_ study: LengthStudy) {
            let (lengths, prices) = (study.lengths, study.dealer.prices)
            (name, source) = (lengths.name, lengths.source)
            (mean, median, p99, longest) = (lengths.mean, lengths.quantile(0.5), lengths.quantile(0.99), lengths.longest)
            packing = study.dealer.packing.rawValue
            (budget, capacity, ranks, mesh, draws) = (study.budget, prices.capacity, prices.ranks, prices.mesh.ranks, study.draws)
            groupKind = prices.groupKind.rawValue
            let all = Dealing.allCases
            ways = Concurrent.map(all.count) { study.result(all[$0]) }.compactMap(\.self)
        }

        /// It as part of the contracts `meshwright.plan/1` and `meshwright.simulate/1`.
        public var document: YAMLContent {
            var fields: [YAMLField] = [
                YAMLField("name", .text(name)), YAMLField("source", .text(source)), YAMLField("mean", .number(mean)),
                YAMLField("median", .integer(median)), YAMLField("p99", .integer(p99)), YAMLField("longest", .integer(longest)),
                YAMLField("packing", .text(packing)), YAMLField("tokens_a_step", .integer(budget)),
                YAMLField("tokens_a_rank", .integer(capacity)), YAMLField("ranks", .integer(ranks)),
                YAMLField("mesh_ranks", .integer(mesh)), YAMLField("group_kind", .text(groupKind)),
                YAMLField("draws", .integer(draws)), YAMLField("ways", .list(ways.map(Self.document))),
            ]
            if let layouts { fields.append(YAMLField("choice", layouts.document)) }
            return .mapping(fields)
        }

        private static func document(_ way: StepDraws) -> YAMLContent {
            [
                "way": .text(way.dealing), "mean_s": .number(way.mean), "p50_s": .number(way.p50), "p95_s": .number(way.p95),
                "idle": .number(way.idle), "worst_rank_idle": .number(way.worstIdle), "padding": .number(way.padding),
                "tokens_per_s": .number(way.tokensPerSecond),
                "groups": .list(way.groups.map { ["ranks": .integer($0.ranks), "share": .number($0.share)] }),
            ]
        }

        /// It as a table for people, lines ended by newlines.
        public func text(width: Int, colour: TerminalColour) -> String {
            var text =
                TextWrap.lines(
                    "Lengths \(name): mean \(CountText.grouped(Int(mean))), median \(CountText.grouped(median)), 99 % up to "
                        + "\(CountText.grouped(p99)), longest \(CountText.grouped(longest)) tokens (\(source)); \(draws) drawn steps of at most "
                        + "\(CountText.grouped(budget)) tokens over \(ranks) context and data ranks of at most \(CountText.grouped(capacity)) each; groups run \(groupKind)",
                    width: width
                ).joined(separator: "\n") + "\n"
            var table = TextTable([
                .init("Way"), .init("Step", .trailing), .init("p50", .trailing), .init("p95", .trailing), .init("Tokens/s", .trailing),
                .init("Idle", .trailing), .init("Worst", .trailing, expendability: 1), .init("Padding", .trailing),
                .init("Ranks a sequence", expendability: 2),
            ])
            for way in ways {
                let groups = way.groups.map { "\($0.ranks): \(PercentText.string($0.share))" }.joined(separator: ", ")
                table.rows.append(
                    [
                        way.dealing, DurationText.text(way.mean), DurationText.text(way.p50), DurationText.text(way.p95),
                        CountText.counted(way.tokensPerSecond), PercentText.string(way.idle), PercentText.string(way.worstIdle),
                        PercentText.string(way.padding), groups,
                    ].map { StyledText($0) })
            }
            text += table.rendered(width: width, colour: colour)
            if let layouts { text += layouts.text(width: width, colour: colour) }
            if let advice { text += TextWrap.lines(advice, width: width).joined(separator: "\n") + "\n" }
            return text
        }

        /// What dealing sequences otherwise would gain over rows on the mesh, packed or, where nothing is packed, padded; nil where that is less than a twentieth.
        public var advice: String? {
            let usual: Dealing = packing == PackingMode.none.rawValue ? .padded : .packed
            guard let rows = ways.first(where: { $0.dealing == usual.rawValue }),
                let best = ways.filter({ Dealing(rawValue: $0.dealing)?.doer(capacity) != nil }).min(by: { $0.mean < $1.mean }),
                let doer = Dealing(rawValue: best.dealing)?.doer(capacity), best.tokensPerSecond > 1.05 * rows.tokensPerSecond
            else { return nil }
            return
                "\(best.dealing): \(doer.what) \(DurationText.decimal(best.tokensPerSecond / rows.tokensPerSecond, 2)) times as fast as "
                + "\(usual.rawValue) rows; that is \(doer.who)."
        }
    }
}

extension Dealing {
    /// What a way does that packed rows do not, and who does it; nil where packed rows are as good or the way is only a step to another.
    fileprivate func doer(_ capacity: Int) -> (what: String, who: String)? {
        switch self {
        case .padded, .packed, .naive: nil
        case .variable: ("rows of equal work are", "packing as WLB-LLM has it")
        case .hybrid:
            (
                "a group of ranks for every sequence is",
                "Megatron-Core's --hybrid-context-parallel with --max-seqlen-per-dp-cp-rank \(capacity)"
            )
        case .flexible: ("groups of different sizes are", "groups as FlexSP forms them")
        case .balanced: ("a group of ranks for every sequence is", "groups as ByteScale forms them")
        }
    }
}
