public import Hardware
import Quantities

/// Time of attention over chosen keys, and of the indexer that chooses them, forward and backward.
///
/// The attention's kernel goes over every place of the choice whether it holds a key or not, at a rate that follows the multiprocessors rather than
/// the peak; the indexer's scores are products in 8 bits whose result is written in fp32; the choice is a kernel of its own. The constants were fitted
/// to forward times of FlashMLA and DeepGEMM (`meshwright calibrate sparse-attention`, docs/accuracy.md).
public struct SparseCore: Sendable {
    let gpu: GPU
    let constants: RecurrenceConstants

    /// The sparse attention of a GPU.
    public init(gpu: GPU, constants: RecurrenceConstants) {
        self.gpu = gpu
        self.constants = constants
    }

    /// Forward and backward times in s of attention of some heads over `chosen` keys a token; `widths` are those of a key and of a value together.
    public func attentionSeconds(tokens: Double, heads: Double, chosen: Double, widths: Double) -> (forward: Double, backward: Double) {
        let flops = 2 * tokens * heads * chosen * widths
        let forward = constants.sparseLatency + flops / (constants.sparseRate * Double(gpu.multiprocessors))
        // Dense attention's ratio: two and a half times the products of the forward.
        return (forward, 2.5 * gpu.kernels.attentionBackwardRatio * forward)
    }

    /// Forward time in s of the scores of `keys` keys a token by heads whose widths add up to `width`.
    public func scoringSeconds(tokens: Double, keys: Double, width: Double) -> Double {
        constants.scoringLatency
            + 2 * tokens * keys * width / (constants.scoringEfficiency * (gpu.peak.eight?.value ?? gpu.peak.half.value))
            + constants.scoringPasses * 4 * keys * tokens / gpu.memoryBandwidth.value
    }

    /// Backward time in s of the scores: products of the same sizes in 16 bits, twice.
    public func scoringBackwardSeconds(tokens: Double, keys: Double, width: Double) -> Double {
        2 * 2 * tokens * keys * width / (constants.scoringEfficiency * gpu.peak.half.value)
    }

    /// Time in s of choosing the best of `keys` keys a token.
    public func choiceSeconds(tokens: Double, keys: Double) -> Double {
        tokens * (constants.choiceTime + constants.choiceKeyTime * keys) / Double(gpu.multiprocessors)
    }
}
