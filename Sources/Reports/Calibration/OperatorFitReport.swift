public import Calibration

/// What a fit changed and what it is worth, as text and JSON (`meshwright.calibrate/1`).
public struct OperatorFitReport: Sendable {
    let kind: String
    let target: String
    let fit: OperatorFit
    let runs: [(id: String, before: Double, leftOut: Double?, after: Double)]

    /// The report of a fit of `kind` (gemm, attention, collective, runs) for a GPU, cluster or stack.
    public init(
        kind: String, target: String, fit: OperatorFit, runs: [(id: String, before: Double, leftOut: Double?, after: Double)] = []
    ) {
        self.kind = kind
        self.target = target
        self.fit = fit
        self.runs = runs
    }

    /// The report as text.
    public func text(width: Int = 110, colour: TerminalColour = .none) -> String {
        var text = "\(kind) of \(target): \(fit.fitted) \(runs.isEmpty ? "points" : "runs") fitted\n"
        let keepsDeviations = fit.changes.contains { $0.deviation != nil }
        text += TextTable(
            [.init("constant"), .init("before", .trailing), .init("after", .trailing), .init("unit")]
                + (keepsDeviations ? [.init("± before", .trailing), .init("± after", .trailing)] : []),
            rows: fit.changes.map { change in
                [
                    StyledText(change.key), StyledText(change.before.map { seconds($0) } ?? "–"), StyledText(seconds(change.after)),
                    StyledText(change.unit),
                ]
                    + (keepsDeviations
                        ? [change.deviation?.before, change.deviation?.after].map { StyledText($0.map(percent) ?? "–") } : [])
            }
        ).rendered(width: width, colour: colour)
        text += "\nerror\n"
        text += TextTable(
            [
                .init(""), .init("points", .trailing), .init("before", .trailing), .init("after", .trailing), .init("bias", .trailing),
                .init("median", .trailing), .init("90 %", .trailing),
            ],
            rows: fit.classes.map { group in
                [
                    StyledText(group.name), StyledText("\(group.after.count)"), StyledText(percent(group.before.meanAbsolute)),
                    StyledText(percent(group.after.meanAbsolute)), StyledText(signed(group.after.bias)),
                    StyledText(percent(group.after.median)), StyledText(percent(group.after.ninetieth)),
                ]
            }
        ).rendered(width: width, colour: colour)
        if !runs.isEmpty { text += "\n" + runTable.rendered(width: width, colour: colour) }
        if !fit.skipped.isEmpty {
            text += "\nnot used\n"
            for (reason, count) in fit.skipped { text += "  \(count)  \(reason)\n" }
        }
        return text
    }

    private var runTable: TextTable {
        TextTable(
            [.init("run"), .init("before", .trailing), .init("left out", .trailing), .init("fitted", .trailing)],
            rows: runs.map {
                [StyledText($0.id), StyledText(signed($0.before)), StyledText($0.leftOut.map(signed) ?? "–"), StyledText(signed($0.after))]
            })
    }
}

extension OperatorFitReport: Encodable {
    /// Writes the contract `meshwright.calibrate/1` (docs/json.md); errors in percent.
    public func encode(to encoder: any Encoder) throws {
        func errors(_ errors: ErrorStatistics) -> KeyedValues {
            KeyedValues([
                ("n", errors.count), ("mape_pct", errors.meanAbsolute * 100), ("bias_pct", errors.bias * 100),
                ("median_pct", errors.median * 100), ("p90_pct", errors.ninetieth * 100),
            ])
        }
        let constants = fit.changes.map {
            KeyedValues([
                ("key", $0.key), ("before", $0.before), ("after", $0.after), ("unit", $0.unit),
                ("deviation_before_pct", $0.deviation.map { $0.before * 100 }),
                ("deviation_after_pct", $0.deviation.map { $0.after * 100 }),
            ])
        }
        let classes = fit.classes.map {
            KeyedValues([("name", $0.name), ("before", errors($0.before)), ("after", errors($0.after))])
        }
        let rows = runs.map {
            KeyedValues([
                ("id", $0.id), ("before_pct", $0.before * 100), ("left_out_pct", $0.leftOut.map { $0 * 100 }),
                ("after_pct", $0.after * 100),
            ])
        }
        try KeyedValues([
            ("schema", "meshwright.calibrate/1"), ("kind", kind), ("target", target), ("fitted", fit.fitted), ("constants", constants),
            ("errors", classes), ("runs", rows), ("skipped", KeyedValues(fit.skipped.map { ($0.reason, $0.count) })),
        ]).encode(to: encoder)
    }
}
