import Foundation

/// What differs from step to step beside jitter: nodes that happen to be slow, and flows between nodes that happen to share a path.
public struct Disturbances: Hashable, Sendable {
    /// The share of nodes that are slow in a step, and by how much their compute is slower, as a share.
    public var slowShare = 0.0
    /// See `slowShare`.
    public var slowdown = 0.0
    /// Nodes that hold a pipeline rank in all replicas together; a rank is as slow as its slowest node.
    public var nodesPerRank = 1.0
    /// Flows that are spread by a hash; nil where paths are planned or not shared.
    public var paths: HashedPaths?

    /// Nothing that differs.
    public init() {}

    /// Whether anything does.
    public var isNone: Bool { (slowShare == 0 || slowdown == 0) && paths == nil }

    /// How much slower each rank is in one step, beside what is slow in all of them.
    func slowdowns(_ fixed: [Double], ranks: Int, seed: UInt64) -> [Double] {
        guard slowShare > 0, slowdown > 0 else { return fixed }
        let chance = 1 - pow(1 - min(slowShare, 1), nodesPerRank)
        return (0..<ranks).map { rank in
            let word = SplitMix64.mix(seed ^ 0xA5A5_5A5A_0F0F_F0F0 &+ UInt64(truncatingIfNeeded: rank) &* SplitMix64.increment)
            let isSlow = Double(word >> 11) * 0x1p-53 < chance
            return (fixed.isEmpty ? 1 : fixed[rank]) * (isSlow ? 1 + slowdown : 1)
        }
    }

    /// Times whose exchange takes as long as its fullest path: messages between ranks, gradients and parameters.
    func times(_ times: StageTimes, seed: UInt64) -> StageTimes {
        guard let paths else { return times }
        let factor = paths.crowding(seed: seed)
        guard factor > 1 else { return times }
        var slower = times
        slower.linkTransfer = times.linkTransfer.map { $0 * factor }
        slower.dataParallel?.gradientReduce = times.dataParallel?.gradientReduce.map { $0 * factor } ?? []
        slower.dataParallel?.parameterGather = times.dataParallel?.parameterGather.map { $0 * factor } ?? []
        return slower
    }
}
