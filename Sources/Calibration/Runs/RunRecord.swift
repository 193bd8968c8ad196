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
    /// What `RunColumns.details` names, by column; empty or missing where the row is silent.
    public var details: [String: String] = [:]
    /// Numbers by column name.
    public var numbers: [String: Double] = [:]

    /// A number of the row.
    public subscript(column: String) -> Double? { numbers[column] }

    /// What a column of `RunColumns.details` holds; empty where the row is silent.
    public subscript(detail column: String) -> String {
        get { details[column] ?? "" }
        set { details[column] = newValue }
    }

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
