import Documents
import Parallelism
import Workload

extension MegatronReader {
    /// Parallel sizes, schedule, sharding and recomputation.
    mutating func readStrategy(_ result: inout UserConfiguration) throws(DocumentError) {
        let sizes = [
            ("tp", "tensor-model-parallel-size"), ("pp", "pipeline-model-parallel-size"), ("cp", "context-parallel-size"),
            ("ep", "expert-model-parallel-size"), ("etp", "expert-tensor-parallel-size"), ("micro-batch-size", "micro-batch-size"),
            ("group-size", "microbatch-group-size-per-virtual-pipeline-stage"), ("dp-replicate", "num-distributed-optimizer-instances"),
        ]
        for (key, flag) in sizes { if let value = try number(flag) { result.strategy[key] = String(value) } }
        if has("no-pipeline-parallel") { result.strategy["pp"] = "1" }
        if try expertCount() == nil {
            // Sizes for experts that are not there mean nothing.
            result.strategy["ep"] = nil
            result.strategy["etp"] = nil
        } else if isDeepSpeed() {
            let tensor = result.strategy["tp"] ?? "1"
            result.strategy["etp"] = has("enable-expert-tensor-parallelism") ? tensor : "1"
        } else if result.strategy["etp"] == nil, let tensor = result.strategy["tp"] {
            result.strategy["etp"] = tensor
            result.defaults["etp"] = "as tp, the framework's default"
        }
        result.strategy["sequence-parallel"] = has("sequence-parallel") && result.strategy["tp"] ?? "1" != "1" ? "on" : "off"
        try readStages(&result)
        try readContext(&result)
        readRows(&result)
        try readSharding(&result)
        try readRecomputation(&result)
        try readOffload(&result)
        if has("enable-zbh1-pipeline") { result.strategy["schedule"] = "zb-h1" }
        if has("overlap-moe-expert-parallel-comm") { result.strategy["schedule"] = "combined-1f1b" }
        if has("moe-shared-expert-overlap"), has("moe-shared-expert-intermediate-size") {
            result.strategy["ep-overlap"] = ExpertOverlap.sharedExperts.rawValue
        }
    }

    /// Whether the flags are those of Megatron-DeepSpeed.
    mutating func isDeepSpeed() -> Bool {
        has("deepspeed") || ["expert-model-parallel-size", "moe-router-topk"].contains { spelling($0) != $0 }
    }

    /// The sizes of Megatron-Core's two levels, innermost first; a size of 1 leaves the other level alone, as Transformer Engine does.
    private mutating func readHierarchy(_ result: inout UserConfiguration) throws(DocumentError) {
        let name = "hierarchical-context-parallel-sizes"
        let words = words(name)
        let context = result.strategy["cp"].flatMap { Int($0) } ?? 1
        let sizes = words.compactMap { Int($0) }
        guard sizes.count == 2, words.count == 2, sizes.allSatisfy({ (1...65_536).contains($0) }) else {
            throw DocumentError(
                location(words.isEmpty ? "cp-comm-type" : name),
                .invalid(
                    words.isEmpty
                        ? "--cp-comm-type a2a+p2p has no --\(name)" : "--\(name) \(words.joined(separator: " ")) is not two sizes",
                    remedy: "write the ranks of the all-to-all and those of the ring, whose product is the context-parallel size \(context)"
                ))
        }
        guard sizes[0] * sizes[1] == context else {
            throw DocumentError(
                location(name),
                .invalid(
                    "--\(name) \(sizes[0]) \(sizes[1]) makes \(sizes[0] * sizes[1]) ranks, and --context-parallel-size is \(context)",
                    remedy: "two sizes whose product is \(context)"))
        }
        let kind: ContextParallelKind = sizes[0] == 1 ? .ring : sizes[1] == 1 ? .ulysses : .hierarchical
        result.strategy["cp-kind"] = kind.rawValue
        if kind == .hierarchical { result.strategy["cp-inner"] = String(sizes[0]) }
    }

    /// The kind of context parallelism of layers without a window and of those with one. One for all, or one a layer
    /// (`TransformerConfig.__post_init__`: "length of cp_comm_type should equal to number of layers").
    private mutating func contextWords(_ result: inout UserConfiguration) throws(DocumentError) -> (usual: String?, local: String?) {
        let kinds = words("cp-comm-type")
        guard kinds.count > 1 else { return (kinds.first, nil) }
        let layers = try number("num-layers")
        if let layers, layers != kinds.count {
            throw DocumentError(
                location("cp-comm-type"),
                .invalid(
                    "--cp-comm-type names \(kinds.count) kinds for \(layers) layers", remedy: "one for all layers, or one for each"))
        }
        let window = try window()
        let isLocal = kinds.indices.map { window?.isWindowedLayer($0) ?? false }
        /// The kind that most layers of a sort have.
        func most(_ sort: Bool) -> String? {
            var counts: [String: Int] = [:]
            for (kind, mine) in zip(kinds, isLocal) where mine == sort { counts[kind, default: 0] += 1 }
            if counts.count > 1, let usual = counts.keys.sorted().max(by: { (counts[$0] ?? 0) < (counts[$1] ?? 0) }) {
                let words = counts.keys.sorted().map { "\($0) \(counts[$0] ?? 0)" }.joined(separator: ", ")
                result.notes.append("--cp-comm-type differs among layers that see alike (\(words)); \(usual) is priced for them.")
                return usual
            }
            return counts.keys.first
        }
        let (whole, local) = (most(false), most(true))
        return (whole ?? local, whole == nil || whole == local ? nil : local)
    }

    /// What `--cp-comm-type` calls a kind; a ring where it says nothing.
    private func contextKind(_ word: String?) throws(DocumentError) -> ContextParallelKind {
        guard let word else { return .ring }
        // Transformer Engine reads `all_gather` with and without its line.
        if word == "allgather" { return .allGather }
        if let known = MegatronArguments.contextWords.first(where: { $0.value == word }) { return known.key }
        let words = MegatronArguments.contextWords.values.sorted()
        throw DocumentError(
            location("cp-comm-type"), .unknownChoice(word, nearest: NearestName.best(for: word, among: words), legal: words))
    }

    private mutating func readContext(_ result: inout UserConfiguration) throws(DocumentError) {
        let (usual, local) = try contextWords(&result)
        if let local {
            let kind = try contextKind(local)
            guard !kind.isNested else {
                throw DocumentError(
                    location("cp-comm-type"),
                    .invalid(
                        "--cp-comm-type has \(local) for layers with a window and \(usual ?? "") for others, which is not priced",
                        remedy: "p2p, all_gather or a2a for those with a window"))
            }
            result.strategy["cp-kind-local"] = kind.rawValue
        }
        let kind = try contextKind(usual)
        guard kind != .hierarchical else { return try readHierarchy(&result) }
        result.strategy["cp-kind"] = kind.rawValue
        // DeepSpeed-Ulysses.
        if let size = try number("ds-sequence-parallel-size"), size > 1 {
            result.strategy["cp"] = String(size)
            result.strategy["cp-kind"] = ContextParallelKind.ulysses.rawValue
        }
    }

    private mutating func readSharding(_ result: inout UserConfiguration) throws(DocumentError) {
        let isDistributed = has("use-distributed-optimizer")
        let isFSDP = has("use-megatron-fsdp") || has("use-torch-fsdp2")
        let isDeepSpeed = has("deepspeed")
        let isOverlapped = has("overlap-grad-reduce")
        let gathers = has("overlap-param-gather")
        var sharding: OptimizerSharding = isDistributed ? .zero1 : .none
        let strategy = words("data-parallel-sharding-strategy").first
        // Printed as a fraction, 1.0.
        let stage = try text("zero-stage").flatMap { Double($0) }.flatMap { Int(exactly: $0) }
        if isFSDP {
            result.stack = "megatron-fsdp"
            switch strategy {
            case "no_shard": sharding = .none
            case "optim": sharding = .zero1
            case "optim_grads": sharding = .zero2
            default: sharding = .zero3
            }
        } else if isDeepSpeed {
            result.stack = "megatron-deepspeed"
            if let stage, (0...3).contains(stage) { sharding = [.none, .zero1, .zero2, .zero3][stage] }
            let file = words("deepspeed-config").first.map { " (\($0))" } ?? ""
            if let written = try deepSpeedSettings() {
                try take(written, stage: stage, &result)
                sharding = result.strategy["optimizer-sharding"].flatMap { OptimizerSharding(rawValue: $0) } ?? .none
            } else if stage == nil {
                result.defaults["optimizer-sharding"] = "not stated; the stage of ZeRO stands in DeepSpeed's own file\(file)"
            }
        } else {
            result.overlapsDataParallel = isOverlapped
            if isOverlapped, isDistributed, !gathers {
                result.notes.append("--overlap-param-gather is not given; parameters are priced as gathered beside compute all the same.")
            }
        }
        result.strategy["optimizer-sharding"] = sharding.rawValue
    }

    /// DeepSpeed's own file, where it can be read and nothing in it is left to the machine.
    private func deepSpeedSettings() throws(DocumentError) -> UserConfiguration? {
        guard let settings, let text = settings.text.known else { return nil }
        return try DeepSpeedReader(JSONDocument.parse(text: text, file: settings.path)).configuration()
    }

    /// What DeepSpeed's own file decides: the stage of ZeRO, the format of gradients, what overlaps and what lives beside the GPU.
    private func take(_ written: UserConfiguration, stage: Int?, _ result: inout UserConfiguration) throws(DocumentError) {
        let sharding = written.strategy["optimizer-sharding"] ?? "none"
        if let stage, ["none", "zero1", "zero2", "zero3"].firstIndex(of: sharding) != stage {
            throw DocumentError(
                location("zero-stage"),
                .invalid(
                    "--zero-stage \(stage) contradicts \(settings?.path ?? "DeepSpeed's own file"), whose sharding is \(sharding)",
                    remedy: "state one stage in both"))
        }
        for key in ["optimizer-sharding", "offload", "shard-group"] {
            if let value = written.strategy[key] { result.strategy[key] = value }
        }
        result.strategy["optimizer-sharding"] = sharding
        result.gradientFormat = written.gradientFormat
        result.overlapsDataParallel = written.overlapsDataParallel
        for key in ["grad-dtype", "overlap-data-parallel"] { result.defaults[key] = written.defaults[key] }
        result.unmodelled += written.unmodelled
        result.unread += written.unread
    }

    private mutating func readRecomputation(_ result: inout UserConfiguration) throws(DocumentError) {
        // Before 3.0, and in Megatron-DeepSpeed, every recomputation was one of whole layers.
        let old = try text("activations-checkpoint-method")
        let isOld = has("checkpoint-activations") || old != nil
        let isSelective = has("recompute-activations")
        let isOfExperts = has("moe-layer-recompute")
        let granularity = try text("recompute-granularity") ?? (isSelective || isOfExperts ? "selective" : isOld ? "full" : nil)
        let modules = words("recompute-modules") + (isOfExperts ? ["moe"] : [])
        let method = try text("recompute-method") ?? old
        let stated = try number("activations-checkpoint-num-layers")
        _ = try number("checkpoint-num-layers")
        let count = try number("recompute-num-layers") ?? stated
        switch granularity {
        case "selective":
            result.strategy["recompute"] = Recompute.selective.rawValue
            let known = RecomputeModules.named.map(\.name)
            let kept = modules.isEmpty ? ["core_attn"] : modules.filter(known.contains)
            if kept.count < modules.count {
                result.notes.append(
                    "Modules without a cost model are taken not to be recomputed: \(modules.filter { !known.contains($0) }.joined(separator: ", "))."
                )
            }
            if !kept.isEmpty { result.strategy["recompute-modules"] = kept.joined(separator: "+") }
        case "full":
            result.strategy["recompute"] = Recompute.full.rawValue
            // Uniform recomputation covers all layers, in chunks; block covers the first of each stage.
            if method == "block", let count { result.strategy["recompute-layers"] = String(count) }
        default: result.strategy["recompute"] = Recompute.none.rawValue
        }
    }

    /// What lives beside the GPU; with the optimizer on the host all of it unless told (`OptimizerConfig.optimizer_offload_fraction`).
    private mutating func readOffload(_ result: inout UserConfiguration) throws(DocumentError) {
        var offload = Offload.none
        let stated = try text("optimizer-offload-fraction")
        let overlaps = has("overlap-cpu-optimizer-d2h-h2d")
        if has("optimizer-cpu-offload") {
            let share = stated.map { Double($0) ?? -1 } ?? 1
            guard (0...1).contains(share) else {
                throw DocumentError(
                    location("optimizer-offload-fraction"),
                    .invalid("--optimizer-offload-fraction \(stated ?? "") is no share", remedy: "a number from 0 to 1"))
            }
            (offload.optimizerPercent, offload.overlaps) = (Int((100 * share).rounded()), overlaps)
        }
        if let layers = try number("cpu-offloading-num-layers"), layers > 0 { offload.layers = layers }
        let modules = words("offload-modules")
        if has("fine-grained-activation-offloading") {
            let unpriced = modules.filter { name in !OffloadModules.named.contains { $0.name == name } }
            if case .success(let known) = OffloadModules.parse(modules.filter { !unpriced.contains($0) }) { offload.modules = known }
            if !unpriced.isEmpty {
                result.notes.append("Modules without a cost model are taken to stay on the GPU: \(unpriced.joined(separator: ", ")).")
            }
        }
        if !offload.isNone { result.strategy["offload"] = offload.text }
    }

    /// Batch, sequence, formats.
    mutating func readJob(_ result: inout UserConfiguration) throws(DocumentError) {
        result.globalBatch = try number("global-batch-size")
        if result.strategy["micro-batch-size"] == nil {
            result.defaults["micro-batch-size"] = "not stated"
        }
        if result.globalBatch == nil {
            // `validate_args`: one micro-batch of every data-parallel rank.
            result.sequencesPerRank = result.strategy["micro-batch-size"].flatMap { Int($0) } ?? 1
            result.defaults["global-batch-size"] = "micro-batch × dp, the framework's default"
        }
        result.sequenceLength = try number("seq-length")
        let eight = try text("fp8-format")
        let isOldEight = has("fp8-e4m3") || has("fp8-hybrid")
        let recipe = try text("fp8-recipe")
        let four = try text("fp4-format")
        _ = try text("fp4-recipe")
        let isHalf = has("fp16")
        let isBrain = has("bf16")
        result.precision =
            four != nil
            ? .nvfp4 : eight != nil || isOldEight ? (recipe == "mxfp8" ? .mxfp8 : .fp8) : isHalf ? .fp16 : isBrain ? .bf16 : .fp32
        if result.precision == .fp32 { result.defaults["precision"] = "no format is given, the framework's default" }
        let isReducedShort = has("grad-reduce-in-bf16")
        let isSummedLong = has("accumulate-allreduce-grads-in-fp32")
        if !isDeepSpeed(), result.stack == "megatron-core", result.precision != .fp32 {
            // Gradients of fp16 keep its format, those of bf16 do not, unless told otherwise.
            result.gradientFormat = isSummedLong || (isBrain && !isReducedShort) ? .fp32 : .bf16
        }
        try readOptimizer(&result)
    }
}
