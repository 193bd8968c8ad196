import Foundation
import Testing

@testable import meshwright

/// `meshwright simulate` as a user runs it.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
final class SimulateCommandTests {
    let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "meshwright-tests-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    private func simulate(_ arguments: String) throws -> BuiltTool.Run {
        try BuiltTool.run(["simulate"] + arguments.split(separator: " ").map(String.init))
    }

    private func json(_ arguments: String) throws -> [String: Any] {
        let run = try simulate("\(arguments) --format json")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        return try #require(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    private func file(_ name: String, _ text: String) throws -> String {
        let path = directory.appending(path: name).path
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test func aStepInJSON() throws {
        let document = try json(
            "--schedule zb-h1 --pp 2 --micro-batches 3 --forward 10 --backward-input 12 --backward-weight 8 --latency 1")
        #expect(document["schema"] as? String == "meshwright.simulate/1")
        #expect(document["schedule"] as? String == "zb-h1")
        #expect(document["pp"] as? Int == 2)
        #expect(document["vpp"] as? Int == 1)
        #expect(document["micro_batches"] as? Int == 3)
        let makespan = try #require(document["makespan_s"] as? Double)
        let total = try #require(document["bubble_of_total"] as? Double)
        #expect(abs(total - (1 - 0.09 / makespan)) < 1e-9)
        let ideal = try #require(document["bubble_of_ideal"] as? Double)
        #expect(abs(ideal - (makespan / 0.09 - 1)) < 1e-9)
        let ranks = try #require(document["ranks"] as? [[String: Any]])
        #expect(ranks[1]["order"] as? [String] == ["1F0", "1I0", "1F1", "1I1", "1W0", "1F2", "1I2", "1W1", "1W2"])
        #expect(ranks[0]["peak_in_flight"] as? Int == 2)
        #expect(ranks[0]["peak_memory_gib"] is NSNull)
        let breakdown = try #require(document["breakdown_s"] as? [String: Double])
        #expect(abs(breakdown.values.reduce(0, +) - makespan) < 1e-9)
    }

    @Test func chunksTakeTheirShareUnlessToldOtherwise() throws {
        let shared = try json("--schedule interleaved --pp 8 --micro-batches 32")
        #expect(shared["makespan_s"] as? Double == 0.1065)
        let perChunk = try json("--schedule interleaved --pp 8 --micro-batches 32 --per-chunk")
        #expect(perChunk["makespan_s"] as? Double == 0.213)
        let memory = try json("--schedule 1f1b --pp 4 --micro-batches 8 --activations 2 --resident 10")
        let ranks = try #require(memory["ranks"] as? [[String: Any]])
        #expect(ranks.map { $0["peak_memory_gib"] as? Double } == [18, 16, 14, 12])
    }

    @Test func theComparisonHasTheKnownSteps() throws {
        let document = try json("--compare --pp 8 --micro-batches 32")
        let rows = try #require(document["schedules"] as? [[String: Any]])
        func step(_ schedule: String) -> Double? {
            rows.first { $0["schedule"] as? String == schedule }?["makespan_s"] as? Double
        }
        for (schedule, milliseconds) in [("1f1b", 117), ("zb-h1", 103), ("interleaved", 106.5), ("zb-v", 99.5)] {
            #expect(abs((step(schedule) ?? 0) * 1000 - milliseconds) < 1e-9)
        }
        let text = try simulate("--compare --pp 8 --micro-batches 32 --width 200").output
        #expect(text.contains("103 ms") && text.contains("106.5 ms") && text.contains("99.5 ms") && text.contains("117 ms"))
        #expect(text.contains("bubble: share of the step"))
        #expect(try simulate("--compare --pp 3 --micro-batches 5").output.contains("left out: chimera: an even number of ranks"))
    }

    @Test func aChartAndItsNumbers() throws {
        let run = try simulate("--schedule 1f1b --pp 2 --micro-batches 2 --width 60")
        #expect(run.status == 0)
        #expect(run.output.contains("rank 1"))
        #expect(run.output.contains("step    9 ms"))
        #expect(run.output.contains("idle    33.3 % of the ranks' time (50.0 % of their work)"))
    }

    @Test func stagesFromATable() throws {
        let table = try file("stages.csv", "forward,backward_input,backward_weight\n1,1,1\n2,2,2\n")
        let document = try json("--schedule gpipe --pp 2 --micro-batches 3 --stage-times \(table)")
        #expect(abs((document["makespan_s"] as? Double ?? 0) - 0.021) < 1e-12)
        let short = try file("short.csv", "forward,backward_input,backward_weight\n1,1,1\n")
        let run = try simulate("--schedule gpipe --pp 2 --micro-batches 3 --stage-times \(short)")
        #expect(run.status == 65)
        #expect(run.errors.contains("1 stages, but the schedule has 2"))
    }

    @Test func ownOrdersAndTheirDeadlocks() throws {
        let good = try file("good.jsonl", #"{"schedule":"mine","ranks":[["0F0","0B0"],["1F0","1B0"]]}"#)
        #expect(try json("--orders \(good)")["makespan_s"] as? Double == 0.006)
        let bad = try file("bad.txt", "0F0 0B0 0F1 0B1\n1F1 1B1 1F0 1B0\n")
        let run = try simulate("--orders \(bad)")
        #expect(run.status == 65 && run.output.isEmpty)
        #expect(run.errors == "meshwright: deadlock: 0B0 waits for 1B0 waits for 1F1 waits for 0F1 waits for 0B0\n")
    }

    @Test func disturbedSteps() throws {
        let slow = try json("--schedule 1f1b --pp 4 --micro-batches 8 --perturb slow=1:50")
        #expect((slow["makespan_s"] as? Double ?? 0) > 0.033)
        let jitter = "--schedule 1f1b --pp 4 --micro-batches 8 --perturb jitter=10 --runs 20 --seed 3"
        let first = try #require(try json(jitter)["perturbed"] as? [String: Double])
        #expect(first["runs"] == 20)
        #expect((first["p95_s"] ?? 0) >= (first["mean_s"] ?? 1))
        #expect(first == (try json(jitter)["perturbed"] as? [String: Double]))
    }

    @Test func picturesAreWritten() throws {
        let (svg, html) = (directory.appending(path: "step.svg").path, directory.appending(path: "step.html").path)
        let run = try simulate("--schedule zb-v --pp 2 --micro-batches 3 --svg \(svg) --html \(html) --format json")
        #expect(run.status == 0 && run.output.hasPrefix("{"))
        #expect(try String(contentsOfFile: svg, encoding: .utf8).contains("<svg"))
        #expect(try String(contentsOfFile: html, encoding: .utf8).contains("<html"))
    }

    @Test func aTraceIsWrittenWholeOrNotAtAll() throws {
        let path = directory.appending(path: "trace.json").path
        #expect(try simulate("--schedule 1f1b --pp 2 --micro-batches 2 --trace \(path)").status == 0)
        let trace = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path))) as? [String: Any]
        #expect((trace?["traceEvents"] as? [Any])?.isEmpty == false)
        let run = try simulate("--schedule 1f1b --pp 2 --micro-batches 2 --trace /nonexistent/trace.json")
        #expect(run.status == 65)
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    @Test(arguments: [
        ("--schedule zb-h9 --pp 2 --micro-batches 2", 64), ("--schedule gpipe --pp 2", 64), ("--pp 2 --micro-batches 2", 64),
        ("--schedule gpipe --compare --pp 2 --micro-batches 2", 64), ("--schedule gpipe --pp 0 --micro-batches 2", 65),
        ("--schedule gpipe --pp 2 --micro-batches 0", 65), ("--schedule gpipe --pp 2 --micro-batches=-3", 65),
        ("--schedule gpipe --pp 2 --micro-batches 2 --forward -1", 64), ("--schedule gpipe --pp 2 --micro-batches 2 --latency inf", 64),
        ("--schedule gpipe --pp 2 --micro-batches 2 --forward nan", 64), ("--schedule chimera --pp 3 --micro-batches 2", 65),
        ("--schedule gpipe --pp 2 --micro-batches 2 --perturb slow=5:10", 64),
        ("--schedule gpipe --pp 2 --micro-batches 2 --perturb fast=1:10", 64), ("--orders /nonexistent/orders.jsonl", 65),
        ("--schedule gpipe --pp 99999999 --micro-batches 99999999", 65), ("--compare --pp 0 --micro-batches 2", 65),
    ])
    func badInputIsRefused(_ arguments: String, _ status: Int) throws {
        let run = try simulate(arguments)
        #expect(Int(run.status) == status, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(!run.errors.isEmpty)
    }

    @Test func disturbancesAreRead() {
        #expect(PerturbationTerm(argument: "slow=3:20") == .slow(rank: 3, percent: 20))
        #expect(PerturbationTerm(argument: "slow=3:20%") == .slow(rank: 3, percent: 20))
        #expect(PerturbationTerm(argument: "jitter=5.5") == .jitter(percent: 5.5))
        for bad in ["", "slow", "slow=3", "slow=-1:5", "slow=1:-5", "slow=1:inf", "jitter=", "jitter=x", "jitter=1=2"] {
            #expect(PerturbationTerm(argument: bad) == nil)
        }
    }
}
