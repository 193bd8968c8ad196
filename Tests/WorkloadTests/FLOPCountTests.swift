import Quantities
import Testing
import Workload

@Suite struct FLOPCountTests {
    @Test func `GPT-3 with full recomputation follows the formula of the Megatron paper`() {
        // Narayanan et al., arXiv:2104.04473, eq. 3: F = 96·B·s·l·h²·(1 + s/(6h) + V/(16·l·h)).
        let (s, l, h, v) = (2048.0, 96.0, 12288.0, 51200.0)
        let formula = 96 * l * h * h * (1 + s / (6 * h) + v / (16 * l * h))
        let flops = Shapes.gpt3Megatron.forwardFLOPs(sequenceLength: 2048, counting: .full)
        #expect(abs(flops.trainingWithFullRecompute.count / formula - 1) < 1e-12)
    }

    @Test func `GPT-3 with selective recomputation follows Korthikanti`() {
        // Korthikanti et al., arXiv:2205.05198, eq. 8 and 9: model 72·B·L·s·h²(1 + s/(6h) + V/(12hL)), hardware 1 + s/(3h) in its place.
        let (s, l, h, v) = (2048.0, 96.0, 12288.0, 51200.0)
        let model = 72 * l * h * h * (1 + s / (6 * h) + v / (12 * h * l))
        let flops = Shapes.gpt3Megatron.forwardFLOPs(sequenceLength: 2048, counting: .full)
        #expect(abs(flops.training.count / model - 1) < 1e-12)
        #expect(abs(flops.trainingWithSelectiveRecompute.count / (model + 4 * l * s * h) - 1) < 1e-12)
    }

    @Test func `a causal mask halves the core and nothing else`() {
        let causal = Shapes.llama8B.forwardFLOPs(sequenceLength: 8192)
        let full = Shapes.llama8B.forwardFLOPs(sequenceLength: 8192, counting: .full)
        #expect(causal.attentionCore.count == 32 * 4 * 4096 * 32 * 128)
        #expect(full.attentionCore.count == 2 * causal.attentionCore.count)
        #expect(full.total.count - causal.total.count == causal.attentionCore.count)
    }

    @Test(arguments: [Shapes.gpt2, Shapes.llama8B, Shapes.mixtral, Shapes.gptOSS20B])
    func `outside the core a token costs twice the weights it meets`(model: TransformerModel) {
        let flops = model.forwardFLOPs(sequenceLength: 4096)
        let weights = model.parameters.sum(\.multipliedPerToken) + model.hidden * model.vocabulary
        #expect(flops.total.count - flops.attentionCore.count == 2 * Double(weights))
    }

    @Test func `a mixture's parts, by hand`() {
        let flops = Shapes.deepSeekV3.forwardFLOPs(sequenceLength: 4096)
        #expect(flops.routedExperts.count == 58 * 2 * 8 * 3 * 7168 * 2048)
        #expect(flops.sharedExperts.count == 58 * 2 * 3 * 7168 * 2048)
        #expect(flops.router.count == 58 * 2 * 7168 * 256)
        #expect(flops.feedForward.count == 3 * 2 * 3 * 7168 * 18432)
        #expect(flops.attentionCore.count == 61 * 2 * 2048 * 128 * (192 + 128))
        #expect(flops.head.count == 2 * 7168 * 129280)
        // One layer of the mixture, a projection of 2h to h, and the head once more.
        let layer = (flops.routedExperts + flops.sharedExperts + flops.router).count / 58
        let attention = (flops.attentionProjections + flops.attentionCore).count / 61
        #expect(flops.predictionBlocks.count == layer + attention + 4 * 7168 * 7168 + flops.head.count)
    }

    @Test func `parts add up to the total and training is three times forward`() {
        let flops = Shapes.deepSeekV3.forwardFLOPs(sequenceLength: 4096)
        #expect(flops.parts.reduce(0) { $0 + $1.flops.count } == flops.total.count)
        #expect(flops.training.count == 3 * flops.total.count)
    }

    /// Keys seen, counted one query at a time.
    private func bruteForceKeys(_ length: Int, window: Int, isChunked: Bool) -> Double {
        var pairs = 0.0
        // Half of the diagonal belongs to a token, so that the whole sequence has s²/2 pairs, as the field counts.
        for query in 0..<length {
            let first = isChunked ? query / window * window : max(0, query - window)
            pairs += Double(query - first) + (isChunked || query < window ? 0.5 : 0)
        }
        return pairs / Double(length)
    }

    @Test(arguments: [(64, 16), (100, 16), (16, 16), (10, 16), (1000, 7)])
    func `keys under a window match a count by hand`(length: Int, window: Int) {
        for isChunked in [false, true] {
            let sight: Sight = isChunked ? .chunk(window) : .window(window)
            let mean = sight.meanKeys(sequenceLength: length, counting: .causal)
            #expect(abs(mean - bruteForceKeys(length, window: window, isChunked: isChunked)) < 1e-9)
            #expect(sight.meanKeys(sequenceLength: length, counting: .full) == Double(min(length, window)))
            #expect(Sight.whole.meanKeys(sequenceLength: length, counting: .causal) == Double(length) / 2)
        }
    }

    @Test func `a wider window never costs less, and one as long as the sequence costs as much as none`() {
        var model = Shapes.gptOSS20B
        var last = 0.0
        for size in [1, 64, 128, 1000, 4096, 9000] {
            model.attention?.window = SlidingWindow(size: size, globalEvery: 2)
            let core = model.forwardFLOPs(sequenceLength: 4096).attentionCore.count
            #expect(core >= last)
            last = core
        }
        model.attention?.window = nil
        #expect(model.forwardFLOPs(sequenceLength: 4096).attentionCore.count == last)
    }
}
