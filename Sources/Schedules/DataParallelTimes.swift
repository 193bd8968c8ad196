/// What happens around a pipeline with data parallelism: gradients are reduced, the optimizer steps, parameters are gathered.
///
/// Reductions and gathers run on a stream of their own beside compute. A chunk's gradients leave in buckets of equal size, each as soon as
/// its share of the chunk's last backward is done.
public struct DataParallelTimes: Hashable, Sendable {
    /// Reduction of all gradients of a chunk, s; one entry a stage of the model.
    public var gradientReduce: [Double]
    /// Gathering of all parameters of a chunk, s; one entry a stage of the model.
    public var parameterGather: [Double]
    /// Buckets into which a chunk's gradients and parameters are cut.
    public var bucketsPerChunk: Int
    /// How long a rank's gradients are on their way to the host after its last backward pass, s.
    public var gradientCopies: Double
    /// The optimizer's update, s; one entry a rank.
    public var optimizer: [Double]
    /// How an update passes lanes beside the GPU, to be drawn within `optimizer`; nil where it stays on the GPU.
    public var update: UpdateSchedule?
    /// Whether parameters are gathered at the start of the step, under the first forwards, rather than after the optimizer.
    public var gathersUnderForward: Bool
    /// Whether every rank's optimizer waits for the gradients of all, as clipping by the global norm makes it.
    public var optimizerWaitsForAll: Bool

    /// Times around the pipeline; see the properties.
    public init(
        gradientReduce: [Double], parameterGather: [Double], optimizer: [Double], bucketsPerChunk: Int = 1,
        gathersUnderForward: Bool = true, optimizerWaitsForAll: Bool = true, gradientCopies: Double = 0, update: UpdateSchedule? = nil
    ) {
        self.gradientCopies = gradientCopies
        self.gradientReduce = gradientReduce
        self.parameterGather = parameterGather
        self.optimizer = optimizer
        self.bucketsPerChunk = bucketsPerChunk
        self.update = update
        self.gathersUnderForward = gathersUnderForward
        self.optimizerWaitsForAll = optimizerWaitsForAll
    }

    func check(stages: Int, ranks: Int) throws(ScheduleError) {
        try StageTimes.check("gradient reduction times", gradientReduce, stages)
        try StageTimes.check("parameter gather times", parameterGather, stages)
        try StageTimes.check("optimizer times", optimizer, ranks)
        try StageTimes.check("copies of gradients", [gradientCopies], 1)
        guard bucketsPerChunk >= 1 else { throw .invalidQuantity(name: "buckets per chunk", value: Double(bucketsPerChunk)) }
    }
}
