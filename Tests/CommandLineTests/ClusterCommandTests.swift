import Foundation
import Testing

/// `meshwright cluster` and `meshwright gpu` as a user runs them.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct ClusterCommandTests {
    private func json(_ arguments: [String]) throws -> [String: Any] {
        let run = try BuiltTool.run(arguments + ["--format", "json"])
        #expect(run.status == 0, "\(run.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    @Test func shippedClustersAndGPUsAreListed() throws {
        let clusters = try #require(try json(["cluster", "list"])["clusters"] as? [[String: Any]])
        #expect(clusters.contains { $0["name"] as? String == "dgx-h100" && $0["gpus"] as? Int == 256 })
        let gpus = try #require(try json(["gpu", "list"])["gpus"] as? [[String: Any]])
        #expect(gpus.contains { $0["name"] as? String == "b200-sxm" && $0["four_tflops"] as? Double == 9000 })
        #expect(try BuiltTool.run(["gpu", "list"]).output.contains("NVIDIA H100 SXM5 80 GB"))
        #expect(try BuiltTool.run(["cluster", "list"]).output.contains("gb200-nvl72"))
    }

    @Test func aClusterIsShownAtTheSizeAskedFor() throws {
        let document = try json(["cluster", "show", "dgx-h100", "--gpus", "512"])
        #expect(document["schema"] as? String == "meshwright.cluster/1")
        #expect(document["nodes"] as? Int == 64)
        let text = try BuiltTool.run(["cluster", "show", "pipette-a100"]).output
        #expect(text.contains("links of 19.46 ± 0.67 GB/s between nodes"), "\(text)")
        #expect(try BuiltTool.run(["gpu", "show", "h800-80gb-sxm"]).output.contains("never measured on this GPU"))
    }

    @Test(
        arguments: [
            (["cluster", "show", "dgx-h1000"], 65, "there is no cluster 'dgx-h1000'; the nearest are dgx-h100"),
            (["cluster", "show", "dgx-h100", "--gpus", "100"], 65, "100 GPUs do not fill nodes of 8; use 96 or 104"),
            (["cluster", "show", "./none.yaml"], 65, "./none.yaml:1:1: there is no such file"),
            (["cluster", "show", "/tmp/"], 65, "/tmp/:1:1: this is a directory"),
            (["cluster", "show", "dgx-h100", "--nodes", "0"], 64, "--nodes is 0; it must be 1 to 1048576"),
            (["cluster", "show", "dgx-h100", "--nodes", "2", "--gpus", "16"], 64, "give one of them"),
            (["gpu", "show", "h1000"], 65, "there is no GPU type 'h1000'"),
        ] as [([String], Int32, String)])
    func mistakesAreOneLineWithAStatus(arguments: [String], status: Int32, message: String) throws {
        let run = try BuiltTool.run(arguments)
        #expect(run.status == status)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }
}
