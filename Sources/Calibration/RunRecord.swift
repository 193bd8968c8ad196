public import Documents

/// One published or own training run as a table states it; nil where the table is silent.
public struct RunRecord: Sendable {
    /// The row's identifier, such as `korth-0001`.
    public var id = ""
    /// Where the row stands.
    public var location: SourceLocation
    /// Framework and version.
    public var framework = ""
    /// Model name.
    public var model = ""
    /// GPU type as the table names it.
    public var gpu = ""
    /// Network between nodes as the table describes it.
    public var network = ""
    /// Number format.
    public var precision = ""
    /// What is recomputed.
    public var recompute = ""
    /// Pipeline schedule.
    public var schedule = ""
    /// Overlaps, graphs and dispatcher in words.
    public var overlap = ""
    /// Attention kernel.
    public var attentionKernel = ""
    /// Software release.
    public var container = ""
    /// Remarks.
    public var notes = ""
    /// A, B or C: how complete the row is.
    public var quality = "A"
    /// `allocated`, `reserved` or `device`.
    public var memoryKind = ""
    /// Numbers by column name.
    public var numbers: [String: Double] = [:]

    /// A number of the row.
    public subscript(column: String) -> Double? { numbers[column] }

    /// The source, which is the identifier's prefix.
    public var source: String { String(id.prefix { $0 != "-" }) }
    /// Whether the run ran out of memory.
    public var ranOutOfMemory: Bool { self["oom"] == 1 }
    /// Measured step time in s: stated, recomputed, or from tokens per second.
    public var measuredStepTime: Double? {
        if let time = self["step_time_s"] ?? self["chk_step_time_s"] { return time }
        guard let tokens = self["tokens_per_s_per_gpu"], let gpus = self["n_gpus"], let batch = self["gbs"], let sequence = self["seq_len"]
        else { return nil }
        return batch * sequence / (tokens * gpus)
    }
}

/// A table of runs in the columns of docs/runs.md; extra columns are ignored.
public enum RunsTable {
    /// Columns that hold numbers.
    static let numeric = [
        "year", "n_params_b", "layers", "hidden", "ffn", "heads", "kv_heads", "vocab", "seq_len", "n_experts", "top_k", "moe_ffn",
        "shared_experts", "gated_mlp", "n_gpus", "gpus_per_node", "gbs", "mbs", "tp", "pp", "vpp", "cp", "ep", "etp", "dp",
        "fsdp_or_zero", "sequence_parallel", "step_time_s", "tokens_per_s_per_gpu", "peak_mem_gb_per_gpu", "oom", "chk_step_time_s",
        "fused_norm", "compile", "async_tp",
    ]
    /// Columns without which no run can be read.
    static let required = [
        "id", "framework", "model", "layers", "hidden", "heads", "seq_len", "gpu", "n_gpus", "precision", "gbs", "tp", "pp", "dp",
    ]

    /// The runs of a file, or the first mistake in it with its place.
    public static func read(path: String) throws(DocumentError) -> [RunRecord] { try runs(in: CSVTable.read(path: path)) }

    /// The runs of a table.
    public static func runs(in table: CSVTable) throws(DocumentError) -> [RunRecord] {
        for name in required { _ = try table.column(name) }
        let numbers = numeric.compactMap { table.optionalColumn($0) }
        let id = try table.column("id")
        var records: [RunRecord] = []
        func text(_ name: String, _ row: Int) -> String { table.optionalColumn(name).map { table.text($0, row: row) } ?? "" }
        for row in 0..<table.rows {
            var record = RunRecord(location: table.location(id, row: row))
            record.id = table.text(id, row: row)
            record.framework = text("framework", row)
            record.model = text("model", row)
            record.gpu = text("gpu", row)
            record.network = text("inter_node", row)
            record.precision = text("precision", row)
            record.recompute = text("recompute", row)
            record.schedule = text("schedule", row)
            record.overlap = text("overlap", row)
            record.attentionKernel = text("attention_kernel", row)
            record.container = text("container", row)
            record.notes = text("notes", row)
            record.memoryKind = text("memory_kind", row)
            if !text("quality", row).isEmpty { record.quality = text("quality", row) }
            for column in numbers {
                if let value = try table.optionalValue(column, row: row, .nonNegative) { record.numbers[column.name] = value }
            }
            records.append(record)
        }
        return records
    }
}
