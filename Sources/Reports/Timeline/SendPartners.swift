import Schedules

/// Finds, for a send, the operation that made what it carries and the one that consumes it.
///
/// A timeline says from which stage and to which rank a send goes, not whether it carries activations up or gradients down; between two
/// ranks both directions exist. What ended last before the send began decides.
struct SendPartners {
    private let microBatches: Int
    private let stages: Int
    /// Index of the forward of (stage, micro-batch) at `stage · microBatches + microBatch`, −1 where there is none.
    private var forwards: [Int32]
    /// The same for the input gradient or whole backward.
    private var backwards: [Int32]

    init(_ timeline: Timeline) {
        var stages = 0
        var microBatches = 0
        for span in timeline.spans {
            stages = max(stages, Int(max(span.stage, span.pairedStage)) + 1)
            microBatches = max(microBatches, Int(max(span.microBatch, span.pairedMicroBatch)) + 1)
        }
        // Every stage runs something for some micro-batch: larger numbers than operations are nonsense, and no table is made for them.
        if max(stages, microBatches) > timeline.spans.count { (stages, microBatches) = (0, 0) }
        self.stages = stages
        self.microBatches = microBatches
        forwards = Array(repeating: -1, count: stages * microBatches)
        backwards = forwards
        for (index, span) in timeline.spans.enumerated() where stages > 0 && span.stage >= 0 && span.microBatch >= 0 {
            let cell = Int(span.stage) * microBatches + Int(span.microBatch)
            switch span.kind {
            case .forward: forwards[cell] = Int32(index)
            case .backwardInput, .backward: backwards[cell] = Int32(index)
            case .overlappedPair:
                forwards[cell] = Int32(index)
                if span.pairedStage >= 0, span.pairedMicroBatch >= 0 {
                    backwards[Int(span.pairedStage) * microBatches + Int(span.pairedMicroBatch)] = Int32(index)
                }
            default: break
            }
        }
    }

    /// Indices in `Timeline.spans` of the operations at both ends of a send; −1 where there is none.
    func ends(of send: Timeline.Span, in spans: UnsafeBufferPointer<Timeline.Span>) -> (producer: Int32, consumer: Int32) {
        let stage = Int(send.stage)
        let forward = operation(forwards, stage, send.microBatch)
        let backward = operation(backwards, stage, send.microBatch)
        let carriesGradient = endsLast(backward, forward, before: send.start, spans)
        let producer = carriesGradient ? backward : forward
        let consumer =
            carriesGradient ? operation(backwards, stage - 1, send.microBatch) : operation(forwards, stage + 1, send.microBatch)
        guard consumer >= 0, spans[Int(consumer)].rank == send.peer else { return (producer, -1) }
        return (producer, consumer)
    }

    private func operation(_ table: [Int32], _ stage: Int, _ microBatch: Int32) -> Int32 {
        guard stage >= 0, stage < stages, microBatch >= 0 else { return -1 }
        return table[stage * microBatches + Int(microBatch)]
    }

    /// Whether `candidate` ended before `moment`, and after `other`.
    private func endsLast(_ candidate: Int32, _ other: Int32, before moment: Double, _ spans: UnsafeBufferPointer<Timeline.Span>) -> Bool {
        guard candidate >= 0 else { return false }
        // Sums of many durations round; a nanosecond separates no two operations.
        guard spans[Int(candidate)].end <= moment + 1e-9 else { return false }
        return other < 0 || spans[Int(other)].end > moment + 1e-9 || spans[Int(candidate)].end >= spans[Int(other)].end
    }
}
