public import Quantities

/// What a stack can move beside the GPU, and how its code does it.
public struct OffloadSupport: Hashable, Sendable {
    /// What it can move.
    public var parts: Set<Offload.Part>
    /// How optimizer state moves.
    public var method: Method
    /// Whether a share of the optimizer's state may stay on the GPU.
    public var takesShares: Bool
    /// Parameters that the stack's host optimizer updates in a second.
    public var updateRate: Double
    /// Whether `updateRate` is that of a whole node, whatever its processes, rather than that of each.
    public var updatesTogether: Bool
    /// Rate at which gradients reach the host while the backward pass waits; nil where their copies run beside it.
    public var flushRate: BytesPerSecond?

    /// How a stack moves optimizer state.
    public enum Method: String, CaseIterable, Hashable, Sendable {
        /// Two optimizers share the work after the backward pass: of the host's share, gradients go down and weights come back in fp32, and only
        /// moments leave the GPU (Megatron-Core, `HybridDeviceOptimizer`).
        case hybridDevice = "hybrid-device"
        /// The host holds masters, moments and gradients; gradients go down during the backward pass and 16-bit weights come back
        /// (Ren et al., ZeRO-Offload, arXiv:2101.06840).
        case hostAdam = "host-adam"
        /// Everything a rank owns lives on the host in fp32; layers are loaded before they are gathered (PyTorch, `CPUOffloadPolicy`).
        case sharded
    }

    /// The ways of sharding with which parts of states can move, or a share of the optimizer's.
    public func shardings(moving parts: Set<Offload.Part>, isShare: Bool = false) -> Set<OptimizerSharding> {
        switch method {
        case .hybridDevice: [.zero1]
        case .hostAdam: parts.isDisjoint(with: [.parameters, .storage]) && !isShare ? [.zero1, .zero2, .zero3] : [.zero3]
        case .sharded: [.zero3]
        }
    }

    /// What a stack can move and how.
    public init(
        parts: Set<Offload.Part>, method: Method, takesShares: Bool, updateRate: Double, updatesTogether: Bool,
        flushRate: BytesPerSecond? = nil
    ) {
        self.parts = parts
        self.method = method
        self.takesShares = takesShares
        self.updateRate = updateRate
        self.updatesTogether = updatesTogether
        self.flushRate = flushRate
    }
}
