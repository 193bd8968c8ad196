public import Documents
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
        /// Steps that were drawn.
        public var draws: Int
        /// Each way, in the order of `Dealing`; those that cannot serve the longest sequence left out.
        public var ways: [StepDraws]

        /// A study's results.
        public init(_ study: LengthStudy) {
            let (lengths, prices) = (study.lengths, study.dealer.prices)
            (name, source) = (lengths.name, lengths.source)
            (mean, median, p99, longest) = (lengths.mean, lengths.quantile(0.5), lengths.quantile(0.99), lengths.longest)
            packing = study.dealer.packing.rawValue
            (budget, capacity, ranks, mesh, draws) = (study.budget, prices.capacity, prices.ranks, prices.mesh.ranks, study.draws)
            ways = Dealing.allCases.compactMap { study.result($0) }
        }

        /// It as part of the contracts `meshwright.plan/1` and `meshwright.simulate/1`.
        public var document: YAMLContent {
            [
                "name": .text(name), "source": .text(source), "mean": .number(mean), "median": .integer(median), "p99": .integer(p99),
                "longest": .integer(longest), "packing": .text(packing), "tokens_a_step": .integer(budget),
                "tokens_a_rank": .integer(capacity), "ranks": .integer(ranks), "mesh_ranks": .integer(mesh), "draws": .integer(draws),
                "ways": .list(
                    ways.map { way in
                        [
                            "way": .text(way.dealing), "mean_s": .number(way.mean), "p50_s": .number(way.p50), "p95_s": .number(way.p95),
                            "idle": .number(way.idle), "worst_rank_idle": .number(way.worstIdle), "padding": .number(way.padding),
                            "tokens_per_s": .number(way.tokensPerSecond),
                            "groups": .list(way.groups.map { ["ranks": .integer($0.ranks), "share": .number($0.share)] }),
                        ]
                    }),
            ]
        }

        /// It as a table for people, lines ended by newlines.
        public func text(width: Int, colour: TerminalColour) -> String {
            var text =
                TextWrap.lines(
                    "Lengths \(name): mean \(CountText.grouped(Int(mean))), median \(CountText.grouped(median)), 99 % up to "
                        + "\(CountText.grouped(p99)), longest \(CountText.grouped(longest)) tokens (\(source)); \(draws) drawn steps of at most "
                        + "\(CountText.grouped(budget)) tokens over \(ranks) context and data ranks of at most \(CountText.grouped(capacity)) each",
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
            if let advice { text += TextWrap.lines(advice, width: width).joined(separator: "\n") + "\n" }
            return text
        }

        /// What dealing every sequence its own group would gain over packing on the mesh; nil where that is less than a twentieth.
        public var advice: String? {
            guard let packed = ways.first(where: { $0.dealing == Dealing.packed.rawValue }),
                let best = ways.filter({ [Dealing.hybrid.rawValue, Dealing.balanced.rawValue].contains($0.dealing) })
                    .min(by: { $0.mean < $1.mean }), best.mean < packed.mean / 1.05
            else { return nil }
            let who =
                best.dealing == Dealing.hybrid.rawValue
                ? "Megatron-Core's --hybrid-context-parallel with --max-seqlen-per-dp-cp-rank \(capacity)"
                : "groups as ByteScale forms them"
            return
                "\(best.dealing): a group of ranks for every sequence is \(DurationText.decimal(packed.mean / best.mean, 2)) times as fast as "
                + "packed rows; that is \(who)."
        }
    }
}
