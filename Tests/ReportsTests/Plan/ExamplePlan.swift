import Parallelism

@testable import Reports

/// A made-up report with round numbers, so that what is printed can be checked by eye.
enum ExamplePlan {
    static func strategy(tensor: Int = 8, pipeline: Int = 4, data: Int = 2) -> PlanReport.Strategy {
        PlanReport.Strategy(
            ParallelStrategy(
                tensor: tensor, pipeline: pipeline, data: data, shardGroup: data, microBatch: 1, microBatches: 32, sequenceParallel: true,
                sharding: .zero1),
            layersPerStage: [7, 8, 8, 7],
            choices: ExecutionChoices(attentionKernel: .fused, fusedNorm: true, overlapsDataParallel: true))
    }

    static func entry(rank: Int, stepTime: Double, memory: Double, _ strategy: PlanReport.Strategy = strategy()) -> PlanReport.Entry {
        let shares = ["matrix_products": 0.5, "attention": 0.2, "tensor_communication": 0.15, "pipeline_bubble": 0.1, "overhead": 0.05]
        return PlanReport.Entry(
            rank: rank, strategy: strategy, stepTime: stepTime, stepTimeLow: 0.9 * stepTime, stepTimeHigh: 1.1 * stepTime,
            trust: "measured", trustReasons: [],
            tiesWithBest: rank <= 2, tokensPerSecondPerGPU: 4000 / stepTime, mfu: 0.8 / stepTime,
            breakdown: PlanReport.Entry.timeKeys.map { .init(key: $0, value: (shares[$0] ?? 0) * stepTime) },
            memory: .init(
                low: 0.8 * memory, expected: 0.9 * memory, high: memory,
                breakdown: [
                    .init(key: "states", value: 0.5 * memory), .init(key: "activations", value: 0.25 * memory),
                    .init(key: "transient", value: 0), .init(key: "buffers", value: 0.05 * memory),
                    .init(key: "fixed", value: 0.1 * memory),
                    .init(key: "allocator", value: 0.1 * memory),
                ], rank: 0, host: 0, storage: 0),
            busiestRank: 3, launchableBy: nil, training: nil, notes: [])
    }

    static var report: PlanReport {
        var report = PlanReport(
            model: "toy-7b", cluster: "toy-cluster",
            job: .init(
                globalBatch: 64, sequenceLength: 4096, precision: "bf16", optimizer: "adam", gradientFormat: "fp32", expertImbalance: 1,
                tokens: nil,
                gpuHourPrice: nil, objective: "throughput", targetTokensPerSecond: nil, memoryLimit: 80,
                defaults: ["--precision bf16", "--optimizer adam"]),
            inputs: .init(
                model: .init(name: "toy-7b", sha256: "aa"), parameters: [7_000_000_000, 7_000_000_000],
                cluster: .init(name: "toy-cluster", sha256: "bb"), gpu: "toy-gpu", gpus: 64, nodes: 8, gpusPerNode: 8,
                groups: [.init(gpu: "toy-gpu", nodes: 8, gpusPerNode: 8)], nodeNames: [], gpuMemory: 80,
                peakFLOPs: 1e15, stack: .init(name: "toy-stack", sha256: "cc"), ignoresStack: false, expectedError: 0.1, tool: "1.0",
                costModels: 1, seed: 0),
            search: .init(
                evaluated: 1234, pruned: 5678, illegal: 90, feasible: 12, simulated: 3, rejected: ["memory: states": 1222, "layers": 90],
                isComplete: true),
            plans: [
                entry(rank: 1, stepTime: 2, memory: 40), entry(rank: 2, stepTime: 1.9, memory: 60),
                entry(rank: 3, stepTime: 3, memory: 50, strategy(tensor: 4, pipeline: 8)),
            ])
        report.explanation = .init(
            rank: 1, bounds: ["70 % of the step is arithmetic"],
            changes: [
                .init(dimension: "tp", before: "8", after: "4", stepTime: 1.8, memory: 90, fits: false, isPinned: true),
                .init(dimension: "pp", before: "4", after: "2", stepTime: 2.1, memory: 70, fits: true, isPinned: false),
            ])
        return report
    }

    static let run = PlanReport.Run(elapsed: 0.25, cache: "miss", threads: 2)

    static func text(_ report: PlanReport = report, width: Int, colour: TerminalColour = .none) -> String {
        PlanText(report, run: run, width: width, colour: colour).rendered()
    }
}
