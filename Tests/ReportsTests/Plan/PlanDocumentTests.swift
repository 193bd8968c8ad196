import Documents
import Foundation
import Testing

@testable import Reports

@Suite("Plan as a document")
struct PlanDocumentTests {
    private func object(_ report: PlanReport = ExamplePlan.report) throws -> [String: Any] {
        let text = JSONWriter.text(report.document(ExamplePlan.run))
        return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func hasTheKeysOfTheContractInOrder() throws {
        guard case .mapping(let fields) = ExamplePlan.report.document(ExamplePlan.run) else { throw Missing() }
        #expect(fields.map(\.key) == ["schema", "model", "cluster", "job", "inputs", "search", "plans", "explanation", "run"])
        let plans = try #require(try object()["plans"] as? [[String: Any]])
        let plan = try #require(plans.first)
        #expect(
            Set(plan.keys) == [
                "rank", "strategy", "step_time_s", "step_time_low_s", "step_time_high_s", "trust", "ties_with_best", "tokens_per_s_per_gpu",
                "mfu",
                "breakdown_s", "busiest_pipeline_rank", "memory_gib", "notes",
            ])
        let strategy = try #require(plan["strategy"] as? [String: Any])
        #expect(
            Set(strategy.keys) == [
                "tp", "pp", "vpp", "cp", "cp_kind", "cp_inner", "ep", "etp", "dp", "dp_replicate", "dp_shard", "micro_batch_size",
                "micro_batches",
                "group_size", "sequence_parallel", "optimizer_sharding", "recompute", "recompute_layers", "recompute_modules", "schedule",
                "layers_per_stage", "rank_order", "overlap", "offload",
            ])
        #expect(strategy["dp_shard"] as? Int == 2 && strategy["dp_replicate"] as? Int == 1)
        let memory = try #require(plan["memory_gib"] as? [String: Any])
        #expect(Set(memory.keys) == ["low", "expected", "high", "breakdown", "heaviest_pipeline_rank", "host_node", "storage_node"])
    }

    @Test func breakdownsListEveryKeyThatTheDocumentationHas() throws {
        let plan = try #require((try object()["plans"] as? [[String: Any]])?.first)
        let step = try #require(plan["breakdown_s"] as? [String: Double])
        #expect(step.count == 20 && abs(step.values.reduce(0, +) - 2) < 1e-12)
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/json.md")
        let documentation = try String(contentsOf: root, encoding: .utf8)
        for key in Array(step.keys) + PlanReport.Entry.memoryKeys { #expect(documentation.contains("`\(key)`"), "\(key)") }
    }

    @Test func yamlReadsBackAndNamesTheSamePlans() throws {
        let text = YAMLWriter.text(ExamplePlan.report.document(ExamplePlan.run))
        guard case .mapping(let entries, _) = try YAMLDocument.parse(text: text, file: "plan.yaml") else { throw Missing() }
        #expect(entries.map(\.key.text).contains("plans"))
    }

    @Test func whatTheCacheRemembersIsTheWholeReport() throws {
        let data = try JSONEncoder().encode(ExamplePlan.report)
        #expect(try JSONDecoder().decode(PlanReport.self, from: data) == ExamplePlan.report)
    }

    @Test func csvHasOneRowAPlanAndAsManyFieldsAsTitles() {
        let rows = PlanCSV.text(ExamplePlan.report).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(rows.count == 4)
        #expect(rows.allSatisfy { $0.count == rows[0].count })
        #expect(rows[0][9...12] == ["rank", "tp", "pp", "vpp"] && rows[1][9...12] == ["1", "8", "4", "1"])
    }

    private struct Missing: Error {}
}
