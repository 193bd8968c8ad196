import Workload

/// Something that takes a plan: a framework that trains, or a launcher that places processes.
public enum ExportTarget: String, CaseIterable, Hashable, Sendable {
    /// Megatron-LM, main branch.
    case megatronLM = "megatron-lm"
    /// Megatron-LM with Megatron-Core 0.19.
    case megatronCore019 = "megatron-core-0.19"
    /// Megatron-LM with Megatron-Core 0.15.
    case megatronCore015 = "megatron-core-0.15"
    /// NVIDIA Megatron-Bridge recipes.
    case megatronBridge = "megatron-bridge"
    /// TorchTitan v0.2.2, TOML.
    case torchTitan = "torchtitan"
    /// TorchTitan 0.3, configured by Python.
    case torchTitan03 = "torchtitan-0.3"
    /// DeepSpeed.
    case deepSpeed = "deepspeed"
    /// Hugging Face Accelerate with FSDP2.
    case accelerate
    /// Axolotl on Hugging Face Transformers and PEFT.
    case axolotl
    /// LLaMA-Factory on the same.
    case llamaFactory = "llama-factory"
    /// TRL on Hugging Face Transformers and PEFT, started by Accelerate.
    case trl
    /// torchtune.
    case torchtune
    /// Hugging Face nanotron.
    case nanotron
    /// Slurm batch script.
    case slurm
    /// OpenMPI hostfile and rankfile.
    case openMPI = "openmpi"
    /// One torchrun command a node.
    case torchrun
    /// Kubernetes JobSet.
    case jobSet = "jobset"
    /// Kubeflow PyTorchJob.
    case pyTorchJob = "pytorchjob"

    /// Whether the target places processes rather than configuring a framework.
    public var isLauncher: Bool {
        switch self {
        case .slurm, .openMPI, .torchrun, .jobSet, .pyTorchJob: true
        default: false
        }
    }

    /// Whether the target's own files state the model's shape, rather than training whatever model the user's code builds.
    public var statesModel: Bool {
        switch self {
        case .megatronLM, .megatronCore019, .megatronCore015, .megatronBridge, .torchTitan, .torchTitan03, .nanotron: true
        case .deepSpeed, .accelerate, .axolotl, .llamaFactory, .trl, .torchtune, .slurm, .openMPI, .torchrun, .jobSet, .pyTorchJob: false
        }
    }

    /// Whether its code has attention to keys that an indexer chooses (Megatron-LM's `dsa`); recipes of Megatron-Bridge state the model themselves.
    var hasSparseAttention: Bool { self == .megatronLM || self == .megatronCore019 || self == .megatronBridge }

    /// Whether its files can state layers of one block each in a pattern (Megatron-LM's hybrid models).
    var statesPattern: Bool { self == .megatronLM || self == .megatronCore019 || self == .megatronCore015 }

    /// Why the target cannot train a model by a method; nil where it can.
    func problem(_ method: TrainingMethod, _ model: TransformerModel) -> String? {
        if isLauncher { return nil }
        if method.teacher != nil, self != .trl, self != .megatronBridge {
            return "its files say nothing of training by distil; trl and megatron-bridge do"
        }
        if method.trainsEverything { return nil }
        guard method.hasGradients else {
            return "no target's files say that training is of zeroth order; launchers start a script that does it"
        }
        switch self {
        // What torchtune cannot train depends on the model's builder, and is said where the files are written.
        case .axolotl, .torchtune: return nil
        case .trl: return TRLFiles.problem(method)
        case .llamaFactory: return LlamaFactoryFiles.problem(method, layers: model.layers)
        default:
            let others = Self.allCases.filter { !$0.isLauncher && $0 != self && $0.writesMethods }.map(\.rawValue)
            let names = others.dropLast().joined(separator: ", ") + " and \(others.last ?? "")"
            return "its files say nothing of training by \(method.kind.rawValue); \(names) do"
        }
    }

    /// Whether its files can say that not every weight is trained.
    private var writesMethods: Bool { [.axolotl, .llamaFactory, .trl, .torchtune].contains(self) }

    /// What is written, in one line.
    public var summary: String {
        switch self {
        case .megatronLM: "Megatron-LM main: shell script and argument file"
        case .megatronCore019: "Megatron-LM core 0.19: shell script and argument file"
        case .megatronCore015: "Megatron-LM core 0.15: shell script and argument file"
        case .megatronBridge: "Megatron-Bridge 0.6: overrides of a recipe, or of a script that distils"
        case .torchTitan: "TorchTitan v0.2.2: TOML"
        case .torchTitan03: "TorchTitan 0.3: Python configuration"
        case .deepSpeed: "DeepSpeed: JSON"
        case .accelerate: "Accelerate: YAML with FSDP2 and N-dimensional parallelism"
        case .axolotl: "Axolotl: YAML with FSDP2; LoRA, QLoRA, frozen layers"
        case .llamaFactory: "LLaMA-Factory: YAML; LoRA, QLoRA, the last layers alone"
        case .trl: "TRL: YAML with PEFT, and Accelerate's with FSDP2; LoRA, QLoRA, distillation"
        case .torchtune: "torchtune 0.6: YAML; LoRA, QLoRA"
        case .nanotron: "nanotron: YAML"
        case .slurm: "Slurm: sbatch script and a hostfile for --distribution=arbitrary"
        case .openMPI: "OpenMPI: hostfile and rankfile"
        case .torchrun: "torchrun: one command a node"
        case .jobSet: "Kubernetes JobSet manifest (jobset.x-k8s.io/v1alpha2)"
        case .pyTorchJob: "Kubeflow PyTorchJob manifest (kubeflow.org/v1)"
        }
    }

    /// What a plan may contain for the target to carry it out in full.
    public var supports: String {
        switch self {
        case .megatronLM, .megatronCore019, .megatronCore015, .megatronBridge:
            "tp, pp, vpp, cp, ep, etp, dp; 1f1b, interleaved, combined-1f1b; any layers per stage; ZeRO-1, and ZeRO-2 and 3 without pp"
        case .torchTitan:
            "tp, pp, vpp, cp, ep, etp 1 or tp, dp; gpipe, 1f1b, interleaved, looped-bfs, interleaved-zero-bubble, zb-v, dualpipe-v; any "
                + "layers per stage; ZeRO-2 and 3"
        case .torchTitan03:
            "tp, pp, vpp, cp, ep, etp 1, dp; the schedules of torchtitan; any layers per stage; ZeRO-2 and 3"
        case .deepSpeed: "tp, dp; ZeRO-1, 2 and 3; pp where the script builds a PipelineModule"
        case .accelerate: "tp, cp, dp; ZeRO-2 and 3 (FSDP2) with hybrid sharding; no pp, no ep"
        case .axolotl, .llamaFactory, .trl: "dp; ZeRO-2 and 3 (FSDP2); adapters; no tp, cp, pp, ep"
        case .torchtune: "dp; ZeRO-2 and 3 (FSDP2) over all GPUs; adapters; the models that it builds; no tp, cp, pp, ep"
        case .nanotron: "tp, pp, cp, ep, dp; gpipe, 1f1b; ZeRO-1"
        case .slurm, .openMPI: "any map of ranks to GPUs"
        case .torchrun: "node order and GPU order within nodes; the ranks of a node must be consecutive"
        case .jobSet, .pyTorchJob: "node order and GPU order within nodes, where the nodes have names"
        }
    }
}
