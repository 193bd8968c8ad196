import Testing

@testable import Calibration

@Suite struct RunSplitTests {
    private let predictions: [RunPrediction] = (0..<60).map { i in
        var p = CalibrationFixtures.prediction("k", predicted: 1, measured: 1, id: "\(i % 2 == 0 ? "a" : "b")-\(i)")
        p.run.model = "m\(i % 5)"
        p.run.numbers["n_gpus"] = Double(8 * (1 + i % 3))
        return p
    }

    @Test func `configurations never straddle, and each source is halved`() {
        let split = RunSplit(predictions, seed: 1)
        var side: [String: Bool] = [:]
        for run in predictions.map(\.run) {
            let key = "\(run.source) \(run.model) \(run["n_gpus"] ?? 0)"
            #expect(side[key, default: split.isFitted(run)] == split.isFitted(run))
            side[key] = split.isFitted(run)
        }
        for source in ["a", "b"] {
            let fitted = predictions.filter { $0.run.source == source && split.isFitted($0.run) }.count
            #expect((13...17).contains(fitted))
        }
    }

    @Test func `the seed decides, not the order of rows`() {
        let split = RunSplit(predictions, seed: 1)
        let reversed = RunSplit(predictions.reversed(), seed: 1)
        #expect(predictions.allSatisfy { split.isFitted($0.run) == reversed.isFitted($0.run) })
        let another = RunSplit(predictions, seed: 2)
        #expect(predictions.contains { split.isFitted($0.run) != another.isFitted($0.run) })
    }

    @Test func `a source of one configuration stays unseen`() {
        let one = [CalibrationFixtures.prediction("k", predicted: 1, measured: 1)]
        #expect(!RunSplit(one).isFitted(one[0].run))
    }

    @Test func `a hybrid with experts counts as a mixture, although its columns of experts are empty`() throws {
        var hybrid = CalibrationFixtures.run(id: "test-2", framework: "Megatron-Bridge/Megatron-Core", gpu: "GB200") {
            $0.model = "nemotron-3-nano"
        }
        hybrid.numbers = [
            "seq_len": 8192, "n_gpus": 8, "gbs": 512, "mbs": 2, "tp": 1, "pp": 1, "dp": 8, "ep": 8, "step_time_s": 18,
        ]
        let predictions = try CalibrationFixtures.predictions([CalibrationFixtures.run(["step_time_s": 10]), hybrid])
        #expect(predictions.map(\.skipped) == [nil, nil] && predictions.map(\.isMixture) == [false, true])
        #expect(ValidationSummary(predictions).byModelKind.map(\.name) == ["dense", "mixture of experts"])
    }

    @Test(
        .enabled(if: CalibrationFixtures.measured("training/measured_runs.csv") != nil, "needs ../shared/data/training/measured_runs.csv"))
    func `the unseen half of the shipped constants`() throws {
        let all = try #require(CalibrationFixtures.measuredPredictions).get()
        let split = RunSplit(all)
        let unseen = all.filter { $0.timeError != nil && !split.isFitted($0.run) && $0.run.quality == "A" }
        #expect(unseen.count == 332)
        let summary = ValidationSummary(unseen)
        #expect(try #require(summary.macroTimeError) < 0.05)
        #expect(abs(try #require(summary.macroTimeBias)) < 0.02)
        #expect(summary.bySource.compactMap(\.time).filter { $0.count >= 10 }.allSatisfy { $0.meanAbsolute < 0.08 })
        #expect(try #require(summary.byModelKind.first { $0.name == "mixture of experts" }?.time).meanAbsolute < 0.08)
    }
}
