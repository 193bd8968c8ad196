import Hardware
import Parallelism
import Workload

/// How much slower the parts of a mixed cluster compute than its first one, by the cost models themselves.
///
/// Layers priced on each group alone say more than data sheets do: a kernel bound by memory gains nothing from a higher peak.
struct GroupSpeeds: Sendable {
    /// Time of a layer on each group over its time on the first.
    let slowness: [Double]
    private let cluster: ClusterProfile

    /// The speeds of a cluster's groups for a model.
    init(_ inputs: CostInputs) {
        cluster = inputs.cluster
        let groups = cluster.groups
        let seconds = groups.map { group in
            var alone = inputs
            alone.cluster.groups = [group]
            return groups.count == 1 ? 1 : Self.layerSeconds(alone)
        }
        slowness = seconds.map { $0 / seconds[0] }
    }

    /// Seconds of one micro-batch of one sequence through all layers of a rank that shares with nobody.
    private static func layerSeconds(_ inputs: CostInputs) -> Double {
        let layers = LayerCostModel(inputs)
        let shape = LayerShape(ParallelStrategy())
        return layers.classes.classes.indices.reduce(0) { sum, layerClass in
            let cost = layers.cost(layerClass, shape, recomputing: [], overlapsExperts: false)
            return sum + cost.forward.total + cost.teacher.total + cost.backward.total
        }
    }

    /// Slowness of each stage of a pipeline whose ranks follow the nodes in order: that of the slowest group that a stage touches.
    func byStage(_ pipeline: Int) -> [Double] {
        guard slowness.count > 1 else { return [Double](repeating: 1, count: pipeline) }
        return cluster.groupsTouched(byStages: pipeline).map { touched in touched.map { slowness[$0] }.max() ?? 1 }
    }
}

extension StepModel {
    /// Time of each pipeline stage over that on the cluster's first group; all 1 unless the cluster is mixed.
    public func stageSlowness(_ pipeline: Int) -> [Double] { speeds.byStage(pipeline) }

    /// Time of each node group's compute over that of the first.
    public var groupSlowness: [Double] { speeds.slowness }

    /// What a pipeline's ranks compute together, in ranks of the first group.
    public func pipelineSpeed(_ pipeline: Int) -> Double {
        guard speeds.slowness.count > 1 else { return Double(pipeline) }
        return speeds.byStage(pipeline).reduce(0) { $0 + 1 / $1 }
    }
}
