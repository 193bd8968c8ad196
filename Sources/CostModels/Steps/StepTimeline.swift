public import Parallelism
public import Schedules
import Workload

extension StepModel {
    /// A strategy ready for the simulator to run in detail: its order, what every stage takes and weighs, and its price.
    public struct SimulationInput: Sendable {
        /// The order of operations.
        public let order: ScheduleOrder
        /// Times of stages, memory, and what follows the pipeline.
        public let times: StageTimes
        /// The exact price, which adds stragglers and the fixed part of a step.
        public let estimate: StepEstimate
    }

    /// What a detailed simulation of a strategy needs.
    ///
    /// Data-parallel communication that compute hides is left out of the picture; what shows follows each rank's last backward, and the
    /// optimizer waits for all ranks, as it does for the global gradient norm. The makespan is then the price without its overhead.
    ///
    /// With `own`, that order runs instead of the schedule's; its ranks and stages are those of the strategy.
    public func simulationInput(_ s: ParallelStrategy, running own: ScheduleOrder? = nil) throws(StepError) -> SimulationInput {
        guard let stages = stages(for: s) else { throw .layout }
        let table = table(for: s)
        var simulator = PipelineSimulator()
        let estimate = try estimate(s, table: table, stages: stages, simulator: &simulator)
        let order = if let own { own } else { try order(of: s) }
        var times = stageTimes(s, table, stages)
        times.memory = stageMemory(s, table, stages)
        var reduce = [Double](repeating: 0, count: order.chainLength)
        // The first stages are the last to finish their backwards.
        for stage in 0..<min(s.pipeline, reduce.count) { reduce[stage] = estimate.breakdown[.dataParallel] }
        times.dataParallel = DataParallelTimes(
            gradientReduce: reduce, parameterGather: [Double](repeating: 0, count: order.chainLength),
            optimizer: [Double](repeating: estimate.breakdown[.optimizer], count: order.rankCount), gathersUnderForward: false,
            gradientCopies: estimate.gradientCopies, update: hostUpdate(s)?.schedule())
        times.copies = copies(s, table, stages, gradientCopies: estimate.gradientCopies)
        return SimulationInput(order: order, times: times, estimate: estimate)
    }

    /// Copies beside every stage's passes; nil where nothing moves. Of gradients those are left out that leave after the last backward pass.
    private func copies(
        _ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment, gradientCopies: Double
    ) -> StageCopies? {
        let released = ReleasedLayers(s, host)
        let traffic = gatherTerms(s)?.hostTraffic ?? .none
        guard let host, released.moved != .nothing || s.offload.parameters else { return nil }
        let times = gatheredTimes(table, s)
        let count = stages.stageLayers.counts.count
        var copies = StageCopies(down: [], up: [], lead: [], loads: [], returns: [], gradients: [])
        for stage in 0..<count {
            var (bytes, layers, forward, loaded, flushed) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for place in 0..<stages.classes {
                let row = stage * stages.classes + place
                bytes += stages.released[row] * released.movedBytes(table.memory[place])
                layers += stages.layers[row]
                forward += stages.layers[row] * times[place].forward
                loaded += stages.layers[row] * times[place].loaded
                flushed += stages.layers[row] * times[place].flushed
            }
            copies.down.append(bytes * released.down)
            copies.up.append(bytes * released.up)
            copies.lead.append(forward / max(1, layers))
            copies.loads.append(loaded * traffic.up)
            copies.returns.append(inputs.job.method.hasGradients ? 0 : loaded * traffic.up)
            let shown = gradientCopies * Double(s.pipeline) / Double(s.microBatches * count)
            copies.gradients.append(max(0, flushed * host.down - shown))
        }
        return copies
    }

    /// Bytes of every stage's activations and of what stays on every rank, under the usual allocator.
    private func stageMemory(_ s: ParallelStrategy, _ table: LayerTable, _ stages: StageAssignment) -> StageMemory {
        let factor = inputs.stack.memory.allocatorFactors.expected
        let released = ReleasedLayers(s, host)
        let activation = stages.stageLayers.counts.indices.map { stage in
            factor * stages.sum(ofStage: stage, { table.memory[$0].savedSelective }, released: { released.keptBytes(table.memory[$0]) })
        }
        let inFlight = InFlight(s.schedule, scheduleShape(of: s))
        // A rank weighs what the representative of its kind does.
        let resident = stages.memoryKinds().map { held in
            let parts = memoryParts(s, table, held, stages: stages, peak: inFlight.peak(onRank: held.rank))
            let inPipeline = parts.activations - activationsInFlight(s, table, held, stages, peak: inFlight.peak(onRank: held.rank))
            return parts.states - parts.awaited + parts.fixed + factor * (parts.transient + parts.buffers + max(0, inPipeline))
        }
        return StageMemory(activation: activation, resident: resident)
    }

    /// Bytes of a rank's activations that come and go with micro-batches, before the allocator's factor.
    private func activationsInFlight(
        _ s: ParallelStrategy, _ table: LayerTable, _ rank: StageAssignment.Rank, _ stages: StageAssignment, peak: Int
    ) -> Double {
        let released = ReleasedLayers(s, host)
        let one = stages.held(rank).reduce(0) { sum, share in
            let layer = table.memory[share.layerClass]
            return sum + (share.layers - share.released) * layer.savedSelective + share.released * released.keptBytes(layer)
        }
        return Double(peak) / Double(s.virtualStages) * one
    }
}
