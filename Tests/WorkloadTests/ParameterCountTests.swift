import Testing
import Workload

@Suite struct ParameterCountTests {
    @Test func `GPT totals follow the closed form of the Megatron paper`() {
        // Narayanan et al., arXiv:2104.04473, eq. 2: P = 12lh²(1 + 13/(12h) + (V + s)/(12lh)); the final norm's 2h is left out there.
        for (layers, hidden, heads) in [(24, 2304, 24), (80, 12288, 96), (128, 25600, 160)] {
            let model = Shapes.gpt(layers: layers, hidden: hidden, heads: heads, vocabulary: 51200, positions: 2048)
            let closedForm = 12 * layers * hidden * hidden + 13 * layers * hidden + (51200 + 2048) * hidden
            #expect(model.parameters.total == closedForm + 2 * hidden)
        }
    }

    @Test func `parts of a dense layer, by hand`() {
        let layer = Shapes.llama8B.parameters(of: Shapes.llama8B.layerClass(at: 0))
        #expect(layer.attention == 4096 * 4096 * 2 + 4096 * 1024 * 2)
        #expect(layer.feedForward == 3 * 4096 * 14336)
        #expect(layer.vectors == 2 * 4096)
        #expect(layer.replicated == 8192)
        #expect(layer.routedExperts == 0 && layer.router == 0)
        #expect(layer.multipliedPerToken == layer.attention + layer.feedForward)
    }

    @Test func `parts of the embedding and head`() {
        let untied = Shapes.llama8B.parameters
        #expect(untied.embedding == 128256 * 4096 && untied.head == untied.embedding && untied.finalNorm == 4096)
        #expect(untied.total == 8_030_261_248 && untied.active == untied.total)
        let tied = Shapes.gpt2.parameters
        #expect(tied.head == 0 && tied.positions == 1024 * 768 && tied.total == 124_439_808)
    }

    @Test func `a mixture counts all experts in total and the visited ones as active`() {
        let count = Shapes.mixtral.parameters
        #expect(count.total == 46_702_792_704)
        #expect(count.active == 12_879_925_248)
        #expect(count.total - count.active == 32 * 6 * 3 * 4096 * 14336)
        #expect(count.layers == [32])
    }

    @Test func `latent attention, shared experts and leading dense layers`() {
        let count = Shapes.deepSeekV3.parameters
        #expect(count.total == 671_026_404_352)
        #expect(count.active == 37_552_282_624)
        #expect(count.layers == [3, 58])
        let layer = Shapes.deepSeekV3.parameters(of: Shapes.deepSeekV3.layerClass(at: 60))
        #expect(layer.latentDown == 7168 * (1536 + 512 + 64))
        #expect(layer.attention == 1536 * 128 * 192 + 512 * 128 * 256 + 128 * 128 * 7168)
        #expect(layer.vectors == 2 * 7168 + 1536 + 512)
    }

    @Test func `the prediction block of DeepSeek-V3 has the 11.5 billion parameters that its card states`() {
        let block = Shapes.deepSeekV3.parameters.predictionBlocks
        #expect((11_450_000_000..<11_650_000_000).contains(block))
        var twice = Shapes.deepSeekV3
        twice.predictionBlocks = 2
        #expect(twice.parameters.predictionBlocks == 2 * block)
        #expect(twice.parameters.total == Shapes.deepSeekV3.parameters.total)
    }

    @Test func `biases, sinks and a biased router of gpt-oss`() {
        #expect(Shapes.gptOSS20B.parameters.total == 20_914_757_184)
        let layer = Shapes.gptOSS20B.parameters(of: Shapes.gptOSS20B.layerClass(at: 0))
        #expect(layer.router == 2880 * 32 + 32)
        #expect(layer.visitedExperts == 4 * (3 * 2880 * 2880 + 3 * 2880))
        #expect(layer.vectors == 2 * 2880 + 2880)
        #expect(layer.attention == 2 * 2880 * 64 * 72 + 80 * 64 + 64)
    }

    @Test func `query and key norms`() {
        var model = Shapes.llama8B
        let plain = model.parameters.total
        model.attention?.queryKeyNorm = .perHead
        #expect(model.parameters.total - plain == 32 * 2 * 128)
        model.attention?.queryKeyNorm = .full
        #expect(model.parameters.total - plain == 32 * (4096 + 1024))
    }

    @Test(arguments: [Shapes.gpt2, Shapes.llama8B, Shapes.mixtral, Shapes.deepSeekV3, Shapes.gptOSS20B])
    func `groups of a layer add up to it`(model: TransformerModel) {
        let classes = model.layerClasses
        #expect(classes.counts.reduce(0, +) == model.layers)
        for layer in classes.classes.map(model.parameters(of:)) {
            #expect(layer.tensorSharded + layer.replicated + layer.routedExperts == layer.total)
            #expect(layer.active <= layer.total && layer.multipliedPerToken <= layer.active)
        }
    }
}
