import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Schedules
import Testing
import Workload

@testable import Calibration

/// Configurations of own runs on shipped profiles.
enum OwnRuns {
    static let library = CalibrationFixtures.library

    static func inputs(_ model: String, _ cluster: String, gpus: Int, _ stack: String, _ job: TrainingJob) throws -> CostInputs {
        CostInputs(
            model: try ModelDocument.read(path: library.path(of: .model, named: model)),
            cluster: try library.cluster(cluster).scaled(gpus: gpus), job: job,
            stack: try SoftwareStack.read(path: library.path(of: .stack, named: stack)))
    }

    /// Interleaved stages of unequal length, groups of their own size, two modules recomputed.
    static func dense() throws -> RunConfiguration {
        let strategy = ParallelStrategy(
            tensor: 8, pipeline: 4, virtualStages: 2, data: 2, shardGroup: 2, microBatch: 1, microBatches: 64, groupSize: 8,
            sequenceParallel: true, sharding: .zero1, recompute: .selective, recomputeModules: [.coreAttention, .norms],
            schedule: .interleaved, layout: .explicit([9, 10, 10, 11, 10, 10, 10, 10]))
        let job = TrainingJob(globalBatch: 128, sequenceLength: 8192, precision: .bf16, optimizer: .adamBF16Moments)
        return RunConfiguration(inputs: try inputs("llama-3.1-70b", "dgx-h100", gpus: 64, "megatron-core", job), strategy: strategy)
    }

    /// Experts, overlap, fp8, full recomputation of some layers.
    static func mixture() throws -> RunConfiguration {
        let strategy = ParallelStrategy(
            pipeline: 4, virtualStages: 2, expert: 8, data: 16, shardGroup: 16, microBatch: 1, microBatches: 16, groupSize: 4,
            sharding: .zero1, recompute: .full, recomputeLayers: 3, schedule: .interleaved)
        let job = TrainingJob(globalBatch: 256, sequenceLength: 4096, precision: .fp8)
        var inputs = try inputs("qwen3-30b-a3b", "dgx-h100", gpus: 64, "megatron-core", job)
        inputs.choices.overlapsExperts = true
        inputs.choices.dispatcher = .hybridEP
        return RunConfiguration(inputs: inputs, strategy: strategy)
    }

    /// Hybrid sharding, context parallelism by gathering.
    static func sharded() throws -> RunConfiguration {
        let strategy = ParallelStrategy(
            context: 2, contextKind: .allGather, data: 16, shardGroup: 8, microBatch: 2, microBatches: 4, sharding: .zero3,
            recompute: .full, recomputeLayers: 32)
        let job = TrainingJob(globalBatch: 128, sequenceLength: 8192)
        return RunConfiguration(inputs: try inputs("llama-3.1-8b", "dgx-a100", gpus: 32, "torchtitan", job), strategy: strategy)
    }

    static func measured(_ time: Double = 3.0625, outOfMemory: Bool = false) -> MeasuredRun {
        MeasuredRun(
            stepTimes: [time], warmUp: 0, memory: MeasuredRun.Memory(gibibytes: 61.25, kind: .reserved), ranOutOfMemory: outOfMemory)
    }
}

/// Rows of own runs, written and read back.
@Suite struct OwnRunTests {
    private func resolver() throws -> RunResolver { try CalibrationFixtures.resolver() }

    private func row(_ configuration: RunConfiguration, id: String = "own-1", _ measured: MeasuredRun = OwnRuns.measured()) -> RunRecord {
        let inputs = configuration.inputs
        return RunRecord(
            id: id, framework: "Megatron-Core", configuration: configuration, measured: measured,
            files: (inputs.model.name, inputs.cluster.name, inputs.stack.name))
    }

    @Test(arguments: [OwnRuns.dense, OwnRuns.mixture, OwnRuns.sharded])
    func `a row is read back as the run it was written for`(make: @Sendable () throws -> RunConfiguration) throws {
        let own = try make()
        let (text, lost) = try RunsTable.text(adding: [row(own)], to: nil, file: "my.csv")
        #expect(lost.isEmpty)
        let record = try #require(RunsTable.runs(in: CSVTable.parse(text: text, file: "my.csv")).first)
        #expect(record.measuredStepTime == 3.0625)
        #expect(record["peak_mem_gb_per_gpu"] == 61.25 && record.memoryKind == "reserved" && !record.ranOutOfMemory)
        var resolver = try resolver()
        let read = try resolver.configuration(of: record)
        #expect(read.strategy == own.strategy)
        #expect(read.inputs.model == own.inputs.model && read.inputs.cluster == own.inputs.cluster && read.inputs.job == own.inputs.job)
        #expect(read.inputs.choices == own.inputs.choices && read.inputs.stack == own.inputs.stack)
        // What is shown for the log is what the table predicts.
        var simulator = PipelineSimulator()
        let estimate = try StepModel(own.inputs).estimate(own.strategy, simulator: &simulator)
        var predictor = RunPredictor(resolver: resolver)
        #expect(try predictor.predict(record).stepTime == estimate.stepTime)
    }

    @Test func `rows are added below those that are there`() throws {
        let first = try RunsTable.text(adding: [row(OwnRuns.dense())], to: nil, file: "my.csv").text
        let both = try RunsTable.text(adding: [row(OwnRuns.sharded(), id: "own-\"2\", b")], to: String(first.dropLast()), file: "my.csv")
            .text
        #expect(both.hasPrefix(first))
        let runs = try RunsTable.runs(in: CSVTable.parse(text: both, file: "my.csv"))
        #expect(runs.map(\.id) == ["own-1", "own-\"2\", b"])
        #expect { try RunsTable.text(adding: [self.row(OwnRuns.dense())], to: both, file: "my.csv") } throws: {
            "\($0)" == "my.csv:2:1: the table has the run 'own-1' already; remove it there, or rename the log"
        }
    }

    @Test func `columns that a table lacks are told, and a table of something else is refused`() throws {
        let header = "id,framework,model,layers,hidden,heads,seq_len,gpu,n_gpus,precision,gbs,tp,pp,dp,step_time_s,mine\n"
        let (text, lost) = try RunsTable.text(adding: [row(OwnRuns.sharded())], to: header, file: "my.csv")
        #expect(text.hasSuffix(",3.0625,\n"))
        #expect(lost.contains("layers_per_stage") && lost.contains("peak_mem_gb_per_gpu") && lost.contains("ep_overlap"))
        #expect(throws: DocumentError.self) { try RunsTable.text(adding: [self.row(OwnRuns.dense())], to: "a,b\n1,2\n", file: "x.csv") }
        #expect(throws: DocumentError.self) { try RunsTable.text(adding: [self.row(OwnRuns.dense())], to: "", file: "x.csv") }
    }

    @Test(arguments: [
        ("cp_kind", "rung", "unknown cp_kind 'rung'; it is one of ring, all-gather, ulysses, hierarchical, ring-inside, "),
        ("layers_per_stage", "40+41", "does not deal 80 layers"),
        ("recompute_modules", "core_attn+x", "unknown module 'x'"), ("dispatcher", "pigeon", "unknown dispatcher 'pigeon'"),
    ])
    func `a detail that means nothing leaves the run out with its reason`(column: String, value: String, reason: String) throws {
        var record = try row(OwnRuns.dense())
        record[detail: column] = value
        var predictor = RunPredictor(resolver: try resolver())
        #expect(try predictor.predict(record).skipped?.contains(reason) == true)
    }

    @Test func `a run that ran out of memory says so`() throws {
        let measured = MeasuredRun(stepTimes: [], memory: nil, ranOutOfMemory: true)
        let record = try row(OwnRuns.dense(), measured)
        #expect(record.ranOutOfMemory && record.measuredStepTime == nil && record["peak_mem_gb_per_gpu"] == nil)
    }

    @Test func `three own runs are taken into a stack`() throws {
        var rows: [RunRecord] = []
        for (index, factor) in [1.25, 1.25, 1.25].enumerated() {
            var own = try OwnRuns.dense()
            own.strategy.microBatches = [32, 64, 128][index]
            own.inputs.job.globalBatch = [64, 128, 256][index]
            var simulator = PipelineSimulator()
            let predicted = try StepModel(own.inputs).estimate(own.strategy, simulator: &simulator).stepTime
            rows.append(row(own, id: "own-\(index)", OwnRuns.measured(predicted * factor)))
        }
        let text = try RunsTable.text(adding: rows, to: nil, file: "my.csv").text
        var resolver = try resolver()
        resolver.stackName = "megatron-core"
        let runs = try RunsTable.runs(in: CSVTable.parse(text: text, file: "my.csv"))
        var before = RunPredictor(resolver: resolver)
        for run in runs { #expect(abs(try #require(try before.predict(run).timeError) + 0.2) < 1e-9) }
        let shipped = try FittedUncertainty.read(
            path: CalibrationFixtures.root.appendingPathComponent("ClusterProfiles/Runs/uncertainty.yaml").path)
        let fit = try RunsFit(runs, resolver: resolver, uncertainty: shipped, file: "my.csv", use: nil, seed: 0).run()
        #expect(fit.runs.count == 3)
    }
}
