public import Parallelism
import Quantities
import Schedules

/// A step taken apart by what depends on where ranks run: compute and links inside nodes on one side, every exchange that leaves a node
/// on the other.
///
/// Amounts of traffic are in bytes as the cluster's network would carry them at its nominal rate: seconds of the price times the rate that
/// the price assumed. Efficiencies, latencies and the share that shows are in them, so that other links scale them as they are.
public struct StepTraffic: Sendable {
    /// Seconds of a micro-batch, forward and backward, on each pipeline rank, were it of the first node group; p of them.
    public var stageSeconds: [Double]
    /// Bytes that show when a rank sends to the next stage, one micro-batch and one direction.
    public var boundaryBytes = 0.0
    /// Share of one micro-batch's pass over all other stages that the pipeline adds to the busiest one: 1 for 1F1B.
    public var fillShare = 1.0
    /// Seconds that no link changes: the optimizer, latencies, the fixed part of a step.
    public var fixedSeconds = 0.0
    /// Bytes of a rank in the ring over the replicas of dense parameters, in one step, by pipeline rank.
    public var dataBytes: [Double]
    /// Bytes of a rank in the ring over the replicas of experts.
    public var expertDataBytes: [Double]
    /// Seconds of both that hide under compute.
    public var dataHiddenSeconds: [Double]
    /// Bytes of a rank per micro-batch in groups that leave a node; 0 for those that do not.
    public var tensorBytes: [Double]
    /// Seconds of each stage's `stageSeconds` that tensor-parallel groups exchange inside a node.
    public var tensorSecondsInside: [Double]
    /// Seconds of each stage's `stageSeconds` that products of experts take.
    public var expertSeconds: [Double]
    /// See `tensorBytes`.
    public var contextBytes: [Double]
    /// See `tensorBytes`.
    public var expertBytes: [Double]

    fileprivate init(stages: Int) {
        let nothing = [Double](repeating: 0, count: stages)
        stageSeconds = nothing
        dataBytes = nothing
        expertDataBytes = nothing
        dataHiddenSeconds = nothing
        tensorBytes = nothing
        tensorSecondsInside = nothing
        expertSeconds = nothing
        contextBytes = nothing
        expertBytes = nothing
    }
}

extension StepModel {
    /// What a strategy computes and sends in a step whose exact price is `estimate`; times include stragglers, as the price does.
    public func traffic(of s: ParallelStrategy, _ estimate: StepEstimate) throws(StepError) -> StepTraffic {
        guard let stages = stages(for: s) else { throw .layout }
        let table = table(for: s)
        let times = gatheredTimes(table, s)
        let rates = layers.tensor.collectives.rates
        let stretch = stragglerFactor(s.worldSize)
        let stride = s.tensor * s.context * s.data
        let hop = table.ends.transfer * inputs.stack.costs.blockingTransferShare
        let sendsOut = s.pipeline > 1 && stride >= rates.gpusPerNode
        // Transfers that block a rank in every micro-batch, and those of one micro-batch on its way there and back.
        let ownHops = sendsOut ? 2 * Double(s.virtualStages) * hop : 0
        let arcs = sendsOut ? 2 * Double(s.pipeline - 1) * hop : 0
        let (ranks, shares) = stages.allRanks()
        let inside = ranks.map { busy($0, shares[$0.held], table, times, s) - ownHops }
        let busiest = inside.max() ?? 0
        let bubble = estimate.breakdown[.pipelineBubble]

        var traffic = StepTraffic(stages: s.pipeline)
        if sendsOut { traffic.boundaryBytes = stretch * hop * rates.networkRate(acrossNodes: stride / rates.gpusPerNode + 1) }
        // The pipeline takes m·busiest + bubble; the bubble is the arcs and a share of the other stages' time.
        let others = inside.reduce(0, +) - busiest - ownHops
        traffic.fillShare = others > 0 ? max(0, bubble - arcs) / others : s.pipeline > 1 ? 0 : 1
        let makespan = Double(s.microBatches) * (busiest + ownHops) + max(bubble, arcs)
        var shown = 0.0
        for (index, rank) in ranks.enumerated() {
            traffic.stageSeconds[index] = inside[index]
            takeGroups(out: &traffic, stage: index, rank, shares[rank.held], s, table, stretch)
            shown = max(shown, takeReplicas(out: &traffic, stage: index, rank, shares, s, table, times, window: busiest + ownHops + bubble))
            traffic.stageSeconds[index] = stretch * max(0, traffic.stageSeconds[index]) / rank.slowness
        }
        traffic.fixedSeconds = estimate.stepTime - stretch * (makespan + shown)
        return traffic
    }

    /// Moves the exchanges of groups that leave a node from a stage's seconds to its bytes.
    private func takeGroups(
        out traffic: inout StepTraffic, stage: Int, _ rank: StageAssignment.Rank, _ shares: ArraySlice<LayerShare>,
        _ s: ParallelStrategy, _ table: LayerTable, _ stretch: Double
    ) {
        let rates = layers.tensor.collectives.rates
        let again = ReleasedLayers(s, host).again
        func take(_ part: (LayerParts) -> Double, span: Int, crossing: Int, to bytes: WritableKeyPath<StepTraffic, [Double]>) {
            guard span > rates.domainSize else { return }
            let seconds = rank.slowness * seconds(table, shares, again: again, part)
            traffic.stageSeconds[stage] -= seconds
            let rate = Double(crossing) * rates.networkRate(acrossNodes: max(1, span / rates.gpusPerNode))
            traffic[keyPath: bytes][stage] = stretch * seconds * rate
        }
        if s.tensor > 1, s.tensor <= rates.domainSize {
            traffic.tensorSecondsInside[stage] = stretch * seconds(table, shares, again: again, \.tensorCommunication)
        }
        traffic.expertSeconds[stage] = stretch * seconds(table, shares, again: again, \.experts)
        // A ring leaves a node over one adapter, whichever of its members there sends; an all-to-all over the adapters of all.
        take(\.tensorCommunication, span: s.tensor, crossing: rates.domainSize, to: \.tensorBytes)
        take(\.contextCommunication, span: s.tensor * s.context, crossing: max(1, rates.domainSize / s.tensor), to: \.contextBytes)
        take(\.expertCommunication, span: s.expert * s.expertTensor, crossing: 1, to: \.expertBytes)
    }

    /// Notes the rings over the replicas of a stage, those of ZeRO-3's gathers among them; returns the seconds that show at its end.
    private func takeReplicas(
        out traffic: inout StepTraffic, stage: Int, _ rank: StageAssignment.Rank, _ shares: [LayerShare], _ s: ParallelStrategy,
        _ table: LayerTable, _ times: [LayerTimes], window: Double
    ) -> Double {
        let dense = exchange.reach(ranks: s.data * s.context, stride: s.tensor)
        guard dense.leavesDomain else { return 0 }
        let expert = exchange.reach(ranks: s.expertData, stride: s.expert * s.expertTensor)
        let stretch = stragglerFactor(s.worldSize)
        let gathers =
            rank.slowness
            * shares[rank.held].reduce(0) { sum, share in
                let (time, alone) = (times[share.layerClass], table.times[share.layerClass])
                return sum + share.layers * (time.forward - alone.forward + time.backward - alone.backward)
            }
        if !s.offload.parameters { traffic.stageSeconds[stage] -= gathers }
        let tail = tailParts(replicaTerms(s), table, rank, shares, window: window)
        // What comes from the host is no traffic between ranks.
        let loaded = s.offload.parameters ? gathers : 0
        let shown = tail.exposed - tail.latency
        traffic.dataBytes[stage] = stretch * (Double(s.microBatches) * (gathers - loaded) + tail.dense) * dense.rate
        traffic.expertDataBytes[stage] = stretch * tail.expert * expert.rate
        let exchanged = tail.dense + tail.expert
        traffic.dataHiddenSeconds[stage] = stretch * (shown > 0 ? exchanged - shown : max(tail.window, exchanged))
        return shown
    }

    /// A part of a rank's layers per micro-batch, forward and backward, in s.
    private func seconds(
        _ table: LayerTable, _ shares: ArraySlice<LayerShare>, again: Double, _ part: (LayerParts) -> Double
    ) -> Double {
        shares.reduce(0) { sum, share in
            let cost = table.costs[share.layerClass]
            return sum + share.layers * (part(cost.forward) + part(cost.teacher) + part(cost.backward)) + share.released * again
                * part(cost.forward)
        }
    }
}
