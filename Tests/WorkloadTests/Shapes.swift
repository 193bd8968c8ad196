import Workload

/// Shapes written out by hand, so that counts are tested without the files.
enum Shapes {
    /// GPT-2 small (Radford et al. 2019).
    static let gpt2 = gpt(layers: 12, hidden: 768, heads: 12, vocabulary: 50257, positions: 1024)
    /// GPT-3 175B with Megatron's padded vocabulary (Narayanan et al., arXiv:2104.04473, §5.1).
    static let gpt3Megatron = gpt(layers: 96, hidden: 12288, heads: 96, vocabulary: 51200, positions: 2048)

    /// A GPT with biases, layer norms, learned positions and tied embeddings.
    static func gpt(layers: Int, hidden: Int, heads: Int, vocabulary: Int, positions: Int) -> TransformerModel {
        TransformerModel(
            name: "gpt", layers: layers, hidden: hidden, vocabulary: vocabulary,
            attention: Attention(
                heads: heads, keyValueHeads: heads, headDimension: hidden / heads, hasInputBias: true, hasOutputBias: true),
            feedForward: FeedForward(width: 4 * hidden, isGated: false, hasBias: true),
            norm: .layer, positions: .learned(positions), hasTiedEmbeddings: true)
    }

    /// Llama 3.1 8B (arXiv:2407.21783, table 3).
    static let llama8B = TransformerModel(
        name: "llama-3.1-8b", layers: 32, hidden: 4096, vocabulary: 128256,
        attention: Attention(heads: 32, keyValueHeads: 8, headDimension: 128), feedForward: FeedForward(width: 14336, isGated: true))

    /// Mixtral 8x7B (arXiv:2401.04088, table 1).
    static let mixtral = TransformerModel(
        name: "mixtral-8x7b", layers: 32, hidden: 4096, vocabulary: 32000,
        attention: Attention(heads: 32, keyValueHeads: 8, headDimension: 128), feedForward: FeedForward(width: 0, isGated: true),
        experts: Experts(count: 8, perToken: 2, width: 14336))

    /// DeepSeek-V3 (arXiv:2412.19437, §4.2).
    static let deepSeekV3 = TransformerModel(
        name: "deepseek-v3", layers: 61, hidden: 7168, vocabulary: 129280,
        attention: Attention(
            heads: 128, keyValueHeads: 128, headDimension: 192,
            latent: LatentAttention(queryRank: 1536, keyValueRank: 512, nopeDimension: 128, ropeDimension: 64, valueDimension: 128)),
        feedForward: FeedForward(width: 18432, isGated: true),
        experts: Experts(count: 256, perToken: 8, width: 2048, sharedWidth: 2048, firstDenseLayers: 3), predictionBlocks: 1)

    /// gpt-oss-20b (arXiv:2508.10925, §2).
    static let gptOSS20B = TransformerModel(
        name: "gpt-oss-20b", layers: 24, hidden: 2880, vocabulary: 201088,
        attention: Attention(
            heads: 64, keyValueHeads: 8, headDimension: 64, hasInputBias: true, hasOutputBias: true, hasSinks: true,
            window: SlidingWindow(size: 128, globalEvery: 2)),
        feedForward: FeedForward(width: 0, isGated: true),
        experts: Experts(count: 32, perToken: 4, width: 2880, hasBias: true, hasRouterBias: true))
}
