import Parallelism
public import Workload

/// The time of a layer operator by operator, for one micro-batch on one rank; all of it together is the layer's time.
public struct OperatorTimes: Hashable, Sendable {
    /// Forward and backward time, in s.
    public struct Time: Hashable, Sendable {
        /// Forward.
        public var forward: Double
        /// Backward, with the recomputation of selected modules.
        public var backward: Double
    }

    /// A time for each operator, in the order of the layer's blocks.
    public let operators: [Time]
    /// Visible tensor-parallel collectives between blocks.
    public let collectives: Time
    /// By how much the host's issuing of kernels exceeds all of that.
    public let launch: Time
}

extension LayerCostModel {
    /// What each operator of a layer of the class at place `layerClass` takes, with the time of recomputing `modules` in its backward.
    public func operatorTimes(
        _ layerClass: Int, _ shape: LayerShape, recomputing modules: RecomputeModules, overlapsExperts: Bool
    ) -> OperatorTimes {
        let layer = layers[layerClass]
        let z = sizes(shape, layer)
        let shown =
            overlapsExperts
            ? shownExchange(of: deviceCost(layerClass, shape, recomputing: modules, overlapsExperts: true)) : 1
        let operators = layer.operators.map { one in
            var cost = LayerCost()
            add(one, to: &cost, shape, z, recomputing: modules, overlapsExperts: overlapsExperts)
            cost.forward.expertCommunication *= shown
            cost.backward.expertCommunication *= shown
            return OperatorTimes.Time(forward: cost.forward.total, backward: cost.backward.total + cost.selectiveRecompute)
        }
        let whole = cost(layerClass, shape, recomputing: modules, overlapsExperts: overlapsExperts)
        return OperatorTimes(
            operators: operators,
            collectives: .init(forward: whole.forward.tensorCommunication, backward: whole.backward.tensorCommunication),
            launch: .init(forward: whole.forward.launch, backward: whole.backward.launch))
    }
}
