import CostModels
import Documents
import Foundation
import Hardware
import Parallelism
import Quantities
import Schedules
import Testing
import Workload

/// Predictions of fine-tuning against what Megatron-Bridge and torchtune publish; no constant was fitted on these rows.
@Suite("Published fine-tuning")
struct AdapterDataTests {
    /// The rows of a table beside the repository by their columns, values with commas aside.
    static func rows(_ path: String) throws -> [[String: String]] {
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
        let header = lines[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        return lines.dropFirst().map {
            Dictionary(uniqueKeysWithValues: zip(header, $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)))
        }
    }

    private static func estimate(_ inputs: CostInputs, _ s: ParallelStrategy) throws -> StepEstimate {
        var simulator = PipelineSimulator()
        return try StepModel(inputs).estimate(s, simulator: &simulator)
    }

    private static func stack(_ name: String) throws -> SoftwareStack {
        try SoftwareStack.read(path: CalibrationFixtures.library.path(of: .stack, named: name))
    }

    // MARK: Megatron-Bridge

    static let bridge = CalibrationFixtures.measured("papers/lora_bridge.csv")

    /// Tokens a second and GPU, predicted over published. The recipes of these runs have adapters on linear_qkv alone (Megatron-Bridge,
    /// scripts/performance/configs/llama), and nothing is recomputed.
    private static func bridgeRatio(_ row: [String: String]) throws -> Double {
        func size(_ key: String) -> Int { row[key].flatMap { Int($0) } ?? 1 }
        let library = CalibrationFixtures.library
        let isAdapted = row["kind"] == "lora"
        let method =
            isAdapted
            ? TrainingMethod(.lora, adapters: Adapters(rank: 16, alpha: 32, targets: [.queryKeyValue])) : TrainingMethod(.full)
        let model = try ModelDocument.read(path: library.path(of: .model, named: "llama-3.1-70b"))
        var cluster = try library.cluster(row["system"] == "H100" ? "dgx-h100" : "gb200-nvl72")
        if row["system"] == "GB300" { cluster.groups[0].gpu = try library.gpu("gb300") }
        let stack = try stack("megatron-core")
        let job = TrainingJob(
            globalBatch: size("gbs"), sequenceLength: 4096, precision: try #require(Precision(rawValue: row["precision"] ?? "")),
            gradientFormat: .bf16, method: method)
        let inputs = CostInputs(model: model, cluster: try cluster.scaled(gpus: size("gpus")), job: job, stack: stack)
        var s = ParallelStrategy(tensor: size("tp"), pipeline: size("pp"), virtualStages: size("vp"))
        s.data = size("gpus") / (s.tensor * s.pipeline)
        (s.shardGroup, s.microBatches) = (s.data, size("gbs") / s.data)
        (s.sharding, s.schedule, s.groupSize) = (.zero1, .interleaved, s.pipeline)
        s.sequenceParallel = s.tensor > 1
        let rate = Double(size("gbs") * 4096 / size("gpus")) / (try estimate(inputs, s)).stepTime
        return rate / (Double(row["tokens_per_s_per_gpu"] ?? "") ?? .nan)
    }

    @Test(.enabled(if: bridge != nil, "needs ../shared/data/papers/lora_bridge.csv"))
    func `adapters on queries, keys and values run as fast as published`() throws {
        var ratios: [String: [Double]] = [:]
        for row in try Self.rows(try #require(Self.bridge)) { ratios[row["kind"] ?? "", default: []].append(try Self.bridgeRatio(row)) }
        for (kind, worst) in [("lora", 0.03), ("sft", 0.14)] {
            let errors = try #require(ratios[kind]).map { abs($0 - 1) }
            let mean = errors.reduce(0, +) / 5
            #expect(errors.count == 5 && mean < 0.06 && errors.allSatisfy { $0 < worst }, "\(kind) \(ratios[kind] ?? [])")
        }
    }

    // MARK: torchtune

    static let tune = CalibrationFixtures.measured("papers/lora_torchtune.csv")

    /// Memory of the recipes' adapters on GPUs that recompute every layer, GiB, with what is published. Batches are those of the recipes, 1 for the
    /// largest model (torchtune, recipes/configs/llama3_1).
    private static func torchtune(_ row: [String: String]) throws -> (predicted: Double, published: Double) {
        let library = CalibrationFixtures.library
        let name = row["model"] ?? ""
        let gpus = row["gpus"].flatMap { Int($0) } ?? 1
        let isQuantised = row["method"] == "qlora"
        let targets: Set<Projection> = [.query, .value, .attentionOutput, .gate, .up, .down]
        let method = TrainingMethod(
            isQuantised ? .qlora : .lora, adapters: Adapters(rank: gpus == 1 ? 8 : 16, alpha: 16, targets: targets),
            baseFormat: isQuantised ? .nf4 : .sixteen)
        let model = try ModelDocument.read(path: library.path(of: .model, named: name))
        let cluster = gpus == 1 ? try library.cluster("rtx-4090-pcie") : try library.cluster("dgx-a100")
        let batch = name == "llama-3.1-405b" ? 1 : 2
        let job = TrainingJob(globalBatch: batch * gpus, sequenceLength: 2048, optimizer: .adamBF16, method: method)
        let inputs = CostInputs(model: model, cluster: try cluster.scaled(gpus: gpus), job: job, stack: try stack("torchtune"))
        var s = ParallelStrategy(data: gpus, shardGroup: gpus, microBatch: batch, microBatches: 1)
        (s.recompute, s.recomputeLayers) = (.full, model.layers)
        s.sharding = gpus > 1 ? .zero3 : .none
        let parts = try estimate(inputs, s).memoryParts
        return (parts.bytes(factor: 1) / 1_073_741_824, Double(row["peak"] ?? "") ?? .nan)
    }

    @Test(.enabled(if: tune != nil, "needs ../shared/data/papers/lora_torchtune.csv"))
    func `adapters take the memory that torchtune publishes`() throws {
        let rows = try Self.rows(try #require(Self.tune)).filter {
            ($0["method"] == "lora" || $0["method"] == "qlora") && $0["gpu"] != "A6000"
        }
        let found = try rows.map { (row: $0, memory: try Self.torchtune($0)) }
        #expect(found.count == 4)
        let errors = found.map { abs($0.memory.predicted / $0.memory.published - 1) }
        #expect(errors.reduce(0, +) / 4 < 0.07, "\(found.map(\.memory))")
        #expect(errors.allSatisfy { $0 < 0.09 }, "\(found.map { ($0.row["model"] ?? "", $0.memory) })")
    }
}
