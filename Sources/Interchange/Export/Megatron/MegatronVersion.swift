/// A version of Megatron-LM, as far as its flags differ.
enum MegatronVersion: Int, Comparable {
    /// Megatron-Core 0.15, of late 2025.
    case core015
    /// Megatron-Core 0.19.
    case core019
    /// The main branch.
    case main

    static func < (left: MegatronVersion, right: MegatronVersion) -> Bool { left.rawValue < right.rawValue }

    /// The version that an export target means.
    init(_ target: ExportTarget) {
        self =
            switch target {
            case .megatronCore015: .core015
            case .megatronCore019: .core019
            default: .main
            }
    }

    /// How people call it.
    var name: String {
        switch self {
        case .core015: "Megatron-Core 0.15"
        case .core019: "Megatron-Core 0.19"
        case .main: "Megatron-LM main"
        }
    }

    /// Whether tensor-parallel ranks may outnumber the key/value heads, each of which several ranks then hold.
    var repeatsKeyValueHeads: Bool { self >= .core019 }
    /// Whether `--moe-flex-dispatcher-backend` chooses between DeepEP and HybridEP.
    var choosesFlexBackend: Bool { self >= .core019 }
    /// Whether shared experts can have a gate.
    var gatesSharedExperts: Bool { self >= .core019 }
    /// Whether hybrid models have mixtures, predicted tokens and pipeline stages of their own choosing: one pattern says all of it.
    var hasWholePattern: Bool { self >= .core019 }
    /// Whether routed experts can work on narrower tokens.
    var hasLatentExperts: Bool { self >= .core019 }
    /// Whether Muon is among the optimizers.
    var hasMuon: Bool { self >= .core019 }
    /// Whether Lion is among the optimizers; without Megatron-FSDP and in other formats than fp16, as of all that `emerging_optimizers` brings.
    var hasLion: Bool { self >= .core019 }
    /// Whether activations of layers can move to the host.
    var movesActivations: Bool { self >= .core019 }
    /// Whether `--dataloader-inter-document-masking` tells the kernels where documents end.
    var masksDocuments: Bool { self >= .core019 }
    /// Whether a graph of the whole iteration is an implementation of its own rather than a scope.
    var namesFullIterationGraph: Bool { self >= .core019 }
}
