import Documents
import Studies
import Workload

/// The cells of a sweep as a table of comma-separated values, one row a cell, units in the headings.
public enum SweepCSV {
    /// The table; fields that hold a comma are quoted (RFC 4180).
    public static func text(_ report: SweepReport) -> String {
        let choices = report.study.options.map { option in
            word("option_\(option.name.value)") { row in row.cell.choices.first { $0.name == option.name.value }?.value }
        }
        let columns = columns + choices
        var text = columns.map(\.title).joined(separator: ",") + "\n"
        for row in report.answers.rows { text += columns.map { CSVText.quoted($0.value(row)) }.joined(separator: ",") + "\n" }
        return text
    }

    private typealias Column = (title: String, value: (SweepRow) -> String)

    private static func whole(_ title: String, _ value: @escaping (SweepRow) -> Int?) -> Column {
        (title, { row in value(row).map { "\($0)" } ?? "" })
    }

    private static func number(_ title: String, _ value: @escaping (SweepRow) -> Double?) -> Column {
        (title, { row in value(row).map { "\($0)" } ?? "" })
    }

    private static func word(_ title: String, _ value: @escaping (SweepRow) -> String?) -> Column { (title, { value($0) ?? "" }) }

    private static var columns: [Column] {
        [
            whole("id") { $0.id }, word("model") { $0.cell.model }, word("cluster") { $0.cell.cluster.name },
            whole("gpus") { $0.result?.gpus ?? $0.cell.gpus }, whole("nodes") { $0.result?.nodes },
            word("in_grid") { "\($0.cell.isInGrid)" }, whole("global_batch_size") { $0.result?.job.globalBatch ?? $0.cell.globalBatch },
            whole("sequence_length") { $0.result?.job.sequenceLength ?? $0.cell.sequenceLength },
            word("precision") { $0.result?.job.precision ?? $0.cell.precision?.rawValue },
            word("method") { $0.result?.job.method ?? $0.cell.method?.rawValue }, word("stack") { $0.result?.job.stack ?? $0.cell.stack },
            whole("tp") { $0.result?.plan?.tp }, whole("pp") { $0.result?.plan?.pp }, whole("vpp") { $0.result?.plan?.vpp },
            whole("cp") { $0.result?.plan?.cp }, whole("ep") { $0.result?.plan?.ep }, whole("etp") { $0.result?.plan?.etp },
            whole("dp") { $0.result?.plan?.dp }, whole("micro_batch_size") { $0.result?.plan?.microBatch },
            word("schedule") { $0.result?.plan?.schedule }, word("optimizer_sharding") { $0.result?.plan?.sharding },
            word("recompute") { $0.result?.plan?.recompute }, number("step_time_s") { $0.result?.plan?.stepTime },
            number("step_time_low_s") { $0.result?.plan?.stepTimeLow }, number("step_time_high_s") { $0.result?.plan?.stepTimeHigh },
            word("trust") { $0.result?.plan?.trust }, number("tokens_per_s") { $0.result?.tokensPerSecond },
            number("mfu") { $0.result?.plan?.mfu },
            number("memory_gib") { $0.result?.plan?.memory }, number("goodput") { $0.result?.plan?.goodput },
            number("scaling") { $0.scaling }, number("days") { $0.days },
            number("gpu_hours") { $0.gpuHours }, number("cost") { $0.cost }, word("reason") { $0.reason },
        ]
    }
}
