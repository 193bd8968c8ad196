import Documents
import Schedules

/// What TorchTitan's file says of the pipeline: its schedule, and the layers of each stage.
enum TorchTitanStages {
    /// Reads it where there is a pipeline.
    static func read(_ document: inout ConfigurationDocument, _ result: inout UserConfiguration) throws(DocumentError) {
        let size = YAMLType<Int>.int(in: 1...65_536)
        let name = try document.text("parallelism.pipeline_parallel_schedule")
        let parts = try document.value("parallelism.module_fqns_per_model_part", .list(of: .list(of: .string)))
        let points = try document.value("parallelism.pipeline_parallel_split_points", .names) ?? []
        let perStage = try document.value("parallelism.pipeline_parallel_layers_per_stage", size)
        let less = YAMLType<Int>.int(in: 0...65_536)
        let first = try document.value("parallelism.pipeline_parallel_first_stage_less_layers", less) ?? 1
        let last = try document.value("parallelism.pipeline_parallel_last_stage_less_layers", less) ?? 1
        guard let pipeline = result.strategy["pp"].flatMap({ Int($0) }), pipeline > 1 else { return }
        guard let schedule = TorchTitanReader.schedule(name ?? "1F1B") else {
            throw DocumentError(
                document.location(of: "parallelism.pipeline_parallel_schedule"),
                .unknownChoice(
                    name ?? "", nearest: nil,
                    legal: ["1F1B", "GPipe", "Interleaved1F1B", "InterleavedZeroBubble", "LoopedBFS", "ZBVZeroBubble", "DualPipeV"]))
        }
        result.strategy["schedule"] = schedule.rawValue
        if name == nil { result.defaults["schedule"] = "the framework's default" }
        let layers = result.modelName.flatMap(TorchTitanModels.layers)
        var chunks = [.oneForwardOneBackward, .gpipe].contains(schedule) ? 1 : 2
        if let parts {
            chunks = max(1, parts.count / pipeline)
            result.strategy["layout"] = text(parts.map { part in part.count { $0.hasPrefix("layers.") } })
        } else if !points.isEmpty {
            chunks = max(1, (points.count + 1) / pipeline)
            result.strategy["layout"] = layers.flatMap { split($0, at: points) }.map(text)
            if result.strategy["layout"] == nil { unknown("parallelism.pipeline_parallel_split_points", document, &result) }
        } else if let layers {
            if let perStage { chunks = max(1, (layers + first + last + perStage - 1) / perStage / pipeline) }
            guard let counts = dealt(layers, over: pipeline * chunks, first: first, last: last) else {
                throw DocumentError(
                    document.location(of: "parallelism.pipeline_parallel_degree"),
                    .invalid(
                        "\(pipeline * chunks) stages are more than \(layers) layers fill when the ends count as \(first) and \(last)",
                        remedy: "TorchTitan refuses it too"))
            }
            if Set(counts).count > 1 {
                result.strategy["layout"] = text(counts)
                result.defaults["layout"] = "as TorchTitan deals layers, embedding and head counted as \(first) and \(last)"
            }
        } else if perStage != nil {
            unknown("parallelism.pipeline_parallel_layers_per_stage", document, &result)
        }
        if chunks > 1 { result.strategy["vpp"] = String(chunks) }
    }

    private static func text(_ counts: [Int]) -> String { counts.map(String.init).joined(separator: "+") }

    private static func unknown(_ key: String, _ document: ConfigurationDocument, _ result: inout UserConfiguration) {
        result.unmodelled.append(
            UserConfiguration.Unmodelled(
                name: key, location: document.location(of: key),
                instead: "layers are taken to be dealt evenly, since the model's are not known"))
    }

    /// Layers between the layers at which stages begin, such as `layers.8`; nil where one is no layer or they do not rise.
    private static func split(_ layers: Int, at points: [String]) -> [Int]? {
        var counts: [Int] = []
        var begin = 0
        for point in points {
            guard point.hasPrefix("layers."), let next = Int(point.dropFirst(7)), next >= begin, next <= layers else { return nil }
            counts.append(next - begin)
            begin = next
        }
        return counts + [layers - begin]
    }

    /// Layers of each stage by `generate_llm_fqn_per_model_part` of v0.2.2 (`torchtitan/distributed/pipeline_parallel.py`); nil where that refuses.
    private static func dealt(_ layers: Int, over stages: Int, first: Int, last: Int) -> [Int]? {
        let whole = layers + first + last
        let (each, extra) = whole.quotientAndRemainder(dividingBy: stages)
        guard each > 0, first <= each, last <= each else { return nil }
        var counts = (0..<stages).map { each + ($0 < extra ? 1 : 0) }
        counts[0] -= first
        counts[stages - 1] -= last
        return counts
    }
}
