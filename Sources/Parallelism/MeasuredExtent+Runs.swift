public import Workload

extension MeasuredExtent {
    /// The extent of no run at all.
    public static let none = MeasuredExtent()

    private init() {
        (runs, gpuTypes, gpus, sequence) = (0, [], 1, 1)
        (tensor, pipeline, context, expert) = ([1], [1], [1], [1])
        (contextKinds, precisions, offload, blocks) = ([], [], [], [])
    }

    /// Takes in a run with a step time; `kinds` are the blocks of its model.
    public mutating func take(_ strategy: ParallelStrategy, _ job: TrainingJob, gpuType: String, kinds: some Sequence<String>) {
        func with(_ sizes: [Int], _ size: Int) -> [Int] { Set(sizes + [size]).sorted() }
        runs += 1
        if !gpuTypes.contains(gpuType) { gpuTypes = (gpuTypes + [gpuType]).sorted() }
        gpus = max(gpus, strategy.worldSize)
        sequence = max(sequence, job.sequenceLength)
        (tensor, pipeline) = (with(tensor, strategy.tensor), with(pipeline, strategy.pipeline))
        (context, expert) = (with(context, strategy.context), with(expert, strategy.expert))
        if strategy.context > 1 { contextKinds.formUnion(strategy.contextKinds) }
        precisions.insert(job.precision)
        offload.formUnion(strategy.offload.parts)
        blocks.formUnion(kinds)
    }
}
