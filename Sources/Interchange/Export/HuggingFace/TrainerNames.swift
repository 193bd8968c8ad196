import Documents
import Parallelism
import Workload

/// What frameworks on Hugging Face's Trainer and PEFT have in common: names of optimizers and matrices, and what their plans lose.
struct TrainerNames {
    private let plan: LaunchConfiguration

    init(_ plan: LaunchConfiguration) { self.plan = plan }

    /// The optimizer as `transformers.TrainingArguments` names it; nil where it has none of the kind.
    var optimizer: String? {
        switch plan.job.optimizer {
        case .adam, .adamBF16: "adamw_torch_fused"
        case .adam8Bit: "adamw_8bit"
        case .adafactor: "adafactor"
        case .lion: "lion_32bit"
        case .sgd, .plainSGD: "sgd"
        case .adamBF16Moments, .muon, .precisionAware: nil
        }
    }

    /// What the optimizer is told: torch's SGD has momentum only where it is asked for.
    var optimizerArguments: [YAMLField] { plan.job.optimizer == .sgd ? [YAMLField("optim_args", "momentum=0.9")] : [] }

    /// Whether trained weights and their states are 16-bit, without copies in fp32.
    var isPure: Bool { plan.job.optimizer == .adamBF16 && plan.job.precision == .bf16 && plan.job.method.adapters == nil }

    /// The switches of the formats that products run in; both off are those of the weights.
    var formats: [YAMLField] {
        let precision = plan.job.precision
        return [YAMLField("bf16", .flag(precision != .fp16 && precision != .fp32)), YAMLField("fp16", .flag(precision == .fp16))]
    }

    /// The matrices with adapters by PEFT's names; nil where they are all linear layers.
    var targets: [String]? {
        guard let adapters = plan.job.method.adapters else { return nil }
        let linear = Set(Projection.all(in: plan.model)).intersection(Projection.groups["all-linear"] ?? [])
        if adapters.targets == linear { return nil }
        return Projection.allCases.filter(adapters.targets.contains).map(\.rawValue)
    }

    /// Layers that are trained or have adapters; nil where they are all.
    var trainedLayers: [Int]? {
        let frozen = plan.job.method.frozen
        return frozen.layers.isEmpty ? nil : (0..<plan.model.layers).filter { !frozen.contains($0) }
    }

    /// Whether FSDP runs: where state is sharded over several ranks, or moves beside a single one.
    var isSharded: Bool {
        let s = plan.strategy
        return (s.sharding == .zero2 || s.sharding == .zero3) && (s.worldSize > 1 || s.offload.parameters)
    }

    /// What the plan loses in any of them; `name` is the framework's.
    func limits(_ name: String) -> [String] {
        let s = plan.strategy
        var limits = ["The model's weights, the dataset and the learning rate are the user's: put them where the file says so."]
        if s.pipeline > 1 {
            limits.append("\(name) trains without pipelines, so that pp \(s.pipeline) is lost and the sizes do not fill the GPUs.")
        }
        if s.tensor > 1 { limits.append("Tensor parallelism of \(s.tensor) is not written.") }
        if s.context > 1 { limits.append("Context parallelism of \(s.context) is not written.") }
        if s.expert > 1 { limits.append("Expert parallelism of \(s.expert) is not offered; experts are sharded like other parameters.") }
        if s.sharding == .zero1 { limits.append("FSDP shards gradients too, which ZeRO-1 does not; nothing is sharded.") }
        if s.recompute == .selective { limits.append("Modules cannot be recomputed one by one; nothing is recomputed.") }
        if s.recompute == .full, s.recomputeLayers < (plan.stageLayers.max() ?? 0) {
            limits.append("Full recomputation covers every layer, not \(s.recomputeLayers) of a stage.")
        }
        let moves: Set<Offload.Part> = s.offload.parameters && isSharded ? [.optimizer, .parameters] : []
        limits += plan.offloadLimits(moves.union([.checkpoints])) + plan.packingLimits(.trainer)
        if optimizer == nil { limits.append("The optimizer is AdamW with fp32 states rather than \(plan.job.optimizer.rawValue).") }
        if plan.job.optimizer == .sgd {
            limits.append("Releases of Transformers that pass SGD no optim_args train without momentum, with less memory than planned.")
        }
        if plan.job.precision.isLow { limits.append("\(plan.job.precision.rawValue) is not written; products run in bf16.") }
        if plan.job.method.adapters?.targets.contains(where: { $0 == .queryKeyValue || $0 == .gateUp }) == true {
            limits.append(
                "Adapters on fused matrices need a model whose code has them; Hugging Face's has q_proj, k_proj and v_proj in most.")
        }
        return limits
    }

    /// A framework's file, and Accelerate's beside it where state is sharded.
    func files(_ own: LaunchFile, startedBy start: String, warnings: [String]) -> LaunchFiles {
        LaunchFiles(files: [own] + (isSharded ? AccelerateFiles(plan, startedBy: start).files().files : []), warnings: warnings)
    }
}
