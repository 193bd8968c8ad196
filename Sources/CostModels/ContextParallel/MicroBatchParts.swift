public import Parallelism
import Workload

/// What a micro-batch takes on the busiest rank of a pipeline, apart by how it grows with documents.
public struct MicroBatchParts: Hashable, Sendable {
    /// All of it, forward and backward, in s.
    public var seconds: Double
    /// Attention.
    public var attention: Double
    /// What shows of exchanges between context ranks.
    public var shown: Double
    /// What those exchanges take where nothing hides them.
    public var transfer: Double
}

extension StepModel {
    /// The parts of a micro-batch of a strategy on its busiest rank; nil where its layout does not fit.
    public func microBatchParts(_ s: ParallelStrategy) -> MicroBatchParts? {
        guard let stages = stages(for: s) else { return nil }
        let table = table(for: s)
        let times = gatheredTimes(table, s)
        let shape = LayerShape(s)
        let again = ReleasedLayers(s, host).again
        var most: MicroBatchParts?
        for rank in stages.timeRanks {
            let shares = stages.held(rank)
            var parts = MicroBatchParts(seconds: busy(rank, shares, table, times, s), attention: 0, shown: 0, transfer: 0)
            guard parts.seconds > most?.seconds ?? 0 else { continue }
            for share in shares where share.layerClass < layers.layers.count {
                let cost = table.costs[share.layerClass]
                let transfer = layers.transfers(share.layerClass, shape)
                let released = share.released * again
                parts.attention +=
                    rank.slowness
                    * (share.layers * (cost.forward.attention + cost.teacher.attention + cost.backward.attention) + released
                        * cost.forward.attention)
                parts.shown +=
                    rank.slowness
                    * (share.layers
                        * (cost.forward.contextCommunication + cost.teacher.contextCommunication
                            + cost.backward.contextCommunication)
                        + released * cost.forward.contextCommunication)
                parts.transfer +=
                    rank.slowness
                    * (share.layers * (transfer.forward + transfer.backward) + released * transfer.forward)
            }
            most = parts
        }
        return most
    }
}

extension LayerCostModel {
    /// What exchanges of keys and values of a layer take where nothing hides them, in s.
    func transfers(_ layerClass: Int, _ shape: LayerShape) -> (forward: Double, backward: Double) {
        guard shape.context > 1 else { return (0, 0) }
        var sum = (forward: 0.0, backward: 0.0)
        for one in layers[layerClass].operators {
            guard case .attention(let work) = one.work else { continue }
            if case .selected = work.sight { continue }
            let exchanged = contextWork(work, shape, beside: (0, 0))
            sum.forward += context.seconds(exchanged, .forward).visible
            sum.backward += context.seconds(exchanged, .backward).visible
        }
        return sum
    }
}
