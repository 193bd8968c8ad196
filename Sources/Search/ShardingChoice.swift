import CostModels
import Hardware
import Parallelism

/// A way of sharding that a grid is to try.
struct ShardingChoice: Sendable {
    let sharding: OptimizerSharding
    /// Data-parallel ranks that share a shard.
    let group: Int
    /// What of the states lies beside the GPU.
    var offload = Offload.none

    /// The ways for `data` replicas of `ranks` tensor and context ranks each: without and with every mode, over all replicas or, where the
    /// stack can, over those of a fabric domain; each with everything that may lie beside the GPU.
    static func choices(_ request: SearchRequest, _ offload: OffloadChoices, ranks: Int32, data: Int32) -> [ShardingChoice] {
        let constraints = request.constraints
        let launches = request.legality.stack?.launches
        let data = Int(data)
        var result: [ShardingChoice] = []
        for sharding in OptimizerSharding.allCases {
            guard constraints.sharding?.contains(sharding) ?? true, launches?.shardings.contains(sharding) ?? true else { continue }
            if sharding == .none {
                if constraints.shardGroup.contains(1) { result.append(ShardingChoice(sharding: sharding, group: 1)) }
                continue
            }
            var groups = [data]
            if launches?.hybridSharding ?? true {
                let local = request.inputs.cluster.first.fabric.domainSize / Int(ranks)
                if local > 1, local < data, data % local == 0 { groups.append(local) }
            }
            if constraints.shardGroup.isPinned {
                groups = StrategySpace.divisors(data).filter { constraints.shardGroup.contains($0) }
            }
            result += groups.map { ShardingChoice(sharding: sharding, group: $0) }
        }
        return result.flatMap { choice in
            offload.states(choice.sharding).map { ShardingChoice(sharding: choice.sharding, group: choice.group, offload: $0) }
        }
    }
}
