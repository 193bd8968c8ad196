public import Quantities

/// What somebody chooses of how a training meets failures.
public struct RunChoices: Hashable, Sendable {
    /// How checkpoints leave the GPUs.
    public var checkpoint = CheckpointMode.asynchronous
    /// Useful time between checkpoints; nil for the best.
    public var interval: Seconds?
    /// Spare nodes; nil for those of the cluster's profile, or as many as are worth their price.
    public var spares: Int?

    /// The usual choices.
    public init() {}
}
