/// What a rank's memory holds, in bytes.
public struct StageMemory: Hashable, Sendable {
    /// Activations of one micro-batch, from the start of its forward; one entry a stage of the model.
    public var activation: [Double]
    /// What of them the weight gradient still needs once the input gradient is done; one entry a stage of the model.
    public var keptForWeightGradient: [Double]
    /// Weights, gradients, optimizer states and the rest that stays; one entry a rank.
    public var resident: [Double]

    /// Memory of stages and ranks; without `keptForWeightGradient`, all activations stay until the weight gradient ends.
    public init(activation: [Double], keptForWeightGradient: [Double]? = nil, resident: [Double]) {
        self.activation = activation
        self.keptForWeightGradient = keptForWeightGradient ?? activation
        self.resident = resident
    }

    func check(stages: Int, ranks: Int) throws(ScheduleError) {
        try StageTimes.check("activation sizes", activation, stages)
        try StageTimes.check("activation sizes for weight gradients", keptForWeightGradient, stages)
        try StageTimes.check("resident sizes", resident, ranks)
    }

    /// The most bytes each rank holds at once. A rank runs its operations in a fixed order, so this does not depend on times.
    public func peak(_ order: ScheduleOrder) -> [Double] {
        zip(order.peaks { (grown($0, order.chainLength), freed($0, order.chainLength)) }, resident).map(+)
    }

    /// Bytes that an operation takes when it starts.
    func grown(_ operation: PipelineOperation, _ stages: Int) -> Double {
        operation.kind == .forward ? activation[operation.stage % stages] : 0
    }

    /// Bytes that an operation gives back when it ends.
    func freed(_ operation: PipelineOperation, _ stages: Int) -> Double {
        let stage = operation.stage % stages
        switch operation.kind {
        case .forward: return operation.isPair ? activation[operation.pairedStage % stages] : 0
        case .backwardInput: return activation[stage] - keptForWeightGradient[stage]
        case .backwardWeight: return keptForWeightGradient[stage]
        case .backward: return activation[stage]
        }
    }
}
