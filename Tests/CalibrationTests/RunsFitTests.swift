import CostModels
import Hardware
import Parallelism
import Quantities
import Testing

@testable import Calibration

/// Refits to runs that were made up with other constants than the stack's.
@Suite struct RunsFitTests {
    private static let layouts: [[String: Double]] = [
        ["tp": 1, "pp": 1, "dp": 16], ["tp": 2, "pp": 1, "dp": 8], ["tp": 4, "pp": 1, "dp": 4], ["tp": 8, "pp": 1, "dp": 2],
        ["tp": 4, "pp": 2, "dp": 2], ["tp": 2, "pp": 4, "dp": 2, "mbs": 1], ["tp": 1, "pp": 4, "dp": 4, "mbs": 1],
        ["tp": 8, "pp": 2, "dp": 1],
    ]

    /// Runs of a stack whose costs were changed, with the times that they then take.
    private func runs(_ layouts: some Sequence<[String: Double]>, _ change: (inout StackConstants) -> Void) throws -> [RunRecord] {
        var resolver = try CalibrationFixtures.resolver()
        let stack = resolver.stack
        var changed = try stack("no-overlap")
        change(&changed.costs)
        let own = changed
        resolver = RunResolver(
            aliases: resolver.aliases, cluster: resolver.cluster, gpu: resolver.gpu, stack: { _ in own }, model: resolver.model)
        var predictor = RunPredictor(resolver: resolver)
        return try layouts.enumerated().map { index, layout in
            let facts = ["n_gpus": 16.0, "hidden": 4096, "heads": 32, "sequence_parallel": 1, "fsdp_or_zero": 1].merging(layout) { $1 }
            var run = CalibrationFixtures.run(id: "own-\(index)", framework: "Megatron-LM 0.14", facts)
            run.numbers["step_time_s"] = try predictor.predict(run).stepTime
            return run
        }
    }

    private func fit(_ runs: [RunRecord], use: Int? = nil, seed: UInt64 = 0) throws -> RunsFit.Result {
        var resolver = try CalibrationFixtures.resolver()
        resolver.stackName = "no-overlap"
        return try RunsFit(runs, resolver: resolver, file: "own.csv", use: use, seed: seed).run()
    }

    @Test func `six runs move the constants that they speak about`() throws {
        let runs = try runs(Self.layouts) { costs in
            costs.visibleTensorShare *= 0.4
            costs.normPasses *= 1.5
        }
        let result = try fit(runs, use: 6)
        let before = try #require(result.fit.classes.first { $0.name == "runs left out" }?.before).meanAbsolute
        let after = try #require(result.fit.classes.first { $0.name == "runs left out" }?.after).meanAbsolute
        #expect(before > 0.08)
        #expect(after < before / 2)
        #expect(result.fit.fitted == 6)
        #expect(result.runs.filter { $0.leftOut != nil }.count == 2)
        let shipped = try SoftwareStack.read(path: CalibrationFixtures.library.path(of: .stack, named: "no-overlap")).costs
        #expect(result.stack.costs.visibleTensorShare < 0.7 * shipped.visibleTensorShare)
        #expect(result.stack.costs.lossPasses == shipped.lossPasses)
        #expect(result.stack.provenance["costs.norm_passes"]?.source == "refitted on 6 own runs in own.csv")
    }

    @Test func `few runs are left out in turn, and equal inputs give equal fits`() throws {
        let runs = try runs(Self.layouts.prefix(4)) { $0.visibleTensorShare *= 0.5 }
        let result = try fit(runs)
        #expect(result.runs.allSatisfy { $0.leftOut != nil })
        #expect(result.stack.accuracy["ampere"] != nil)
        #expect(try fit(runs).stack == result.stack)
    }

    @Test func `one run moves one scalar`() throws {
        let runs = try runs(Self.layouts.prefix(1)) { $0.timeFactor = 1.2 }
        let result = try fit(runs)
        #expect(result.fit.changes.map(\.key) == ["time_factor"])
        // The prior keeps a little of the way.
        #expect((1.15...1.2).contains(result.stack.costs.timeFactor))
        #expect(result.runs[0].leftOut == nil)
        #expect(result.fit.classes.map(\.name) == ["runs fitted"])
    }

    @Test func `repeats of a configuration are never on both sides`() throws {
        let one = try runs(Self.layouts.prefix(1)) { $0.timeFactor = 1.1 }
        let result = try fit(one + one + one)
        #expect(result.fit.changes.map(\.key) == ["time_factor"])
        #expect(result.runs.allSatisfy { $0.leftOut == nil })
    }

    @Test func `right constants stay where they are`() throws {
        let result = try fit(try runs(Self.layouts.prefix(5)) { _ in }, use: 4)
        for change in result.fit.changes { #expect(abs(change.after / (change.before ?? 1) - 1) < 0.03) }
    }

    @Test func `what is not used is said`() throws {
        var runs = try runs(Self.layouts.prefix(3)) { _ in }
        runs[1].numbers["oom"] = 1
        runs[2].numbers["hidden"] = nil
        let result = try fit(runs)
        #expect(result.fit.skipped.map(\.reason) == ["missing hidden", "ran out of memory"])
        #expect(throws: CalibrationError.self) { _ = try fit([runs[1]]) }
    }
}
