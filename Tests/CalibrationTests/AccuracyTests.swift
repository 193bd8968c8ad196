import Calibration
import Testing

/// What the shipped constants must go on to reach; bounds lie a little above what docs/accuracy.md reports.
@Suite struct AccuracyTests {
    private static let measured = CalibrationFixtures.measured("training/measured_runs.csv")

    @Test func `a fresh clone shows its accuracy on its own published runs`() throws {
        let runs = try RunsTable.read(path: CalibrationFixtures.published)
        let sources = Set(runs.map(\.source))
        #expect(runs.count >= 60)
        #expect(sources.count == 14)
        #expect(Set(runs.map(\.id)).count == runs.count)
        let predictions = try CalibrationFixtures.predictions(runs)
        #expect(predictions.allSatisfy { $0.skipped == nil })
        let summary = ValidationSummary(predictions)
        #expect(try #require(summary.macroTimeError) < 0.06)
        #expect(abs(try #require(summary.macroTimeBias)) < 0.03)
        #expect(summary.confusion.recommendedAndRanOut <= 1)
        #expect(try #require(summary.confusion.balancedAccuracy) > 0.85)
        #expect(summary.bySource.compactMap(\.memory).allSatisfy { $0.meanAbsolute < 0.08 })
    }

    @Test(.enabled(if: measured != nil, "needs ../shared/data/training/measured_runs.csv"))
    func `headline accuracy on all measured runs`() throws {
        let predictions = try #require(CalibrationFixtures.measuredPredictions).get()
        let summary = ValidationSummary(predictions)
        func source(_ name: String) -> ValidationSummary.Group? { summary.bySource.first { $0.name == name } }
        #expect(try #require(summary.macroTimeError) < 0.05)
        #expect(abs(try #require(summary.macroTimeBias)) < 0.02)
        #expect(summary.bySource.compactMap(\.time).filter { $0.count >= 10 }.allSatisfy { $0.meanAbsolute < 0.08 })
        #expect(try #require(source("korth")?.time).meanAbsolute < 0.03)
        let complete = predictions.filter { $0.run.quality == "A" && $0.run["n_experts"] != nil }.compactMap(\.timeError)
        #expect(try #require(ErrorStatistics(complete)).meanAbsolute < 0.08)
        for (name, bound) in [("simumax", 0.01), ("mbskill", 0.05), ("bloom", 0.04)] {
            #expect(try #require(source(name)?.memory).meanAbsolute < bound, "\(name)")
        }
        #expect(try #require(source("titan")?.memory).meanAbsolute < 0.06)
        let aleph = try #require(summary.confusionBySource.first { $0.name == "aleph" }).confusion
        #expect(try #require(aleph.balancedAccuracy) > 0.95)
        #expect(aleph.recommendedAndRanOut == 0)
        #expect(Double(aleph.recommendedAndFitted) / Double(aleph.passed + aleph.falseAlarms) > 0.88)
    }
}
