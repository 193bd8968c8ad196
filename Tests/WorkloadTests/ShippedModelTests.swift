import Documents
import Foundation
import Testing
import Workload

/// The files in `Models/` against the counts that were published, or obtained by building the reference implementation.
@Suite struct ShippedModelTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Models").standardized
    private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

    private func model(_ name: String) throws -> TransformerModel {
        try ModelDocument.read(path: Self.folder.appending(path: "\(name).yaml").path)
    }

    @Test(arguments: [
        ("gpt-2", 124_439_808), ("gpt-3-175b", 174_604_259_328),
        ("llama-2-7b", 6_738_415_616), ("llama-2-13b", 13_015_864_320), ("llama-2-70b", 68_976_648_192),
        ("llama-3.1-8b", 8_030_261_248), ("llama-3.1-70b", 70_553_706_496), ("llama-3.1-405b", 405_853_388_800),
        ("llama-3.2-1b", 1_235_814_400), ("qwen3-0.6b", 596_049_920), ("qwen3-8b", 8_190_735_360), ("qwen3-32b", 32_762_123_264),
        ("gemma-2-27b", 27_227_128_320), ("deepseek-v2", 235_741_434_880), ("gpt-oss-20b", 20_914_757_184),
        ("bloom-176b", 176_247_271_424), ("falcon-180b", 179_522_565_120), ("gemma-3-12b", 11_766_034_176),
        ("gemma-3-27b", 27_009_346_304), ("mistral-7b", 7_241_732_096), ("mistral-small-24b", 23_572_403_200),
        ("nemotron-4-340b", 341_029_195_776), ("nemotron-h-8b", 8_100_852_736), ("nemotron-h-56b", 56_324_350_464),
        ("olmo-2-7b", 7_298_617_344), ("olmo-2-32b", 32_234_279_936), ("olmo-3-7b", 7_298_011_136), ("olmo-3-32b", 32_233_522_176),
        ("opt-175b", 174_604_468_224), ("phi-4", 14_659_507_200), ("qwen2.5-7b", 7_615_616_512), ("qwen2.5-32b", 32_763_876_352),
        ("qwen2.5-72b", 72_706_203_648), ("qwen3.5-27b", 26_895_998_464), ("smollm3-3b", 3_075_098_624),
    ])
    func `total parameters`(name: String, total: Int) throws {
        let count = try model(name).parameters
        #expect(count.total == total)
        #expect(try model(name).experts != nil || count.active == total)
    }

    @Test(arguments: [
        ("qwen3-30b-a3b", 30_532_122_624, 3_353_032_704), ("qwen3-235b-a22b", 235_093_634_560, 22_190_763_520),
        ("mixtral-8x7b", 46_702_792_704, 12_879_925_248), ("mixtral-8x22b", 140_620_634_112, 39_152_031_744),
        ("deepseek-v3", 671_026_404_352, 37_552_282_624), ("gpt-oss-120b", 116_829_156_672, 5_711_982_912),
        ("llama-4-scout", 107_769_861_120, 17_172_894_720),
        ("deepseek-v2-lite", 15_706_484_224, 2_661_150_208), ("deepseek-v3.2", 671_877_929_216, 38_403_807_488),
        ("glm-4.5", 352_797_814_784, 33_632_251_904), ("glm-4.5-air", 106_852_245_504, 13_424_123_904),
        ("glm-5", 743_911_199_232, 41_784_709_632), ("granite-4-small", 32_207_337_984, 8_803_121_664),
        ("grok-1", 315_684_820_992, 83_756_587_008), ("kimi-k2", 1_026_408_209_408, 32_861_477_888),
        ("llama-4-maverick", 400_711_848_960, 17_184_691_200), ("minimax-m2", 228_689_748_992, 11_030_537_216),
        ("moonlight-16b-a3b", 15_960_108_544, 2_914_774_528), ("nemotron-3-nano-30b-a3b", 31_577_937_344, 3_580_073_408),
        ("nemotron-3-super-120b-a12b", 120_668_687_360, 12_770_216_960), ("olmoe-1b-7b", 6_919_161_856, 1_282_017_280),
        ("qwen3-coder-480b-a35b", 480_154_875_392, 35_474_765_312), ("qwen3-next-80b-a3b", 79_674_391_296, 3_874_929_408),
        ("qwen3.5-35b-a3b", 34_660_610_688, 3_454_988_928), ("qwen3.5-122b-a10b", 122_111_526_912, 9_771_288_576),
        ("qwen3.5-397b-a17b", 396_346_350_336, 17_349_040_896),
    ])
    func `total and active parameters of mixtures`(name: String, total: Int, active: Int) throws {
        let count = try model(name).parameters
        #expect(count.total == total)
        #expect(count.active == active)
    }

    /// Billions of parameters as Narayanan et al. (arXiv:2104.04473, table 1) and Korthikanti et al. (arXiv:2205.05198, table 3) print them.
    @Test(arguments: [
        ("megatron-1.7b", 1.7), ("megatron-3.6b", 3.6), ("megatron-7.5b", 7.5), ("megatron-18.4b", 18.4), ("megatron-39.1b", 39.1),
        ("megatron-76.1b", 76.1), ("megatron-145.6b", 145.6), ("megatron-310.1b", 310.1), ("megatron-530b", 529.6),
        ("megatron-1t", 1008.0), ("megatron-22b", 22.1),
    ])
    func `parameters of Megatron's models`(name: String, billions: Double) throws {
        #expect(abs(Double(try model(name).parameters.total) / 1e9 - billions) <= 0.0501)
    }

    @Test func `active parameters of DeepSeek-V2 are the 21 billion of its paper`() throws {
        #expect(try model("deepseek-v2").parameters.active / 1_000_000_000 == 21)
    }

    @Test func `the other vocabulary of Mixtral 8x22B`() throws {
        var model = try model("mixtral-8x22b")
        model.vocabulary = 32768
        #expect(model.parameters.total == 140_630_071_296)
    }

    @Test(arguments: names) func `a file is named as its model and cites its source`(name: String) throws {
        let model = try model(name)
        #expect(model.name == name)
        #expect(model.source.hasPrefix("https://") || model.source.hasPrefix("arXiv:"))
        #expect(model.maxSequenceLength != nil)
        #expect(try ModelDocument.parse(text: ModelDocument.text(model), file: name) == model)
    }

    @Test func `all models that the tool promises are there`() { #expect(Self.names.count == 72) }
}
