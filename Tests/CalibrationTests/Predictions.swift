import Calibration
import CostModels
import Foundation
import Hardware
import Parallelism
import Quantities
import Schedules
import TestInputs
import Testing
import Workload

/// What the tool predicts for many strategies and runs, one line each, so that a change of its inside can be shown to change nothing.
///
/// Strategies are drawn over all shipped models, clusters and stacks, whatever a stack may launch: every formula counts, not only those of
/// plans that win. The same seed gives the same lines on every machine.
struct Predictions {
    /// A prediction: what it is of, and its numbers in a fixed order.
    struct Line: Hashable {
        var of: String
        var numbers: [Double]
    }

    private let models: [TransformerModel]
    private let clusters: [ClusterProfile]
    private let stacks: [SoftwareStack]

    init() throws {
        let library = CalibrationFixtures.library
        models = try library.names(of: .model).map { try ModelDocument.read(path: library.path(of: .model, named: $0)) }
        // Named, so that a cluster or a stack that is added moves no draw.
        clusters = try [
            "dgx-a100", "dgx-b200", "dgx-h100", "gb200-nvl72", "hgx-h100-roce", "hgx-h200", "l40s-pcie", "mi300x", "pipette-a100",
            "pipette-v100",
        ].map { try library.cluster($0) }
        stacks = try [
            "aa-scaling", "fsdp", "megatron-core", "megatron-deepspeed", "megatron-fsdp", "megatron-lm-2021", "no-overlap", "torchtitan",
        ].map { try SoftwareStack.read(path: library.path(of: .stack, named: $0)) }
    }

    /// Every shipped model on 1, 8, 64 and 512 GPUs of the first cluster that has so many, with one strategy each.
    func shippedModels() throws -> [Line] {
        let cluster = try #require(clusters.first { $0.name == "dgx-h100" })
        let stack = try #require(stacks.first { $0.name == "megatron-core" })
        var lines: [Line] = []
        for model in models {
            for gpus in [1, 8, 64, 512] {
                let world = try cluster.scaled(gpus: gpus)
                let pipeline = gpus >= 512 ? 4 : 1
                var s = ParallelStrategy(tensor: min(8, gpus), pipeline: pipeline, microBatches: 8)
                s.data = gpus / s.tensor / pipeline
                s.sequenceParallel = s.tensor > 1
                s.sharding = s.data > 1 ? .zero1 : .none
                s.shardGroup = s.data
                if let experts = model.experts {
                    s.expert = [8, 4, 2, 1].first { experts.count % $0 == 0 && gpus / pipeline % $0 == 0 } ?? 1
                }
                let job = TrainingJob(globalBatch: s.data * s.microBatches, sequenceLength: 4096)
                lines.append(price(model, world, stack, job, s, stack.defaults))
            }
        }
        return lines
    }

    /// Strategies drawn at random.
    func random(_ count: Int, seed: UInt64) -> [Line] {
        var random = Seeded(seed)
        var lines: [Line] = []
        while lines.count < count {
            guard let line = draw(&random) else { continue }
            lines.append(line)
        }
        return lines
    }

    /// The runs of a table: step time and memory.
    static func runs(_ path: String) throws -> [Line] {
        try CalibrationFixtures.predictions(RunsTable.read(path: path)).map {
            Line(of: "run \($0.run.id)", numbers: [$0.stepTime ?? -1, $0.memory ?? -1])
        }
    }

    // MARK: One strategy

    private func draw(_ random: inout Seeded) -> Line? {
        func pick<Value>(_ values: [Value]) -> Value { values[Int(random.next() % UInt64(values.count))] }
        let model = pick(models)
        let stack = pick(stacks)
        let nodes = pick([1, 2, 4, 16, 64])
        guard let cluster = try? pick(clusters).scaled(nodes: nodes) else { return nil }
        var s = ParallelStrategy(
            tensor: pick([1, 1, 2, 4, 8, 16]), pipeline: pick([1, 1, 2, 4, 8]), context: pick([1, 1, 1, 2, 4]),
            contextKind: pick([.ring, .allGather, .ulysses]), microBatch: pick([1, 1, 2, 4]))
        guard cluster.gpus % (s.tensor * s.pipeline * s.context) == 0 else { return nil }
        s.data = cluster.gpus / (s.tensor * s.pipeline * s.context)
        if model.experts != nil {
            s.expert = pick([1, 2, 4, 8, 32])
            s.expertTensor = pick([1, 1, 2, s.tensor])
        }
        s.sequenceParallel = s.tensor > 1 && pick([true, true, false])
        s.sharding = pick([.none, .zero1, .zero1, .zero2, .zero3])
        s.shardGroup = s.sharding == .none ? 1 : pick([s.data, s.data, max(1, s.data / 2)])
        s.recompute = pick([.none, .none, .selective, .full])
        if s.recompute == .selective { s.recomputeModules = RecomputeModules(rawValue: UInt8(1 + random.next() % 127)) }
        if s.pipeline > 1 {
            s.schedule = pick([.oneForwardOneBackward, .oneForwardOneBackward, .interleaved, .zbH1, .zbV, .combined1F1B])
            if s.schedule == .interleaved { s.virtualStages = pick([2, 4]) }
            if s.schedule == .zbV { s.virtualStages = 2 }
            s.layout = pick([.even, .embeddingAware])
        }
        if s.recompute == .full { s.recomputeLayers = max(1, model.layers / s.stages / pick([1, 2])) }
        s.microBatches = s.pipeline * pick([1, 2, 4])
        s.groupSize = s.pipeline
        let job = TrainingJob(
            globalBatch: s.data * s.microBatch * s.microBatches, sequenceLength: pick([2048, 4096, 8192, 32_768]),
            precision: pick([.bf16, .bf16, .fp16, .fp8, .mxfp8, .nvfp4, .fp32]), expertImbalance: pick([1, 1, 1.3]))
        guard Legality(model: model, job: job, worldSize: cluster.gpus).firstViolation(of: s) == nil else { return nil }
        var choices = stack.defaults
        choices.attentionKernel = pick([stack.defaults.attentionKernel, .fused, .flash2, .flash1, .fusedSoftmax, .unfused])
        choices.graphs = pick([stack.defaults.graphs, .none, .partial, .full])
        choices.dispatcher = pick([.allToAll, .deepEP, .hybridEP, .allGather])
        let line = price(model, cluster, stack, job, s, choices)
        return line.numbers.isEmpty ? nil : line
    }

    private func price(
        _ model: TransformerModel, _ cluster: ClusterProfile, _ stack: SoftwareStack, _ job: TrainingJob, _ s: ParallelStrategy,
        _ choices: ExecutionChoices
    ) -> Line {
        let step = StepModel(CostInputs(model: model, cluster: cluster, job: job, stack: stack, choices: choices))
        var simulator = PipelineSimulator()
        let of =
            "\(model.name) \(cluster.name) \(stack.name) n\(cluster.nodes) t\(s.tensor) p\(s.pipeline) v\(s.virtualStages) c\(s.context)"
            + " \(s.contextKind.rawValue) e\(s.expert) x\(s.expertTensor) d\(s.data)/\(s.shardGroup) b\(s.microBatch) m\(s.microBatches)"
            + " \(s.sequenceParallel ? "sp" : "-") \(s.sharding.rawValue) \(s.recompute.rawValue)\(s.recomputeLayers)"
            + "/\(s.recomputeModules.rawValue) \(s.schedule.rawValue) s\(job.sequenceLength) \(job.precision.rawValue)"
        guard let estimate = try? step.estimate(s, simulator: &simulator) else { return Line(of: of, numbers: []) }
        let memory = estimate.memoryParts
        let flops = model.forwardFLOPs(sequenceLength: job.sequenceLength)
        let full = model.forwardFLOPs(sequenceLength: job.sequenceLength, counting: .full)
        let parameters = model.parameters
        let numbers =
            // What no strategy here moves beside the GPU takes no time.
            [estimate.stepTime] + StepBreakdown.Term.allCases.filter { $0 != .offload && $0 != .unevenRows }.map { estimate.breakdown[$0] }
            + [
                estimate.memoryLow, estimate.memoryExpected, estimate.memoryHigh, memory.states, memory.activations, memory.transient,
                memory.buffers, memory.fixed, estimate.bubbleShare, Double(parameters.total), Double(parameters.active),
                Double(parameters.predictionBlocks), flops.total.count, full.total.count,
            ]
        return Line(of: of, numbers: numbers)
    }
}
