import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Quantities
import Schedules
import Testing
import Workload

/// Predictions of LoRA, QLoRA and full fine-tuning against the runs of fms-acceleration@876e2ed6 on A100-80GB.
@Suite(
    .enabled(
        if: CalibrationFixtures.measured("finetuning/fms_a100_80gb.csv") != nil, "needs ../shared/data/finetuning/fms_a100_80gb.csv"))
struct FineTuningTests {
    /// A row with what is predicted for it.
    private struct Run {
        let isAdapted, isQuantised: Bool
        /// Whether PEFT has widened norms, embedding and head to fp32 (`prepare_model_for_kbit_training`), and with them what flows between layers.
        let isWidened: Bool
        let isMixture: Bool
        /// Bytes after loading, at the peak, and tokens a second and GPU; nil where the run was out of memory.
        let measured: (loaded: Double, peak: Double, rate: Double)?
        let loaded, peak, rate: Double
        let fits: Bool
    }

    private static let models = [
        "Llama-2-70B-GPTQ": "llama-2-70b", "Llama-2-70b-hf": "llama-2-70b", "Mistral-7B-v0.1-GPTQ": "mistral-7b",
        "Mixtral-8x7B-Instruct-v0.1": "mixtral-8x7b", "Meta-Llama-3-8B": "llama-3.1-8b", "Meta-Llama-3-8B-GPTQ": "llama-3.1-8b",
    ]

    private static func runs() throws -> [Run] {
        let library = CalibrationFixtures.library
        let stack = try SoftwareStack.read(path: library.path(of: .stack, named: "transformers"))
        let box = try library.cluster("dgx-a100")
        return try ["fms_a100_80gb.csv", "fms_a100_80gb_liger.csv"].flatMap { file -> [Run] in
            let path = try #require(CalibrationFixtures.measured("finetuning/\(file)"))
            let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
            let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            return try lines.dropFirst().compactMap { line in
                let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                let row = Dictionary(uniqueKeysWithValues: zip(header, fields))
                return try run(row, library, stack, box)
            }
        }
    }

    private static func run(_ row: [String: String], _ library: ProfileLibrary, _ base: SoftwareStack, _ box: ClusterProfile) throws -> Run?
    {
        func text(_ key: String) -> String { row[key] ?? "" }
        // santacoder is no model of the library.
        guard let name = models[String(text("model_name_or_path").split(separator: "/").last ?? "")] else { return nil }
        let model = try ModelDocument.read(path: library.path(of: .model, named: name))
        let (gpus, batch) = (Int(text("num_gpus")) ?? 1, Int(Double(text("per_device_train_batch_size")) ?? 1))
        let kernels = text("framework_config")
        var stack = base
        // Cross-entropy of one kernel keeps 8.1 B a logit, Liger's none.
        if kernels.contains("liger") { stack.memory.logitBytes = 0 } else if kernels.contains("foak") { stack.memory.logitBytes = 8.1 }
        var choices = stack.defaults
        if kernels.contains("foak") { (choices.fusedLoss, choices.fusedNorm) = (true, true) }
        let format: WeightFormat = kernels.contains("gptq") ? .int4 : kernels.contains("bnb") ? .nf4 : .sixteen
        let isAdapted = text("peft_method") == "lora"
        let adapters = Adapters(rank: 16, alpha: 16, targets: [.query, .key, .value, .attentionOutput], dropout: 0.1)
        let method =
            isAdapted
            ? TrainingMethod(format.isQuantised ? .qlora : .lora, adapters: adapters, baseFormat: format) : TrainingMethod(.full)
        let job = TrainingJob(globalBatch: batch * gpus, sequenceLength: 4096, precision: .bf16, method: method)
        let inputs = CostInputs(model: model, cluster: try box.scaled(gpus: gpus), job: job, stack: stack, choices: choices)
        var s = ParallelStrategy()
        (s.data, s.microBatch, s.microBatches) = (gpus, batch, 1)
        (s.recompute, s.recomputeLayers) = (.full, model.layers)
        (s.sharding, s.shardGroup) = (gpus > 1 ? .zero3 : .none, gpus)
        var simulator = PipelineSimulator()
        let estimate = try StepModel(inputs).estimate(s, simulator: &simulator)
        let parts = estimate.memoryParts
        let peak = Double(text("mem_peak_torch_mem_alloc_in_bytes")) ?? 0
        let measured =
            peak > 0
            ? (loaded: Double(text("mem_torch_mem_alloc_in_bytes")) ?? 0, peak: peak, rate: Double(text("train_tokens_per_second")) ?? 0)
            : nil
        return Run(
            isAdapted: isAdapted, isQuantised: format.isQuantised, isWidened: kernels.contains("baseline"),
            isMixture: model.experts != nil, measured: measured,
            loaded: parts.states, peak: parts.bytes(factor: 1),
            rate: Double(batch * 4096) / estimate.stepTime, fits: estimate.memoryExpected <= inputs.memory.count)
    }

    private func mean(_ errors: [Double]) -> Double { errors.reduce(0) { $0 + abs($1) } / Double(max(1, errors.count)) }

    @Test func `full fine-tuning peaks in its update, and runs out of memory where activations outgrow what gradients take later`() throws {
        let full = try Self.runs().filter { !$0.isAdapted }
        let ran = full.filter { $0.measured != nil }
        #expect(ran.count == 3 && full.count == 12)
        for run in ran { #expect(abs(run.peak / run.measured!.peak - 1) < 0.01, "\(run.peak) for \(run.measured!.peak)") }
        #expect(full.allSatisfy { $0.fits == ($0.measured != nil) }, "\(full.map { ($0.fits, $0.measured != nil, $0.peak) })")
    }

    @Test func `memory and speed are within what is asked`() throws {
        let runs = try Self.runs()
        #expect(runs.count > 100)
        let adapted = runs.filter(\.isAdapted)
        func errors(_ runs: [Run], _ each: (Run, (loaded: Double, peak: Double, rate: Double)) -> Double) -> [Double] {
            runs.compactMap { run in run.measured.map { each(run, $0) } }
        }
        #expect(mean(errors(adapted.filter { !$0.isQuantised }) { $0.loaded / $1.loaded - 1 }) < 0.02)
        #expect(mean(errors(adapted.filter(\.isQuantised)) { $0.loaded / $1.loaded - 1 }) < 0.06)
        #expect(mean(errors(adapted) { $0.peak / $1.peak - 1 }) < 0.06)
        #expect(mean(errors(adapted) { $0.rate / $1.rate - 1 }) < 0.12)
        // Weights are widened at a fifth of the memory's bandwidth: as right for experts, which widen all of theirs for a few tokens each, as for
        // small and large batches of dense models.
        let plain = adapted.filter { !$0.isWidened }
        #expect(mean(errors(plain) { $0.rate / $1.rate - 1 }) < 0.04)
        let mixtures = errors(plain.filter(\.isMixture)) { $0.rate / $1.rate - 1 }
        #expect(mixtures.count == 4 && mixtures.allSatisfy { abs($0) < 0.06 }, "\(mixtures)")
        let (ran, failed) = (adapted.filter { $0.measured != nil }, adapted.filter { $0.measured == nil })
        let balanced = (Double(ran.count(where: \.fits)) / Double(ran.count) + Double(failed.count { !$0.fits }) / Double(failed.count)) / 2
        #expect(
            balanced >= 0.95,
            "\(ran.count { !$0.fits }) of \(ran.count) that ran are refused, \(failed.count(where: \.fits)) of \(failed.count) that did not are accepted"
        )
    }
}
