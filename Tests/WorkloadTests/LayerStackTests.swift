import Documents
import Testing
import Workload

/// Models whose layers are written block by block.
@Suite struct LayerStackTests {
    private static let nemotron = """
        name: nemotron-h-8b
        hidden: 4096
        vocabulary: 131072
        blocks:
          mamba: {kind: mamba-2, heads: 128, head_dimension: 64, groups: 8, state: 128, chunk: 128}
          attention: {kind: attention, heads: 32, key_value_heads: 8, head_dimension: 128}
          mlp: {kind: feed-forward, width: 21504, gated: false}
        pattern:
          - {repeat: 3, layers: [mamba, mlp]}
          - mamba
          - attention
          - mlp
          - {repeat: 17, layers: [mamba, mlp]}
          - {repeat: 3, layers: [attention, mlp, mamba]}
        positions: none

        """

    private func problem(of text: String) -> String {
        do throws(DocumentError) { _ = try ModelDocument.parse(text: text, file: "m.yaml") } catch { return error.description }
        return "no error"
    }

    /// The layers of NVIDIA's Nemotron-H-8B, whose parameters transformers counts on the meta device: M 109,640,064, * 41,947,136,
    /// - 176,164,864, and 8,100,852,736 in all.
    @Test func `a hybrid of Mamba-2, attention and feed-forward has the parameters of its published layers`() throws {
        let model = try ModelDocument.parse(text: Self.nemotron, file: "m.yaml")
        let classes = model.layerClasses
        #expect(classes.classes.map(\.name) == ["mamba", "mlp", "attention"])
        #expect(classes.counts == [24, 24, 4] && classes.ofLayer.count == 52 && model.layers == 52)
        #expect(classes.classes.map { model.parameters(of: $0).total } == [109_640_064, 176_164_864, 41_947_136])
        #expect(model.parameters.total == 8_100_852_736)
    }

    @Test func `what is written reads back the same, repeats folded`() throws {
        let model = try ModelDocument.parse(text: Self.nemotron, file: "m.yaml")
        #expect(try ModelDocument.parse(text: ModelDocument.text(model), file: "m.yaml") == model)
        let layers = [["a"], ["b"]].map { [$0] }
        let folded = LayerStack.folded(layers + layers + layers + [[["c"]]] + [[["c"]]])
        #expect(folded == [.repeated(3, [.layer([["a"]]), .layer([["b"]])]), .repeated(2, [.layer([["c"]])])])
        #expect(LayerStack(blocks: [], pattern: folded).count == 8)
    }

    @Test func `blocks side by side share a residual connection and its norm`() throws {
        let text = """
            name: falcon-like
            hidden: 64
            vocabulary: 100
            blocks:
              attention: {kind: attention, heads: 4, key_value_heads: 1, head_dimension: 16}
              mlp: {kind: feed-forward, width: 256, gated: false}
            pattern: {repeat: 2, layers: [attention + mlp]}
            """
        let model = try ModelDocument.parse(text: text, file: "m.yaml")
        let block = try #require(model.blocks(of: model.layerClasses.classes[0]).first)
        #expect(model.layerClasses.counts == [2] && model.blocks(of: model.layerClasses.classes[0]).count == 1)
        #expect(block.exchangesActivations && block.operators.count { $0.name == "norm and residual" } == 1)
        // Queries, one key and value, output, two matrices of the feed-forward, one norm.
        #expect(model.parameters.layer[0].total == 64 * 64 + 64 * 32 + 64 * 64 + 2 * 64 * 256 + 64)
        #expect(try ModelDocument.parse(text: ModelDocument.text(model), file: "m.yaml") == model)
    }

    @Test func `the short form and the same model block by block agree in everything that is read from operators`() throws {
        let short = Shapes.deepSeekV3
        var attention = try #require(short.attention)
        attention.window = nil
        var experts = try #require(short.experts)
        experts.firstDenseLayers = 0
        let stack = LayerStack(
            blocks: [.init("attention", attention), .init("mlp", short.feedForward), .init("moe", experts)],
            pattern: [
                .repeated(3, [.layer([["attention"], ["mlp"]])]), .repeated(short.layers - 3, [.layer([["attention"], ["moe"]])]),
            ])
        let long = TransformerModel(
            name: short.name, hidden: short.hidden, vocabulary: short.vocabulary, stack: stack, predictionBlocks: short.predictionBlocks)
        #expect(long.parameters == short.parameters)
        for counting in AttentionCounting.allCases {
            let (a, b) = (
                long.forwardFLOPs(sequenceLength: 4096, counting: counting), short.forwardFLOPs(sequenceLength: 4096, counting: counting)
            )
            #expect(a == b)
        }
    }

    @Test(arguments: [
        ("kind: mamba-2", "kind: mamba2", "m.yaml:5:17: unknown value 'mamba2'; did you mean 'mamba-2'?"),
        ("  - mamba\n", "  - mambo\n", "m.yaml:10:5: unknown value 'mambo'; did you mean 'mamba'?"),
        ("name: nemotron-h-8b", "name: n\nlayers: 51", "m.yaml:2:9: layers is 51 and the pattern has 52"),
        ("state: 128, ", "", "m.yaml:5:10: a block lacks the key 'state'"),
        ("key_value_heads: 8", "key_value_heads: 5", "m.yaml:6:60: 32 heads cannot share 5 key/value heads evenly"),
        ("groups: 8", "groups: 7", "m.yaml:5:66: 128 heads cannot share 7 groups evenly"),
        ("positions: none", "attention: {heads: 1, head_dimension: 1}", "m.yaml:15:12: the file has both 'attention' and 'blocks'"),
        (
            "  mlp: {", "  spare: {kind: feed-forward, width: 8, gated: true}\n  mlp: {",
            "m.yaml:7:3: no layer of the pattern has the block 'spare'"
        ),
        ("repeat: 17", "repeat: 0", "m.yaml:13:14: "),
        ("[mamba, mlp]}\n  - mamba", "[]}\n  - mamba", "m.yaml:9:25: no layers are repeated"),
        ("gated: false}", "gated: false, norms: 17}", "m.yaml:7:"),
    ])
    func `mistakes are shown where they stand`(original: String, mistake: String, message: String) {
        let found = problem(of: Self.nemotron.replacing(original, with: mistake))
        #expect(found.hasPrefix(message), "\(found)")
        #expect(!found.contains("\n"))
    }

    @Test func `a pattern without blocks, and repeats beyond any model, are refused`() {
        let short = "name: a\nlayers: 2\nhidden: 8\nvocabulary: 9\nattention: {heads: 1, head_dimension: 8}\n"
        #expect(problem(of: short + "pattern: [attention]\n").hasPrefix("m.yaml:6:10: pattern names blocks and the file has no 'blocks'"))
        let deep = Self.nemotron.replacing(
            "repeat: 17, layers: [mamba, mlp]", with: "repeat: 65536, layers: [{repeat: 65536, layers: [mamba, mlp]}]")
        #expect(problem(of: deep).contains("the pattern has "))
    }

    /// Lists of every length and of few or many kinds of layers, from a fixed sequence of numbers.
    @Test(arguments: [1, 2, 3, 7, 48, 61, 118, 512]) func `any order of layers is folded to a pattern that gives it back`(count: Int) {
        let blocks = (0..<5).map { LayerStack.NamedBlock("b\($0)", FeedForward(width: $0 + 1, isGated: true)) }
        for kinds in 1...5 {
            var state: UInt64 = 7
            let order = (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % kinds
            }
            let stack = LayerStack(blocks: blocks, pattern: LayerStack.folded(order.map { [["b\($0)"]] }))
            let classes = TransformerModel(name: "a", hidden: 8, vocabulary: 9, stack: stack).layerClasses
            let widths = classes.ofLayer.map { (classes.classes[$0].blocks[0].shape as? FeedForward)?.width }
            #expect(widths == order.map { $0 + 1 })
        }
        let period = [0, 1, 0, 2, 3].map { [["b\($0)"]] }
        let repeated = LayerStack.folded((0..<count).flatMap { _ in period })
        #expect(count == 1 || repeated == [.repeated(count, period.map { .layer($0) })])
    }
}
