/// The layers of each virtual stage in the notation of Megatron's `--pipeline-model-parallel-layout`.
///
/// Stages are separated by bars in the order of the model; `E` is the embedding, `t` a transformer layer, `m` a multi-token-prediction
/// block and `L` the loss; `x*n` repeats a letter.
enum PipelineLayoutText {
    /// The layout of `counts` layers by global stage index, with `predictionBlocks` blocks before the loss.
    static func text(counts: [Int], predictionBlocks: Int = 0) -> String {
        counts.indices.map { stage in
            var text = stage == 0 ? "E" : ""
            text += repeated("t", counts[stage])
            if stage == counts.count - 1 { text += repeated("m", predictionBlocks) + "L" }
            return text
        }
        .joined(separator: "|")
    }

    private static func repeated(_ letter: String, _ count: Int) -> String {
        switch count {
        case 0: ""
        case 1: letter
        default: "\(letter)*\(count)"
        }
    }
}
