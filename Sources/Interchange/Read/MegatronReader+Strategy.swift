import Documents
import Parallelism
import Workload

extension MegatronReader {
    /// Parallel sizes, schedule, sharding and recomputation.
    mutating func readStrategy(_ result: inout UserConfiguration) throws(DocumentError) {
        let sizes = [
            ("tp", "tensor-model-parallel-size"), ("pp", "pipeline-model-parallel-size"), ("cp", "context-parallel-size"),
            ("ep", "expert-model-parallel-size"), ("etp", "expert-tensor-parallel-size"), ("micro-batch-size", "micro-batch-size"),
            ("group-size", "microbatch-group-size-per-virtual-pipeline-stage"),
        ]
        for (key, flag) in sizes { if let value = try number(flag) { result.strategy[key] = String(value) } }
        if try number("num-experts") == nil {
            // Sizes for experts that are not there mean nothing.
            result.strategy["ep"] = nil
            result.strategy["etp"] = nil
        } else if result.strategy["etp"] == nil, let tensor = result.strategy["tp"] {
            // Megatron's experts follow the dense part unless told otherwise.
            result.strategy["etp"] = tensor
        }
        result.strategy["sequence-parallel"] = has("sequence-parallel") && result.strategy["tp"] ?? "1" != "1" ? "on" : "off"
        try readStages(&result)
        readContext(&result)
        readSharding(&result)
        try readRecomputation(&result)
        if has("overlap-moe-expert-parallel-comm") { result.strategy["schedule"] = "combined-1f1b" }
    }

    private mutating func readStages(_ result: inout UserConfiguration) throws(DocumentError) {
        let pipeline = Int(result.strategy["pp"] ?? "1") ?? 1
        let layers = try number("num-layers") ?? 0
        let countsEnds = has("account-for-embedding-in-pipeline-split")
        if has("account-for-loss-in-pipeline-split") != countsEnds {
            result.notes.append("Only one end of the pipeline counts as a layer; both are taken to.")
        }
        if countsEnds { result.strategy["layout"] = "embedding-aware" }
        if let stages = try number("num-virtual-stages-per-pipeline-rank") { result.strategy["vpp"] = String(stages) }
        if let each = try number("num-layers-per-virtual-pipeline-stage"), each > 0, pipeline > 0 {
            result.strategy["vpp"] = String(max(1, (layers + (countsEnds ? 2 : 0)) / (each * pipeline)))
        }
        if let text = try text("pipeline-model-parallel-layout") {
            guard let counts = PipelineLayoutText.counts(text) else {
                throw DocumentError(
                    location("pipeline-model-parallel-layout"),
                    .invalid("'\(text)' is no layout", remedy: "stages of E, t, m and L are separated by |, as in Et*3|t*4|t*3L"))
            }
            result.strategy["layout"] = counts.map(String.init).joined(separator: "+")
            if pipeline > 0, counts.count > pipeline { result.strategy["vpp"] = String(counts.count / pipeline) }
        }
        let first = try number("decoder-first-pipeline-num-layers")
        let last = try number("decoder-last-pipeline-num-layers")
        if first != nil || last != nil, pipeline > 2, result.strategy["vpp"] == nil, layers > 0 {
            let ends = [first, last].compactMap { $0 }
            let middle = pipeline - ends.count
            let each = max(0, layers - ends.reduce(0, +)) / max(1, middle)
            let counts = [first ?? each] + [Int](repeating: each, count: pipeline - 2) + [last ?? each]
            result.strategy["layout"] = counts.map(String.init).joined(separator: "+")
        }
    }

    private mutating func readContext(_ result: inout UserConfiguration) {
        switch words("cp-comm-type").first {
        case "all_gather": result.strategy["cp-kind"] = ContextParallelKind.allGather.rawValue
        case "a2a", "a2a+p2p": result.strategy["cp-kind"] = ContextParallelKind.ulysses.rawValue
        default: result.strategy["cp-kind"] = ContextParallelKind.ring.rawValue
        }
    }

    private mutating func readSharding(_ result: inout UserConfiguration) {
        let isDistributed = has("use-distributed-optimizer")
        let isFSDP = has("use-megatron-fsdp") || has("use-custom-fsdp") || has("use-torch-fsdp2")
        var sharding: OptimizerSharding = isDistributed ? .zero1 : .none
        if isFSDP {
            result.stack = "megatron-fsdp"
            switch words("data-parallel-sharding-strategy").first {
            case "no_shard": sharding = .none
            case "optim": sharding = .zero1
            case "optim_grads": sharding = .zero2
            default: sharding = .zero3
            }
        }
        result.strategy["optimizer-sharding"] = sharding.rawValue
        // Overlaps are the stack's own choice in the cost models; here they only count as understood.
        for flag in [
            "overlap-grad-reduce", "overlap-param-gather", "tp-comm-overlap", "use-tp-pp-dp-mapping", "use-flash-attn", "attention-backend",
        ] {
            _ = has(flag)
        }
    }

    private mutating func readRecomputation(_ result: inout UserConfiguration) throws(DocumentError) {
        let granularity = try text("recompute-granularity") ?? (has("recompute-activations") ? "selective" : nil)
        let modules = words("recompute-modules")
        let method = try text("recompute-method")
        let count = try number("recompute-num-layers")
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

    /// Batch, sequence, formats.
    mutating func readJob(_ result: inout UserConfiguration) throws(DocumentError) {
        result.globalBatch = try number("global-batch-size")
        result.sequenceLength = try number("seq-length")
        let eight = try text("fp8-format")
        let recipe = try text("fp8-recipe")
        let four = try text("fp4-format")
        _ = try text("fp4-recipe")
        let isHalf = has("fp16")
        let isBrain = has("bf16")
        result.precision =
            four != nil ? .nvfp4 : eight != nil ? (recipe == "mxfp8" ? .mxfp8 : .fp8) : isHalf ? .fp16 : isBrain ? .bf16 : .fp32
        let optimizer = try text("optimizer")
        let moments = try text("exp-avg-dtype")
        result.optimizer =
            optimizer == "sgd" ? .sgd : optimizer?.hasSuffix("muon") == true ? .muon : moments == "bf16" ? .adamBF16Moments : .adam
        for flag in ["use-precision-aware-optimizer", "exp-avg-sq-dtype", "grad-reduce-in-bf16"] { _ = has(flag) }
    }
}

extension PipelineLayoutText {
    /// Layers of each stage in a layout, with `x*n` and `(…)*n` written out; nil where it is none.
    static func counts(_ text: String) -> [Int]? {
        guard let plain = unrolled(text.replacing(",", with: "")) else { return nil }
        let stages = plain.split(separator: "|", omittingEmptySubsequences: false)
        guard stages.allSatisfy({ $0.allSatisfy { "EtmL".contains($0) } }), plain.contains("t") else { return nil }
        return stages.map { $0.count { $0 == "t" } }
    }

    private static func unrolled(_ text: String) -> String? {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            var unit = String(character)
            if character == "(" {
                guard let close = rest.firstIndex(of: ")"), let inner = unrolled(String(rest[..<close])) else { return nil }
                unit = inner
                rest = rest[rest.index(after: close)...]
            }
            var times = 1
            if rest.first == "*" {
                let digits = rest.dropFirst().prefix { $0.isNumber }
                guard let count = Int(digits), (1...4096).contains(count) else { return nil }
                times = count
                rest = rest.dropFirst(1 + digits.count)
            }
            result += String(repeating: unit, count: times)
            guard result.utf8.count <= 65_536 else { return nil }
        }
        return result
    }
}
