import Documents
import Foundation
import Interchange
import Testing
import Workload

@Suite struct HuggingFaceConfigTests {
    typealias Fixtures = HuggingFaceFixtures

    private func imported(_ text: String, name: String? = nil) throws -> TransformerModel {
        try HuggingFaceConfig.parse(text: text, file: "config.json", name: name)
    }

    private func problem(_ text: String) -> String {
        do throws(DocumentError) { _ = try HuggingFaceConfig.parse(text: text, file: "config.json") } catch { return error.description }
        return "no error"
    }

    /// The import of a fixture must be the shipped model, which is checked against published counts.
    @Test(arguments: [
        (Fixtures.gpt2, "gpt-2"), (Fixtures.llama31, "llama-3.1-405b"), (Fixtures.llama32, "llama-3.2-1b"),
        (Fixtures.llama2, "llama-2-7b"), (Fixtures.mixtral, "mixtral-8x7b"), (Fixtures.qwen3, "qwen3-0.6b"),
        (Fixtures.qwen3MoE, "qwen3-30b-a3b"), (Fixtures.deepSeekV3, "deepseek-v3"), (Fixtures.gptOSS, "gpt-oss-20b"),
        (Fixtures.llama4Scout, "llama-4-scout"), (Fixtures.gemma2, "gemma-2-27b"),
    ])
    func `the publisher's configuration gives the shipped model`(text: String, name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Models").standardized
        var shipped = try ModelDocument.read(path: folder.appending(path: "\(name).yaml").path)
        let model = try imported(text, name: name)
        shipped.source = model.source
        #expect(model == shipped)
    }

    /// Totals of models that are not shipped: the sizes of their published checkpoints.
    @Test(arguments: [
        (Fixtures.mistral, 7_241_732_096), (Fixtures.qwen2, 7_615_616_512), (Fixtures.qwen15MoE, 14_315_784_192),
        (Fixtures.olmo2, 7_298_617_344), (Fixtures.phi3, 3_821_079_552), (Fixtures.deepSeekV2Lite, 15_706_484_224),
    ])
    func `totals of further families`(text: String, total: Int) throws {
        #expect(try imported(text).parameters.total == total)
    }

    @Test func `windows follow layer types, family rules and flags`() throws {
        #expect(try imported(Fixtures.mistral).attention?.window == SlidingWindow(size: 4096, globalEvery: 0))
        #expect(try imported(Fixtures.phi3).attention?.window == SlidingWindow(size: 2047, globalEvery: 0))
        #expect(try imported(Fixtures.qwen2).attention?.window == nil)
        #expect(try imported(Fixtures.mixtral).attention?.window == nil)
        func windowed(_ text: String) throws -> SlidingWindow? {
            try imported(
                text.replacing("\"use_sliding_window\": false", with: "\"use_sliding_window\": true")
                    .replacing("\"sliding_window\": null", with: "\"sliding_window\": 512")
                    .replacing("\"sliding_window\": 32768", with: "\"sliding_window\": 512")
            ).attention?.window
        }
        #expect(try windowed(Fixtures.qwen3) == nil, "all 28 layers come before max_window_layers")
        let early = Fixtures.qwen3.replacing("\"max_window_layers\": 28", with: "\"max_window_layers\": 0")
        #expect(try windowed(early) == SlidingWindow(size: 512, globalEvery: 0))
        #expect(try windowed(Fixtures.qwen15MoE) == SlidingWindow(size: 512, globalEvery: 2))
        #expect(try windowed(Fixtures.qwen3MoE) == SlidingWindow(size: 512, globalEvery: 0))
        // Windows that no step gives are written block by block.
        let late = try imported(
            early.replacing("\"max_window_layers\": 0", with: "\"max_window_layers\": 9")
                .replacing("\"use_sliding_window\": false", with: "\"use_sliding_window\": true")
                .replacing("\"sliding_window\": null", with: "\"sliding_window\": 512"))
        #expect(late.stack?.blocks.map(\.name) == ["attention", "mlp", "local"])
        #expect(late.stack?.pattern == [.repeated(9, [.layer([["attention"], ["mlp"]])]), .repeated(19, [.layer([["local"], ["mlp"]])])])
        #expect(try late.parameters.total == imported(early).parameters.total)
        let wide = Fixtures.mistral.replacing("\"sliding_window\": 4096", with: "\"sliding_window\": 32768")
        #expect(try imported(wide).attention?.window == nil, "as wide as the longest sequence, a window hides nothing")
    }

    @Test func `a head width that is given beats hidden divided by heads`() throws {
        let absent = try imported(Fixtures.mistral)
        #expect(absent.attention?.headDimension == 128)
        let given = Fixtures.mistral.replacing("\"hidden_size\"", with: "\"head_dim\": 160, \"hidden_size\"")
        #expect(try imported(given).attention?.headDimension == 160)
        #expect(try imported(given.replacing("160", with: "null")) == absent)
    }

    @Test func `tied embeddings by file, by family, and at either level of a nested file`() throws {
        #expect(try imported(Fixtures.gemma2).hasTiedEmbeddings)
        #expect(try !imported(Fixtures.mistral).hasTiedEmbeddings)
        let outer = Fixtures.llama4Scout.replacing("\"tie_word_embeddings\": false", with: "\"tie_word_embeddings\": true")
        #expect(try imported(outer).hasTiedEmbeddings)
        #expect(try imported("{\"model_type\": \"llava\", \"text_config\": \(Fixtures.llama32)}").hasTiedEmbeddings)
    }

    @Test func `biases of attention and feed-forward`() throws {
        let qwen = try #require(try imported(Fixtures.qwen2).attention)
        #expect(qwen.hasInputBias && !qwen.hasOutputBias)
        let llama = try imported(Fixtures.llama31.replacing("_bias\": false", with: "_bias\": true"))
        #expect(llama.attention?.hasInputBias == true && llama.attention?.hasOutputBias == true && llama.feedForward.hasBias)
    }

    @Test func `the number of experts by any of its three names`() throws {
        let expected = try imported(Fixtures.mixtral)
        for name in ["num_experts", "n_routed_experts"] {
            #expect(try imported(Fixtures.mixtral.replacing("num_local_experts", with: name)) == expected)
        }
    }

    @Test func `mixtures on some layers only`() throws {
        let maverick = try imported(
            Fixtures.llama4Scout.replacing("\"interleave_moe_layer_step\": 1", with: "\"interleave_moe_layer_step\": 2"))
        #expect(maverick.experts?.everyLayers == 2 && maverick.experts?.firstDenseLayers == 0)
        #expect(maverick.feedForward.width == 16384 && maverick.experts?.width == 8192)
        let sparse = try imported(Fixtures.qwen3MoE.replacing("\"decoder_sparse_step\": 1", with: "\"decoder_sparse_step\": 3"))
        #expect((0..<48).allSatisfy { sparse.layerClass(at: $0).isMixture == (($0 + 1) % 3 == 0) })
        let led = try imported(Fixtures.qwen3MoE.replacing("\"mlp_only_layers\": []", with: "\"mlp_only_layers\": [0, 1]"))
        #expect(led.experts?.firstDenseLayers == 2 && led.feedForward.width == 6144)
        let frequency = try imported(Fixtures.deepSeekV3.replacing("\"moe_layer_freq\": 1", with: "\"moe_layer_freq\": 2"))
        #expect((0..<61).allSatisfy { frequency.layerClass(at: $0).isMixture == ($0 >= 3 && $0 % 2 == 0) })
        let uneven = try imported(Fixtures.qwen3MoE.replacing("\"mlp_only_layers\": []", with: "\"mlp_only_layers\": [7]"))
        #expect(uneven.layerClasses.counts == [47, 1])
        #expect(uneven.stack?.blocks.map(\.name) == ["attention", "moe", "mlp"])
    }

    @Test func `names come from the option, the file, or the family`() throws {
        #expect(try imported(Fixtures.llama2).name == "llama-2-7b-hf")
        #expect(try imported(Fixtures.llama2, name: "mine").name == "mine")
        #expect(try imported(Fixtures.qwen3MoE).name == "qwen3-moe")
        #expect(try imported(Fixtures.gpt2.replacing("openai-community/gpt2", with: "")).name == "gpt2")
    }

    @Test func `an unknown family is named, with the nearest`() {
        let message = problem(#"{"model_type": "qwen4", "hidden_size": 64, "frobnication": 3}"#)
        #expect(message.hasPrefix("config.json:1:16: the model family 'qwen4' is not known; nearest is 'qwen2'"), "\(message)")
        #expect(message.contains("all of its keys but frobnication"))
        // A type without a name to resemble is known by its keys.
        let keys = problem(
            #"{"model_type": "zz-9000", "hybrid_override_pattern": "M-", "ssm_state_size": 8, "mamba_num_heads": 4, "moe_latent_size": 2}"#)
        #expect(keys.contains("nearest is 'nemotron_h'"), "\(keys)")
        #expect(problem(#"{"model_type": "bert"}"#).contains("'bert' is an encoder that sees tokens on both sides, not a decoder of text"))
    }

    @Test func `a type is read as a family that is named, with the keys that this leaves unused`() throws {
        let text = Fixtures.qwen3MoE.replacing("qwen3_moe", with: "mystery").replacing(
            "\"num_hidden_layers\"", with: "\"frobnication_width\": 3, \"attention_dropout\": 0.1, \"num_hidden_layers\"")
        let read = try HuggingFaceConfig.parse(text: text, file: "config.json", name: nil, as: "qwen3_moe")
        #expect(read.model.parameters.total == 30_532_122_624)
        #expect(read.notes.map(\.key) == ["intermediate_size", "frobnication_width"])
        #expect(read.notes.allSatisfy { $0.what == "not used" && $0.place.hasPrefix("config.json:") })
        #expect(throws: DocumentError.self) {
            try HuggingFaceConfig.parse(text: text, file: "config.json", name: nil, as: "mystery")
        }
    }

    @Test func `parts beside the text model and formats of weights are named`() throws {
        let scout = try HuggingFaceConfig.parse(text: Fixtures.llama4Scout, file: "config.json", name: nil, as: nil)
        #expect(scout.notes.map(\.key) == ["vision_config"])
        let quantised = try HuggingFaceConfig.parse(text: Fixtures.deepSeekV3, file: "config.json", name: nil, as: nil)
        #expect(quantised.notes.map(\.key) == ["quantization_config"])
        #expect(quantised.model.parameters.total == 671_026_404_352)
    }

    @Test(arguments: [
        ("", "config.json:1:1: "), ("[1]", "config.json:1:1: "), ("{\"model_type\": \"llama\"", "config.json:1:23: "),
        ("{}", "config.json:1:1: "), ("{\"model_type\": 7}", "config.json:1:16: "),
        (Fixtures.llama31.replacing("126", with: "\"126\""), "config.json:2:73: "),
        (Fixtures.llama31.replacing("126", with: "-1"), "config.json:2:73: "),
        (Fixtures.llama31.replacing("126", with: "1e999"), "config.json:2:73: "),
        (Fixtures.llama31.replacing("\"num_hidden_layers\": 126,", with: ""), "config.json:1:1: "),
        (Fixtures.llama2.replacing("\"num_attention_heads\": 32", with: "\"num_attention_heads\": 33"), "config.json:2:50: hidden size"),
        (Fixtures.mixtral.replacing("num_local_experts", with: "experts"), "config.json:1:1: the number of experts is missing"),
        (
            Fixtures.mixtral.replacing("_per_tok\": 2", with: "_per_tok\": 9"),
            "config.json:2:75: the configuration describes no model: a token cannot visit 9 of 8 experts"
        ),
        (Fixtures.qwen3MoE.replacing("[]", with: "[48]"), "config.json:2:78: mlp_only_layers names layer 48 and the model has 48"),
        (
            Fixtures.gptOSS.replacing("\"num_hidden_layers\": 24", with: "\"num_hidden_layers\": 23"),
            "config.json:2:44: layer_types has 24 values and the model 23 layers"
        ),
        (
            #"{"model_type": "nemotron_h", "hidden_size": 8, "num_hidden_layers": 3, "vocab_size": 9, "hybrid_override_pattern": "M-"}"#,
            "config.json:1:116: 2 layers are named and num_hidden_layers is 3"
        ),
        (
            #"{"model_type": "nemotron_h", "hidden_size": 8, "num_hidden_layers": 2, "vocab_size": 9, "hybrid_override_pattern": "MX"}"#,
            "config.json:1:116: 'X' stands for no kind of layer"
        ),
        (
            #"{"model_type": "mamba2", "hidden_size": 64, "num_hidden_layers": 2, "num_heads": 4, "head_dim": 32, "n_groups": 1}"#,
            "config.json:1:1: a Hugging Face configuration lacks the key 'state_size'"
        ),
        (
            #"{"model_type": "mamba2", "hidden_size": 64, "num_hidden_layers": 2, "num_heads": 5, "head_dim": 32, "n_groups": 1, "state_size": 8}"#,
            "config.json:1:82: 5 heads of 32 are 160 wide and the mixer 128"
        ),
        (Fixtures.gptOSS.replacing("full_attention", with: "linear_attention"), "config.json:2:"),
        (Fixtures.gptOSS.replacing("\"num_hidden_layers\": 24", with: "\"num_hidden_layers\": 23"), "config.json:2:"),
    ])
    func `mistakes are shown where they stand`(text: String, start: String) {
        let message = problem(text)
        #expect(message.hasPrefix(start), "\(message)")
        #expect(!message.contains("\n"))
    }

    @Test(arguments: [
        ("\"rope_theta\": 1000000.0, \"rope_scaling\": null", RotaryEmbedding(theta: 1_000_000)),
        (
            "\"rope_theta\": 500000.0, \"rope_scaling\": {\"factor\": 8.0, \"low_freq_factor\": 1.0, \"high_freq_factor\": 4.0, "
                + "\"original_max_position_embeddings\": 8192, \"rope_type\": \"llama3\"}",
            RotaryEmbedding(theta: 500_000, scaling: .init(kind: .llama3, factor: 8))
        ),
        (
            "\"rope_theta\": 10000, \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 40, \"beta_fast\": 32}",
            RotaryEmbedding(theta: 10_000, scaling: .init(kind: .yarn, factor: 40))
        ),
        ("\"rope_parameters\": {\"rope_theta\": 1000000.0, \"rope_type\": \"default\"}", RotaryEmbedding(theta: 1_000_000)),
        ("\"rope_theta\": 500000.0, \"rope_scaling\": {\"factor\": 16.0, \"high_freq_factor\": 1.0, \"rope_type\": \"llama3\"}", nil),
        ("\"rope_theta\": 500000.0, \"rope_scaling\": {\"factor\": 2.0, \"rope_type\": \"longrope\"}", nil),
        ("\"mlp_bias\": false", RotaryEmbedding(theta: 10_000)),
    ])
    func `rotary positions`(fields: String, expected: RotaryEmbedding?) throws {
        let text = HuggingFaceFixtures.llama2.replacing("\"vocab_size\"", with: fields + ", \"vocab_size\"")
        #expect(try HuggingFaceConfig.parse(text: text, file: "config.json").rotary == expected)
    }
}
