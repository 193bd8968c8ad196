import Calibration

extension ValidationReport: Encodable {
    private enum Key: String, CodingKey { case schema, rows, summary }

    /// Writes the contract `meshwright.validate/1` (docs/json.md): errors in percent, times in seconds, memory in GiB.
    public func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: Key.self)
        try root.encode("meshwright.validate/1", forKey: .schema)
        try root.encode(predictions.map(Row.init), forKey: .rows)
        try root.encode(Summary(summary), forKey: .summary)
    }

    private struct Row: Encodable {
        let id: String
        let source: String
        let predicted_step_time_s: Double?
        let measured_step_time_s: Double?
        let time_error_pct: Double?
        let predicted_memory_gib: Double?
        let measured_memory_gib: Double?
        let memory_error_pct: Double?
        let predicted_oom: Bool?
        let recommended: Bool?
        let measured_oom: Bool
        let assumed: [String]
        let skipped: String?

        init(_ prediction: RunPrediction) {
            let run = prediction.run
            id = run.id
            source = run.source
            predicted_step_time_s = prediction.stepTime
            measured_step_time_s = run.ranOutOfMemory ? nil : run.measuredStepTime
            time_error_pct = prediction.timeError.map { $0 * 100 }
            predicted_memory_gib = prediction.memory
            measured_memory_gib = run.memoryKind.isEmpty ? nil : run["peak_mem_gb_per_gpu"]
            memory_error_pct = prediction.memoryError.map { $0 * 100 }
            predicted_oom = prediction.predictedOutOfMemory
            recommended = prediction.isRecommended
            measured_oom = run.ranOutOfMemory
            assumed = prediction.assumptions
            skipped = prediction.skipped
        }

        enum CodingKeys: String, CodingKey {
            case id, source, predicted_step_time_s, measured_step_time_s, time_error_pct, predicted_memory_gib, measured_memory_gib
            case memory_error_pct, predicted_oom, recommended, measured_oom, assumed, skipped
        }

        // Absent values are written as null, so that every row has every key.
        func encode(to encoder: any Encoder) throws {
            var row = encoder.container(keyedBy: CodingKeys.self)
            try row.encode(id, forKey: .id)
            try row.encode(source, forKey: .source)
            try row.encode(predicted_step_time_s, forKey: .predicted_step_time_s)
            try row.encode(measured_step_time_s, forKey: .measured_step_time_s)
            try row.encode(time_error_pct, forKey: .time_error_pct)
            try row.encode(predicted_memory_gib, forKey: .predicted_memory_gib)
            try row.encode(measured_memory_gib, forKey: .measured_memory_gib)
            try row.encode(memory_error_pct, forKey: .memory_error_pct)
            try row.encode(predicted_oom, forKey: .predicted_oom)
            try row.encode(recommended, forKey: .recommended)
            try row.encode(measured_oom, forKey: .measured_oom)
            try row.encode(assumed, forKey: .assumed)
            try row.encode(skipped, forKey: .skipped)
        }
    }

    private struct Errors: Encodable {
        let n: Int
        let mape_pct: Double
        let bias_pct: Double
        let median_pct: Double
        let p90_pct: Double

        init(_ errors: ErrorStatistics) {
            n = errors.count
            mape_pct = errors.meanAbsolute * 100
            bias_pct = errors.bias * 100
            median_pct = errors.median * 100
            p90_pct = errors.ninetieth * 100
        }
    }

    private struct Group: Encodable {
        let step_time: Errors?
        let memory: Errors?

        init(_ group: ValidationSummary.Group) {
            step_time = group.time.map(Errors.init)
            memory = group.memory.map(Errors.init)
        }
    }

    private struct Verdicts: Encodable {
        let oom_caught: Int
        let oom_missed: Int
        let oom_recommended: Int
        let fit_passed: Int
        let fit_false_alarm: Int
        let fit_recommended: Int
        let balanced_accuracy: Double?

        init(_ c: ValidationSummary.Confusion) {
            oom_caught = c.caught
            oom_missed = c.missed
            oom_recommended = c.recommendedAndRanOut
            fit_passed = c.passed
            fit_false_alarm = c.falseAlarms
            fit_recommended = c.recommendedAndFitted
            balanced_accuracy = c.balancedAccuracy
        }
    }

    private struct Overall: Encodable {
        let step_time: Errors?
        let memory: Errors?
        let macro_mape_pct: Double?
        let macro_bias_pct: Double?
        let out_of_memory: Verdicts
    }

    private struct Sweeps: Encodable {
        let n: Int
        let spearman_mean: Double?
        let regret_mean_pct: Double?
        let regret_max_pct: Double?
        let regret_top5_mean_pct: Double?

        init(_ sweeps: [Sweep]) {
            n = sweeps.count
            func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
            spearman_mean = mean(sweeps.map(\.spearman))
            regret_mean_pct = mean(sweeps.map { $0.regret * 100 })
            regret_max_pct = sweeps.map { $0.regret * 100 }.max()
            regret_top5_mean_pct = mean(sweeps.map { $0.regretOfFive * 100 })
        }
    }

    private struct Summary: Encodable {
        let overall: Overall
        let by_source: [String: Group]
        let by_gpu: [String: Group]
        let by_model: [String: Group]
        let out_of_memory_by_source: [String: Verdicts]
        let sweeps: Sweeps
        let skipped: [String: Int]

        init(_ summary: ValidationSummary) {
            func table(_ groups: [ValidationSummary.Group]) -> [String: Group] {
                Dictionary(uniqueKeysWithValues: groups.map { ($0.name, Group($0)) })
            }
            overall = Overall(
                step_time: summary.overall.time.map(Errors.init), memory: summary.overall.memory.map(Errors.init),
                macro_mape_pct: summary.macroTimeError.map { $0 * 100 }, macro_bias_pct: summary.macroTimeBias.map { $0 * 100 },
                out_of_memory: Verdicts(summary.confusion))
            by_source = table(summary.bySource)
            by_gpu = table(summary.byGPU)
            by_model = table(summary.byModelKind)
            out_of_memory_by_source = Dictionary(
                uniqueKeysWithValues: summary.confusionBySource.map { ($0.name, Verdicts($0.confusion)) })
            sweeps = Sweeps(summary.sweeps)
            skipped = Dictionary(uniqueKeysWithValues: summary.skipped.map { ($0.reason, $0.count) })
        }
    }
}
