public import Calibration
public import CostModels
public import Documents

/// Constants fitted on training runs, and what they are worth on runs unseen, as text, JSON (`meshwright.training/1`) and YAML.
public struct TrainingFitReport: Sendable {
    let constants: [TrainingConstant]
    let halves: [TrainingStudy.Half]
    let leftOut: [TrainingStudy.LeftOut]
    let leftOutStacks: [TrainingStudy.LeftOutStack]

    /// The report of fits to several halves, the first of which gives the constants, and of sources and stacks left out, if any.
    public init(
        constants: [TrainingConstant], halves: [TrainingStudy.Half], leftOut: [TrainingStudy.LeftOut],
        leftOutStacks: [TrainingStudy.LeftOutStack] = []
    ) {
        self.constants = constants
        self.halves = halves
        self.leftOut = leftOut
        self.leftOutStacks = leftOutStacks
    }

    /// The report as text.
    public func text(width: Int = 110, colour: TerminalColour = .none) -> String {
        guard let first = halves.first else { return "" }
        var text = "constants fitted on one half of the runs, seed \(first.seed)\n"
        text += TextTable(
            [.init("constant"), .init("of", minimumWidth: 12, expendability: 1), .init("prior", .trailing), .init("fitted", .trailing)],
            rows: zip(constants, first.values.values).map {
                [StyledText($0.key), StyledText($0.owners), StyledText(seconds($0.prior)), StyledText(seconds($1))]
            }
        ).rendered(width: width, colour: colour)
        text += "\nerror on complete runs of both halves\n" + sourceTable(first).rendered(width: width, colour: colour)
        text += "\nfits to the halves of other seeds, means over sources\n"
        text += TextTable(
            [.init("seed", .trailing), .init("fitted", .trailing), .init("unseen", .trailing), .init("bias", .trailing)],
            rows: halves.map { half in
                [
                    StyledText("\(half.seed)"), StyledText(half.seen.macroError.map(percent) ?? "–"),
                    StyledText(half.unseen.macroError.map(percent) ?? "–"), StyledText(half.unseen.macroBias.map(signed) ?? "–"),
                ]
            }
        ).rendered(width: width, colour: colour)
        if let error = mean(\.macroError), let bias = mean(\.macroBias) {
            text += "mean of \(halves.count): \(percent(error)) unseen, \(signed(bias)) bias\n"
        }
        if let mixtures = mean(of: \.unseenMixtures), let dense = mean(of: \.unseenDense) {
            text += "all unseen runs, complete or not: \(percent(mixtures)) mixtures, \(percent(dense)) dense\n"
        }
        text += "\nerror to expect by stack and architecture: unseen runs, complete or not, of all seeds\n"
        text += TextTable(
            [.init("stack"), .init("runs", .trailing), .init("mean |error|", .trailing)],
            rows: expected.map { [StyledText($0.name), StyledText("\($0.runs)"), StyledText(percent($0.error))] }
        ).rendered(width: width, colour: colour)
        if let open = TrainingStudy.uncertainty(halves) {
            text += "\nspread of unseen runs whatever the constants, and how many of them an interval of 80 % holds\n"
            text += TextTable(
                [
                    .init("stratum"), .init("runs", .trailing), .init("common", .trailing), .init("own", .trailing),
                    .init("held", .trailing),
                ],
                rows: TrainingStudy.coverage(halves, open).map { stratum, share, runs in
                    let spread = open.spread(stratum)
                    return [
                        StyledText(stratum.description), StyledText("\(runs)"), StyledText(percent(spread.common)),
                        StyledText(percent(spread.own)), StyledText(percent(share)),
                    ]
                }
            ).rendered(width: width, colour: colour)
        }
        if !leftOut.isEmpty {
            text += "\na source left out whole\n"
            text += TextTable(
                [
                    .init("source"), .init("stack"), .init("runs", .trailing), .init("mean |error|", .trailing), .init("bias", .trailing),
                ],
                rows: leftOut.map {
                    [
                        StyledText($0.result.source), StyledText($0.stacks.joined(separator: ", ")),
                        StyledText("\($0.result.errors.count)"),
                        StyledText(percent($0.result.errors.meanAbsolute)), StyledText(signed($0.result.errors.bias)),
                    ]
                }
            ).rendered(width: width, colour: colour)
        }
        if !leftOutStacks.isEmpty {
            text += "\na stack left out whole, priced as the nearest\n"
            text += TextTable(
                [
                    .init("stack"), .init("priced as"), .init("runs", .trailing), .init("mean |error|", .trailing),
                    .init("bias", .trailing), .init("held", .trailing),
                ],
                rows: leftOutStacks.map {
                    [
                        StyledText($0.stack), StyledText($0.nearest), StyledText("\($0.errors.count)"),
                        StyledText(percent($0.errors.meanAbsolute)), StyledText(signed($0.errors.bias)),
                        StyledText(percent(Double($0.held) / Double(max(1, $0.errors.count)))),
                    ]
                }
            ).rendered(width: width, colour: colour)
        }
        return text
    }

    private func sourceTable(_ half: TrainingStudy.Half) -> TextTable {
        TextTable(
            [
                .init("source"), .init("fitted", .trailing), .init("mean |error|", .trailing), .init("unseen", .trailing),
                .init("mean |error|", .trailing), .init("bias", .trailing), .init("other seeds", .trailing),
            ],
            rows: half.unseen.map { unseen in
                let seen = half.seen.first { $0.source == unseen.source }?.errors
                let all = halves.compactMap { other in other.unseen.first { $0.source == unseen.source }?.errors.meanAbsolute }
                return [
                    StyledText(unseen.source), StyledText(seen.map { "\($0.count)" } ?? "–"),
                    StyledText(seen.map { percent($0.meanAbsolute) } ?? "–"), StyledText("\(unseen.errors.count)"),
                    StyledText(percent(unseen.errors.meanAbsolute)), StyledText(signed(unseen.errors.bias)),
                    StyledText(percent(all.reduce(0, +) / Double(max(1, all.count)))),
                ]
            })
    }

    /// Unseen runs of all halves by stack and architecture, a run once for each half that did not see it.
    private var expected: [(name: String, runs: Int, error: Double)] {
        let all = halves.reduce(into: [String: [Double]]()) { $0.merge($1.unseenByStack, uniquingKeysWith: +) }
        return all.sorted { $0.key < $1.key }.map { ($0.key, $0.value.count, $0.value.reduce(0, +) / Double(max(1, $0.value.count))) }
    }

    private func mean(_ value: ([TrainingStudy.SourceErrors]) -> Double?) -> Double? {
        let values = halves.compactMap { value($0.unseen) }
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private func mean(of value: (TrainingStudy.Half) -> Double?) -> Double? {
        let values = halves.compactMap(value)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The fitted constants as a document, in the groups that share a value.
    public var document: YAMLContent {
        guard let first = halves.first else { return .mapping([]) }
        return .mapping([
            YAMLField(
                "constants",
                .list(
                    zip(constants, first.values.values).map { constant, value in
                        .inline([
                            YAMLField("key", .text(constant.key)), YAMLField("of", .text(constant.owners)),
                            YAMLField("value", .number(value)), YAMLField("prior", .number(constant.prior)),
                        ])
                    }))
        ])
    }
}

extension TrainingConstant {
    /// Whose constant it is, in words.
    var owners: String {
        switch owner {
        case .shared: "all"
        case .gpus(let names, _), .stacks(let names, _): names.joined(separator: " ")
        case .network(let name): name
        }
    }
}

extension TrainingFitReport: Encodable {
    /// Writes the contract `meshwright.training/1` (docs/json.md); errors in percent, constants in SI units.
    public func encode(to encoder: any Encoder) throws {
        func table(_ sources: [TrainingStudy.SourceErrors]) -> KeyedValues {
            KeyedValues(
                sources.map {
                    (
                        $0.source,
                        KeyedValues([
                            ("n", $0.errors.count), ("mape_pct", $0.errors.meanAbsolute * 100), ("bias_pct", $0.errors.bias * 100),
                        ])
                    )
                })
        }
        let halves = halves.map { half in
            KeyedValues([
                ("seed", Int(half.seed)), ("fitted_mape_pct", half.seen.macroError.map { $0 * 100 }),
                ("unseen_mape_pct", half.unseen.macroError.map { $0 * 100 }),
                ("unseen_bias_pct", half.unseen.macroBias.map { $0 * 100 }), ("unseen_by_source", table(half.unseen)),
                ("unseen_mixtures_mape_pct", half.unseenMixtures.map { $0 * 100 }),
                ("unseen_dense_mape_pct", half.unseenDense.map { $0 * 100 }),
            ])
        }
        let fitted = zip(constants, self.halves.first?.values.values ?? []).map { constant, value in
            KeyedValues([("key", constant.key), ("of", constant.owners), ("prior", constant.prior), ("value", value)])
        }
        let open = TrainingStudy.uncertainty(self.halves)
        let spreads = open.map { open in
            TrainingStudy.coverage(self.halves, open).map { stratum, share, runs in
                KeyedValues([
                    ("stack", stratum.stack), ("architecture", stratum.architecture), ("mixture", stratum.isMixture), ("runs", runs),
                    ("common_pct", open.spread(stratum).common * 100), ("own_pct", open.spread(stratum).own * 100),
                    ("held_pct", share * 100),
                ])
            }
        }
        let stacks = leftOutStacks.map {
            KeyedValues([
                ("stack", $0.stack), ("priced_as", $0.nearest), ("n", $0.errors.count), ("mape_pct", $0.errors.meanAbsolute * 100),
                ("bias_pct", $0.errors.bias * 100), ("held", $0.held),
            ])
        }
        try KeyedValues([
            ("schema", "meshwright.training/1"), ("constants", fitted), ("halves", halves),
            ("unseen_mape_pct", mean(\.macroError).map { $0 * 100 }), ("unseen_bias_pct", mean(\.macroBias).map { $0 * 100 }),
            ("expected_mape_pct", KeyedValues(expected.map { ($0.name, $0.error * 100) })),
            ("unseen_mixtures_mape_pct", mean(of: \.unseenMixtures).map { $0 * 100 }),
            ("unseen_dense_mape_pct", mean(of: \.unseenDense).map { $0 * 100 }), ("spreads", spreads),
            ("left_out", table(leftOut.map(\.result))), ("left_out_stacks", stacks),
        ]).encode(to: encoder)
    }
}
