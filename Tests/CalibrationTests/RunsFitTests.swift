import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Quantities
import Schedules
import Testing

@testable import Calibration

/// Updates by runs that were made up with other constants than the stack's.
@Suite struct RunsFitTests {
    private static let layouts: [[String: Double]] = [
        ["tp": 1, "pp": 1, "dp": 16], ["tp": 2, "pp": 1, "dp": 8], ["tp": 4, "pp": 1, "dp": 4], ["tp": 8, "pp": 1, "dp": 2],
        ["tp": 4, "pp": 2, "dp": 2], ["tp": 2, "pp": 4, "dp": 2, "mbs": 1], ["tp": 1, "pp": 4, "dp": 4, "mbs": 1],
        ["tp": 8, "pp": 2, "dp": 1],
    ]

    /// Layouts of one node, whose times depend on no link that nobody measured.
    private static let alone: [[String: Double]] = [
        ["n_gpus": 8, "tp": 2, "pp": 1, "dp": 4], ["n_gpus": 8, "tp": 4, "pp": 2, "dp": 1], ["n_gpus": 8, "tp": 1, "pp": 1, "dp": 8],
        ["n_gpus": 8, "tp": 8, "pp": 1, "dp": 1],
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
            run.overlap = "none: nothing overlaps"
            run.numbers["step_time_s"] = try predictor.predict(run).stepTime
            return run
        }
    }

    private static let uncertainty = try? FittedUncertainty.read(
        path: CalibrationFixtures.root.appendingPathComponent("ClusterProfiles/Runs/uncertainty.yaml").path)

    private func fit(_ runs: [RunRecord], use: Int? = nil, seed: UInt64 = 0) throws -> RunsFit.Result {
        var resolver = try CalibrationFixtures.resolver()
        resolver.stackName = "no-overlap"
        return try RunsFit(runs, resolver: resolver, uncertainty: #require(Self.uncertainty), file: "own.csv", use: use, seed: seed).run()
    }

    /// A run's configuration on a stack.
    private func configuration(_ run: RunRecord, on stack: SoftwareStack) throws -> RunConfiguration {
        let plain = try CalibrationFixtures.resolver()
        var resolver = RunResolver(
            aliases: plain.aliases, cluster: plain.cluster, gpu: plain.gpu, stack: { _ in stack }, model: plain.model)
        return try resolver.configuration(of: run)
    }

    private func shipped() throws -> SoftwareStack {
        try SoftwareStack.read(path: CalibrationFixtures.library.path(of: .stack, named: "no-overlap"))
    }

    /// Variance of a run's time by all that own runs can tell of: the constants, the installation and its model; and what is the layout's own.
    private func variance(_ configuration: RunConfiguration) throws -> (told: Double, own: Double) {
        let open = TimeSensitivity(try #require(Self.uncertainty), configuration.inputs, [configuration.strategy])
        let causes = open.causes[0].reduce(0) { $0 + $1 * $1 }
        return (causes + open.spread.common * open.spread.common, open.spread.own)
    }

    private func seconds(_ configuration: RunConfiguration) throws -> Double {
        var simulator = PipelineSimulator()
        return try StepModel(configuration.inputs).estimate(configuration.strategy, simulator: &simulator).stepTime
    }

    @Test func `six runs move what they speak about`() throws {
        let runs = try runs(Self.layouts) { costs in
            costs.visibleTensorShare *= 0.4
            costs.normPasses *= 1.5
        }
        let result = try fit(runs, use: 6)
        let before = try #require(result.fit.classes.first { $0.name == "runs left out" }?.before).meanAbsolute
        let after = try #require(result.fit.classes.first { $0.name == "runs left out" }?.after).meanAbsolute
        #expect(before > 0.08)
        #expect(after < 0.55 * before)
        #expect(result.fit.fitted == 6)
        #expect(result.runs.filter { $0.leftOut != nil }.count == 2)
        #expect(try result.stack.costs.visibleTensorShare < 0.9 * shipped().costs.visibleTensorShare)
        #expect(result.stack.provenance["costs.norm_passes"]?.source == "after 6 own runs in own.csv")
    }

    @Test func `one run shrinks what it speaks of as Bayes says`() throws {
        let runs = try runs(Self.alone.prefix(1)) { $0.timeFactor = 1.05 }
        let result = try fit(runs)
        let before = try configuration(runs[0], on: shipped())
        let after = try configuration(runs[0], on: result.stack)
        let (told, own) = try variance(before)
        let noise = own * own + 1e-4
        // The logarithm of the time goes V / (V + R) of the way, and its variance falls to V·R / (V + R).
        let way = log(try seconds(after) / seconds(before)) / log(1.05)
        #expect(abs(way - told / (told + noise)) < 0.01)
        #expect(abs(try variance(after).told / (told * noise / (told + noise)) - 1) < 0.05)
        #expect(try variance(after).own == own)
        #expect(result.runs[0].leftOut == nil)
        #expect(result.fit.classes.map(\.name) == ["runs taken in"])
    }

    @Test func `intervals shrink where runs told something and nowhere else`() throws {
        let runs = try runs(Self.layouts.prefix(3)) { $0.timeFactor = 1.1 }
        let stack = try fit(runs).stack
        let own = try #require(stack.ownRuns)
        let prior = try #require(Self.uncertainty)
        func size(_ row: [Double]) -> Double { row.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        for (entry, row) in zip(own.entries, prior.factor) { #expect(size(entry.row) <= size(row) * 1.005) }
        // Dense runs say nothing of mixtures, and runs on A100 nothing of 8-bit products.
        for name in ["groupedHalfRows", "hostMixtureTime", "low_precision_efficiency b200-sxm"] {
            let place = try #require(own.entries.firstIndex { $0.name == name })
            #expect(size(own.entries[place].row) > 0.98 * size(prior.factor[place]))
        }
        // Another layout of the model is known better, another model a little.
        let other = CalibrationFixtures.run(
            framework: "Megatron-LM 0.14", ["hidden": 4096, "heads": 32, "sequence_parallel": 1, "fsdp_or_zero": 1])
        var unlike = other
        unlike.model = "another"
        let plain = try variance(configuration(other, on: shipped())).told
        let known = try variance(configuration(other, on: stack)).told
        let alike = try variance(configuration(unlike, on: stack)).told
        #expect(known < alike && alike < plain)
    }

    @Test func `repeats of a layout tell of it and not of all`() throws {
        let one = try runs(Self.alone.prefix(1)) { $0.timeFactor = 1.1 }
        let many = try fit(Array(repeating: one[0], count: 50))
        let before = try configuration(one[0], on: shipped())
        let (told, own) = try variance(before)
        let way = log(try seconds(configuration(one[0], on: many.stack)) / seconds(before)) / log(1.1)
        #expect(abs(way - told / (told + own * own + 1e-4 / 50)) < 0.02)
        #expect(many.runs.allSatisfy { $0.leftOut == nil })
    }

    @Test func `the order of runs does not matter, and equal inputs give equal stacks`() throws {
        let runs = try runs(Self.layouts.prefix(4)) { $0.visibleTensorShare *= 0.5 }
        let result = try fit(runs)
        #expect(result.runs.allSatisfy { $0.leftOut != nil })
        #expect(result.stack.accuracy["ampere"] != nil)
        #expect(try fit(runs).stack == result.stack)
        #expect(try fit([runs[2], runs[0], runs[3], runs[1]]).stack == result.stack)
    }

    @Test func `runs taken in one after another lead where they lead together`() throws {
        let runs = try runs(Self.alone) { $0.normPasses *= 1.2 }
        let whole = try fit(runs).stack
        let first = try fit(Array(runs.prefix(2))).stack
        let plain = try CalibrationFixtures.resolver()
        let resolver = RunResolver(
            aliases: plain.aliases, cluster: plain.cluster, gpu: plain.gpu, stack: { _ in first }, model: plain.model)
        let second = try RunsFit(
            Array(runs.suffix(2)), resolver: resolver, uncertainty: #require(Self.uncertainty), file: "own.csv"
        ).run().stack
        #expect(second.ownRuns?.configurations == 4)
        #expect(second.ownRuns?.entries.map(\.name) == whole.ownRuns?.entries.map(\.name))
        for run in runs {
            let together = try configuration(run, on: whole)
            let apart = try configuration(run, on: second)
            #expect(abs(try seconds(apart) / seconds(together) - 1) < 0.01)
            #expect(abs(try variance(apart).told / variance(together).told - 1) < 0.1)
        }
    }

    @Test func `a stack with own runs reads back the same`() throws {
        let stack = try fit(try runs(Self.layouts.prefix(2)) { $0.timeFactor = 1.1 }).stack
        let back = try SoftwareStack.parse(text: YAMLWriter.text(stack.document, comment: []), file: "mine.yaml")
        #expect(back.ownRuns == stack.ownRuns && back.costs == stack.costs && back.measured == stack.measured)
        #expect(back.lineage == "no-overlap" && back.ownRuns?.quantities?.count == stack.ownRuns?.entries.count)
    }

    @Test func `links that nobody measured take their part of the blame, and stay the cluster's`() throws {
        let far = try runs(Self.layouts.prefix(1)) { $0.timeFactor = 1.2 }
        let result = try fit(far)
        #expect(result.fit.changes.contains { $0.key == "links between nodes of dgx-a100" && $0.after < 1 })
        #expect(result.stack.ownRuns?.entries.contains { $0.name.contains("links") } == false)
        let (before, after) = try (configuration(far[0], on: shipped()), configuration(far[0], on: result.stack))
        #expect(
            before.inputs.cluster == after.inputs.cluster
                || after.inputs.cluster.groups[0].network == before.inputs.cluster.groups[0].network)
    }

    @Test func `right constants stay where they are`() throws {
        let result = try fit(try runs(Self.layouts.prefix(5)) { _ in }, use: 4)
        for change in result.fit.changes { #expect(abs(change.after / (change.before ?? 1) - 1) < 0.01) }
    }

    @Test func `what is not used is said`() throws {
        var runs = try runs(Self.layouts.prefix(3)) { _ in }
        runs[1].numbers["oom"] = 1
        runs[2].numbers["hidden"] = nil
        let result = try fit(runs)
        #expect(result.fit.skipped.map { $0.reason.prefix { $0 != "," } } == ["missing hidden", "ran out of memory"])
        #expect(throws: CalibrationError.self) { _ = try fit([runs[1]]) }
    }
}
