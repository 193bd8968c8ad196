import Hardware
import Interchange
import Parallelism
import Quantities
import Schedules
import Testing
import Workload

/// Hybrid models in Megatron-LM's pattern: what is written reads back as the same layers and stages, and what has no such layers is refused.
@Suite struct HybridRoundTripTests {
    typealias Fixtures = ExportFixtures

    private func plan(
        _ model: TransformerModel, _ strategy: ParallelStrategy, precision: Precision = .bf16
    ) throws -> LaunchConfiguration {
        try LaunchConfiguration(
            model: model, strategy: strategy, job: TrainingJob(globalBatch: 64, sequenceLength: 8192, precision: precision),
            choices: Fixtures.choices("megatron-core"), cluster: Fixtures.library.cluster("dgx-h100").scaled(gpus: 16))
    }

    private func script(_ plan: LaunchConfiguration, _ target: ExportTarget) throws -> String {
        try #require(plan.files(for: target).files.first { $0.name.hasSuffix(".sh") }).text
    }

    /// The value of a flag in a script.
    private func value(_ flag: String, in script: String) -> String? {
        script.split(separator: "\n").first { $0.contains("--\(flag) ") }
            .map { $0.split(separator: " ").dropFirst().joined(separator: " ").replacing("'", with: "") }
    }

    @Test(arguments: ["nemotron-h-8b", "nemotron-h-56b", "nemotron-3-nano-30b-a3b", "nemotron-3-super-120b-a12b"])
    func `models are read back`(name: String) throws {
        let model = try Fixtures.model(name)
        let experts = model.experts == nil ? 1 : 8
        let strategy = ParallelStrategy(
            tensor: 2, pipeline: 1, expert: experts, data: 8, microBatch: 1, microBatches: 8, sequenceParallel: true)
        let text = try script(plan(model, strategy), .megatronLM)
        #expect(text.contains("/pretrain_hybrid.py"))
        let read = try UserConfiguration.parse(text: text, file: "mine.sh", .megatron)
        let other = try #require(read.model)
        #expect(other.layerClasses == model.layerClasses)
        #expect(other.parameters.layer == model.parameters.layer && other.parameters.predictionBlocks == model.parameters.predictionBlocks)
        #expect(other.hidden == model.hidden && other.predictionBlocks == model.predictionBlocks && other.positions == model.positions)
        #expect(read.unread.isEmpty, "\(read.unread)")
        #expect(!read.unmodelled.contains { $0.name.hasPrefix("--spec") })
        #expect(read.strategy["tp"] == "2" && read.strategy["ep"] ?? "1" == "\(experts)")
    }

    /// The published pattern of Nemotron-H-8B (its config.json on Hugging Face, `hybrid_override_pattern`).
    @Test func `the pattern is the published one, with a bar between stages`() throws {
        let model = try Fixtures.model("nemotron-h-8b")
        let published = "M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M*-M-M-M-M-M-"
        let one = try script(plan(model, ParallelStrategy(data: 16, microBatches: 4)), .megatronLM)
        #expect(value("hybrid-layer-pattern", in: one) == published)
        #expect(value("mamba-num-heads", in: one) == "128" && value("mamba-state-dim", in: one) == "128")
        let staged = ParallelStrategy(
            pipeline: 2, virtualStages: 2, data: 8, microBatches: 8, schedule: .interleaved, layout: .explicit([12, 14, 14, 12]))
        let four = try script(plan(model, staged), .megatronCore019)
        let pattern = try #require(value("hybrid-layer-pattern", in: four))
        #expect(pattern.split(separator: "|").map(\.count) == [12, 14, 14, 12] && pattern.replacing("|", with: "") == published)
        #expect(!four.contains("pipeline-model-parallel-layout") && !four.contains("num-layers-per-virtual-pipeline-stage"))
        let read = try UserConfiguration.parse(text: four, file: "mine.sh", .megatron)
        #expect(read.strategy["vpp"] == "2" && read.strategy["layout"] == "12+14+14+12" && read.strategy["pp"] == "2")
        #expect(read.model?.layerClasses == model.layerClasses)
    }

    @Test func `an older version takes the older flag, and refuses what it lacks`() throws {
        let dense = try Fixtures.model("nemotron-h-8b")
        let text = try script(plan(dense, ParallelStrategy(pipeline: 2, data: 8, microBatches: 8)), .megatronCore015)
        #expect(text.contains("--is-hybrid-model") && text.contains("/pretrain_mamba.py"))
        #expect(try #require(value("hybrid-override-pattern", in: text)).count == 52)
        #expect(try UserConfiguration.parse(text: text, file: "mine.sh", .megatron).model?.layerClasses == dense.layerClasses)
        for (name, reason) in [
            ("nemotron-3-nano-30b-a3b", "no mixtures of experts"), ("qwen3-next-80b-a3b", "no mixtures of experts"),
            ("qwen3.5-27b", "no gated delta nets"), ("falcon-180b", "has hybrid models: "),
        ] {
            let model = try Fixtures.model(name)
            let other = try plan(model, ParallelStrategy(expert: model.experts == nil ? 1 : 8, data: 16, microBatches: 4))
            #expect {
                try other.files(for: .megatronCore015)
            } throws: {
                "\($0)".contains(reason)
            }
        }
    }

    @Test func `layers side by side are refused with the reason`() throws {
        let plan = try plan(Fixtures.model("falcon-180b"), ParallelStrategy(data: 16, microBatches: 4))
        #expect { try plan.files(for: .megatronLM) } throws: { "\($0)".contains("as Megatron-LM main has hybrid models: ") }
    }

    /// The flags of Qwen3-Next's gated delta net: 16 key heads of 128, 32 value heads of 128, a convolution over 4 tokens; its attention has a gate.
    @Test(arguments: [
        "qwen3-next-80b-a3b", "qwen3.5-27b", "qwen3.5-35b-a3b", "qwen3.5-122b-a10b", "qwen3.5-397b-a17b",
    ])
    func `gated delta nets are G, and are read back`(name: String) throws {
        let model = try Fixtures.model(name)
        let strategy = ParallelStrategy(
            tensor: 2, pipeline: 2, expert: model.experts == nil ? 1 : 4, data: 4, microBatch: 1, microBatches: 16, sequenceParallel: true)
        for target in [ExportTarget.megatronLM, .megatronCore019] {
            let text = try script(plan(model, strategy), target)
            let other = model.experts == nil ? "-" : "E"
            #expect(try #require(value("hybrid-layer-pattern", in: text)).hasPrefix("G\(other)G\(other)G\(other)*\(other)G"))
            #expect(value("linear-num-key-heads", in: text) == "16" && value("linear-conv-kernel-dim", in: text) == "4")
            #expect(text.contains("--attention-output-gate"))
            let read = try UserConfiguration.parse(text: text, file: "mine.sh", .megatron)
            let back = try #require(read.model)
            // A letter a layer: what the model has as one layer of two blocks is two.
            #expect(back.layers == 2 * model.layers && read.unread.isEmpty, "\(read.unread)")
            #expect(back.parameters.sum(\.total) == model.parameters.sum(\.total))
            #expect(back.parameters.sum(\.active) == model.parameters.sum(\.active))
            #expect(read.strategy["tp"] == "2" && read.strategy["pp"] == "2")
        }
    }

    /// Chunks are how a kernel goes about it: Granite 4's 256 are Megatron's 128, which is said.
    @Test func `other chunks are written with a word`() throws {
        let model = try Fixtures.model("granite-4-small")
        let files = try plan(model, ParallelStrategy(expert: 8, data: 16, microBatches: 4)).files(for: .megatronLM)
        #expect(files.warnings.contains { $0.contains("chunks of 128 tokens, not of the 256") })
        let text = try #require(files.files.first { $0.name.hasSuffix(".sh") }).text
        let back = try #require(try UserConfiguration.parse(text: text, file: "mine.sh", .megatron).model)
        #expect(back.parameters.sum(\.total) == model.parameters.sum(\.total))
    }

    /// As Qwen3-Next is trained without a pattern: `--linear-attention-freq 4` is a gated delta net on three of every four layers.
    @Test func `linear attention by frequency`() throws {
        func read(_ flags: String) throws -> TransformerModel? {
            let text =
                "python pretrain_gpt.py --num-layers 8 --hidden-size 256 --num-attention-heads 8 --seq-length 64 --micro-batch-size 1 "
                + "--swiglu --disable-bias-linear --attention-output-gate --normalization RMSNorm --linear-num-key-heads 4 "
                + "--linear-num-value-heads 8 --experimental-attention-variant gated_delta_net \(flags)\n"
            return try UserConfiguration.parse(text: text, file: "mine.sh", .megatron).model
        }
        let model = try #require(try read("--linear-attention-freq 4"))
        #expect(model.layerClasses.counts == [6, 2] && model.layerClasses.classes.map(\.name) == ["delta, mlp", "attention, mlp"])
        let delta = try #require(model.layerClasses.classes[0].blocks[0].shape as? GatedDelta)
        #expect(delta.keyHeads == 4 && delta.valueHeads == 8 && delta.keyDimension == 128 && delta.valueDimension == 128)
        #expect((model.layerClasses.classes[1].blocks[0].shape as? Attention)?.hasOutputGate == true)
        #expect(try read("--linear-attention-freq '[1]*7+[0]'")?.layerClasses.counts == [7, 1])
        for (flags, message) in [
            ("", "gated_delta_net needs --linear-attention-freq"), ("--linear-attention-freq '[1]*7'", "of 7 layers, the model has 8"),
            ("--linear-attention-freq often", "'often' is no pattern of layers"),
        ] {
            #expect { try read(flags) } throws: { "\($0)".contains(message) }
        }
    }

    /// Latent attention in a pattern: + with the ranks of its flags, D with an indexer's sizes beside them.
    @Test func `latent layers`() throws {
        let latent = "--multi-latent-attention --q-lora-rank 16 --kv-lora-rank 32 --qk-head-dim 16 --qk-pos-emb-head-dim 8 --v-head-dim 16"
        let indexer = "--experimental-attention-variant dsa --dsa-indexer-n-heads 4 --dsa-indexer-head-dim 16 --dsa-indexer-topk 32"
        func read(_ pattern: String, _ flags: String) throws -> TransformerModel? {
            let text =
                "python pretrain_hybrid.py --hidden-size 512 --num-attention-heads 4 --seq-length 64 --micro-batch-size 1 "
                + "--hybrid-layer-pattern '\(pattern)' \(flags)\n"
            return try UserConfiguration.parse(text: text, file: "mine.sh", .megatron).model
        }
        let plain = try #require(try read("M+M+", latent))
        let attention = try #require(plain.layerClasses.classes[1].blocks[0].shape as? Attention)
        #expect(attention.latent?.keyValueRank == 32 && attention.indexer == nil)
        let sparse = try #require(try read("MDMD", "\(latent) \(indexer)"))
        #expect((sparse.layerClasses.classes[1].blocks[0].shape as? Attention)?.indexer?.topK == 32)
        #expect { try read("M+M*", latent) } throws: { "\($0)".contains("attention of several kinds (*, +)") }
        #expect { try read("M+", "") } throws: { "\($0)".contains("--multi-latent-attention is not given") }
    }

    /// As in Megatron-LM's tests/functional_tests/test_cases/hybrid/hybrid_mr_mcore_te_tp1_pp2_vpp2_cp1_dgx_a100_1N8G.
    @Test func `a pattern of Megatron's own tests`() throws {
        let flags = """
            torchrun --nproc-per-node 8 pretrain_hybrid.py --hidden-size 1024 --num-attention-heads 16 --group-query-attention
            """ + " --num-query-groups 8 --hybrid-layer-pattern 'M-M-M-M*-M-|M-M-M*-M-M-|M-M*-M-M-M-|M*-M-M-M-M-'"
            + " --micro-batch-size 4 --global-batch-size 32 --seq-length 1024 --max-position-embeddings 1024"
            + " --pipeline-model-parallel-size 2 --use-distributed-optimizer --bf16\n"
        let read = try UserConfiguration.parse(text: flags, file: "mine.sh", .megatron)
        let model = try #require(read.model)
        #expect(model.layers == 44 && read.strategy["vpp"] == "2" && read.strategy["layout"] == "11+11+11+11")
        #expect(model.layerClasses.classes.map(\.name) == ["mamba", "mlp", "attention"] && model.layerClasses.counts == [20, 20, 4])
        let mamba = try #require(model.layerClasses.classes[0].blocks[0].shape as? Mamba2)
        #expect(mamba.heads == 32 && mamba.headDimension == 64 && mamba.groups == 8 && mamba.state == 128)
        #expect(model.feedForward == FeedForward(width: 4096, isGated: false, hasBias: true))
    }

    @Test(arguments: [
        ("M-X", "'X' is no layer of a pattern"), ("M-/M/*", "differ from one another"),
        ("", "has no layers"), ("ME", "mixtures (E) and --num-experts is not given"),
    ])
    func `wrong patterns are named`(pattern: String, message: String) {
        let text =
            "pretrain_hybrid.py --hidden-size 64 --num-attention-heads 4 --seq-length 8 --hybrid-layer-pattern '\(pattern)' --micro-batch-size 1\n"
        #expect {
            try UserConfiguration.parse(text: "python \(text)", file: "mine.sh", .megatron)
        } throws: {
            "\($0)".contains(message)
        }
    }
}
