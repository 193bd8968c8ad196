public import Parallelism
import Schedules
import Workload

extension StepModel {
    /// Whether a strategy runs expert exchange beside another micro-batch's compute.
    public func overlapsExperts(_ s: ParallelStrategy) -> Bool {
        s.expert > 1 && (inputs.choices.overlapsExperts || s.schedule == .combined1F1B)
    }

    /// Seconds of expert exchange that another micro-batch's compute hides in a step of which `shown` seconds of it show; 0 where nothing hides.
    public func hiddenExchange(_ s: ParallelStrategy, shown: Double) -> Double {
        guard overlapsExperts(s) else { return 0 }
        var (all, visible) = (0.0, 0.0)
        for (place, count) in layers.classes.counts.enumerated() where count > 0 {
            let (exposed, hidden) = layers.costs(place, LayerShape(s))
            all += Double(count) * (exposed.forward.expertCommunication + exposed.backward.expertCommunication)
            visible += Double(count) * (hidden.forward.expertCommunication + hidden.backward.expertCommunication)
        }
        return visible > 0 ? shown * (all / visible - 1) : 0
    }
}
