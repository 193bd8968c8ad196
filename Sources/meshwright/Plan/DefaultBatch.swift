/// The global batch of those who name none.
enum DefaultBatch {
    /// Tokens of a step that are usual in pretraining.
    static let tokens = 4_194_304
    /// Tokens of a step that are usual in fine-tuning: 64 sequences of 4 Ki.
    static let tunedTokens = 262_144

    /// Sequences of a step: the largest number within 4 Mi tokens, or one for each 8 GPUs if that is more, that is the odd part of the
    /// number of GPUs times a power of two, so that the GPUs can share it evenly.
    static func sequences(of length: Int, gpus: Int, tokens: Int = tokens) -> Int {
        let most = max(tokens / length, gpus / 8, 1)
        var batch = gpus >> gpus.trailingZeroBitCount
        while batch * 2 <= most { batch *= 2 }
        return batch
    }
}
