/// Flows that a switch spreads over equal paths by a hash, as ECMP does, so that some paths get several while others stay empty.
public struct HashedPaths: Hashable, Sendable {
    /// Flows, and paths that they may take.
    public let flows, paths: Int

    /// So many flows over so many paths, at least one each.
    public init(flows: Int, paths: Int) { (self.flows, self.paths) = (max(1, flows), max(1, paths)) }

    /// Flows on the fullest path where somebody deals them evenly.
    public var planned: Int { (flows + paths - 1) / paths }

    /// Flows on the fullest of the paths over those where they are dealt evenly, for one draw of the hash; at least 1.
    public func crowding(seed: UInt64) -> Double {
        var loads = [Int32](repeating: 0, count: paths)
        var most: Int32 = 0
        for flow in 0..<flows {
            let word = SplitMix64.mix(seed &+ UInt64(truncatingIfNeeded: flow) &* SplitMix64.increment)
            let path = Int(truncatingIfNeeded: ((word >> 32) &* UInt64(truncatingIfNeeded: paths)) >> 32)
            loads[path] += 1
            most = max(most, loads[path])
        }
        return Double(most) / Double(planned)
    }
}
