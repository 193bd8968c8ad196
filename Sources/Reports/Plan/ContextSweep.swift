public import Documents
import Sequences

/// What the same job costs at other contexts: the best plan at each length of sequences, with the tokens of a step kept.
public struct ContextSweep: Sendable {
    /// The name of the JSON contract.
    public static let schema = "meshwright.contexts/1"

    /// A length of sequences.
    public struct Row: Sendable {
        /// Tokens of a sequence.
        public var sequenceLength: Int
        /// Sequences of a step.
        public var globalBatch: Int
        /// The best plan; nil where there is none.
        public var plan: PlanReport.Entry?
        /// Why there is no plan, in one line.
        public var problem: String?
        /// What its lengths make of the step; nil where none were given.
        public var lengths: PlanReport.Lengths?

        /// A row from its parts.
        public init(
            sequenceLength: Int, globalBatch: Int, plan: PlanReport.Entry? = nil, problem: String? = nil,
            lengths: PlanReport.Lengths? = nil
        ) {
            self.sequenceLength = sequenceLength
            self.globalBatch = globalBatch
            self.plan = plan
            self.problem = problem
            self.lengths = lengths
        }
    }

    /// The model's name.
    public let model: String
    /// The cluster's name.
    public let cluster: String
    /// The rows, by length.
    public let rows: [Row]

    /// A sweep from its rows.
    public init(model: String, cluster: String, rows: [Row]) {
        self.model = model
        self.cluster = cluster
        self.rows = rows
    }

    /// The table for people, lines ended by newlines.
    public func text(width: Int, colour: TerminalColour) -> String {
        var table = TextTable([
            .init("Sequence", .trailing), .init("Batch", .trailing), .init("Step", .trailing), .init("Tokens/s/GPU", .trailing),
            .init("MFU", .trailing), .init("GiB", .trailing), .init("Balanced", .trailing, expendability: 2), .init("Context"),
            .init("Plan", minimumWidth: 24, expendability: 1),
        ])
        for row in rows {
            var cells = [CountText.grouped(row.sequenceLength), CountText.grouped(row.globalBatch)]
            if let plan = row.plan {
                let balanced = row.lengths?.ways.first { $0.dealing == "balanced" }
                cells += [
                    DurationText.text(plan.stepTime), CountText.grouped(Int(plan.tokensPerSecondPerGPU.rounded())),
                    PercentText.string(plan.mfu), DurationText.decimal(plan.memory.high, 1),
                    balanced.map { DurationText.text($0.mean) } ?? "",
                    plan.strategy.cp > 1 ? plan.strategy.contextWords : "", StrategyText(plan.strategy).short,
                ]
            } else {
                cells += ["", "", "", "", "", "", row.problem ?? "nothing fits"]
            }
            table.rows.append(cells.map { StyledText($0) })
        }
        if rows.allSatisfy({ $0.lengths == nil }) { table.columns[6].title = "" }
        return StyledText("\(model) on \(cluster) at other contexts, tokens of a step kept", .bold).cut(to: width).rendered(colour) + "\n"
            + table.rendered(width: width, colour: colour)
    }

    /// The contract `meshwright.contexts/1` (docs/json.md).
    public var document: YAMLContent {
        [
            "schema": .text(Self.schema), "model": .text(model), "cluster": .text(cluster),
            "contexts": .list(
                rows.map { row in
                    var fields: [YAMLField] = [
                        YAMLField("sequence_length", .integer(row.sequenceLength)),
                        YAMLField("global_batch_size", .integer(row.globalBatch)),
                    ]
                    if let problem = row.problem { fields.append(YAMLField("problem", .text(problem))) }
                    if let plan = row.plan {
                        fields += [
                            YAMLField("strategy", plan.strategy.document), YAMLField("step_time_s", .number(plan.stepTime)),
                            YAMLField("tokens_per_s_per_gpu", .number(plan.tokensPerSecondPerGPU)), YAMLField("mfu", .number(plan.mfu)),
                            YAMLField("memory_high_gib", .number(plan.memory.high)),
                        ]
                    }
                    if let lengths = row.lengths { fields.append(YAMLField("lengths", lengths.document)) }
                    return .mapping(fields)
                }),
        ]
    }

    /// One row a length.
    public var csv: String {
        let titles = [
            "sequence_length", "global_batch_size", "tp", "pp", "vpp", "cp", "cp_kind", "cp_inner", "cp_kind_local", "ep", "etp", "dp",
            "micro_batch_size",
            "step_time_s", "tokens_per_s_per_gpu", "mfu", "memory_high_gib",
        ]
        var text = titles.joined(separator: ",") + "\n"
        for row in rows {
            var cells = ["\(row.sequenceLength)", "\(row.globalBatch)"]
            if let plan = row.plan {
                let s = plan.strategy
                cells += [s.tp, s.pp, s.vpp, s.cp].map(String.init) + [s.cpKind]
                cells += ["\(s.cpInner)", s.cpKindLocal ?? ""] + [s.ep, s.etp, s.dp, s.microBatchSize].map(String.init)
                cells += [plan.stepTime, plan.tokensPerSecondPerGPU, plan.mfu, plan.memory.high].map { "\($0)" }
            } else {
                cells += Array(repeating: "", count: titles.count - 2)
            }
            text += cells.joined(separator: ",") + "\n"
        }
        return text
    }
}
