/// A strategy in one line.
struct StrategyText {
    private let s: PlanReport.Strategy

    init(_ strategy: PlanReport.Strategy) { s = strategy }

    /// Everything that is not at its plainest: `tp 8, pp 16, vpp 4, dp 4, micro-batch 1, zero1`.
    var short: String {
        var parts = sizes.map { "\($0.name) \($0.value)" }
        parts.append("micro-batch \(s.microBatchSize)")
        if s.pp > 1 { parts.append(s.schedule) }
        parts.append(recompute == "none" ? "no recomputation" : "recompute \(recompute)")
        parts.append(sharding == "none" ? "unsharded" : sharding)
        if !s.offload.isNone { parts.append("offload \(offload)") }
        return parts.joined(separator: ", ")
    }

    /// Sizes above one, and those of tensor, pipeline and data in any case.
    private var sizes: [(name: String, value: Int)] {
        let all = [("tp", s.tp), ("pp", s.pp), ("vpp", s.vpp), ("cp", s.cp), ("ep", s.ep), ("etp", s.etp), ("dp", s.dp)]
        return all.filter { $0.1 > 1 || ["tp", "pp", "dp"].contains($0.0) }
    }

    /// What is recomputed: `full, 3 of 8 layers`, `layernorm` or `none`.
    var recompute: String {
        switch s.recompute {
        case "full":
            let most = s.layersPerStage.max() ?? s.recomputeLayers
            return s.recomputeLayers >= most ? "full" : "full, \(s.recomputeLayers) of \(most)"
        case "selective": return s.recomputeModules.isEmpty ? "selective" : s.recomputeModules.joined(separator: "+")
        default: return s.recompute
        }
    }

    /// What lives beside the GPU: `optimizer 50 %`.
    var offload: String { s.offload.words(of: s.layersPerStage.max() ?? s.offload.layers) }

    /// How state is sharded: `zero1`, or `zero3 over 8 of 64` where sharding is hybrid.
    var sharding: String { s.sharding != "none" && s.dpShard < s.dp ? "\(s.sharding)/\(s.dpShard)" : s.sharding }

    /// Layers of the stages, runs of equal ones together: `3, 30 × 4, 3`.
    var layers: String {
        var runs: [(count: Int, layers: Int)] = []
        for layers in s.layersPerStage {
            if let last = runs.last, last.layers == layers { runs[runs.count - 1].count += 1 } else { runs.append((1, layers)) }
        }
        if runs.count == 1, let run = runs.first { return run.count == 1 ? "all \(run.layers)" : "\(run.layers) each" }
        return runs.map { $0.count == 1 ? "\($0.layers)" : "\($0.count) × \($0.layers)" }.joined(separator: ", ")
    }
}
