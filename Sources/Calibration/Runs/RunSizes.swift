import Foundation
import Parallelism
import Workload

/// Sizes of a row that contradict each other: what no run can have had is refused with its numbers, not predicted.
enum RunSizes {
    private static let parallel = ["tp", "pp", "cp", "dp"]
    /// Sizes that tables write 0 for where they do not apply.
    private static let optional = ["vpp", "ep", "etp", "mbs", "dp_shard", "cp_inner", "group_size"]

    /// What a model's and a batch's columns may hold.
    private static let ranges: [(column: String, range: ClosedRange<Int>)] = [
        ("layers", ModelLimits.layers), ("hidden", ModelLimits.hidden), ("heads", ModelLimits.heads), ("kv_heads", ModelLimits.heads),
        ("ffn", ModelLimits.width), ("moe_ffn", ModelLimits.width), ("vocab", ModelLimits.vocabulary), ("n_experts", ModelLimits.experts),
        ("top_k", ModelLimits.experts), ("prediction_blocks", ModelLimits.predictionBlocks), ("seq_len", ModelLimits.sequenceLength),
        ("n_gpus", 1...16_777_216), ("gpus_per_node", 1...65_536), ("gbs", 1...1_073_741_824), ("year", 1990...2100),
    ]

    /// Refuses a run whose parallel sizes do not make its GPUs, or whose sizes are none.
    static func check(_ run: RunRecord) throws {
        for (column, range) in ranges {
            guard let value = run[column], run.int(column).map({ !range.contains($0) }) ?? true else { continue }
            throw RunSkip(
                reason: "sizes that cannot be",
                contradiction: "\(column) is \(number(value)); it is \(range.lowerBound) to \(range.upperBound)")
        }
        if let chosen = run.int("top_k"), let experts = run.int("n_experts"), chosen > experts {
            throw RunSkip(
                reason: "sizes that cannot be", contradiction: "top_k is \(chosen) of n_experts \(experts); it is at most all of them")
        }
        if let pairs = run.int("kv_heads"), let heads = run.int("heads"), heads % pairs != 0 {
            throw RunSkip(reason: "sizes that cannot be", contradiction: "kv_heads \(pairs) do not divide heads \(heads)")
        }
        for (columns, least) in [(parallel, 1.0), (optional, 0)] {
            for column in columns {
                guard let value = run[column], value < least || value.rounded() != value else { continue }
                throw RunSkip(
                    reason: "sizes that cannot be",
                    contradiction: "\(column) is \(number(value)); it is a whole number from \(number(least)) on")
            }
        }
        if let stage = run["fsdp_or_zero"], ![0, 1, 2, 3].contains(stage) {
            throw RunSkip(reason: "sizes that cannot be", contradiction: "fsdp_or_zero is \(number(stage)); it is 0 to 3")
        }
        guard let gpus = run.int("n_gpus") else { return }
        let statesData = run.int("dp") != nil
        let sizes = (["tp", "pp", "cp"] + (statesData ? ["dp"] : [])).map { ($0, run.size($0)) }
        let product = sizes.reduce(1.0) { $0 * Double($1.1) }
        guard statesData ? product != Double(gpus) : product * Double(run.dataParallel) != Double(gpus) else { return }
        let words = sizes.map { "\($0.0) \($0.1)" }.joined(separator: " · ") + " = " + number(product)
        throw RunSkip(
            reason: "sizes that do not make n_gpus",
            contradiction: statesData
                ? "\(words), and n_gpus is \(gpus)" : "\(words), which does not divide n_gpus, \(gpus), and dp is not stated")
    }

    /// Refuses a run whose batch or model its strategy cannot divide; what published tables have and frameworks pad is said instead.
    static func check(_ run: RunRecord, _ model: TransformerModel, _ s: ParallelStrategy, _ assumptions: inout [String]) throws {
        func refuse(_ words: String) throws -> Never {
            throw RunSkip(reason: "sizes that contradict the batch or the model", contradiction: words)
        }
        if let batch = run.int("gbs"), batch % (s.data * s.microBatch) != 0 {
            try refuse("gbs \(batch) is no multiple of dp \(s.data) · micro-batch \(s.microBatch) = \(s.data * s.microBatch)")
        }
        if s.data % s.shardGroup != 0 { try refuse("dp_shard \(s.shardGroup) does not divide dp \(s.data)") }
        if s.context % s.contextInner != 0 { try refuse("cp_inner \(s.contextInner) does not divide cp \(s.context)") }
        if s.pipeline > model.layers { try refuse("pp \(s.pipeline) is more than the model's \(model.layers) layers") }
        if let heads = model.attention?.heads, heads % s.tensor != 0 {
            try refuse("tp \(s.tensor) does not divide \(heads) heads")
        }
        guard let experts = model.experts else {
            if run.size("ep") > 1 { assumptions.append("ep \(run.size("ep")) ignored, as the model has no experts") }
            return
        }
        if experts.count % s.expert != 0 { try refuse("ep \(s.expert) does not divide \(experts.count) experts") }
        let ranks = s.tensor * s.context * s.data
        if ranks % (s.expert * s.expertTensor) != 0 {
            assumptions.append("ep \(s.expert) · etp \(s.expertTensor), although a stage has \(ranks) ranks")
        }
    }

    private static func number(_ value: Double) -> String { String(format: value.rounded() == value ? "%.0f" : "%g", value) }
}
