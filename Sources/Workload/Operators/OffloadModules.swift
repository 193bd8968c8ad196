/// Modules of a layer whose inputs can leave the GPU one by one, by the names of Megatron-Core's `--offload-modules`.
public struct OffloadModules: OptionSet, Hashable, Sendable {
    /// The bits of the set.
    public let rawValue: UInt8
    /// A set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The norm before attention.
    public static let attentionNorm = OffloadModules(rawValue: 1)
    /// The projection of queries, keys and values.
    public static let queryKeyValue = OffloadModules(rawValue: 2)
    /// Scores, softmax and their product with the values.
    public static let coreAttention = OffloadModules(rawValue: 4)
    /// What attention writes back.
    public static let attentionProjection = OffloadModules(rawValue: 8)
    /// The norm before a feed-forward or a mixture.
    public static let feedForwardNorm = OffloadModules(rawValue: 16)
    /// The first product of routed experts.
    public static let expertUp = OffloadModules(rawValue: 32)
    /// Their activation.
    public static let expertActivation = OffloadModules(rawValue: 64)

    /// Each module with its name, in the order of the bits.
    public static let named: [(name: String, module: OffloadModules)] = [
        ("attn_norm", .attentionNorm), ("qkv_linear", .queryKeyValue), ("core_attn", .coreAttention),
        ("attn_proj", .attentionProjection), ("mlp_norm", .feedForwardNorm), ("expert_fc1", .expertUp), ("moe_act", .expertActivation),
    ]

    /// Names of the modules in the set, in a fixed order.
    public var names: [String] { Self.named.filter { contains($0.module) }.map(\.name) }

    /// The modules of some names; nil with the first name that is none.
    public static func parse(_ names: [String]) -> Result<OffloadModules, UnknownModule> {
        var modules: OffloadModules = []
        for name in names {
            guard let match = named.first(where: { $0.name == name }) else { return .failure(UnknownModule(name: name)) }
            modules.insert(match.module)
        }
        return .success(modules)
    }

    /// Those of them that still have an input to move where some modules are computed again: what recomputation drops is not there to leave, and
    /// attention's output leaves only with the core that reads it.
    public func left(recomputing modules: RecomputeModules) -> OffloadModules {
        var left = self
        if modules.contains(.norms) { left.remove(.queryKeyValue) }
        if modules.contains(.latentUpProjection) { left.remove(.coreAttention) }
        if modules.contains(.experts) { left.subtract([.expertUp, .expertActivation]) }
        if !left.contains(.coreAttention) { left.remove(.attentionProjection) }
        return left
    }

    /// A name that no module has.
    public struct UnknownModule: Error, Hashable, Sendable {
        /// As it was written.
        public let name: String
    }
}
