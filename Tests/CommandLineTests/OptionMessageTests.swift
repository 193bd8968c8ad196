import Foundation
import Testing

@testable import meshwright

/// What is said about values that are wrong and options that change nothing.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct OptionMessageTests {
    private static let abstract = "simulate --schedule 1f1b --pp 2 --micro-batches 4"
    private static let plan = "plan --model gpt-2 --cluster dgx-h100 --nodes 1 --no-cache"

    private func run(_ line: String) throws -> BuiltTool.Run { try BuiltTool.run(line.split(separator: " ").map(String.init)) }

    @Test func negativeValuesAreValues() {
        #expect(
            NegativeValues.joined(["plan", "--seed", "-3", "--top", "-.5", "-o", "-1"]) == ["plan", "--seed=-3", "--top=-.5", "-o", "-1"])
        #expect(NegativeValues.joined(["--a=b", "-1", "--", "--seed", "-3"]) == ["--a=b", "-1", "--", "--seed", "-3"])
        #expect(NegativeValues.joined(["--force", "-o", "x"]) == ["--force", "-o", "x"])
    }

    @Test(arguments: [
        ("\(plan) --seed -3", "--seed -3: 0 or more"),
        ("cluster import --from foo:h8.log --gpu h100-80gb-sxm --name x", "kind 'foo' is unknown; use one of nccl-tests"),
        ("\(abstract) --perturb slow=1:-50", "write slow=RANK:PERCENT, jitter=PERCENT"),
        ("cluster import --from sailor:x --zone west --gpu h100-80gb-sxm --name x", "write NAME=NODES"),
        ("\(abstract) --gpus 64", "--gpus needs --model."),
        ("\(abstract) --nodes 2", "--nodes needs --model."),
        ("simulate --model gpt-2 --cluster dgx-h100 --forward 10", "--forward goes with abstract times"),
        ("simulate --model gpt-2 --cluster dgx-h100 --slices 2", "--slices goes with abstract times"),
    ]) func wrongValuesAreNamedWithTheirForm(_ line: String, _ message: String) throws {
        let run = try run(line)
        #expect(run.status == 64)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test(arguments: [
        ("\(abstract) --per-chunk", "meshwright: --per-chunk changes nothing: in 1f1b"),
        ("\(abstract) --overlapped-pair 3", "meshwright: --overlapped-pair changes nothing: in 1f1b"),
        ("\(abstract) --group-size 2", "meshwright: --group-size changes nothing: in 1f1b"),
        ("\(plan) --expert-imbalance 2", "meshwright: --expert-imbalance: gpt-2 has no experts"),
        ("\(plan) --recompute-modules moe", "meshwright: --recompute-modules: gpt-2 has no experts"),
    ]) func optionsThatChangeNothingAreNamed(_ line: String, _ message: String) throws {
        let run = try run(line)
        #expect(run.status == 0)
        #expect(run.errors.hasPrefix(message), "\(run.errors)")
    }

    @Test(arguments: [
        "--schedule interleaved --pp 2 --micro-batches 4 --per-chunk --group-size 2",
        "--schedule dualpipe --pp 2 --micro-batches 8 --overlapped-pair 3",
    ])
    func optionsThatChangeSomethingAreNot(_ options: String) throws {
        let run = try run("simulate \(options)")
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
    }

    @Test func oneIsSingular() throws {
        let text = try run("plan --model gpt-2 --cluster dgx-h100 --gpus 1 --global-batch-size 1 --no-cache").output
        #expect(text.contains("1 node of 1 GPU, "))
        #expect(text.contains("1 sequence of 1,024 tokens a step"))
    }

    @Test func numbersAreNeverCut() throws {
        let lines = try run("simulate --compare --pp 8 --micro-batches 32 --width 40").output.split(separator: "\n")
        let interleaved = try #require(lines.first { $0.hasPrefix("interleaved-zero-bubble") })
        #expect(!interleaved.contains("…") && interleaved.hasSuffix(" ms"))
        #expect(lines.contains { $0.hasPrefix("not shown at this width: ") && $0.contains("BUBBLE") })
    }
}
