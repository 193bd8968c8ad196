import Parallelism
import Workload

/// What a request lets the search recompute.
struct RecomputeChoices: Sendable {
    /// Whether nothing, selected modules or whole layers may be.
    let allowsNone, allowsSelective, allowsFull: Bool
    /// The modules of selective recomputation.
    let modules: RecomputeModules

    init(_ request: SearchRequest) {
        let launchable = request.legality.stack?.launches.recompute ?? Set(Recompute.allCases)
        let modes = launchable.intersection(request.constraints.recompute ?? launchable)
        modules = RecomputeModules.worthwhile(request)
        allowsNone = modes.contains(.none)
        allowsSelective = modes.contains(.selective) && !modules.isEmpty
        allowsFull = modes.contains(.full)
    }

    /// Choices other than full recomputation.
    var plain: Int { (allowsNone ? 1 : 0) + (allowsSelective ? 1 : 0) }
}
