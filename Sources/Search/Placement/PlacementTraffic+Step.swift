public import CostModels
public import Parallelism

extension PlacementTraffic {
    /// The traffic of a strategy as the cost models price it.
    ///
    /// On links that are all as the price assumed, the placement's objective for rank order is the price.
    ///
    /// - Parameters:
    ///   - strategy: what runs.
    ///   - estimate: its exact price.
    ///   - model: the prices.
    public init(_ strategy: ParallelStrategy, _ estimate: StepEstimate, model: StepModel) throws(StepError) {
        let step = try model.traffic(of: strategy, estimate)
        self.init(stages: strategy.pipeline)
        boundaryBytes = step.boundaryBytes
        criticalTransfers = 2
        // Every further micro-batch waits for its own transfers, one each way for every chunk.
        steadyTransfers = 2 * Double(strategy.virtualStages)
        fillShare = step.fillShare
        steadyRounds = Double(strategy.microBatches) - step.fillShare
        stageSeconds = step.stageSeconds
        dataBytes = step.dataBytes
        dataHiddenSeconds = step.dataHiddenSeconds
        expertDataBytes = step.expertDataBytes
        contextBytes = step.contextBytes
        tensorBytes = step.tensorBytes
        tensorSecondsInside = step.tensorSecondsInside
        expertSeconds = step.expertSeconds
        let size = Double(PlacementSlots.blockSize(of: model.inputs.cluster, worldSize: strategy.worldSize))
        let members = Double(strategy.expert)
        let together = min(members, max(1, size / Double(strategy.expertTensor)))
        // The exchange counts what a rank sends to all members of its group; only the part that leaves the node is on the network.
        expertBytes = step.expertBytes.map { members > together ? $0 * (members - 1) / (members - together) : 0 }
        groupSpeeds = model.groupSlowness.map { 1 / $0 }
        fixedSeconds = step.fixedSeconds
    }
}
