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
    /// Step time in s from rates of arithmetic or of samples, which only the resolved configuration can tell.
    var derivedStepTime: Double?

    /// Measured step time in s: stated, recomputed, from tokens per second, or from other rates.
    public var measuredStepTime: Double? {
        if let time = positive("step_time_s") ?? positive("chk_step_time_s") { return time }
        return seconds(byTokens: "tokens_per_s_per_gpu") ?? derivedStepTime
    }

    /// The columns of rates of tokens: of one GPU, and of all.
    static let tokenRates = ["tokens_per_s_per_gpu", "tokens_per_s"]

    /// Seconds of a step by one of `tokenRates`; nil where it or the batch is not stated.
    func seconds(byTokens column: String) -> Double? {
        guard let tokens = positive(column), let batch = positive("gbs"), let sequence = positive("seq_len"),
            let gpus = column == "tokens_per_s" ? 1 : positive("n_gpus")
        else { return nil }
        return batch * sequence / (tokens * gpus)
    }

    /// Measured GiB of the heaviest GPU; nil where none is stated, or not of which kind.
    public var measuredMemory: Double? { memoryKind.isEmpty ? nil : RunFigures.memory(self) }

    /// Whether the row says that nothing overlapped.
    var statesNoOverlap: Bool {
        let words = overlap.lowercased()
        return words == "none" || words.hasPrefix("none:")
    }

    /// The row with empty columns of experts where it states none, as tables write a dense model with zeros.
    var withoutNoExperts: RunRecord {
        guard self["n_experts"] == 0 else { return self }
        var run = self
        for column in ["n_experts", "top_k", "moe_ffn", "shared_experts"] { run.numbers[column] = nil }
        return run
    }

    /// Takes a release of the software where the row states neither a container nor a year.
    public mutating func suppose(release: String) {
        if container.isEmpty, self["year"] == nil { container = release }
    }

    private func positive(_ column: String) -> Double? { self[column].flatMap { $0 > 0 && $0.isFinite ? $0 : nil } }
}
