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

    @Test func `all models that the tool promises are there`() { #expect(Self.names.count == 33) }
}
