/// The global batch of those who name none.
enum DefaultBatch {
    /// Tokens of a step that are usual in pretraining.
    static let tokens = 4_194_304
    /// Tokens of a step that are usual in fine-tuning: 64 sequences of 4 Ki.
    static let tunedTokens = 262_144

    /// Sequences of a step that the GPUs can share evenly: of the multiples of their number in the upper quarter of 4 Mi tokens, the one that most
    /// powers of two divide, and of those the largest.
    ///
    /// Where there are more GPUs than such sequences, the odd part of their number times a power of two, at least one for each 16 GPUs.
    static func sequences(of length: Int, gpus: Int, tokens: Int = tokens) -> Int {
        let most = max(tokens / length, gpus / 8, 1)
        if gpus <= most {
            let (least, largest) = ((3 * most + 4 * gpus - 1) / (4 * gpus), most / gpus)
            let share = (min(least, largest)...largest).max {
                ($0.trailingZeroBitCount, $0) < ($1.trailingZeroBitCount, $1)
            }
            return gpus * (share ?? 1)
        }
        var batch = gpus >> gpus.trailingZeroBitCount
        while batch * 2 <= most { batch *= 2 }
        return batch
    }
}
