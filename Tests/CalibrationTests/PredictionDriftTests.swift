import Foundation
import Testing

/// A change of the program's inside changes no prediction: the thinned ones beside this file agree to 1e-9.
///
/// A change of constants or of a formula moves them on purpose: `MESHWRIGHT_RECORD=1 swift test --filter PredictionDrift` writes them anew,
/// and docs/accuracy.md says why. `MESHWRIGHT_PREDICTIONS=FILE` compares all of them with FILE, or writes it where it is missing: run it before a
/// change and after it.
@Suite struct PredictionDriftTests {
    private static let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Predictions.txt")
    private static let environment = ProcessInfo.processInfo.environment

    @Test func nothingDrifts() throws {
        let predictions = try Predictions()
        let lines =
            try predictions.shippedModels() + predictions.random(160, seed: 1) + Predictions.runs(CalibrationFixtures.published)
        if Self.environment["MESHWRIGHT_RECORD"] == "1" {
            try Self.text(lines, digits: 11).write(to: Self.golden, atomically: true, encoding: .utf8)
        }
        try Self.compare(lines, with: Self.golden)
    }

    @Test(.enabled(if: environment["MESHWRIGHT_PREDICTIONS"] != nil, "needs MESHWRIGHT_PREDICTIONS=FILE"))
    func nothingDriftsAtAll() throws {
        let file = URL(fileURLWithPath: try #require(Self.environment["MESHWRIGHT_PREDICTIONS"]))
        let predictions = try Predictions()
        var lines = try predictions.shippedModels() + predictions.random(2000, seed: 2) + Predictions.runs(CalibrationFixtures.published)
        if let table = CalibrationFixtures.measured("training/measured_runs.csv") { lines += try Predictions.runs(table) }
        if !FileManager.default.fileExists(atPath: file.path) {
            try Self.text(lines, digits: 17).write(to: file, atomically: true, encoding: .utf8)
        }
        try Self.compare(lines, with: file)
    }

    private static func text(_ lines: [Predictions.Line], digits: Int) -> String {
        lines.map { line in ([line.of] + line.numbers.map { number($0, digits) }).joined(separator: "\t") }.joined(separator: "\n") + "\n"
    }

    private static func number(_ value: Double, _ digits: Int) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(format: "%.\(digits)g", value)
    }

    private static func compare(_ lines: [Predictions.Line], with file: URL) throws {
        let kept = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        #expect(kept.count == lines.count)
        var shown = 0
        for (line, text) in zip(lines, kept) {
            let fields = text.split(separator: "\t", omittingEmptySubsequences: false)
            let numbers = fields.dropFirst().compactMap { Double($0) }
            // Bytes and seconds span many orders of magnitude, and differences of them cancel: zero means within 1e-12 of the first number.
            let noise = 1e-12 * abs(numbers.first ?? 0)
            let agrees =
                String(fields[0]) == line.of && numbers.count == line.numbers.count
                && zip(numbers, line.numbers).allSatisfy { abs($0 - $1) <= 1e-9 * max(abs($0), abs($1)) + noise }
            guard !agrees, shown < 10 else { continue }
            shown += 1
            #expect(Bool(false), "\(line.of): \(line.numbers.map { number($0, 12) }) instead of \(text)")
        }
    }
}
