/// The parts of a layer that selective recomputation drops and computes again.
public struct RecomputeModules: OptionSet, Hashable, Sendable {
    /// The bits of the set.
    public let rawValue: UInt8
    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Scores, softmax and their product with the values (Korthikanti et al., arXiv:2205.05198).
    public static let coreAttention = RecomputeModules(rawValue: 1)
    /// Outputs of the normalisations.
    public static let norms = RecomputeModules(rawValue: 2)
    /// Outputs of the expert activation.
    public static let expertActivation = RecomputeModules(rawValue: 4)
    /// Up-projections of latent attention.
    public static let latentUpProjection = RecomputeModules(rawValue: 8)
    /// The whole dense feed-forward block.
    public static let feedForward = RecomputeModules(rawValue: 16)
    /// Every second matrix product (TorchTitan's per-operator policy).
    public static let alternateMatrixProducts = RecomputeModules(rawValue: 32)
    /// The whole mixture-of-experts block.
    public static let experts = RecomputeModules(rawValue: 64)

    /// Each module with the name it has in files and flags.
    public static let named: [(name: String, module: RecomputeModules)] = [
        ("core_attn", .coreAttention), ("layernorm", .norms), ("moe_act", .expertActivation), ("mla_up_proj", .latentUpProjection),
        ("mlp", .feedForward), ("matmul_alternate", .alternateMatrixProducts), ("moe", .experts),
    ]

    /// Names of the modules in the set, in a fixed order.
    public var names: [String] { Self.named.filter { contains($0.module) }.map(\.name) }
}
