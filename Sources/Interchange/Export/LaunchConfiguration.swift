public import Hardware
public import Parallelism
import Schedules
public import Search
public import Workload

/// Everything a launcher has to be told: what is trained, how it is spread, and on which machines.
public struct LaunchConfiguration: Hashable, Sendable {
    /// The model.
    public var model: TransformerModel
    /// How it is spread.
    public var strategy: ParallelStrategy
    /// Batch, sequence and formats.
    public var job: TrainingJob
    /// Kernels and overlaps.
    public var choices: ExecutionChoices
    /// The machines.
    public var cluster: ClusterProfile
    /// Whether the plan was priced with dropout, as early GPTs were trained.
    public var keepsDropout: Bool
    /// How rows are packed of samples, as `--packing` says it; nil where every row is one.
    public var packing: String?
    /// Whether every sequence gets a group of context and data ranks of its own (Megatron's hybrid context parallelism) rather than a place in a row.
    public var formsGroups = false
    /// Where each rank runs, by rank; nil leaves rank order on node order.
    public var placement: [RankLocation]?
    /// What every rank runs where only processes are placed; the script of a framework exported with it, or `train.sh`.
    public var command: [String]
    /// Processor cores of every rank, where a scheduler is told; nil leaves them to it.
    public var coresPerRank: Int?
    /// Layers of each virtual stage, by global stage index.
    public let stageLayers: [Int]

    /// A configuration to be written for a target.
    ///
    /// - Throws: `ExportError` where layers, GPUs or placement do not fit the strategy.
    public init(
        model: TransformerModel, strategy: ParallelStrategy, job: TrainingJob, choices: ExecutionChoices, cluster: ClusterProfile,
        placement: [RankLocation]? = nil, command: [String] = ["bash", "./train.sh"], keepsDropout: Bool = false,
        packing: String? = nil
    ) throws(ExportError) {
        let dealt = StageLayers(
            layers: model.layers, pipeline: strategy.pipeline, virtualStages: strategy.virtualStages, layout: strategy.layout)
        guard let dealt else { throw .layers(stages: strategy.stages, layers: model.layers) }
        guard strategy.worldSize <= cluster.gpus else { throw .tooFewGPUs(needed: strategy.worldSize, available: cluster.gpus) }
        self.model = model
        self.strategy = strategy
        self.job = job
        self.choices = choices
        self.cluster = cluster
        self.keepsDropout = keepsDropout
        self.packing = packing
        self.placement = placement.map { $0.sorted { $0.rank < $1.rank } }
        self.command = command
        stageLayers = dealt.counts
        if let placement = self.placement { try check(placement) }
    }

    private func check(_ placement: [RankLocation]) throws(ExportError) {
        guard placement.count == strategy.worldSize else {
            throw .badPlacement("it places \(placement.count) ranks and the plan has \(strategy.worldSize)")
        }
        let sizes = cluster.groups.flatMap { group in [Int](repeating: group.gpusPerNode, count: group.nodes) }
        var taken: Set<[Int]> = []
        for (rank, place) in placement.enumerated() {
            guard place.rank == rank else { throw .badPlacement("rank \(min(rank, place.rank)) is placed twice or not at all") }
            guard sizes.indices.contains(place.node) else { throw .badPlacement("rank \(rank) is on node \(place.node) of \(sizes.count)") }
            guard (0..<sizes[place.node]).contains(place.gpu) else {
                throw .badPlacement("rank \(rank) is on GPU \(place.gpu) of a node that has \(sizes[place.node])")
            }
            guard taken.insert([place.node, place.gpu]).inserted else {
                throw .badPlacement("two ranks share GPU \(place.gpu) of \(cluster.nodeName(place.node))")
            }
        }
    }
}

extension LaunchConfiguration {
    /// What the job is called in schedulers: the model's name and the number of GPUs.
    var jobName: String { "\(model.name)-\(strategy.worldSize)gpu" }

    /// The format of the gradients; fp32, every framework's own, where the job states none.
    var gradientFormat: GradientFormat { job.precision == .fp32 ? .fp32 : job.gradientFormat ?? .fp32 }

    /// Whether a row may hold several samples.
    var packsSamples: Bool { packing != "none" }

    /// Optimizer steps of the whole training, the last one begun counted whole; nil where nobody said how many tokens it has.
    var trainingSteps: Int? {
        job.tokens.flatMap { Int(exactly: ($0 / job.tokensPerStep).rounded(.up)) }
    }

    /// Whether all virtual stages hold the same number of layers.
    var hasEvenLayers: Bool { stageLayers.allSatisfy { $0 == stageLayers[0] } }

    /// Whether the end stages hold one layer fewer than the others, as if embedding and loss were layers.
    var countsEndsAsLayers: Bool {
        guard stageLayers.count > 1, let first = stageLayers.first, let last = stageLayers.last, first == last else { return false }
        return stageLayers.dropFirst().dropLast().allSatisfy { $0 == first + 1 }
            && (stageLayers.count > 2 || (model.layers + 2) % 2 == 0)
    }

    /// The strategy in one line for people.
    var strategyLine: String {
        let s = strategy
        var words = ["tp \(s.tensor)", "pp \(s.pipeline)"]
        if s.virtualStages > 1 { words.append("vpp \(s.virtualStages)") }
        if s.context > 1 {
            let inner = s.contextInner > 1 ? " \(s.contextInner) × \(s.context / s.contextInner)" : ""
            let local = s.localContextKind.map { ", \($0.rawValue) under windows" } ?? ""
            words.append("cp \(s.context) (\(s.contextKind.rawValue)\(inner)\(local))")
        }
        if s.expert > 1 || s.expertTensor > 1 { words.append("ep \(s.expert), etp \(s.expertTensor)") }
        words.append("dp \(s.data)")
        words.append("micro-batch \(s.microBatch) × \(s.microBatches)")
        words.append("schedule \(s.schedule.rawValue)")
        words.append("sharding \(s.sharding.rawValue)")
        words.append(
            "recompute \(s.recompute.rawValue)" + (s.recompute == .selective ? " \(s.recomputeModules.names.joined(separator: ","))" : ""))
        if !s.offload.isNone { words.append("offload \(s.offload.text)") }
        return words.joined(separator: ", ")
    }

    /// The lines that begin every file: what it starts, and what it could not say.
    func header(_ target: ExportTarget, _ purpose: String, warnings: [String]) -> [String] {
        let gpus = cluster.groups.count == 1 ? "\(cluster.first.gpu.describes)" : "GPUs of \(cluster.groups.count) kinds"
        var lines = [
            "\(purpose) Written by meshwright export --target \(target.rawValue).",
            "\(model.name) on \(strategy.worldSize) × \(gpus) (\(cluster.name)): \(strategyLine).",
        ]
        if !warnings.isEmpty {
            lines.append("")
            lines.append("Not as planned, since this target cannot express it:")
            lines += warnings.map { "- \($0)" }
        }
        return lines
    }
}
