import Calibration
import CostModels

extension ValidationReport: Encodable {
    /// Writes the contract `meshwright.validate/1` (docs/json.md): errors in percent, times in seconds, memory in GiB.
    public func encode(to encoder: any Encoder) throws {
        try KeyedValues([
            ("schema", "meshwright.validate/1"), ("rows", predictions.map(Self.row)), ("summary", summaryValues),
            ("coverage", coverage.map(Self.coverage)),
        ]).encode(to: encoder)
    }

    private static func coverage(_ coverage: CoverageStudy) -> KeyedValues {
        KeyedValues([
            ("overall", KeyedValues([("runs", coverage.overall.runs), ("held", coverage.overall.held)])),
            (
                "by_stratum",
                KeyedValues(
                    coverage.strata.map { ($0.stratum.description, KeyedValues([("runs", $0.runs), ("held", $0.held)])) })
            ),
            (
                "pairs",
                coverage.pairs.map {
                    KeyedValues([
                        ("chance_from", $0.chances.lowerBound), ("chance_to", $0.chances.upperBound), ("pairs", $0.count),
                        ("said", $0.said),
                        ("right", $0.right),
                    ])
                }
            ),
        ])
    }

    private static func row(_ prediction: RunPrediction) -> KeyedValues {
        let run = prediction.run
        return KeyedValues([
            ("id", run.id), ("source", run.source), ("predicted_step_time_s", prediction.stepTime),
            ("measured_step_time_s", run.ranOutOfMemory ? nil : run.measuredStepTime),
            ("time_error_pct", prediction.timeError.map { $0 * 100 }), ("predicted_memory_gib", prediction.memory),
            ("measured_memory_gib", run.measuredMemory),
            ("memory_error_pct", prediction.memoryError.map { $0 * 100 }), ("predicted_oom", prediction.predictedOutOfMemory),
            ("recommended", prediction.isRecommended), ("measured_oom", run.ranOutOfMemory), ("assumed", prediction.assumptions),
            ("skipped", prediction.skipped), ("refused", prediction.contradiction), ("outcome", prediction.outcome.rawValue),
        ])
    }

    private var summaryValues: KeyedValues {
        func table(_ groups: [ValidationSummary.Group]) -> KeyedValues {
            KeyedValues(
                groups.map { ($0.name, KeyedValues([("step_time", $0.time.map(Self.errors)), ("memory", $0.memory.map(Self.errors))])) })
        }
        let overall = KeyedValues([
            ("step_time", summary.overall.time.map(Self.errors)), ("memory", summary.overall.memory.map(Self.errors)),
            ("macro_mape_pct", summary.macroTimeError.map { $0 * 100 }), ("macro_bias_pct", summary.macroTimeBias.map { $0 * 100 }),
            ("out_of_memory", Self.verdicts(summary.confusion)),
        ])
        return KeyedValues([
            ("overall", overall), ("by_source", table(summary.bySource)), ("by_gpu", table(summary.byGPU)),
            ("by_model", table(summary.byModelKind)),
            ("out_of_memory_by_source", KeyedValues(summary.confusionBySource.map { ($0.name, Self.verdicts($0.confusion)) })),
            ("sweeps", Self.sweeps(summary.sweeps, summary.noise)), ("skipped", KeyedValues(summary.skipped.map { ($0.reason, $0.count) })),
            ("counts", countValues),
        ])
    }

    private var countValues: KeyedValues {
        KeyedValues(
            [("read", predictions.count + unselected)] + summary.outcomes.map { ($0.outcome.rawValue, $0.count) } + [
                ("not_asked_for", unselected)
            ])
    }

    private static func errors(_ errors: ErrorStatistics) -> KeyedValues {
        KeyedValues([
            ("n", errors.count), ("mape_pct", errors.meanAbsolute * 100), ("bias_pct", errors.bias * 100),
            ("median_pct", errors.median * 100), ("p90_pct", errors.ninetieth * 100),
        ])
    }

    private static func verdicts(_ c: ValidationSummary.Confusion) -> KeyedValues {
        KeyedValues([
            ("oom_caught", c.caught), ("oom_missed", c.missed), ("oom_recommended", c.recommendedAndRanOut), ("fit_passed", c.passed),
            ("fit_false_alarm", c.falseAlarms), ("fit_recommended", c.recommendedAndFitted), ("balanced_accuracy", c.balancedAccuracy),
        ])
    }

    private static func sweeps(_ sweeps: [Sweep], _ noise: RepeatNoise) -> KeyedValues {
        let repeats = sweeps.compactMap { noise.ceiling(of: $0) }
        func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
        return KeyedValues([
            ("n", sweeps.count), ("spearman_mean", mean(sweeps.map(\.spearman))), ("regret_mean_pct", mean(sweeps.map { $0.regret * 100 })),
            ("regret_max_pct", sweeps.map { $0.regret * 100 }.max()),
            ("regret_top5_mean_pct", mean(sweeps.map { $0.regretOfFive * 100 })),
            ("repeat_spearman_mean", mean(repeats.map(\.spearman))), ("repeat_regret_mean_pct", mean(repeats.map { $0.regret * 100 })),
            (
                "list",
                sweeps.map { sweep in
                    let ceiling = noise.ceiling(of: sweep)
                    return KeyedValues([
                        ("name", sweep.name), ("layouts", sweep.count), ("spearman", sweep.spearman), ("regret_pct", sweep.regret * 100),
                        ("regret_top5_pct", sweep.regretOfFive * 100), ("repeat_spearman", ceiling?.spearman),
                        ("repeat_regret_pct", ceiling.map { $0.regret * 100 }),
                    ])
                }
            ),
        ])
    }
}
