import Quantities
import Testing
import Workload

/// Blocks as lists of operators: what they are made of, and that readings add up.
@Suite struct OperatorTests {
    private func names(_ model: TransformerModel, _ layer: LayerClass) -> [String] {
        model.blocks(of: layer).flatMap { $0.operators.map(\.name) }
    }

    @Test func aDenseLayerIsAttentionAndFeedForward() {
        let model = Shapes.llama8B
        let layer = model.layerClass(at: 0)
        #expect(model.blocks(of: layer).map(\.name) == ["attention", "feed-forward"])
        #expect(
            names(model, layer) == [
                "norm and residual", "qkv projection", "rotation and query/key norms", "attention core", "output projection",
                "norm and residual", "up projection", "activation", "down projection",
            ])
        #expect(model.blocks(of: layer).map(\.exchangesActivations) == [true, true])
    }

    @Test func aMixtureSendsTokensInsteadOfActivations() {
        let blocks = Shapes.deepSeekV3.blocks(of: Shapes.deepSeekV3.layerClass(at: 60))
        #expect(blocks.map(\.isMixture) == [false, true])
        #expect(blocks.map(\.exchangesActivations) == [true, false])
        #expect(blocks[1].operators.contains { $0.name == "dispatch and combine" })
        #expect(blocks[1].operators.filter { $0.group == .sharedExperts }.count == 2)
    }

    /// Key/value heads are repeated where t exceeds them, query heads are not.
    @Test func widthsAreDividedByWhatTheySay() {
        #expect(Width(8, of: 128, .tensorRepeating).onRank(tensor: 4, expertTensor: 1) == 256)
        #expect(Width(8, of: 128, .tensorRepeating).onRank(tensor: 16, expertTensor: 1) == 128)
        #expect(Width(64, of: 128, .tensor).onRank(tensor: 16, expertTensor: 1) == 512)
        #expect(Width(1408, .expertTensor).onRank(tensor: 8, expertTensor: 2) == 704)
        #expect(Width(4096).onRank(tensor: 8, expertTensor: 2) == 4096)
    }

    /// Each operator's arithmetic, summed over a layer, is the layer's.
    @Test func operatorsAddUpToTheLayer() {
        for model in [Shapes.llama8B, Shapes.deepSeekV3, Shapes.gptOSS20B] {
            for layer in model.layerClasses.classes {
                let sum = model.blocks(of: layer).flatMap(\.operators).reduce(0) {
                    $0 + $1.forwardFLOPs(sequenceLength: 4096, counting: .causal).count
                }
                let whole = model.forwardFLOPs(of: layer, sequenceLength: 4096).layers.count
                #expect(abs(sum / whole - 1) < 1e-14)
            }
        }
    }

    /// Odd numbers of norms are all counted: three of RMS in Llama 3.1 8B's layer are 3·4096 parameters.
    @Test func everyNormIsCounted() {
        var model = Shapes.llama8B
        for norms in 0...4 {
            model.normsPerLayer = norms
            #expect(model.parameters(of: model.layerClass(at: 0)).vectors == norms * 4096)
        }
    }
}
