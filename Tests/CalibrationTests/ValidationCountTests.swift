import Documents
import Testing

@testable import Calibration

/// No row of a table vanishes: each is predicted, not predicted for a reason, or refused with its numbers.
@Suite struct ValidationCountTests {
    private static let measures: [(column: String, value: Double)] = [
        ("step_time_s", 2), ("chk_step_time_s", 2), ("tokens_per_s_per_gpu", 8192), ("tokens_per_s", 65_536), ("samples_per_s", 32),
        ("samples_per_s_per_gpu", 4), ("model_tflops_per_gpu", 80), ("hardware_tflops_per_gpu", 100), ("mfu_pct", 30), ("oom", 0),
    ]

    @Test func `every combination of columns comes to one outcome`() throws {
        var runs: [RunRecord] = []
        for mask in 0..<(1 << Self.measures.count) {
            var numbers: [String: Double] = [:]
            for (bit, measure) in Self.measures.enumerated() where mask >> bit & 1 == 1 { numbers[measure.column] = measure.value }
            // Now and then a row that contradicts itself, ran out of memory, lacks a size or has a framework that nobody knows.
            if mask % 7 == 3 { numbers["n_gpus"] = 16 }
            if mask % 11 == 5 { numbers["oom"] = 1 }
            runs.append(CalibrationFixtures.run(id: "row-\(mask)", framework: mask % 13 == 2 ? "Unheard-of" : "Megatron-LM 3", numbers))
            if mask % 17 == 4 { runs[runs.count - 1].numbers["hidden"] = nil }
        }
        let predictions = try CalibrationFixtures.predictions(runs)
        let summary = ValidationSummary(predictions)
        #expect(summary.outcomes.map(\.count).reduce(0, +) == runs.count)
        #expect(summary.outcomes.allSatisfy { $0.count > 0 })
        let counts = Dictionary(uniqueKeysWithValues: summary.outcomes.map { ($0.outcome, $0.count) })
        #expect(summary.skipped.map(\.count).reduce(0, +) == counts[.skipped] && summary.refused.count == counts[.refused])
        #expect(summary.overall.time?.count == counts[.timed])
        for prediction in predictions {
            let run = prediction.run
            let isMeasured = Self.measures.contains { run[$0.column] != nil && $0.column != "oom" }
            switch prediction.outcome {
            case .timed: #expect(isMeasured && !run.ranOutOfMemory)
            case .skipped: #expect(prediction.skipped != nil)
            case .refused: #expect(run["n_gpus"] == 16)
            case .ranOutOfMemory: #expect(run["oom"] == 1)
            case .memoryOnly: #expect(!isMeasured && run["oom"] == 0)
            }
        }
    }

    private func time(_ numbers: [String: Double], _ change: (inout RunRecord) -> Void = { _ in }) throws -> Double? {
        try CalibrationFixtures.predictions([CalibrationFixtures.run(numbers, change)])[0].run.measuredStepTime
    }

    @Test func `rates become the time of a step`() throws {
        // 64 sequences of 2,048 tokens on eight GPUs: 131,072 tokens a step.
        #expect(try time(["tokens_per_s_per_gpu": 8192]) == 2)
        #expect(try time(["tokens_per_s": 65_536]) == 2)
        #expect(try time(["samples_per_s": 32]) == 2)
        #expect(try time(["samples_per_s_per_gpu": 4]) == 2)
        // A time that is stated wins, and nothing is no time.
        #expect(try time(["step_time_s": 3, "tokens_per_s": 65_536]) == 3)
        #expect(try time(["step_time_s": 0, "tokens_per_s": 65_536]) == 2)
        #expect(try time(["oom": 0]) == nil)
    }

    @Test func `rates of arithmetic count as their framework does`() throws {
        // The formula of Megatron-LM of 2021 for a gated model: 24 layers of h 2048, ffn 8192, s 2048, V 50,000.
        // Forward, a token: 24 · (2·4·h² + 2·3·h·8192 + 4·s·h) + 2·h·V, attention as the whole square.
        let (h, ffn, depth): (Double, Double, Double) = (2048, 8192, 24)
        let products: Double = 8 * h * h + 6 * h * ffn
        let square: Double = 4 * h * h
        let layers: Double = depth * (products + square)
        let head: Double = 2 * h * 50_000
        let tokens: Double = 131_072 / 8
        func of2021(_ run: inout RunRecord) { run.numbers["year"] = 2021 }
        func isNear(_ time: Double, _ flops: Double, _ rate: Double) -> Bool { abs(time / (flops * tokens / rate) - 1) < 1e-12 }
        let model = try #require(try time(["model_tflops_per_gpu": 100], of2021))
        #expect(isNear(model, 3 * (layers + head), 100e12))
        // Hardware rates count the second forward pass of recomputed layers, and not the head's.
        let hardware = try #require(try time(["hardware_tflops_per_gpu": 100, "year": 2021]) { $0.recompute = "full" })
        #expect(isNear(hardware, 4 * layers + 3 * head, 100e12))
        // Half of an A100's 312 TFLOP/s.
        let share = try #require(try time(["mfu_pct": 50], of2021))
        #expect(isNear(share, 3 * (layers + head), 156e12))
        // Megatron-Bridge counts only what the mask leaves.
        let causal: Double = depth * (products + square / 2)
        let bridge = try #require(try time(["model_tflops_per_gpu": 100]) { $0.framework = "Megatron-Bridge/Megatron-Core" })
        #expect(isNear(bridge, 3 * (causal + head), 100e12))
    }

    @Test func `sizes that do not make the GPUs are refused with the numbers`() throws {
        let prediction = try CalibrationFixtures.predictions([CalibrationFixtures.run(["n_gpus": 16, "step_time_s": 2])])[0]
        #expect(prediction.outcome == .refused)
        #expect(prediction.contradiction == "tp 2 · pp 2 · cp 1 · dp 2 = 8, and n_gpus is 16")
    }

    @Test(.enabled(if: CalibrationFixtures.measured("training/measured_runs.csv") != nil, "the measured runs lie beside the repository"))
    func `no measured run vanishes`() throws {
        let path = try #require(CalibrationFixtures.measured("training/measured_runs.csv"))
        let runs = try RunsTable.read(path: path)
        let summary = ValidationSummary(try #require(CalibrationFixtures.measuredPredictions).get())
        #expect(summary.outcomes.map(\.count).reduce(0, +) == runs.count)
    }
}
