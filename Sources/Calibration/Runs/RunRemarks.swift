import Foundation
import Workload

/// What a row says in words, in columns of its own or in its notes: scaling of 8-bit products, dropped tokens, prediction blocks, an unfused
/// loss, offloading, regressions of a release. What the cost models have no input for is an assumption.
struct RunRemarks {
    private static let rowwise = "rowwise scaling"
    /// How 8-bit products are scaled, and the words that tables have for it.
    private static let recipes: [(name: String, words: [String])] = [
        ("mxfp8", ["mxfp8", "mx"]), ("delayed scaling", ["delayed", "delayed scaling", "ds"]),
        (rowwise, ["rowwise", "row-wise", "rowwise with gw hp"]),
        ("tensorwise scaling", ["tensorwise", "tensor-wise", "per-tensor", "current", "current scaling", "cs"]),
        ("blockwise scaling", ["blockwise", "block-wise", "block", "subchannel", "sc", "deepseek"]),
    ]
    private static let formats: [(word: String, precision: Precision)] = [
        ("mxfp8", .mxfp8), ("nvfp4", .nvfp4), ("fp4", .nvfp4), ("fp8", .fp8), ("float8", .fp8), ("bfloat16", .bf16), ("bf16", .bf16),
        ("float16", .fp16), ("fp16", .fp16), ("float32", .fp32), ("fp32", .fp32), ("tf32", .fp32),
    ]

    /// The number format; nil where its word is not known.
    let precision: Precision?
    /// Prediction blocks (multi-token prediction) that the row states; nil where it is silent.
    let predictionBlocks: Int?
    /// Whether tokens beyond the experts' capacity are dropped.
    let dropsTokens: Bool
    /// Whether the loss is one kernel; nil where the row is silent.
    let fusesLoss: Bool?
    /// Whether layers, activations or weights are kept in the host's memory.
    let offloads: Bool
    /// The layers of each rank whose activations are, where that is stated.
    let offloadedLayers: Int?
    /// What was taken that the row says, and no cost model knows.
    let assumptions: [String]

    init(_ run: RunRecord) {
        var assumptions: [String] = []
        let notes = run.notes.lowercased()
        let (format, recipe) = Self.precision(run, notes: notes)
        precision = format == .fp8 && recipe == Self.rowwise ? .fp8Rowwise : format
        if let recipe, precision == .fp8 { assumptions.append("\(recipe) priced as plain fp8") }
        dropsTokens = run["drops_tokens"].map { $0 > 0 } ?? Self.statesDroppedTokens(notes)
        predictionBlocks = run.int("prediction_blocks") ?? Self.predictionBlocks(notes)
        fusesLoss =
            run["fused_loss"].map { $0 > 0 }
            ?? (Self.says(
                notes,
                [
                    "unfused loss", "unfused cross", "no fused cross", "loss not fused", "cross-entropy not fused",
                    "cross_entropy_loss_fusion=false",
                ]) ? false : nil)
        if Self.says(notes, ["regression"]), !Self.says(notes, ["no regression", "without regression", "linear regression"]) {
            let parts = ["cudnn", "nccl", "driver", "kernel", "cublas"].filter(notes.contains)
            let part = parts.isEmpty ? "" : " of \(parts.joined(separator: ", "))"
            assumptions.append("no regression\(part), although the notes state one")
        }
        let overlap = run.overlap.lowercased()
        offloads =
            run["offload"].map { $0 > 0 }
            ?? (overlap.contains("offload")
                && !Self.says(
                    overlap, ["offload=false", "offload_layers=0", "no offload", "without offload", "offload off", "offload: off"]))
        offloadedLayers = Self.offloadedLayers(overlap)
        self.assumptions = assumptions
    }

    /// The number of a text such as `cpu_offload_layers=20; megatron_fsdp`.
    private static func offloadedLayers(_ text: String) -> Int? {
        guard let start = text.range(of: "offload_layers=")?.upperBound else { return nil }
        return Int(text[start...].prefix(while: \.isNumber)).flatMap { $0 > 0 ? $0 : nil }
    }

    /// Whether notes say that tokens are dropped: the words for it, or a capacity factor, which is what drops them.
    private static func statesDroppedTokens(_ notes: String) -> Bool {
        if says(notes, ["dropless", "no token drop", "no drop", "capacity none", "capacity factor none", "capacity=none"]) { return false }
        return says(notes, ["tokendrop", "token drop", "token-drop", "drop tokens", "drops tokens", "dropped tokens"])
            || says(notes, ["capacity factor", "capacity 1", "expert capacity", "expert_capacity", "capacity_factor"])
    }

    private static func says(_ text: String, _ words: [String]) -> Bool { words.contains(where: text.contains) }

    /// The format and how it is scaled: the column's first word is the format, what follows it or stands in `precision_recipe` the recipe.
    private static func precision(_ run: RunRecord, notes: String) -> (Precision?, String?) {
        let text = run.precision.lowercased()
        guard !text.isEmpty else { return (.bf16, nil) }
        guard let format = formats.first(where: { text.hasPrefix($0.word) }) else { return (nil, nil) }
        let stated = run[detail: "precision_recipe"].lowercased()
        let words = stated.isEmpty ? String(text.dropFirst(format.word.count)) : stated
        let trimmed = words.trimmingCharacters(in: CharacterSet(charactersIn: " -_/(),+:;"))
        if trimmed.isEmpty {
            // Only whole words of the notes: they are prose.
            let said = ["tensorwise", "rowwise", "blockwise", "delayed scaling"].first(where: notes.contains)
            return (format.precision, said.flatMap(recipe))
        }
        guard let recipe = recipe(trimmed) else { return stated.isEmpty ? (nil, nil) : (format.precision, stated) }
        return format.precision == .fp8 && recipe == "mxfp8" ? (.mxfp8, nil) : (format.precision, recipe)
    }

    private static func recipe(_ words: String) -> String? {
        let plain = words.replacingOccurrences(of: "_", with: " ")
        return recipes.first { $0.words.contains(plain) || $0.words.contains { plain.hasPrefix($0 + " ") } }?.name
    }

    /// Prediction blocks that notes state: `w/o MTP`, `mtp_num_layers=1`, `with MTP`.
    private static func predictionBlocks(_ notes: String) -> Int? {
        if says(notes, ["w/o mtp", "without mtp", "no mtp", "mtp off", "mtp disabled", "mtp_num_layers=0", "mtp_num_layers=none"]) {
            return 0
        }
        if let range = notes.range(of: "mtp_num_layers=") { return Int(notes[range.upperBound...].prefix { $0.isNumber }) }
        return says(notes, ["with mtp", "w/ mtp", "mtp on", "mtp enabled"]) ? 1 : nil
    }
}
