import Testing

@testable import Calibration

@Suite struct StatisticsTests {
    @Test func `errors by hand`() throws {
        let errors = try #require(ErrorStatistics([0.1, -0.3, 0.2, -0.4]))
        #expect(errors.count == 4)
        #expect(abs(errors.meanAbsolute - 0.25) < 1e-12)
        #expect(abs(errors.bias + 0.1) < 1e-12)
        #expect(abs(errors.median - 0.25) < 1e-12)
        // Position 2.7 of 0.1, 0.2, 0.3, 0.4.
        #expect(abs(errors.ninetieth - 0.37) < 1e-12)
        #expect(ErrorStatistics([]) == nil)
        #expect(ErrorStatistics([-0.2])?.ninetieth == 0.2)
    }

    @Test func `ranks average ties`() {
        #expect(Sweep.ranks([3, 1, 2]) == [3, 1, 2])
        #expect(Sweep.ranks([5, 5, 1, 9]) == [2.5, 2.5, 1, 4])
        #expect(Sweep.ranks([7, 7, 7]) == [2, 2, 2])
    }

    @Test func `correlation is 1, -1, or 0 for a constant side`() {
        #expect(abs(Sweep.correlation([1, 2, 3], [2, 4, 6]) - 1) < 1e-12)
        #expect(abs(Sweep.correlation([1, 2, 3], [3, 2, 1]) + 1) < 1e-12)
        #expect(Sweep.correlation([1, 1, 1], [1, 2, 3]) == 0)
    }

    private func sweep(_ points: [(String, Double, Double)]) -> [Sweep] {
        Sweep.find(in: points.map { CalibrationFixtures.prediction($0.0, predicted: $0.1, measured: $0.2) })
    }

    @Test func `regret and rank correlation by hand`() throws {
        // Predicted order a b c d e; measured 12, 10, 11, 15, 20.
        let found = sweep([("a", 1, 12), ("b", 2, 10), ("c", 3, 11), ("d", 4, 15), ("e", 5, 20)])
        let sweep = try #require(found.first)
        #expect(found.count == 1)
        #expect(sweep.count == 5)
        #expect(abs(sweep.regret - 0.2) < 1e-12)
        #expect(sweep.regretOfFive == 0)
        // Ranks 1…5 against 3 1 2 4 5: Σd² = 4+1+1 = 6, ρ = 1 − 6·6/(5·24).
        #expect(abs(sweep.spearman - 0.7) < 1e-12)
    }

    @Test func `the best of five looks no further`() throws {
        let measured = [10.0, 11, 12, 13, 14, 15, 8]
        let points = measured.enumerated().map { (String($0.offset), Double($0.offset), $0.element) }
        let sweep = try #require(sweep(points).first)
        #expect(abs(sweep.regretOfFive - 0.25) < 1e-12)
    }

    @Test func `repeats count once, with their median`() throws {
        let repeats = [("a", 1.0, 10.0), ("a", 1, 30), ("a", 1, 11)]
        let others = [("b", 2.0, 10.0), ("c", 3.0, 12.0), ("d", 4.0, 13.0), ("e", 5.0, 14.0)]
        let found = try #require(sweep(repeats + others).first)
        #expect(found.count == 5)
        #expect(abs(found.regret - 0.1) < 1e-12)
        #expect(sweep(repeats + others.prefix(3)).isEmpty)
    }

    @Test func `tied predictions are averaged`() throws {
        let found = try #require(sweep([("a", 1, 10), ("b", 1, 14), ("c", 2, 15), ("d", 3, 16), ("e", 4, 17)]).first)
        #expect(abs(found.regret - 0.2) < 1e-12)
    }

    @Test func `runs that ran out of memory take no part in sweeps`() {
        var points = ["a", "b", "c", "d", "e"].map { CalibrationFixtures.prediction($0, predicted: 1, measured: 1) }
        points[0].run.numbers["oom"] = 1
        #expect(Sweep.find(in: points).isEmpty)
    }

    @Test func `confusion by hand`() {
        func verdict(ranOut: Bool, predicted: Bool, recommended: Bool) -> RunPrediction {
            var p = CalibrationFixtures.prediction("a", predicted: 1, measured: 1)
            p.run.numbers["oom"] = ranOut ? 1 : 0
            p.predictedOutOfMemory = predicted
            p.isRecommended = recommended
            return p
        }
        let summary = ValidationSummary([
            verdict(ranOut: true, predicted: true, recommended: false), verdict(ranOut: true, predicted: false, recommended: true),
            verdict(ranOut: false, predicted: false, recommended: true), verdict(ranOut: false, predicted: false, recommended: false),
            verdict(ranOut: false, predicted: true, recommended: false), verdict(ranOut: false, predicted: false, recommended: true),
        ])
        let c = summary.confusion
        #expect([c.caught, c.missed, c.passed, c.falseAlarms] == [1, 1, 3, 1])
        #expect([c.recommendedAndRanOut, c.recommendedAndFitted] == [1, 2])
        #expect(c.balancedAccuracy == 0.625)
    }

    @Test func `the mean over sources weighs sources, not runs`() throws {
        let many = (0..<9).map { _ in CalibrationFixtures.prediction("a", predicted: 1.1, measured: 1, id: "big-1") }
        let one = CalibrationFixtures.prediction("a", predicted: 0.7, measured: 1, id: "small-1")
        let summary = ValidationSummary(many + [one])
        #expect(abs(try #require(summary.macroTimeError) - 0.2) < 1e-12)
        #expect(abs(try #require(summary.macroTimeBias) + 0.1) < 1e-12)
        #expect(abs(try #require(summary.overall.time?.meanAbsolute) - 0.12) < 1e-12)
    }

    @Test func `a second measurement is the ceiling of ranking`() throws {
        let layouts = (0..<6).map { ("\($0)", 1.0, 10 * (1 + 0.3 * Double($0))) }
        func noise(_ repeats: [Double]) -> RepeatNoise {
            RepeatNoise(repeats.map { CalibrationFixtures.prediction("same", predicted: 1, measured: $0) })
        }
        let sweep = try #require(sweep(layouts).first)
        #expect(noise([10, 10, 10]).repeats == 2)
        // Layouts 30 % apart keep their order under repeats that agree, and mostly under 10 %.
        let exact = try #require(noise([10, 10, 10]).ceiling(of: sweep))
        #expect(abs(exact.spearman - 1) < 1e-12 && exact.regret == 0)
        let rough = try #require(noise([10, 13]).ceiling(of: sweep))
        #expect(rough.spearman < 1 && rough.spearman > 0.7 && rough.regret >= 0)
        // Two measurements of 10 and 12.1: log deviations of ∓0.0953, times √2.
        #expect(abs(try #require(noise([10, 12.1]).typical) - 0.5.squareRoot() * 0.190_620) < 1e-5)
        #expect(noise([10]).ceiling(of: sweep) == nil)
    }
}
