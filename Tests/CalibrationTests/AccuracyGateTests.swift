import CostModels
import Foundation
import Testing

@testable import Calibration

/// A change of a constant or a formula must not worsen what the repository's own runs show: `Scripts/accuracy-gate`.
///
/// `AccuracyGate.txt` keeps the error of every timed run, the verdict of every other, and the coverage of the interval of 80 %. A change that is
/// meant is recorded with `MESHWRIGHT_RECORD=1 Scripts/accuracy-gate`, and the difference stands in the commit.
@Suite struct AccuracyGateTests {
    private static let file = CalibrationFixtures.root.appendingPathComponent("Tests/CalibrationTests/AccuracyGate.txt")
    /// What the mean over sources may worsen by.
    private static let allowed = 0.001

    /// A run's line: its error, or whether it was rightly said to run out or to fit.
    private struct Line: Equatable {
        let id: String
        let error: Double?
        let isRight: Bool?

        var text: String { "\(id)\t\(error.map { String(format: "%+.4f", $0) } ?? (isRight == true ? "right" : "wrong"))" }
    }

    @Test func `errors on the repository's own runs do not grow, and intervals hold what they say`() throws {
        let predictions = try CalibrationFixtures.predictions(RunsTable.read(path: CalibrationFixtures.published))
        let lines = predictions.compactMap { prediction -> Line? in
            guard prediction.skipped == nil else { return nil }
            let verdict = prediction.predictedOutOfMemory.map { $0 == prediction.run.ranOutOfMemory }
            return Line(id: prediction.run.id, error: prediction.timeError, isRight: prediction.timeError == nil ? verdict : nil)
        }
        #expect(lines.count >= 40)
        let macro = try #require(ValidationSummary(predictions).macroTimeError)
        let coverage = try coverage()
        if ProcessInfo.processInfo.environment["MESHWRIGHT_RECORD"] == "1" {
            let head = [String(format: "macro\t%.5f", macro), String(format: "coverage\t%.3f", coverage)]
            try (head + lines.map(\.text)).joined(separator: "\n").appending("\n").write(to: Self.file, atomically: true, encoding: .utf8)
            return
        }
        let kept = try String(contentsOf: Self.file, encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: "\t").map(String.init) }
        let before = try #require(kept.first { $0[0] == "macro" }.flatMap { Double($0[1]) })
        let table = Dictionary(uniqueKeysWithValues: kept.map { ($0[0], $0[1]) })
        let changed = lines.filter { line in table[line.id].map { "\(line.id)\t\($0)" != line.text } ?? true }
            .map { "\($0.id)  \(table[$0.id] ?? "new") → \($0.text.split(separator: "\t")[1])" }.joined(separator: "\n")
        #expect(
            macro <= before + Self.allowed,
            "mean over sources \(before) → \(macro); runs that moved:\n\(changed)")
        #expect((0.7...0.97).contains(coverage), "the interval of 80 % holds \(coverage) of the runs; runs that moved:\n\(changed)")
        for line in lines where table[line.id] == "right" {
            #expect(line.isRight == true, "\(line.id) was said rightly to run out or to fit, and no longer is")
        }
    }

    /// Of how many timed runs the interval of 80 % holds the measured time.
    private func coverage() throws -> Double {
        let path = CalibrationFixtures.root.appendingPathComponent("ClusterProfiles/Runs/uncertainty.yaml").path
        let uncertainty = try FittedUncertainty.read(path: path)
        var resolver = try CalibrationFixtures.resolver()
        var (inside, all) = (0, 0)
        for run in try RunsTable.read(path: CalibrationFixtures.published) {
            guard let measured = run.measuredStepTime, !run.ranOutOfMemory, let interval = try? resolver.interval(of: run, uncertainty)
            else { continue }
            all += 1
            if interval.contains(measured) { inside += 1 }
        }
        return Double(inside) / Double(max(1, all))
    }
}
