import Documents
public import Parallelism
public import Sequences

extension PlanReport {
    /// The layouts whose drawn steps are fastest, the way of dealing searched beside the layout.
    public struct DealtLayouts: Codable, Hashable, Sendable {
        /// Layouts that were dealt.
        public var searched: Int
        /// The fastest first.
        public var rows: [Row]

        /// A layout in the way that serves it best.
        public struct Row: Codable, Hashable, Sendable {
            /// Its number among the plans listed; nil where it is none of them.
            public var plan: Int?
            /// The options that pin it.
            public var pins: String
            /// The way of dealing.
            public var way: String
            /// Mean of the step in s, and tokens a second without padding.
            public var mean, tokensPerSecond: Double
        }

        /// What was chosen among strategies; `listed` are those of the plans, the first first.
        public init(_ choice: LayoutChoice, _ strategies: [ParallelStrategy], listed: [ParallelStrategy]) {
            searched = strategies.count
            rows = choice.entries.map { entry in
                let s = strategies[entry.layout]
                return Row(
                    plan: listed.firstIndex(of: s).map { $0 + 1 }, pins: Self.pins(s), way: entry.draws.dealing, mean: entry.draws.mean,
                    tokensPerSecond: entry.draws.tokensPerSecond)
            }
        }

        /// The options that pin a strategy's sizes, those that are 1 left out.
        private static func pins(_ s: ParallelStrategy) -> String {
            let sizes = [("tp", s.tensor), ("pp", s.pipeline), ("cp", s.context), ("ep", s.expert), ("dp", s.data)]
            return (sizes.filter { $0.1 > 1 } + [("micro-batch-size", s.microBatch)]).map { "--\($0.0) \($0.1)" }.joined(separator: " ")
        }

        /// It as part of `meshwright.plan/1`.
        var document: YAMLContent {
            [
                "searched": .integer(searched),
                "layouts": .list(
                    rows.map { row in
                        .mapping(
                            (row.plan.map { [YAMLField("plan", .integer($0))] } ?? []) + [
                                YAMLField("pins", .text(row.pins)), YAMLField("way", .text(row.way)),
                                YAMLField("mean_s", .number(row.mean)),
                                YAMLField("tokens_per_s", .number(row.tokensPerSecond)),
                            ])
                    }),
            ]
        }

        /// It as a table for people, lines ended by newlines.
        func text(width: Int, colour: TerminalColour) -> String {
            var table = TextTable([
                .init("Plan", .trailing), .init("Way"), .init("Step", .trailing), .init("Tokens/s", .trailing), .init("Layout"),
            ])
            for row in rows {
                table.rows.append(
                    [
                        row.plan.map(String.init) ?? "–", row.way, DurationText.text(row.mean), CountText.counted(row.tokensPerSecond),
                        row.pins,
                    ].map { StyledText($0) })
            }
            return "The fastest of \(searched) layouts, each dealt in the way that serves it best:\n"
                + table.rendered(width: width, colour: colour)
        }
    }
}
