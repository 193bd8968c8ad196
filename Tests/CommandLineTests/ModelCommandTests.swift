import Foundation
import Testing
import Workload

@testable import meshwright

/// `meshwright model` as a user runs it, and its exit statuses.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
final class ModelCommandTests {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-tests-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func json(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let url = directory.appending(path: name)
        try Data(text.utf8).write(to: url)
        return url.path
    }

    private let tiny = """
        {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 128,
         "vocab_size": 100}
        """

    @Test func listNamesEveryShippedModel() throws {
        let run = try BuiltTool.run(["model", "list", "--format", "json"])
        let models = try #require(try json(run.output)["models"] as? [[String: Any]])
        #expect(models.count == 72)
        #expect(models.first { $0["name"] as? String == "mixtral-8x7b" }?["active"] as? Int == 12_879_925_248)
        #expect(try BuiltTool.run(["model", "list"]).output.split(separator: "\n").count == 73)
    }

    @Test func showWritesTheContract() throws {
        let run = try BuiltTool.run(["model", "show", "deepseek-v3", "--format", "json", "--seq-len", "4096"])
        #expect(run.status == 0 && run.errors.isEmpty)
        let root = try json(run.output)
        #expect(root["schema"] as? String == "meshwright.model/1")
        let parameters = try #require(root["parameters"] as? [String: Int])
        #expect(parameters["total"] == 671_026_404_352 && parameters["active"] == 37_552_282_624)
        #expect(parameters["embedding"] == 129_280 * 7168)
        #expect((root["flops_per_token"] as? [String: Any])?["sequence_length"] as? Int == 4096)
    }

    @Test func anUnknownNameListsTheNearest() throws {
        let run = try BuiltTool.run(["model", "show", "lama-3.1-8b"])
        #expect(run.status == 65 && run.output.isEmpty)
        #expect(run.errors.contains("llama-3.1-8b"))
    }

    @Test func anImportedModelIsShownLikeAShippedOne() throws {
        let path = directory.appending(path: "tiny.yaml").path
        let run = try BuiltTool.run(["model", "import", try file("config.json", tiny), "--name", "tiny", "--output", path])
        #expect(run.status == 0 && run.output.isEmpty && run.errors.isEmpty)
        let parameters = try json(try BuiltTool.run(["model", "show", path, "--format", "json"]).output)["parameters"] as? [String: Int]
        // Two layers of 4·64² + 3·64·128 + 2·64, an embedding and a head of 6,400 each, and the final norm.
        #expect(parameters?["total"] == 2 * (16384 + 24576 + 128) + 12800 + 64)
    }

    @Test func importPrintsTheModelFile() throws {
        let run = try BuiltTool.run(["model", "import", try file("config.json", tiny)])
        #expect(try ModelDocument.parse(text: run.output, file: "output").attention?.heads ?? 0 == 4)
    }

    @Test func badInputIsOneLineAndStatus65() throws {
        let unknown = try file("config.json", #"{"model_type": "rwkv"}"#)
        let broken = try file("model.yaml", "name: x\nlayers: many\n")
        for arguments in [["import", unknown], ["show", broken], ["show", directory.path + "/"], ["import", "/nonexistent.json"]] {
            let run = try BuiltTool.run(["model"] + arguments)
            #expect(run.status == 65 && run.output.isEmpty)
            #expect(run.errors.hasPrefix("meshwright: \(arguments[1]):") && run.errors.split(separator: "\n").count == 1)
        }
    }

    @Test func wrongOptionsAreUsage() throws {
        for option in [["--seq-len", "0"], ["--seq-len", "many"], ["--format", "xml"]] {
            #expect(try BuiltTool.run(["model", "show", "gpt-2"] + option).status == 64)
        }
    }
}
