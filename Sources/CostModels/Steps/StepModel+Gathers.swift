import Hardware
public import Parallelism
import Workload

/// What ZeRO-3 and weights beside the GPU add to the times of layers.
extension StepModel {
    /// What ZeRO-3's gathers of parameters and scatters of gradients take, in s a parameter of a layer.
    public struct GatherTerms: Sendable {
        /// Gathering a parameter outside experts, and in them.
        let dense, expert: Double
        /// Scattering its gradient.
        let denseScatter, expertScatter: Double
        /// Fixed time of a gather or scatter of the parameters outside experts, and in them.
        let denseLatency, expertLatency: Double
        /// Share of the shorter of compute and traffic that slows the longer.
        let slowdown: Double
        /// Whether gathers and copies to the host go over the same link.
        let sharesLink: Bool
        /// What comes from the host before it is gathered, and what goes there.
        var hostTraffic: HostTraffic

        /// The same with all weights on the GPU.
        var resident: GatherTerms {
            var terms = self
            terms.hostTraffic = .none
            return terms
        }

        /// Adds the visible part to the times of a layer: max(compute, traffic) + slow-down · min.
        @inline(__always)
        func adding(to times: LayerTimes, of layer: LayerMemory) -> LayerTimes {
            let latency = denseLatency + (layer.expertParameters + layer.frozenExpert > 0 ? expertLatency : 0)
            // Of a trained parameter two bytes are gathered, of frozen ones what they are held in.
            let gather =
                (layer.denseParameters + 0.5 * layer.frozenDense) * dense + (layer.expertParameters + 0.5 * layer.frozenExpert) * expert
                + latency
            let both = gather + layer.denseParameters * denseScatter + layer.expertParameters * expertScatter + latency
            var sum = times
            (sum.loaded, sum.flushed) = hostTraffic.bytes(of: layer)
            let loading = sum.loaded * hostTraffic.up
            // A layer's shard arrives before it is gathered, both while the layer before it computes.
            sum.forward = max(times.forward, gather + loading) + slowdown * min(times.forward, gather)
            if sharesLink { (sum.forwardLink, sum.backwardLink) = (sum.forwardLink + gather, sum.backwardLink + both) }
            // Layers without a backward pass are gathered once.
            guard times.backward > 0 else { return sum }
            sum.backward = max(times.backward, both + loading, hostTraffic.both * (sum.loaded + sum.flushed))
            sum.backward += slowdown * min(times.backward, both)
            return sum
        }
    }

    /// The terms of a strategy's gathers; nil where nothing is gathered.
    public func gatherTerms(_ s: ParallelStrategy) -> GatherTerms? {
        guard s.sharding == .zero3 && s.shardGroup * s.context > 1 || s.offload.parameters else { return nil }
        let dense = s.shardGroup * s.context
        let expertStride = s.expert * s.expertTensor
        let expertRanks = min(s.expertData, max(1, s.shardGroup * s.context * s.tensor / (s.expert * s.expertTensor)))
        // Two bytes a parameter.
        let gather = exchange.rate(.allGather, ranks: dense, stride: s.tensor)
        let expertGather = exchange.rate(.allGather, ranks: expertRanks, stride: expertStride)
        let scatter = exchange.rate(.reduceScatter, ranks: dense, stride: s.tensor)
        let expertScatter = exchange.rate(.reduceScatter, ranks: expertRanks, stride: expertStride)
        return GatherTerms(
            dense: gather.seconds(2), expert: expertGather.seconds(2), denseScatter: scatter.seconds(2),
            expertScatter: expertScatter.seconds(2), denseLatency: gather.latency, expertLatency: expertGather.latency,
            slowdown: inputs.stack.costs.shardSlowdown, sharesLink: layers.sharesLink,
            hostTraffic: HostTraffic(
                s.offload, offloadMethod, host, trains: inputs.job.method.hasGradients, dense: dense, expert: expertRanks))
    }

    /// Writes the times of layers, with the gathers of a sharding where there are any, into a buffer with a place for each class.
    @inline(__always)
    public func gather(
        _ terms: GatherTerms?, _ times: UnsafeBufferPointer<LayerTimes>, _ memory: LayerMemoryView,
        into sum: UnsafeMutableBufferPointer<LayerTimes>
    ) {
        for place in times.indices {
            sum[place] = terms?.adding(to: times[place], of: memory.layers[place]) ?? times[place]
        }
    }

    /// Times of a strategy's layers with fully sharded gathers counted.
    public func gatheredTimes(_ table: LayerTable, _ s: ParallelStrategy) -> [LayerTimes] {
        guard let terms = gatherTerms(s) else { return table.times }
        return zip(table.times, table.memory).map { terms.adding(to: $0, of: $1) }
    }
}
