import Foundation
public import Hardware
public import Parallelism
import Quantities
public import Schedules
import Workload

/// The exact price of a strategy: its schedule run operation by operation, with the breakdown and the memory of every rank.
public struct StepEstimate: Hashable, Sendable {
    /// Time of a step, in s.
    public var stepTime: Double
    /// Where it goes on the busiest rank; sums to `stepTime`.
    public var breakdown: StepBreakdown
    /// Bytes of the heaviest rank with a lucky allocator.
    public var memoryLow: Double
    /// Bytes of the heaviest rank with the usual allocator.
    public var memoryExpected: Double
    /// Bytes that a plan must fit.
    public var memoryHigh: Double
    /// Bytes that the rank with most of it has in the host's memory.
    public var hostMemory = 0.0
    /// Bytes that the rank with most of it has on drives.
    public var storage = 0.0
    /// Seconds for which gradients are on their way to the host after the last backward pass.
    public var gradientCopies = 0.0
    /// Memory of the heaviest rank, part by part.
    public var memoryParts: StepModel.MemoryParts
    /// The rank with the highest memory.
    public var heaviestRank: Int
    /// The rank whose work bounds the pipeline.
    public var busiestRank: Int
    /// Layers of each virtual stage.
    public var layersPerStage: [Int]
    /// Share of the makespan that the busiest rank waits.
    public var bubbleShare: Double
    /// Whether tensor-parallel collectives lie outside the curves that the cluster's profile has measured, so that its constants give their
    /// time; false where the profile has no curves.
    public var extrapolatesCollectives = false
    /// The largest group over nodes that lies beyond the curves which the cluster's profile has over nodes; nil where none does.
    public var beyondCurves: BeyondCurves?

    /// A group of more nodes than its collective was measured on.
    public struct BeyondCurves: Hashable, Sendable {
        /// The collective.
        public var collective: Collective
        /// Nodes that the group spans.
        public var nodes: Int
        /// Nodes of the largest measured group; 0 where the collective was not measured over nodes.
        public var measured: Int
    }
}

/// Why a strategy has no price.
public enum StepError: Error, Sendable {
    /// The layout does not deal the layers to the stages.
    case layout
    /// The schedule has no order for these sizes.
    case schedule(ScheduleError)
}

extension StepError: CustomStringConvertible {
    /// One clear line for the person who typed the configuration.
    public var description: String {
        switch self {
        case .layout:
            "the layout does not deal the model's layers to the stages; give each virtual stage at least one, all of them together"
        case .schedule(let error): error.description
        }
    }
}

extension StepModel {
    /// Runs the strategy's schedule and prices it exactly.
    ///
    /// With `assumingEqualStages` the work is spread evenly over the stages, for runs whose layout is balanced but not known.
    public func estimate(_ s: ParallelStrategy, simulator: inout PipelineSimulator, assumingEqualStages: Bool = false) throws(StepError)
        -> StepEstimate
    {
        guard let stages = stages(for: s) else { throw .layout }
        return try estimate(
            s, table: table(for: s), stages: stages, simulator: &simulator, assumingEqualStages: assumingEqualStages)
    }

    /// As above, from layer prices and stages that are already there.
    public func estimate(
        _ s: ParallelStrategy, table: LayerTable, stages: StageAssignment, simulator: inout PipelineSimulator,
        assumingEqualStages: Bool = false
    ) throws(StepError) -> StepEstimate {
        let times = gatheredTimes(table, s)
        let m = Double(s.microBatches)
        var makespan = 0.0
        var peaks = [1]
        if s.pipeline > 1 {
            let order = try order(of: s)
            var seconds = stageTimes(s, table, stages)
            if assumingEqualStages { seconds.equalise() }
            do { makespan = try simulator.run(order, seconds).pipelineEnd } catch { throw .schedule(error) }
            peaks = order.peakInFlight()
        } else {
            if let rank = stages.timeRanks.first { makespan = m * busy(rank, stages.held(rank), table, times, s) }
        }
        // The busiest rank of each kind; what follows the pipeline is the slowest kind's.
        var busiest = stages.timeRanks[0]
        var busiestTime = 0.0
        var after = Tail()
        for rank in stages.timeRanks {
            let time = busy(rank, stages.held(rank), table, times, s)
            if time > busiestTime { (busiest, busiestTime) = (rank, time) }
        }
        if assumingEqualStages, s.pipeline > 1 { busiestTime = (simulator.rankBusy.max() ?? 0) / m }
        let window = busiestTime + max(0, makespan - m * busiestTime)
        let replicas = replicaTerms(s)
        for rank in stages.timeRanks {
            let tail = tailParts(replicas, table, rank, stages.shares, window: window)
            if tail.seconds > after.seconds { after = tail }
        }
        let total = total(makespan: makespan, after: after.seconds, stretch: stragglerFactor(s.worldSize))
        var breakdown = breakdown(busiest, stages.held(busiest), table, times, s)
        breakdown[.pipelineBubble] = max(0, makespan - m * busiestTime)
        breakdown[.dataParallel] = after.exposed
        breakdown[.optimizer] = after.optimizer
        breakdown[.offload] += after.flush
        breakdown[.overhead] = total - breakdown.total
        let inFlight = InFlight(s.schedule, scheduleShape(of: s), table: peaks)
        let memory = memoryPrice(s, table, stages, inFlight: inFlight)
        let heaviest = stages.memoryRanks.first { $0.rank == memory.heaviestRank } ?? stages.memoryRanks[0]
        return StepEstimate(
            stepTime: total, breakdown: breakdown, memoryLow: memory.low, memoryExpected: memory.expected, memoryHigh: memory.high,
            hostMemory: memory.host, storage: memory.storage, gradientCopies: after.flush,
            memoryParts: memoryParts(s, table, heaviest, stages: stages, peak: inFlight.peak(onRank: heaviest.rank)),
            heaviestRank: memory.heaviestRank,
            busiestRank: busiest.rank, layersPerStage: stages.stageLayers.counts,
            bubbleShare: makespan > 0 ? max(0, 1 - m * busiestTime / makespan) : 0,
            extrapolatesCollectives: table.costs.contains(where: \.extrapolatesCollectives), beyondCurves: beyondCurves(s))
    }

    /// The largest of a strategy's groups over nodes that no curve reaches.
    private func beyondCurves(_ s: ParallelStrategy) -> StepEstimate.BeyondCurves? {
        let rates = layers.tensor.collectives.rates
        var groups: [(collective: Collective, ranks: Int, stride: Int)] = [
            (s.sharding == .none ? .allReduce : .reduceScatter, s.data * s.context, s.tensor)
        ]
        for kind in [s.contextKind, s.localContextKind].compactMap(\.self) where s.context > 1 {
            let collective: Collective =
                switch kind {
                case .ring, .contiguousRing, .hierarchical, .ringInside, .ringSelfAttention, .tokenRing, .doubleRing: .sendReceive
                case .allGather: .allGather
                case .ulysses: .allToAll
                }
            groups.append((collective, s.context, s.tensor))
        }
        if inputs.model.experts != nil { groups.append((.allToAll, s.expert, s.expertTensor)) }
        let beyond = groups.compactMap { group -> StepEstimate.BeyondCurves? in
            guard group.ranks > 1, group.ranks * group.stride > rates.domainSize else { return nil }
            let nodes = max(1, group.ranks * group.stride / rates.gpusPerNode)
            return rates.measuredNodes(short: nodes, of: group.collective).map {
                .init(collective: group.collective, nodes: nodes, measured: $0)
            }
        }
        return beyond.max { $0.nodes < $1.nodes }
    }

    /// The order of operations of a strategy's schedule.
    public func order(of s: ParallelStrategy) throws(StepError) -> ScheduleOrder {
        do { return try s.schedule.order(scheduleShape(of: s)) } catch { throw .schedule(error) }
    }

    /// The sizes of a strategy's schedule, grouped as its stack groups.
    public func scheduleShape(of s: ParallelStrategy) -> ScheduleShape {
        let rule = inputs.stack.launches.groupRule
        return ScheduleShape(
            ranks: s.pipeline, microBatches: s.microBatches, chunksPerRank: s.virtualStages,
            groupSize: s.virtualStages > 1 ? s.groupSize : nil, groupRule: s.virtualStages > 1 ? rule : .pytorch)
    }

    /// What the simulator needs to run a strategy: seconds of every stage.
    ///
    /// The visible share of a transfer blocks the rank that sends, as in the frameworks measured; the rest hides as far as there is compute.
    public func stageTimes(_ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment) -> StageTimes {
        let times = gatheredTimes(table, s)
        let count = stages.stageLayers.counts.count
        let ends = table.ends
        var forward = [Double](repeating: 0, count: count)
        var backwardInput = forward
        var backwardWeight = forward
        let released = ReleasedLayers(s, host)
        for stage in 0..<count {
            for (place, time) in times.prefix(stages.classes).enumerated() {
                let row = stage * stages.classes + place
                forward[stage] += stages.layers[row] * time.forward
                backwardInput[stage] +=
                    stages.layers[row] * (time.backward - time.weightGradient) + stages.released[row] * released.again * time.repeated
                backwardWeight[stage] += stages.layers[row] * time.weightGradient
            }
        }
        forward[0] += ends.embedding
        backwardInput[0] += 2 * ends.embedding
        forward[count - 1] += ends.headForward
        backwardInput[count - 1] += ends.headBackward - ends.headWeightGradient
        backwardWeight[count - 1] += ends.headWeightGradient
        for stage in 0..<count {
            let slowness = stages.slowness(ofStage: stage)
            if released.moved != .nothing {
                let stalls = stalls(ofStage: stage, released, stages, table, times)
                forward[stage] += stalls.forward
                backwardInput[stage] += stalls.backward
            }
            backwardWeight[stage] *= slowness
            let work = slowness * (forward[stage] + backwardInput[stage]) + backwardWeight[stage]
            let block = s.pipeline > 1 ? 0.5 * blocking(transfers: 2 * ends.transfer, work: work) : 0
            forward[stage] = slowness * forward[stage] + block
            backwardInput[stage] = slowness * backwardInput[stage] + block
        }
        return StageTimes(forward: forward, backwardInput: backwardInput, backwardWeight: backwardWeight)
    }

    /// Seconds that copies of activations add to the passes of a stage.
    func stalls(
        ofStage stage: Int, _ released: ReleasedLayers, _ stages: StageAssignment, _ table: LayerTable, _ times: [LayerTimes]
    ) -> (forward: Double, backward: Double) {
        var copies = ReleasedLayers.Copies(released)
        for place in 0..<stages.classes {
            let row = stage * stages.classes + place
            copies.add(stages.layers[row], released: stages.released[row], times[place], table.memory[place])
        }
        return copies.stalls
    }

    /// Time of a rank for one micro-batch, all its chunks, in s.
    func busy(
        _ rank: StageAssignment.Rank, _ shares: ArraySlice<LayerShare>, _ table: LayerTable, _ times: [LayerTimes], _ s: ParallelStrategy
    ) -> Double {
        let work = work(rank, shares, table, times, s)
        return work + blocking(s, table, work: work)
    }

    /// The same without transfers to other ranks.
    private func work(
        _ rank: StageAssignment.Rank, _ shares: ArraySlice<LayerShare>, _ table: LayerTable, _ times: [LayerTimes], _ s: ParallelStrategy
    ) -> Double {
        let ends = table.ends
        let released = ReleasedLayers(s, host)
        var work = rank.embeddings * 3 * ends.embedding + rank.heads * (ends.headForward + ends.headBackward)
        for share in shares {
            let time = times[share.layerClass]
            work += share.layers * (time.forward + time.backward) + share.released * released.again * time.repeated
        }
        return rank.slowness * (work + stall(released, shares, table, times))
    }

    /// Seconds of a rank's transfers that show beside its work for one micro-batch.
    private func blocking(_ s: ParallelStrategy, _ table: LayerTable, work: Double) -> Double {
        s.pipeline > 1 ? blocking(transfers: 2 * Double(s.virtualStages) * table.ends.transfer, work: work) : 0
    }

    /// What shows of transfers beside work: the stack's share of them, and all that the work is too short to hide.
    private func blocking(transfers: Double, work: Double) -> Double {
        max(inputs.stack.costs.blockingTransferShare * transfers, transfers - work)
    }

    /// Seconds that copies of activations add to a micro-batch on a rank.
    private func stall(_ released: ReleasedLayers, _ shares: ArraySlice<LayerShare>, _ table: LayerTable, _ times: [LayerTimes]) -> Double {
        guard released.moved != .nothing else { return 0 }
        var copies = ReleasedLayers.Copies(released)
        for share in shares {
            copies.add(share.layers, released: share.released, times[share.layerClass], table.memory[share.layerClass])
        }
        let stalls = copies.stalls
        return stalls.forward + stalls.backward
    }

    /// Where a rank's busy time goes over the whole step.
    private func breakdown(
        _ rank: StageAssignment.Rank, _ shares: ArraySlice<LayerShare>, _ table: LayerTable, _ times: [LayerTimes], _ s: ParallelStrategy
    ) -> StepBreakdown {
        let m = Double(s.microBatches) * rank.slowness
        let ends = table.ends
        let released = ReleasedLayers(s, host)
        let gathers = gatherTerms(s)
        var breakdown = StepBreakdown()
        for share in shares {
            let cost = table.costs[share.layerClass]
            let (time, alone) = (times[share.layerClass], table.times[share.layerClass])
            breakdown.add(cost.forward + cost.teacher, times: m * share.layers)
            breakdown.add(cost.backward, times: m * share.layers)
            breakdown[.recompute] += m * (share.layers * cost.selectiveRecompute + share.released * released.again * time.repeated)
            // What loading shows is the host's, the rest the shards'.
            let gathered = gathers.map { $0.resident.adding(to: alone, of: table.memory[share.layerClass]) } ?? alone
            breakdown[.shardCommunication] += m * share.layers * (gathered.forward - alone.forward + gathered.backward - alone.backward)
            breakdown[.offload] += m * share.layers * (time.forward - gathered.forward + time.backward - gathered.backward)
        }
        breakdown[.offload] += m * stall(released, shares, table, times)
        breakdown[.head] = m * (rank.embeddings * 3 * ends.embedding + rank.heads * (ends.headForward + ends.headBackward))
        breakdown[.pipelineCommunication] = Double(s.microBatches) * blocking(s, table, work: work(rank, shares, table, times, s))
        return breakdown
    }
}

extension StageTimes {
    /// Spreads the work evenly over the stages.
    fileprivate mutating func equalise() {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }
        self = StageTimes(
            stages: forward.count, forward: mean(forward), backwardInput: mean(backwardInput), backwardWeight: mean(backwardWeight))
    }
}
