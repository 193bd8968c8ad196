import Hardware
import Interchange
import Parallelism
import Schedules
import Testing
import Workload

/// Plans that a stack can launch are, read back from the files of its framework, the same plans.
@Suite struct RoundTripTests {
    typealias Fixtures = ExportFixtures

    private static let sizes = [1, 2, 4, 8]

    /// Every legal strategy of a model on 16 GPUs, with the sizes and choices that a stack tells apart.
    private func strategies(_ model: TransformerModel, _ job: TrainingJob, _ stack: SoftwareStack) -> [ParallelStrategy] {
        let legality = Legality(model: model, job: job, stack: stack, worldSize: 16)
        var result: [ParallelStrategy] = []
        for tensor in Self.sizes {
            for context in [1, 2] {
                for (pipeline, chunks) in [(1, 1), (2, 1), (2, 2), (4, 1)] {
                    for (expert, expertTensor) in [(1, 1), (1, tensor), (4, 1)] {
                        let part = tensor * context * pipeline
                        guard 16 % part == 0 else { continue }
                        let data = 16 / part
                        for sharding in OptimizerSharding.allCases {
                            for group in Set([data, max(1, data / 2), 1]).sorted() {
                                for (recompute, layers, modules) in [
                                    (Recompute.none, 0, RecomputeModules()), (.full, 100, []), (.selective, 0, [.alternateMatrixProducts]),
                                ] {
                                    var s = ParallelStrategy(
                                        tensor: tensor, pipeline: pipeline, virtualStages: chunks, context: context,
                                        contextKind: .allGather, expert: expert, expertTensor: expertTensor, data: data,
                                        shardGroup: group, microBatches: job.globalBatch / data, sequenceParallel: tensor > 1,
                                        sharding: sharding, recompute: recompute, recomputeModules: modules,
                                        schedule: chunks > 1 ? .interleaved : .oneForwardOneBackward)
                                    if layers > 0 { s.recomputeLayers = fullest(s, model) }
                                    if stack.launches.sequenceParallel == false { s.sequenceParallel = false }
                                    if !result.contains(s), legality.firstViolation(of: s) == nil { result.append(s) }
                                }
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private func fullest(_ s: ParallelStrategy, _ model: TransformerModel) -> Int {
        StageLayers(layers: model.layers, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout)?.counts.max() ?? 0
    }

    /// The strategy that a configuration states on 16 GPUs, with what `simulate --from` fills in.
    private func strategy(_ read: UserConfiguration, _ model: TransformerModel, _ job: TrainingJob, _ stack: SoftwareStack)
        -> ParallelStrategy
    {
        let fields = read.strategy
        func size(_ key: String) -> Int { fields[key].flatMap { Int($0) } ?? 1 }
        var s = ParallelStrategy(
            tensor: size("tp"), pipeline: size("pp"), virtualStages: size("vpp"), context: size("cp"), contextKind: .allGather,
            expert: size("ep"), expertTensor: size("etp"), microBatch: size("micro-batch-size"))
        s.data = fields["dp"].flatMap { Int($0) } ?? 16 / (s.tensor * s.pipeline * s.context)
        s.microBatches = job.globalBatch / (s.microBatch * s.data)
        s.groupSize = s.pipeline
        s.sequenceParallel = s.tensor > 1 && stack.launches.sequenceParallel != false
        s.sharding = fields["optimizer-sharding"].flatMap { OptimizerSharding(rawValue: $0) } ?? .zero1
        s.shardGroup = fields["shard-group"].flatMap { Int($0) } ?? (s.sharding == .none ? 1 : s.data)
        s.recompute = fields["recompute"].flatMap { Recompute(rawValue: $0) } ?? .none
        if fields["recompute-modules"] == "matmul_alternate" { s.recomputeModules = [.alternateMatrixProducts] }
        s.schedule =
            fields["schedule"].flatMap { PipelineSchedule(rawValue: $0) } ?? (s.virtualStages > 1 ? .interleaved : .oneForwardOneBackward)
        if let counts = fields["layout"]?.split(separator: "+").compactMap({ Int($0) }), Set(counts).count > 1 {
            s.layout = .explicit(counts)
        }
        if s.recompute == .full { s.recomputeLayers = fullest(s, model) }
        return s
    }

    private func check(
        _ name: String, _ stackName: String, _ target: ExportTarget, _ file: String, _ framework: UserConfiguration.Framework,
        atLeast: Int, leavingOut isLost: (ParallelStrategy) -> Bool = { _ in false }
    ) throws {
        let model = try Fixtures.model(name)
        let stack = try SoftwareStack.read(path: Fixtures.library.path(of: .stack, named: stackName))
        let job = TrainingJob(globalBatch: 64, sequenceLength: 4096)
        let cluster = try Fixtures.library.cluster("dgx-h100").scaled(gpus: 16)
        var checked = 0
        for s in strategies(model, job, stack) where !isLost(s) {
            let plan = try LaunchConfiguration(model: model, strategy: s, job: job, choices: stack.defaults, cluster: cluster)
            let text = try #require(plan.files(for: target).files.first { $0.name == file }).text
            let read = try UserConfiguration.parse(text: text, file: file, framework)
            #expect(strategy(read, model, job, stack) == s)
            #expect(read.unread.isEmpty && read.precision == job.precision)
            checked += 1
        }
        #expect(checked >= atLeast, "\(checked)")
    }

    @Test(arguments: [("llama-3.1-8b", 100), ("qwen3-30b-a3b", 100)])
    func `TorchTitan`(model: String, atLeast: Int) throws {
        // A shard on a single rank is no sharding, and the file says so.
        try check(model, "torchtitan", .torchTitan, "torchtitan.toml", .torchtitan, atLeast: atLeast) {
            $0.shardGroup * $0.context == 1 && $0.sharding != .none
        }
    }

    @Test func `Accelerate`() throws {
        // A shard on a single rank is no sharding, and the file says so.
        try check("llama-3.1-8b", "fsdp", .accelerate, "accelerate.yaml", .accelerate, atLeast: 10) {
            $0.shardGroup == 1 && $0.sharding != .none
        }
    }

    @Test func `torchtune`() throws {
        // Its recipes shard everything over all GPUs.
        try check("llama-3.1-8b", "torchtune", .torchtune, "torchtune.yaml", .torchtune, atLeast: 4) {
            $0.sharding == .none || $0.sharding == .zero1 || $0.shardGroup < $0.data
        }
    }

    @Test func `adapters for torchtune`() throws {
        let attention: Set<Projection> = [.query, .value]
        let cluster = try Fixtures.library.cluster("dgx-h100").scaled(gpus: 8)
        for (targets, dropout, isDecomposed, format) in [
            (attention, 0.0, false, WeightFormat.sixteen), (attention.union(Projection.feedForward), 0.1, true, .sixteen),
            (attention.union([.key, .attentionOutput]), 0, false, .nf4),
        ] {
            let adapters = Adapters(rank: 32, alpha: 48, targets: targets, dropout: dropout, isDecomposed: isDecomposed)
            let method = TrainingMethod(format == .nf4 ? .qlora : .lora, adapters: adapters, baseFormat: format)
            let job = TrainingJob(globalBatch: 64, sequenceLength: 4096, optimizer: .adamBF16, method: method)
            let plan = try LaunchConfiguration(
                model: Fixtures.model("llama-3.1-70b"),
                strategy: ParallelStrategy(data: 8, shardGroup: 8, microBatch: 2, microBatches: 4, sharding: .zero3), job: job,
                choices: Fixtures.choices("torchtune"), cluster: cluster)
            let text = try #require(plan.files(for: .torchtune).files.first).text
            let read = try UserConfiguration.parse(text: text, file: "torchtune.yaml", .torchtune)
            #expect(read.method == method && read.modelName == "llama-3.1-70b" && read.optimizer == .adamBF16)
            #expect(read.sequencesPerRank == 8 && read.sequenceLength == 4096 && read.unread.isEmpty, "\(read.unread)")
        }
    }

    @Test func `DeepSpeed`() throws {
        // Tensor parallelism inside a pipeline is the script's, and groups of shards left DeepSpeed, which the header says.
        try check("llama-3.1-8b", "megatron-deepspeed", .deepSpeed, "deepspeed.json", .deepspeed, atLeast: 20) {
            $0.tensor > 1 && $0.pipeline > 1 || $0.sharding != .none && $0.shardGroup < $0.data
        }
    }

    @Test func `nanotron`() throws {
        // ZeRO-1 over all data-parallel ranks, even stages without virtual ones, and nothing or every layer recomputed are what it has.
        let model = try Fixtures.model("llama-3.1-8b")
        try check("llama-3.1-8b", "megatron-core", .nanotron, "nanotron.yaml", .nanotron, atLeast: 20) {
            $0.sharding == .zero2 || $0.sharding == .zero3 || $0.sharding == .zero1 && $0.shardGroup < $0.data || $0.virtualStages > 1
                || $0.recompute == .selective || $0.recompute == .full && $0.recomputeLayers < fullest($0, model) || $0.tensor > 8
        }
    }

    @Test(arguments: [("llama-3.1-8b", 40), ("qwen3-30b-a3b", 40)])
    func `Megatron-Bridge`(model name: String, atLeast: Int) throws {
        // A shard on a single rank is no sharding, and modules of the stack torchtitan are not Megatron's.
        try check(name, "megatron-core", .megatronBridge, "megatron-bridge.overrides", .bridge, atLeast: atLeast) {
            $0.sharding != .none && $0.shardGroup < $0.data || $0.recompute == .selective
        }
    }

    @Test func `a list of arguments, one a line`() throws {
        for plan in try [Fixtures.dense(), Fixtures.mixture()] {
            let files = try plan.files(for: .megatronLM).files
            let script = try #require(files.first { $0.name == "megatron-lm.sh" })
            let list = try #require(files.first { $0.name == "megatron-lm.args" })
            let one = try UserConfiguration.parse(text: script.text, file: "mine", .megatron)
            let other = try UserConfiguration.parse(text: list.text, file: "mine", .megatron)
            #expect(one.strategy == other.strategy && one.globalBatch == other.globalBatch && one.sequenceLength == other.sequenceLength)
            #expect(other.unread.isEmpty, "\(other.unread)")
            // The script's mock data has a vocabulary of its own.
            var model = try #require(other.model)
            model.vocabulary = try #require(one.model).vocabulary
            #expect(model == one.model)
        }
    }
}
