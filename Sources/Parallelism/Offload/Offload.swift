public import Workload

/// What of a run's state and activations lives beside the GPU instead of on it.
public struct Offload: Hashable, Sendable {
    /// Percent of the optimizer's state that the host holds and updates.
    public var optimizerPercent: Int
    /// Whether parameters live beside the GPU too, so that each layer is loaded before it runs.
    public var parameters: Bool
    /// Where optimizer state lives.
    public var place: Place
    /// Of so many groups of state one is updated on the GPU, the others by the host; 0 where none is.
    public var stride: Int
    /// Whether copies, the host's updates and the GPU's run beside each other.
    public var overlaps: Bool
    /// Layers of each virtual stage whose activations move, the first ones.
    public var layers: Int
    /// Whether the inputs that full recomputation keeps move.
    public var checkpoints: Bool
    /// Modules of every layer whose inputs move.
    public var modules: OffloadModules

    /// Where state lives.
    public enum Place: String, CaseIterable, Hashable, Sendable {
        /// The host's memory.
        case host
        /// The node's drives.
        case storage
    }

    /// What moves; nothing unless stated.
    public init(
        optimizerPercent: Int = 0, parameters: Bool = false, place: Place = .host, stride: Int = 0, overlaps: Bool = true, layers: Int = 0,
        checkpoints: Bool = false, modules: OffloadModules = []
    ) {
        self.optimizerPercent = optimizerPercent
        self.parameters = parameters
        self.place = place
        self.stride = stride
        self.overlaps = overlaps
        self.layers = layers
        self.checkpoints = checkpoints
        self.modules = modules
    }

    /// Nothing moves.
    public static let none = Offload()

    /// Share of the optimizer's state that moves.
    public var optimizerShare: Double { Double(optimizerPercent) / 100 }
    /// Whether optimizer state or parameters move.
    public var movesStates: Bool { optimizerPercent > 0 || parameters }
    /// Whether activations move.
    public var movesActivations: Bool { layers > 0 || checkpoints || !modules.isEmpty }
    /// Whether nothing moves.
    public var isNone: Bool { !movesStates && !movesActivations }

    /// The parts that move.
    public var parts: Set<Part> {
        var parts: Set<Part> = []
        if optimizerPercent > 0 { parts.insert(.optimizer) }
        if parameters { parts.insert(.parameters) }
        if movesStates, place == .storage { parts.insert(.storage) }
        if stride > 0 { parts.insert(.interleaved) }
        if layers > 0 { parts.insert(.activations) }
        if checkpoints { parts.insert(.checkpoints) }
        if !modules.isEmpty { parts.insert(.modules) }
        return parts
    }

    /// What can move, as stacks list it.
    public enum Part: String, CaseIterable, Hashable, Sendable {
        /// Optimizer state, updated by the host.
        case optimizer
        /// Parameters, loaded layer by layer.
        case parameters
        /// State on drives rather than in the host's memory.
        case storage
        /// Groups of state that the GPU updates between those of the host.
        case interleaved
        /// Activations of whole layers.
        case activations
        /// Inputs of layers that are computed again.
        case checkpoints
        /// Inputs of modules of every layer.
        case modules
    }
}
