import Foundation
import Testing

/// What `plan` says to a wrong question: one line that names the value and the legal ones, and the right exit status.
@Suite(.enabled(if: BuiltTool.url != nil, "the meshwright executable lies beside the tests"))
struct PlanInputTests {
    private static let question = ["plan", "--model", "llama-3.1-8b", "--cluster", "dgx-h100", "--gpus", "16", "--no-cache"]

    /// Requests that no strategy can meet: status 65.
    @Test(arguments: [
        (["--tp", "3"], "32 attention heads cannot be split over tp 3; tp must be one of 1, 2, 4, 8, 16"),
        (["--pp", "7"], "pp 7 does not divide 16 GPUs; it must be one of 1, 2, 4, 8, 16"),
        (["--ep", "2"], "llama-3.1-8b has no experts"),
        (["--vpp", "100"], "vpp 100 leaves stages without layers"),
        (["--micro-batch-size", "3"], "micro-batch size 3 does not divide the global batch of 512"),
        (["--seq-len", "8191", "--cp", "2"], "sequence length 8191 is not divisible by 2 × cp = 4"),
        (["--schedule", "zb-h1"], "megatron-core cannot run schedule zb-h1; it can run"),
        (["--tp", "8", "--pp", "4", "--cp", "4"], "tp 8 × pp 4 × cp 4 cannot tile 16 GPUs"),
        (["--tp", "4", "--pp", "2", "--global-batch-size", "7", "--cp", "1"], "global batch 7 is not micro-batch"),
        (["--max-memory", "100GiB"], "h100-80gb-sxm has 79.1 GiB"),
        (["--compare", "tp=3"], "32 attention heads cannot be split over tp 3"),
        (["--model", "llama-3.1-8"], "there is no model 'llama-3.1-8'; the nearest are llama-3.1-8b"),
        (["--cluster", "dgx-h10"], "there is no cluster 'dgx-h10'; the nearest are dgx-h100"),
        (["--stack", "megatron"], "there is no software stack 'megatron'; the nearest are megatron-"),
        (["--model", "/nowhere/model.yaml"], "/nowhere/model.yaml:1:1: there is no such file"),
        (["--model", "/tmp/"], "/tmp/:1:1: this is a directory"),
    ])
    func illegalRequestsNameTheValueAndTheLegalOnes(change: [String], message: String) throws {
        let run = try BuiltTool.run(BuiltTool.arguments(Self.question, with: change))
        #expect(run.status == 65)
        #expect(run.output.isEmpty)
        #expect(run.errors.hasPrefix("meshwright: ") && run.errors.contains(message), "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1)
    }

    /// Words that are no question at all: status 64.
    @Test(arguments: [
        (["--tp", "0"], "'0' is not a size"), (["--tp", "8...4"], "runs backwards; write 4...8"),
        (["--tp", "99999999999999999999"], "is not a size"), (["--tp", "2,,4"], "is not a size"),
        (["--schedule", "zbh1"], "did you mean 'zb-h1'?"), (["--precision", "bf61"], "bf61"), (["--tokens", "0"], "not a positive count"),
        (["--tokens", "nan"], "not a positive count"), (["--max-memory", "72"], "needs a unit after 72"),
        (["--max-memory", "72 parsecs"], "use one of B, KiB"), (["--top", "0"], "between 1 and 1000"),
        (["--explain", "6"], "between 1 and --top 5"), (["--seq-len", "0"], "--seq-len 0"), (["--threads", "0"], "--threads 0"),
        (["--global-batch-size", "-1"], "--global-batch-size"), (["--objective", "gpus"], "needs --target-tokens-per-second"),
        (["--nodes", "2"], "give one of them"), (["--compare", "recomputed=full"], "did you mean 'recompute'?"),
        (["--compare", "tp"], "is not key=value"),
        (["--layout", "7,x"], "is no layout"), (["--cache", "x", "--no-cache"], "exclude each other"), (["--format", "xml"], "xml"),
        (["--expert-imbalance", "0.5"], "between 1 (balanced) and 1000"), (["--gpu-hour-price", "inf"], "--gpu-hour-price"),
    ])
    func wrongFlagsAreUsageErrors(change: [String], message: String) throws {
        let run = try BuiltTool.run(BuiltTool.arguments(Self.question, with: change))
        #expect(run.status == 64)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains(message), "\(run.errors)")
    }

    @Test func aListedValueThatCannotBeIsLeftOutWithAWarning() throws {
        let run = try BuiltTool.run(Self.question + ["--tp", "3,4", "--pp", "2", "--cp", "1", "--format", "csv"])
        #expect(run.status == 0)
        #expect(run.errors.contains("--tp: 32 attention heads cannot be split over tp 3") && run.errors.contains("the value is left out"))
        #expect(run.output.split(separator: "\n").dropFirst().allSatisfy { $0.contains(",4,2,") })
    }
}
