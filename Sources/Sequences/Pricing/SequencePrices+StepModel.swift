public import CostModels
public import Parallelism
import Quantities
import Schedules
import Workload

extension SequencePrices {
    /// The prices of a strategy's ranks on groups of every power of two, from the cost models at two lengths each; nil where its layout does not fit.
    ///
    /// Attention of L tokens is taken as αL² + βL and everything else as linear in tokens, which the cost models are but for kernels that ramp up and
    /// for ranks that wait for the host. `step` is the price of the strategy at the job's fixed length, from which what follows the pipeline is taken.
    public init?(_ inputs: CostInputs, _ s: ParallelStrategy, step: StepEstimate) {
        let ranks = s.data * s.context
        let capacity = max(1, inputs.job.sequenceLength * s.microBatch / s.context)
        var groups: [GroupPrice] = []
        // Where activations move, those of a sequence that its group holds do not.
        let moved = Self.moved(inputs, s, capacity: capacity)
        var plain = s
        plain.offload.layers = 0
        let kind = SequenceGroupRules.kind(of: s)
        if let local = s.localContextKind { plain.localContextKind = SequenceGroupRules.flat.contains(local) ? local : nil }
        var size = 1
        while size <= ranks {
            guard var price = Self.price(inputs, plain, ranks: size, kind: kind, inner: 1, capacity: capacity) else { return nil }
            price.staying = moved.staying * Double(size)
            price.copyPerToken = moved.perToken / Double(size)
            groups.append(price)
            size *= 2
        }
        guard let mesh = Self.price(inputs, s, ranks: s.context, kind: s.contextKind, inner: s.contextInner, capacity: capacity) else {
            return nil
        }
        let tail = step.breakdown[.dataParallel] + step.breakdown[.optimizer] + step.breakdown[.overhead]
        self.init(
            groups: groups, mesh: mesh, capacity: capacity, room: Self.room(inputs, s, capacity: capacity), ranks: ranks,
            pipeline: s.pipeline, after: tail, sharding: Self.sharding(s.contextKind, inputs.stack.launches.contextRules),
            bubble: Self.bubble(s, step), microBatch: s.microBatch, groupKind: kind)
    }

    /// The bubble of a schedule over the p − 1 micro-batches of one forward and one backward in turn, from what the price says of it.
    private static func bubble(_ s: ParallelStrategy, _ step: StepEstimate) -> Double {
        guard s.pipeline > 1, step.bubbleShare < 1 else { return 1 }
        return step.bubbleShare / (1 - step.bubbleShare) * Double(s.microBatches) / Double(s.pipeline - 1)
    }

    /// The prices of a strategy's static mesh alone.
    init?(meshOf inputs: CostInputs, _ s: ParallelStrategy, step: StepEstimate) {
        let capacity = max(1, inputs.job.sequenceLength * s.microBatch / s.context)
        guard let mesh = Self.price(inputs, s, ranks: s.context, kind: s.contextKind, inner: s.contextInner, capacity: capacity) else {
            return nil
        }
        self.init(
            groups: [mesh], mesh: mesh, capacity: capacity, ranks: s.data * s.context, pipeline: s.pipeline,
            sharding: Self.sharding(s.contextKind, inputs.stack.launches.contextRules), bubble: Self.bubble(s, step),
            microBatch: s.microBatch)
    }

    /// How packed rows are split: Transformer Engine splits documents, PyTorch rows; ranks that trade heads have whole rows each.
    static func sharding(_ kind: ContextParallelKind, _ rules: ContextRules) -> RowSharding {
        if kind == .contiguousRing { return .contiguous }
        return rules == .pytorch && (kind == .ring || kind == .allGather) ? .headTail : .documents
    }

    /// What moves of a rank's activations where the strategy moves those of layers: nothing of so many tokens, then of each more what makes all that is
    /// planned of `capacity` tokens; in s a token, there and back.
    private static func moved(_ inputs: CostInputs, _ s: ParallelStrategy, capacity: Int) -> (staying: Double, perToken: Double) {
        guard s.offload.layers > 0, let copies = (try? StepModel(inputs).simulationInput(s))?.times.copies else { return (0, 0) }
        var plain = s
        plain.offload.layers = 0
        let staying = Double(room(inputs, plain, capacity: capacity, upTo: 1))
        guard staying < Double(capacity) else { return (0, 0) }
        let seconds = zip(copies.down, copies.up).reduce(0) { $0 + $1.0 + $1.1 } / Double(s.pipeline)
        return (staying, seconds / (Double(capacity) - staying))
    }

    /// Tokens that a rank's memory has room for: those of so many rows at most, in sixteenths of a row.
    private static func room(_ inputs: CostInputs, _ s: ParallelStrategy, capacity: Int, upTo rows: Int = 16) -> Int {
        let parts = 16
        var simulator = PipelineSimulator()
        func fits(_ share: Int) -> Bool {
            var inputs = inputs
            inputs.job.sequenceLength = inputs.job.sequenceLength / parts * share
            inputs.job.documents = nil
            guard let estimate = try? StepModel(inputs).estimate(s, simulator: &simulator) else { return false }
            return estimate.memoryHigh <= inputs.memory.count
        }
        // A row fits as planned, unless less of it is asked about.
        var (low, high) = rows > 1 ? (parts, parts * rows + 1) : (0, parts + 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if fits(middle) { low = middle } else { high = middle }
        }
        return capacity / parts * low
    }

    /// The price of a group, from rows of half of what it holds and of all of it.
    private static func price(
        _ inputs: CostInputs, _ s: ParallelStrategy, ranks: Int, kind: ContextParallelKind, inner: Int, capacity: Int
    ) -> GroupPrice? {
        func parts(_ length: Int) -> MicroBatchParts? {
            var (inputs, s) = (inputs, s)
            inputs.job.sequenceLength = length
            inputs.job.documents = nil
            (s.context, s.contextKind, s.contextInner, s.microBatch) = (ranks, kind, inner, 1)
            s.data = max(1, s.data * s.context / ranks)
            return StepModel(inputs).microBatchParts(s)
        }
        let long = max(2, capacity * ranks)
        let short = long / 2
        guard let a = parts(short), let b = parts(long) else { return nil }
        let (x, y) = (Double(short), Double(long))
        // A(L) = αL² + βL through both points.
        let square = max(0, (b.attention / y - a.attention / x) / (y - x))
        let linear = max(0, b.attention / y - square * y)
        let (restShort, restLong) = (a.seconds - a.attention - a.shown, b.seconds - b.attention - b.shown)
        let perToken = max(0, (restLong - restShort) / (y - x))
        var price = GroupPrice(
            ranks: ranks, fixed: max(0, restLong - perToken * y), perToken: perToken, attentionPerToken: linear, perSquare: square,
            transferPerToken: b.transfer / y, hidingShare: b.attention > 0 ? min(1, b.beside / b.attention) : 0,
            visibleShare: inputs.constants.visibleRingShare)
        price.exposedPerToken = b.exposed / y
        price.ignoresDocuments = !inputs.choices.attentionKernel.isFlash || ranks > 1 && kind == .ringSelfAttention
        return price
    }
}
