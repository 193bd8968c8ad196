/// What a strategy sends and computes in one step, as the placement needs to know it.
///
/// The planner fills it from the cost models; the placement then knows nothing of models or kernels. All byte counts are those that one
/// rank puts on the wire, so that the placement can add up what several ranks of a node send through the same adapters. Times of
/// collectives inside a node belong to `stageSeconds`; those of groups that leave a node do not, for the placement adds them.
public struct PlacementTraffic: Hashable, Sendable {
    /// Bytes a rank sends over one pipeline boundary, per micro-batch and direction (cost-model volume 2·s·b·h ÷ c ÷ t with SP).
    public var boundaryBytes: Double = 0
    /// How many one-way transfers over a boundary lie on the schedule's critical path: 2 for 1F1B (one in warm-up, one in drain),
    /// 2·v when interleaved.
    public var criticalTransfers: Double = 2
    /// The same for the way back from the last stage to the first, which interleaved schedules take 2·(v − 1) times.
    public var wrapTransfers: Double = 0
    /// Transfers over a boundary that every further micro-batch waits for; 0 where they hide in the steady state.
    public var steadyTransfers: Double = 0
    /// How many micro-batches pass at the slowest stage's pace after the first: m − 1 for 1F1B.
    public var steadyRounds: Double = 0
    /// Share of one micro-batch's pass over all stages that is on the critical path: 1 for 1F1B, 1/v when interleaved.
    public var fillShare: Double = 1
    /// Seconds of one micro-batch on each pipeline rank, forward and backward, on a node of speed 1; p of them.
    public var stageSeconds: [Double]
    /// Wire bytes a rank of each stage exchanges in the ring over the replicas of dense parameters, in one step: 2(n−1)/n·S.
    public var dataBytes: [Double]
    /// Seconds of each stage's data-parallel communication that hide under compute, drain included.
    public var dataHiddenSeconds: [Double]
    /// Wire bytes a rank of each stage exchanges in the ring over the replicas of its experts, in one step.
    public var expertDataBytes: [Double]
    /// Wire bytes a rank exchanges per micro-batch in its context-parallel group; counts where the group leaves a node.
    public var contextBytes: [Double]
    /// Seconds of them that hide under attention, per micro-batch.
    public var contextHiddenSeconds: Double = 0
    /// Wire bytes a rank exchanges per micro-batch in its tensor-parallel group; counts where the group leaves a node, and for the
    /// choice of GPUs inside a node.
    public var tensorBytes: [Double]
    /// Seconds of each stage's `stageSeconds` that tensor-parallel groups exchange inside a node; empty for none. A GPU whose measured links
    /// are slow lengthens them.
    public var tensorSecondsInside: [Double] = []
    /// Bytes a rank sends per micro-batch in expert all-to-alls, to all members of its group; counts where the group leaves a node.
    public var expertBytes: [Double]
    /// Seconds of them that hide under compute, per micro-batch.
    public var expertHiddenSeconds: Double = 0
    /// Seconds of each stage's `stageSeconds` that products of experts take; empty for none. They grow with a rank's load.
    public var expertSeconds: [Double] = []
    /// Relative compute speed of each node group of the cluster; from the GPUs' 16-bit peaks, the first group being 1, unless given.
    public var groupSpeeds: [Double] = []
    /// Seconds of the step outside pipeline and gradients, such as the optimizer.
    public var fixedSeconds: Double = 0

    /// Traffic of a pipeline of `stages` stages that sends nothing yet.
    public init(stages: Int) {
        let nothing = [Double](repeating: 0, count: stages)
        stageSeconds = nothing
        dataBytes = nothing
        dataHiddenSeconds = nothing
        expertDataBytes = nothing
        contextBytes = nothing
        tensorBytes = nothing
        expertBytes = nothing
    }

    /// The number of stages that the per-stage lists describe, or nil if they disagree.
    var stages: Int? {
        let counts = Set(
            [stageSeconds, dataBytes, dataHiddenSeconds, expertDataBytes, contextBytes, tensorBytes, expertBytes].map(\.count))
        return counts.count == 1 ? counts.first : nil
    }
}
