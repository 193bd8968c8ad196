import Foundation
import Schedules
import Testing
import Workload

@testable import Parallelism

/// `Legality` against the frameworks' own assertions, transcribed in `FrameworkAssertions`: what a framework refuses is never legal, and
/// what we refuse beyond it is on a short list.
@Suite struct FrameworkAssertionsTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("ClusterProfiles/Stacks").path

    /// Rules that are ours whatever the framework: what it offers at all, and what it would do silently without.
    private static let capabilities: Set<LegalityRule> = [
        .stackSchedule, .stackSharding, .stackRecompute, .stackPartialRecompute, .stackContext, .stackContextByLayer, .stackTensor,
        .stackPipeline, .stackExpert,
        .stackLayers, .stackSequenceParallel,
    ]
    /// Megatron turns these off with a warning, or computes fewer layers again than were asked for.
    private static let megatronOwn: Set<LegalityRule> = capabilities.union([
        .sequenceParallelAlone, .recomputeLayers, .shardGroup, .layers, .expertWithoutExperts, .schedule, .eightBitSizes, .headsByContext,
        // The drawn plans state no sizes of a hierarchy.
        .contextHierarchy,
    ])
    /// TorchTitan asserts little of a model's shape; tensors that do not divide fail later, where they are viewed as heads.
    private static let torchtitanOwn: Set<LegalityRule> = capabilities.union([
        .headsByTensor, .keyValueHeadsByTensor, .feedForwardByTensor, .expertWidthByExpertTensor, .expertsByExpert, .expertWithoutExperts,
        .sequenceByContext, .sequenceByTensor, .headsByContext, .sequenceParallelAlone, .mixtureNeedsSequenceParallel, .batch, .layers,
        .interleavingNeedsPipeline, .schedule, .shardGroup, .recomputeLayers, .expertGrid, .expertOverlapNeedsExpertParallel,
        .contextHierarchy,
    ])

    /// Numbers drawn one after another, the same ones for a seed.
    private struct Draw {
        var state: UInt64

        mutating func one<Value>(_ values: [Value]) -> Value {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return values[Int(state >> 33) % values.count]
        }
    }

    private static func model(_ draw: inout Draw) -> TransformerModel {
        let heads = draw.one([4, 12, 16, 32, 64])
        let isLatent = draw.one([false, false, true])
        let window = draw.one([
            nil, nil, nil, SlidingWindow(size: 128, globalEvery: 2), SlidingWindow(size: 64, globalEvery: 4, isChunked: true),
        ])
        let attention = Attention(
            heads: heads, keyValueHeads: isLatent ? heads : draw.one([1, 2, 4, 8, heads].filter { heads % $0 == 0 }),
            headDimension: draw.one([64, 72, 128]), hasOutputBias: true, hasSinks: draw.one([false, false, false, true]), window: window,
            latent: isLatent
                ? LatentAttention(queryRank: 512, keyValueRank: 256, nopeDimension: 64, ropeDimension: 32, valueDimension: 64) : nil)
        let experts: Experts? =
            draw.one([true, false])
            ? Experts(
                count: draw.one([4, 8, 12, 60]), perToken: 2, width: draw.one([96, 360, 512, 1408]), sharedWidth: draw.one([0, 0, 720]),
                hasBias: draw.one([false, false, true]), firstDenseLayers: 1) : nil
        return TransformerModel(
            name: "drawn", layers: draw.one([6, 8, 12, 13, 22]), hidden: draw.one([1024, 2056, 2048]), vocabulary: 32_000,
            attention: attention,
            feedForward: FeedForward(width: draw.one([2048, 2720, 5632]), isGated: true), experts: experts,
            predictionBlocks: draw.one([0, 0, 1, 2]))
    }

    private static func strategy(_ draw: inout Draw, _ model: TransformerModel) -> ParallelStrategy {
        let p = draw.one([1, 1, 2, 3, 4])
        let v = draw.one([1, 1, 2, 3])
        let d = draw.one([1, 2, 4, 8])
        let t = draw.one([1, 1, 2, 4, 8])
        let recompute = draw.one(Recompute.allCases)
        let modules: [RecomputeModules] = [.coreAttention, .norms, [.norms, .expertActivation], .latentUpProjection, .experts]
        let sharding = draw.one(OptimizerSharding.allCases)
        return ParallelStrategy(
            tensor: t, pipeline: p, virtualStages: v, context: draw.one([1, 1, 2, 4]), contextKind: draw.one(ContextParallelKind.allCases),
            expert: draw.one(model.experts == nil ? [1] : [1, 2, 4, 8]), expertTensor: draw.one(model.experts == nil ? [1] : [1, 1, 2, t]),
            data: d, shardGroup: sharding == .none ? 1 : draw.one([d, d, max(1, d / 2), 1]), microBatch: draw.one([1, 2]),
            microBatches: draw.one([2, 3, 4, 6, 8, 12]), groupSize: draw.one([p, p, p + 1]),
            sequenceParallel: draw.one([t > 1, t > 1, false, true]), sharding: sharding, recompute: recompute,
            recomputeLayers: recompute == .full ? draw.one([1, 2, 6]) : 0,
            recomputeModules: recompute == .selective ? draw.one(modules) : [],
            schedule: v == 1
                ? draw.one([.oneForwardOneBackward, .oneForwardOneBackward, .gpipe, .combined1F1B])
                : draw.one([.interleaved, .interleaved, .combined1F1B, .interleavedZeroBubble, .zbV, .dualPipeV, .loopedBFS]),
            layout: draw.one([.even, .even, .embeddingAware]))
    }

    /// A plan in the words of the frameworks, as the exporters spell it.
    private static func sizes(_ s: ParallelStrategy, _ model: TransformerModel, _ job: TrainingJob, compiles: Bool) -> LaunchedSizes? {
        guard let layers = StageLayers(layers: model.layers, pipeline: s.pipeline, virtualStages: s.virtualStages, layout: s.layout) else {
            return nil
        }
        var sizes = LaunchedSizes()
        (sizes.world, sizes.tensor, sizes.pipeline, sizes.context, sizes.data) = (s.worldSize, s.tensor, s.pipeline, s.context, s.data)
        (sizes.expert, sizes.expertTensor, sizes.isSequenceParallel) = (s.expert, s.expertTensor, s.sequenceParallel)
        sizes.contextType = [ContextParallelKind.ring: "p2p", .allGather: "all_gather", .ulysses: "a2a"][s.contextKind] ?? ""
        sizes.replicas = max(1, s.data / s.shardGroup)
        sizes.zeroStage = OptimizerSharding.allCases.firstIndex(of: s.sharding) ?? 0
        (sizes.virtualStages, sizes.microBatchGroup, sizes.layout) = (s.virtualStages, s.groupSize, layers.counts)
        sizes.overlapsExperts = s.schedule == .combined1F1B
        let names: [PipelineSchedule: String] = [
            .gpipe: "GPipe", .interleaved: "Interleaved1F1B", .loopedBFS: "LoopedBFS", .interleavedZeroBubble: "InterleavedZeroBubble",
            .zbV: "ZBVZeroBubble", .dualPipeV: "DualPipeV",
        ]
        sizes.schedule = names[s.schedule] ?? "1F1B"
        (sizes.microBatch, sizes.microBatches) = (s.microBatch, s.microBatches)
        (sizes.globalBatch, sizes.sequence) = (job.globalBatch, job.sequenceLength)
        (sizes.layers, sizes.hidden, sizes.feedForward) = (model.layers, model.hidden, model.feedForward.width)
        let attention = model.attention ?? Attention()
        (sizes.heads, sizes.groups, sizes.headWidth) = (attention.heads, attention.keyValueHeads, attention.valueWidth)
        if let experts = model.experts {
            (sizes.experts, sizes.expertWidth) = (experts.count, experts.width)
            (sizes.sharedWidth, sizes.hasExpertBias) = (experts.sharedWidth, experts.hasBias)
        }
        sizes.isWindowed = attention.window.map { !$0.isChunked } ?? false
        sizes.isChunked = attention.window?.isChunked ?? false
        (sizes.hasSinks, sizes.isLatent, sizes.predictionLayers) = (attention.hasSinks, attention.latent != nil, model.predictionBlocks)
        sizes.format = job.precision.rawValue
        sizes.granularity = s.recompute == .none ? nil : s.recompute.rawValue
        (sizes.modules, sizes.compiles) = (s.recomputeModules.names, compiles)
        return sizes
    }

    @Test(arguments: ["megatron-core", "megatron-fsdp", "torchtitan", "megatron-deepspeed"])
    func drawnPlansAreJudgedAsTheFrameworkJudgesThem(_ name: String) throws {
        let stack = try SoftwareStack.read(path: "\(Self.folder)/\(name).yaml")
        var draw = Draw(state: 20_261)
        var (legal, refused) = (0, 0)
        // A debug build judges a thousand plans a second; more are for who asks.
        for _ in 0..<(ProcessInfo.processInfo.environment["MESHWRIGHT_THOROUGH"] == nil ? 5000 : 20_000) {
            let model = Self.model(&draw)
            let s = Self.strategy(&draw, model)
            let job = TrainingJob(
                globalBatch: s.microBatch * s.microBatches * s.data + draw.one([0, 0, 0, 1]),
                sequenceLength: draw.one([1024, 1032, 2048, 4096]),
                precision: draw.one(Precision.allCases.filter(stack.launches.precisions.contains)))
            try judge(s, model, job, stack, name, &legal, &refused)
        }
        #expect(legal > 20 && refused > 200, "\(legal) legal and \(refused) refused say little")
    }

    @Test(arguments: ["megatron-core", "torchtitan"])
    func everySmallGridIsJudgedAsTheFrameworkJudgesIt(_ name: String) throws {
        let stack = try SoftwareStack.read(path: "\(Self.folder)/\(name).yaml")
        let experts = Experts(count: 4, perToken: 2, width: 96, firstDenseLayers: 1)
        let attention = Attention(heads: 4, keyValueHeads: 2, headDimension: 64)
        let model = TransformerModel(
            name: "small", layers: 6, hidden: 256, vocabulary: 1000, attention: attention,
            feedForward: FeedForward(width: 384, isGated: true),
            experts: experts)
        var (legal, refused) = (0, 0)
        let sizes = [1, 2, 3, 4]
        for (t, p, c) in sizes.flatMap({ t in sizes.flatMap { p in [1, 2, 3].map { (t, p, $0) } } }) {
            for (e, x, d) in [1, 2, 4].flatMap({ e in [1, 2].flatMap { x in sizes.map { (e, x, $0) } } }) {
                let groups = (1...d).filter { d % $0 == 0 }
                for (group, kind) in groups.flatMap({ g in ContextParallelKind.allCases.map { (g, $0) } }) {
                    for v in [1, 2] where v == 1 || p > 1 {
                        let s = ParallelStrategy(
                            tensor: t, pipeline: p, virtualStages: v, context: c, contextKind: kind, expert: e, expertTensor: x, data: d,
                            shardGroup: group, microBatches: 3, sequenceParallel: t > 1, sharding: name == "torchtitan" ? .zero3 : .zero1,
                            schedule: v == 1 ? .oneForwardOneBackward : .interleaved)
                        for sequence in [64, 96] {
                            try judge(
                                s, model, TrainingJob(globalBatch: 3 * d, sequenceLength: sequence), stack, name, &legal, &refused)
                        }
                    }
                }
            }
        }
        #expect(legal > 20 && refused > 200, "\(legal) legal and \(refused) refused say little")
    }

    private func judge(
        _ s: ParallelStrategy, _ model: TransformerModel, _ job: TrainingJob, _ stack: SoftwareStack, _ name: String, _ legal: inout Int,
        _ refused: inout Int
    ) throws {
        let ours = Legality(model: model, job: job, stack: stack, worldSize: s.worldSize).firstViolation(of: s)
        guard let sizes = Self.sizes(s, model, job, compiles: stack.defaults.compiled) else {
            #expect(ours != nil)
            return
        }
        let theirs =
            switch name {
            case "torchtitan": FrameworkAssertions.torchtitan(sizes)
            case "megatron-deepspeed": FrameworkAssertions.deepspeed(sizes)
            default: FrameworkAssertions.megatron(sizes)
            }
        switch (ours, theirs) {
        case (nil, nil): legal += 1
        case (nil, let place?): Issue.record("\(name) refuses at \(place) what we call legal: \(s) of \(model) for \(job)")
        case (let rule?, nil):
            // DeepSpeed leaves the model to the script, whose Megatron has assertions of its own.
            let own =
                name == "torchtitan" ? Self.torchtitanOwn : name == "megatron-deepspeed" ? Set(LegalityRule.allCases) : Self.megatronOwn
            #expect(own.contains(rule), "\(name) starts what we refuse by \(rule.rawValue): \(s) of \(model) for \(job)")
        case (_?, _?): refused += 1
        }
    }
}
