import Documents
import Testing
import Workload

@Suite struct ModelDocumentTests {
    private static let llama = """
        name: tiny
        layers: 2
        hidden: 64
        vocabulary: 100
        attention:
          heads: 4
          key_value_heads: 2
          head_dimension: 16
        feed_forward:
          width: 128
          gated: true

        """

    /// The line an error of a text begins with, without the file's name.
    private func problem(of text: String) -> String? {
        do throws(DocumentError) { _ = try ModelDocument.parse(text: text, file: "m.yaml") } catch { return error.description }
        return nil
    }

    @Test func `reads the keys of a small model and takes the usual value for the rest`() throws {
        let model = try ModelDocument.parse(text: Self.llama, file: "m.yaml")
        let expected = TransformerModel(
            name: "tiny", layers: 2, hidden: 64, vocabulary: 100,
            attention: Attention(heads: 4, keyValueHeads: 2, headDimension: 16), feedForward: FeedForward(width: 128, isGated: true))
        #expect(model == expected)
    }

    @Test(arguments: [Shapes.gpt2, Shapes.llama8B, Shapes.mixtral, Shapes.deepSeekV3, Shapes.gptOSS20B])
    func `what is written reads back the same`(model: TransformerModel) throws {
        #expect(try ModelDocument.parse(text: ModelDocument.text(model, comment: ["a"]), file: "m.yaml") == model)
    }

    @Test func `rotary positions are read, written, and refused where there are none`() throws {
        let text = Self.llama + "rope: {theta: 500000, scaling: llama3, factor: 8}\n"
        let model = try ModelDocument.parse(text: text, file: "m.yaml")
        #expect(model.rotary == RotaryEmbedding(theta: 500_000, scaling: .init(kind: .llama3, factor: 8)))
        #expect(try ModelDocument.parse(text: ModelDocument.text(model), file: "m.yaml") == model)
        #expect(problem(of: Self.llama + "rope: {theta: 10000}\npositions: none\n")?.contains("no rotary positions") == true)
        #expect(problem(of: Self.llama + "rope: {theta: 10000, scaling: yarn}\n")?.contains("factor") == true)
        #expect(problem(of: Self.llama + "rope: {theta: 0}\n")?.hasPrefix("m.yaml:12:15:") == true)
    }

    @Test func `every field survives writing and reading`() throws {
        let model = TransformerModel(
            name: "odd: name", source: "https://example.org/a#b", layers: 8, hidden: 64, vocabulary: 100,
            attention: Attention(
                heads: 4, keyValueHeads: 4, headDimension: 16, queryKeyNorm: .full, hasInputBias: true, hasOutputBias: true, hasSinks: true,
                window: SlidingWindow(size: 7, globalEvery: 0, isChunked: true)),
            feedForward: FeedForward(width: 12, isGated: false, hasBias: true),
            experts: Experts(
                count: 4, perToken: 2, width: 8, sharedWidth: 16, hasSharedGate: true, hasBias: true, hasRouterBias: true,
                firstDenseLayers: 1, everyLayers: 2),
            norm: .layer, normsPerLayer: 4, positions: .none, hasTiedEmbeddings: true, predictionBlocks: 2, maxSequenceLength: 99)
        #expect(try ModelDocument.parse(text: ModelDocument.text(model), file: "m.yaml") == model)
        var latent = Shapes.deepSeekV3
        latent.attention?.latent?.queryRank = nil
        #expect(try ModelDocument.parse(text: ModelDocument.text(latent), file: "m.yaml") == latent)
    }

    @Test(arguments: [
        ("layers: 2", "layers: 0", "m.yaml:2:9: "), ("layers: 2", "layers: 2.5", "m.yaml:2:9: '2.5' is not a whole number"),
        ("layers: 2", "layers: 99999999999999999999", "m.yaml:2:9: "), ("layers: 2", "layrs: 2", "m.yaml:2:1: unknown key 'layrs'"),
        ("hidden: 64", "hidden: .nan", "m.yaml:3:9: "), ("gated: true", "gated: yes", "m.yaml:11:10: "),
        ("  heads: 4", "  heads: 4\n  heads: 5", "m.yaml:7:3: the key 'heads' is already given in line 6"),
        ("key_value_heads: 2", "key_value_heads: 3", "m.yaml:7:20: 4 heads cannot share 3 key/value heads evenly"),
        ("name: tiny", "name: tiny\npositions: rotory", "m.yaml:2:12: unknown value 'rotory'; did you mean 'rotary'?"),
        ("name: tiny", "name: tiny\npositions: {learned: 8}\nmax_sequence_length: 9", "m.yaml:2:22: 8 learned positions cannot serve"),
        ("name: tiny", "name: tiny\nexperts: {count: 4, per_token: 8, width: 2}", "m.yaml:2:32: a token cannot visit 8 of 4 experts"),
        ("name: tiny", "", "m.yaml:2:1: a model lacks the key 'name'"),
    ])
    func `mistakes are shown where they stand`(original: String, mistake: String, message: String) {
        let text = Self.llama.replacing(original, with: mistake)
        let found = problem(of: text) ?? "no error"
        #expect(found.hasPrefix(message), "\(found)")
        #expect(!found.contains("\n"))
    }
}
