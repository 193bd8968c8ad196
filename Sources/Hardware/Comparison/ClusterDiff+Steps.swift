extension ClusterDiff {
    /// The way from one profile to another, an area at a time in the order of `ClusterChange.Area`: after each step that area is as in the
    /// second profile, and after the last the whole is. Steps that change nothing are left out.
    ///
    /// Profiles whose groups do not stand for each other are one step, that of the nodes.
    public static func steps(from old: ClusterProfile, to new: ClusterProfile) -> [(area: ClusterChange.Area, profile: ClusterProfile)] {
        let isAlike =
            old.groups.count == new.groups.count
            && zip(old.groups, new.groups).allSatisfy { $0.nodes == $1.nodes && $0.gpusPerNode == $1.gpusPerNode }
        guard isAlike else { return [(.nodes, new)] }
        var steps: [(area: ClusterChange.Area, profile: ClusterProfile)] = []
        var way = old
        for area in ClusterChange.Area.allCases {
            let last = way
            for group in way.groups.indices {
                let other = new.groups[group]
                switch area {
                case .nodes: way.groups[group].speedFactors = other.speedFactors
                case .gpu: way.groups[group].gpu = other.gpu
                case .fabric: way.groups[group].fabric = other.fabric
                case .network: way.groups[group].network = other.network
                case .host: way.groups[group].host = other.host
                default: break
                }
            }
            switch area {
            case .nodes: way.nodeNames = new.nodeNames
            case .tiers: way.tiers = new.tiers
            case .nodeLinks: (way.nodeBandwidth, way.linkSpread, way.links) = (new.nodeBandwidth, new.linkSpread, new.links)
            case .gpuLinks: way.gpuBandwidth = new.gpuBandwidth
            case .curves: way.curves = new.curves
            case .reliability: way.reliability = new.reliability
            case .price: way.gpuHourPrice = new.gpuHourPrice
            case .words: way = new
            default: break
            }
            if way != last { steps.append((area, way)) }
        }
        return steps
    }
}
