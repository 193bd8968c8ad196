import Foundation
import Testing

/// `meshwright plan` on clusters whose links or nodes differ, and what becomes of the map it prints.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
final class PlacementCommandTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-placement-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func write(_ text: String, _ name: String) throws -> String {
        let path = directory.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// Keys of a group of H100 nodes with adapters of a kind.
    private func group(nodes: Int, kind: String = "infiniband") -> [String] {
        [
            "gpu: h100-80gb-sxm", "nodes: \(nodes)", "gpus_per_node: 8",
            "fabric: {kind: nvswitch, bandwidth: 450 GB/s, domain_size: 8, collectives: {gather_share: 0.75, reduce_share: 1.04, "
                + "latency: 15 us, root_coefficient: 1.03e-8}}",
            "network: {kind: \(kind), adapters_per_node: 8, adapter_bandwidth: 400 Gbit/s, achieved_fraction: 0.9}",
        ]
    }

    /// Four nodes, of which `rust` has slow links.
    private func uneven() throws -> String {
        let names = ["alpha", "rust", "gamma", "delta"]
        let rows = names.map { from in
            "[" + names.map { to in from == to ? "null" : from == "rust" || to == "rust" ? "60" : "380" }.joined(separator: ", ") + "]"
        }
        let lines =
            ["name: uneven"] + group(nodes: 4) + [
                "node_bandwidth:", "  scope: node", "  unit: GB/s", "  names: [\(names.joined(separator: ", "))]", "  rows:",
            ]
            + rows.map { "    - \($0)" } + ["node_names: [\(names.joined(separator: ", "))]"]
        return try write(lines.joined(separator: "\n") + "\n", "uneven.yaml")
    }

    private func plan(_ cluster: String, _ more: [String]) throws -> BuiltTool.Run {
        try BuiltTool.run(
            [
                "plan", "--model", "llama-3.2-1b", "--cluster", cluster, "--tp", "2,4,8", "--cp", "1", "--global-batch-size", "64",
                "--seq-len", "2048", "--no-cache",
            ] + more)
    }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    private func placement(_ text: String) throws -> [String: Any] {
        let plans = try #require(try object(text)["plans"] as? [[String: Any]])
        return try #require(plans.first?["placement"] as? [String: Any])
    }

    @Test func everyRankHasItsGPUAndTheStepIsThatOfTheMap() throws {
        let run = try plan(uneven(), ["--format", "json"])
        #expect(run.status == 0, "\(run.errors)")
        let answer = try object(run.output)
        for plan in try #require(answer["plans"] as? [[String: Any]]) {
            let placement = try #require(plan["placement"] as? [String: Any])
            let ranks = try #require(placement["ranks"] as? [[String: Any]])
            #expect(ranks.compactMap { $0["rank"] as? Int } == Array(0..<32))
            #expect(Set(ranks.map { "\($0["node"] ?? "")/\($0["gpu"] ?? "")" }).count == 32)
            let objective = try #require(placement["objective_s"] as? Double)
            #expect(objective == plan["step_time_s"] as? Double)
            #expect(objective <= placement["identity_s"] as? Double ?? 0)
            #expect(objective >= placement["lower_bound_s"] as? Double ?? .infinity)
        }
        let bad = try #require(answer["bad_links"] as? [String: Any])
        #expect(bad["nodes"] as? [String] == ["rust"])
        #expect(bad["seconds_per_step"] as? Double ?? 0 > 0)
    }

    @Test func theTextSaysWhatPlacesAreWorthAndDrawsThem() throws {
        let picture = directory.appending(path: "map.svg").path
        let run = try plan(uneven(), ["--map", "--map-svg", picture, "--top", "1"])
        #expect(run.output.contains("\nplaces   "))
        #expect(run.output.contains("slow links at rust cost "))
        #expect(run.output.contains("Which GPU holds which stage of plan 1"))
        #expect(run.output.contains("┌ alpha ─"))
        #expect(try String(contentsOfFile: picture, encoding: .utf8).contains(">rust</text>"))
    }

    @Test func evenClustersHaveAMapAndNothingToSay() throws {
        let run = try BuiltTool.run([
            "plan", "--model", "llama-3.2-1b", "--cluster", "dgx-h100", "--gpus", "16", "--tp", "8", "--cp", "1", "--global-batch-size",
            "64", "--seq-len", "2048", "--no-cache", "--top", "1",
        ])
        #expect(run.status == 0 && !run.output.contains("\nplaces"))
    }

    /// A map that was printed, given back, takes the time that was printed.
    @Test func aMapGivenBackCostsTheSame() throws {
        let cluster = try uneven()
        let first = try plan(cluster, ["--format", "json", "--top", "1"])
        let file = try write(first.output, "plan.json")
        let again = try plan(cluster, ["--format", "json", "--top", "1", "--placement-file", file])
        let (a, b) = (try placement(first.output), try placement(again.output))
        #expect(b["method"] as? String == "given")
        #expect(a["objective_s"] as? Double == b["objective_s"] as? Double)
        #expect(try object(first.output)["plans"] != nil)
        let simulated = try BuiltTool.run(["simulate", "--plan", file, "--cluster", cluster])
        #expect(simulated.status == 0 && simulated.errors.contains("with its links and places"), "\(simulated.errors)")
        // Launch files follow the map.
        let out = directory.appending(path: "launch").path
        let export = try BuiltTool.run(["export", "--plan", file, "--cluster", cluster, "--target", "slurm", "--output", out])
        #expect(export.status == 0, "\(export.errors)")
        let ranks = try #require(a["ranks"] as? [[String: Any]])
        let hosts = try String(contentsOfFile: out + "/slurm.hosts", encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(hosts == ranks.compactMap { $0["node"] as? String })
    }

    @Test(arguments: [
        (["--placement", "given"], 64, "--placement given needs --placement-file"),
        (["--placement", "exact", "--placement-file", "x.json"], 64, "--placement-file goes with --placement given, not exact"),
        (["--placement-file", "none.json"], 65, "none.json:1:1: there is no such file"),
        (["--seed", "-1"], 64, "--seed"), (["--map", "--format", "json"], 64, "--map goes with --format table"),
    ])
    func wrongOptionsAreRefused(options: [String], status: Int32, message: String) throws {
        let run = try plan("dgx-h100", ["--gpus", "16"] + options)
        #expect(run.status == status && run.errors.contains(message), "\(run.errors)")
    }

    @Test func wrongMapsAreRefused() throws {
        let cluster = try uneven()
        let few = try write("{\"schema\": \"meshwright.placement/1\", \"ranks\": [{\"node\": \"alpha\", \"gpu\": 0}]}", "few.json")
        #expect(try plan(cluster, ["--placement-file", few]).errors.contains("places 1 ranks and the job has 32"))
        let stranger = try write(
            "{\"schema\": \"meshwright.placement/1\",\n \"ranks\": [{\"node\": \"alpah\", \"gpu\": 0}]}", "stranger.json")
        #expect(try plan(cluster, ["--placement-file", stranger]).errors.contains("stranger.json:2:21"))
        let twice = (0..<32).map { _ in "{\"node\": \"alpha\", \"gpu\": 0}" }.joined(separator: ", ")
        let doubled = try write("{\"schema\": \"meshwright.placement/1\", \"ranks\": [\(twice)]}", "doubled.json")
        let run = try plan(cluster, ["--placement-file", doubled])
        #expect(run.status == 65 && run.errors.contains("rank 1 of the map"), "\(run.errors)")
    }

    /// Two islands with adapters that cannot talk to each other: planned without a flag.
    @Test func islandsOfDifferentAdaptersArePlanned() throws {
        func item(_ lines: [String]) -> [String] { lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element } }
        let text = ["name: islands", "groups:"] + item(group(nodes: 2)) + item(group(nodes: 2, kind: "roce"))
        let run = try plan(write(text.joined(separator: "\n") + "\n", "islands.yaml"), ["--format", "json"])
        #expect(run.status == 0, "\(run.errors)")
        let inputs = try #require(try object(run.output)["inputs"] as? [String: Any])
        #expect((inputs["cluster"] as? [String: Any])?["gpu"] as? String == "h100-80gb-sxm")
        let found = try placement(run.output)
        #expect(found["method"] as? String == "exact" || found["method"] as? String == "identity")
    }
}
