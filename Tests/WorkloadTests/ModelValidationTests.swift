import Testing
import Workload

@Suite struct ModelValidationTests {
    /// The problem of a model changed by `change`.
    private func problem(
        of model: TransformerModel = Shapes.mixtral, after change: (inout TransformerModel) -> Void
    ) -> ModelProblem? {
        var model = model
        change(&model)
        do throws(ModelProblem) { try model.validate() } catch { return error }
        return nil
    }

    @Test(arguments: [Shapes.gpt2, Shapes.gpt3Megatron, Shapes.llama8B, Shapes.mixtral, Shapes.deepSeekV3, Shapes.gptOSS20B])
    func `real models are valid`(model: TransformerModel) throws { try model.validate() }

    @Test func `numbers out of range name their field`() {
        #expect(problem { $0.layers = 0 }?.field == "layers")
        #expect(problem { $0.hidden = -1 }?.field == "hidden")
        #expect(problem { $0.vocabulary = .max }?.field == "vocabulary")
        #expect(problem { $0.attention?.keyValueHeads = 0 }?.field == "attention.key_value_heads")
        #expect(problem { $0.experts?.width = 0 }?.field == "experts.width")
        #expect(problem { $0.experts?.everyLayers = 0 }?.field == "experts.every_layers")
        #expect(problem { $0.attention?.window = SlidingWindow(size: 0, globalEvery: 1) }?.field == "attention.window.size")
        #expect(problem { $0.positions = .learned(0) }?.field == "positions")
    }

    @Test func `contradictions`() {
        #expect(
            problem { $0.attention?.keyValueHeads = 5 }
                == .block(
                    field: "attention.key_value_heads", what: "32 heads cannot share 5 key/value heads evenly",
                    remedy: "the number of key/value heads must divide 32"))
        let visits = problem { $0.experts?.perToken = 9 }
        #expect(visits?.field == "experts.per_token" && visits?.what == "a token cannot visit 9 of 8 experts")
        #expect(problem { $0.experts?.firstDenseLayers = 32 } == .noMixtureLayer(layers: 32))
        #expect(problem { $0.experts?.firstDenseLayers = 2 } == .denseWidthMissing(denseLayers: 2))
        #expect(problem { $0.feedForward.width = 1 } == .denseWidthUnused)
        #expect(
            problem {
                $0.maxSequenceLength = 5; $0.positions = .learned(4)
            } == .positionsTooFew(positions: 4, maxSequenceLength: 5))
        let grouping = problem(of: Shapes.deepSeekV3) { $0.attention?.keyValueHeads = 8 }
        #expect(grouping?.field == "attention.key_value_heads" && grouping?.what.contains("each of its 128 heads, not 8") == true)
        #expect(problem { $0.attention = nil } == .attentionMissing)
    }

    @Test func `the largest numbers the ranges allow neither trap nor pass`() {
        let all = problem(of: Shapes.deepSeekV3) {
            $0.layers = ModelLimits.layers.upperBound
            $0.hidden = ModelLimits.hidden.upperBound
            $0.vocabulary = ModelLimits.vocabulary.upperBound
            $0.attention?.heads = ModelLimits.heads.upperBound
            $0.attention?.keyValueHeads = ModelLimits.heads.upperBound
            $0.attention?.latent = LatentAttention(
                queryRank: ModelLimits.rank.upperBound, keyValueRank: ModelLimits.rank.upperBound,
                nopeDimension: ModelLimits.headDimension.upperBound, ropeDimension: ModelLimits.headDimension.upperBound,
                valueDimension: ModelLimits.headDimension.upperBound)
            $0.feedForward.width = ModelLimits.width.upperBound
            $0.experts?.count = ModelLimits.experts.upperBound
            $0.experts?.perToken = ModelLimits.experts.upperBound
            $0.experts?.width = ModelLimits.width.upperBound
            $0.experts?.sharedWidth = ModelLimits.width.upperBound
            $0.predictionBlocks = ModelLimits.predictionBlocks.upperBound
        }
        #expect(all == .tooManyParameters)
    }
}
