import Documents
import Parallelism

extension MegatronReader {
    /// How layers are dealt to the stages of the pipeline.
    mutating func readStages(_ result: inout UserConfiguration) throws(DocumentError) {
        let pipeline = Int(result.strategy["pp"] ?? "1") ?? 1
        let layers = try number("num-layers") ?? 0
        let ends = (embedding: has("account-for-embedding-in-pipeline-split"), loss: has("account-for-loss-in-pipeline-split"))
        let counted = layers + (ends.embedding ? 1 : 0) + (ends.loss ? 1 : 0)
        if let stages = try number("num-virtual-stages-per-pipeline-rank") { result.strategy["vpp"] = String(stages) }
        if let each = try number("num-layers-per-virtual-pipeline-stage"), each > 0, pipeline > 0 {
            result.strategy["vpp"] = String(max(1, counted / (each * pipeline)))
        }
        let chunks = Int(result.strategy["vpp"] ?? "1") ?? 1
        try readLayout(pipeline, &result)
        try readPattern(pipeline, &result)
        guard pipeline > 1 else { return }
        if ends.embedding, ends.loss {
            result.strategy["layout"] = "embedding-aware"
        } else if ends.embedding || ends.loss, layers > 0, chunks > 0 {
            let stages = pipeline * chunks
            guard counted % stages == 0, stages <= 65_536 else {
                throw DocumentError(
                    location(ends.embedding ? "account-for-embedding-in-pipeline-split" : "account-for-loss-in-pipeline-split"),
                    .invalid(
                        "\(layers) layers and one end of the pipeline do not divide by \(stages) stages",
                        remedy: "the sum must be a multiple of the stages"))
            }
            var counts = [Int](repeating: counted / stages, count: stages)
            if ends.embedding { counts[0] -= 1 }
            if ends.loss { counts[stages - 1] -= 1 }
            state(counts, in: &result)
        }
        try readUnevenEnds(pipeline, chunks, layers: layers, &result)
    }

    private mutating func readLayout(_ pipeline: Int, _ result: inout UserConfiguration) throws(DocumentError) {
        guard let text = try text("pipeline-model-parallel-layout") else { return }
        let place = location("pipeline-model-parallel-layout")
        guard let counts = PipelineLayoutText.counts(text) else {
            throw DocumentError(
                place,
                .invalid("'\(text)' is no layout", remedy: "stages of E, t, m and L are separated by |, as in Et*3|t*4|t*3L"))
        }
        state(counts, in: &result)
        if pipeline > 0, counts.count > pipeline { result.strategy["vpp"] = String(counts.count / pipeline) }
    }

    /// The stages of a hybrid model's pattern, where bars divide it.
    private mutating func readPattern(_ pipeline: Int, _ result: inout UserConfiguration) throws(DocumentError) {
        guard let pattern = try hybridPattern(), pattern.stages.count > 1, pipeline > 0 else { return }
        guard pattern.stages.count % pipeline == 0 else {
            throw DocumentError(
                location("hybrid-layer-pattern"),
                .invalid(
                    "the pattern has \(pattern.stages.count) stages and the pipeline \(pipeline) ranks",
                    remedy: "the stages must be a multiple of the ranks"))
        }
        state(pattern.stages.map(\.count), in: &result)
        if pattern.stages.count > pipeline { result.strategy["vpp"] = String(pattern.stages.count / pipeline) }
    }

    /// Reads `--decoder-first-pipeline-num-layers` and its counterpart: the ranks between share what the stated ones leave.
    private mutating func readUnevenEnds(
        _ pipeline: Int, _ chunks: Int, layers: Int, _ result: inout UserConfiguration
    ) throws(DocumentError) {
        let first = try number("decoder-first-pipeline-num-layers")
        let last = try number("decoder-last-pipeline-num-layers")
        guard first != nil || last != nil, layers > 0, chunks > 0, pipeline <= 65_536 else { return }
        let flag = first != nil ? "decoder-first-pipeline-num-layers" : "decoder-last-pipeline-num-layers"
        let others = pipeline - (first == nil ? 0 : 1) - (last == nil ? 0 : 1)
        let rest = layers - (first ?? 0) - (last ?? 0)
        let parts = [first ?? 0, last ?? 0, others > 0 ? rest / others : 0]
        guard others > 0 ? rest > 0 && rest % others == 0 : rest == 0, parts.allSatisfy({ $0 % chunks == 0 }) else {
            throw DocumentError(
                location(flag),
                .invalid(
                    "\(rest) of \(layers) layers are left for \(others) other ranks of \(chunks) virtual stages each",
                    remedy: "they must share them evenly"))
        }
        var round = [Int](repeating: parts[2] / chunks, count: pipeline)
        if let first { round[0] = first / chunks }
        if let last { round[pipeline - 1] = last / chunks }
        state((0..<chunks).flatMap { _ in round }, in: &result)
    }

    private func state(_ counts: [Int], in result: inout UserConfiguration) {
        result.strategy["layout"] = counts.map(String.init).joined(separator: "+")
    }
}
