public import Parallelism
import Workload

/// The steps of an attention over context ranks laid out in time, each direction on a lane of its own.
public struct ContextLanes: Sendable {
    /// A lane.
    public enum Lane: String, CaseIterable, Hashable, Sendable {
        /// Attention.
        case attention
        /// To the next rank of the ring.
        case clockwise = "ring →"
        /// To ranks the other way.
        case counterclockwise = "ring ←"
        /// To the next group.
        case outer = "outer ring →"
        /// Collectives and transfers that attention waits for.
        case exchange
    }

    /// Something that takes a lane for a while.
    public struct Span: Hashable, Sendable {
        /// The lane.
        public var lane: Lane
        /// The pass.
        public var pass: ContextPass
        /// The step of the pass, counted from 0.
        public var step: Int
        /// From when, in s.
        public var start: Double
        /// How long, in s.
        public var seconds: Double
        /// Bytes that a rank sends; 0 of attention.
        public var bytes: Double
    }

    /// What a query sees, in words.
    public let sight: String
    /// What was laid out.
    public let work: ContextWork
    /// The steps of each pass, equal ones together.
    public let steps: [ContextPass: [ContextStep]]
    /// Spans, pass by pass and step by step.
    public let spans: [Span]
    /// When each pass ends, counted from its start, in s.
    public let ends: [ContextPass: Double]

    /// Steps of a pass that are laid out one by one at most.
    static let mostSteps = 4096

    init(_ work: ContextWork, sight: String, _ exchange: ContextExchange) {
        self.work = work
        self.sight = sight
        var (steps, ends): ([ContextPass: [ContextStep]], [ContextPass: Double]) = ([:], [:])
        var spans: [Span] = []
        for pass in ContextPass.allCases {
            let list = exchange.steps(work, pass)
            var (now, number) = (0.0, 0)
            for step in list {
                let duration = exchange.duration(step)
                for _ in 0..<min(Int(step.count), Self.mostSteps) {
                    let beside = duration - step.exchange.seconds
                    let lanes: [(Lane, ContextStep.Transfer, Double)] = [
                        (.attention, .init(seconds: step.attention), 0), (.clockwise, step.clockwise, 0),
                        (.counterclockwise, step.counterclockwise, 0), (.outer, step.outer, 0), (.exchange, step.exchange, beside),
                    ]
                    for (lane, transfer, offset) in lanes where transfer.seconds > 0 {
                        spans.append(
                            Span(
                                lane: lane, pass: pass, step: number, start: now + offset, seconds: transfer.seconds, bytes: transfer.bytes)
                        )
                    }
                    now += duration
                    number += 1
                }
            }
            (steps[pass], ends[pass]) = (list, now)
        }
        (self.steps, self.spans, self.ends) = (steps, spans, ends)
    }
}

extension StepModel {
    /// The steps of each different attention of the model under a strategy, for one micro-batch; empty without context parallelism.
    public func contextLanes(of s: ParallelStrategy) -> [ContextLanes] {
        guard s.context > 1 else { return [] }
        let shape = LayerShape(s)
        var known: Set<AttentionWork> = []
        return layers.attentions.compactMap { work in
            guard known.insert(work).inserted else { return nil }
            if case .selected = work.sight { return nil }
            return ContextLanes(
                layers.contextWork(work, shape, beside: layers.coreSeconds(work, shape)), sight: layers.sight(work).words, layers.context)
        }
    }
}

extension Sight {
    /// What it is, in words.
    var words: String {
        switch self {
        case .whole: "the whole sequence"
        case .window(let size): "a window of \(size) tokens"
        case .chunk(let size): "chunks of \(size) tokens"
        case .selected(let size): "\(size) chosen tokens"
        }
    }
}
