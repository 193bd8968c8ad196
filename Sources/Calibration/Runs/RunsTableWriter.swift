public import Documents

extension RunsTable {
    /// Columns of a table that is begun with own runs; those of docs/runs.md that such a run can fill.
    public static let ownColumns =
        ["id", "framework", "model"]
        + [
            "layers", "hidden", "ffn", "heads", "kv_heads", "vocab", "gated_mlp", "n_experts", "top_k", "moe_ffn", "shared_experts",
            "seq_len",
            "gpu", "n_gpus", "gpus_per_node", "precision", "gbs", "mbs", "tp", "pp", "vpp", "cp", "ep", "etp", "dp", "dp_shard",
            "fsdp_or_zero", "sequence_parallel", "recompute", "schedule", "group_size", "compile", "async_tp", "ep_overlap", "dp_overlap",
            "step_time_s", "tokens_per_s_per_gpu", "peak_mem_gb_per_gpu", "memory_kind", "oom",
        ] + RunColumns.details

    /// A table with rows added at its end.
    ///
    /// - Parameters:
    ///   - rows: the rows; none of their ids may be in the table already.
    ///   - text: the table's text so far; nil begins one.
    ///   - file: its name in messages.
    /// - Returns: the text, and the columns that rows fill and the table lacks.
    /// - Throws: `DocumentError` where the table is none that `calibrate runs` reads, or has an id already.
    public static func text(adding rows: [RunRecord], to text: String?, file: String) throws(DocumentError) -> (
        text: String, lost: [String]
    ) {
        var result = text ?? ownColumns.joined(separator: ",") + "\n"
        let table = try CSVTable.parse(text: result, file: file)
        let known = try runs(in: table)
        for row in rows {
            guard let same = known.first(where: { $0.id == row.id }) else { continue }
            throw DocumentError(
                same.location, .invalid("the table has the run '\(row.id)' already", remedy: "remove it there, or rename the log"))
        }
        if let last = result.utf8.last, last != 0x0A { result += "\n" }
        for row in rows { result += table.header.map { CSVText.quoted(row.field($0)) }.joined(separator: ",") + "\n" }
        let lost = ownColumns.filter { column in !table.header.contains(column) && rows.contains { !$0.field(column).isEmpty } }
        return (result, lost)
    }
}

extension RunRecord {
    /// What the row has in a column, as text; empty where it is silent.
    func field(_ column: String) -> String {
        if column == "id" { return id }
        if let word = RunColumns.words.first(where: { $0.name == column }) { return self[keyPath: word.path] }
        guard let number = numbers[column] else { return "" }
        return number.rounded() == number && abs(number) < 1e15 ? String(Int(number)) : "\(number)"
    }
}
