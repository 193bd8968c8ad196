import CostModels
import Parallelism
import Schedules

extension SimulateModelOptions {
    /// What was stated, as the keys of a hand-written strategy.
    func fields(_ schedule: SimulateScheduleOptions) -> [String: String] {
        let sizes: [(String, Int?)] = [
            ("tp", tensor), ("pp", schedule.ranks), ("vpp", schedule.chunks), ("cp", context), ("cp-inner", contextInner), ("ep", expert),
            ("etp", expertTensor),
            ("dp", data), ("micro-batch-size", microBatch), ("recompute-layers", recomputeLayers), ("group-size", schedule.groupSize),
        ]
        var fields: [String: String] = [:]
        for (key, value) in sizes { if let value { fields[key] = String(value) } }
        fields["schedule"] = schedule.schedule?.rawValue
        fields["recompute"] = recompute
        fields["dispatcher"] = dispatcher?.rawValue
        fields["dispatch-format"] = dispatchFormat?.rawValue
        fields["tp-overlap"] = overlap.tensor?.rawValue
        fields["ep-overlap"] = overlap.expert?.rawValue
        fields["route-nodes"] = routedNodes.map(String.init)
        fields["cp-kind"] = contextKind?.rawValue
        fields["cp-kind-local"] = localContextKind?.rawValue
        fields["offload"] = offload
        fields["optimizer-sharding"] = sharding
        fields["overlap-data-parallel"] = overlapsDataParallel?.rawValue
        fields["layout"] = layout?.replacing(",", with: "+")
        return fields
    }
}
