import Schedules

/// Small, exact timelines to draw: orders written out here and run by the plainest simulation that is right.
enum ExampleTimeline {
    struct Step {
        var kind: Timeline.Kind
        var stage: Int
        var microBatch: Int
    }

    struct Times {
        var forward = 0.010
        var backwardInput = 0.012
        var backwardWeight = 0.008
        var latency = 0.001
        var reduce = 0.030
        var optimizer = 0.004
    }

    /// 1F1B: one chunk a rank, whole backwards.
    static func oneForwardOneBackward(_ p: Int, _ m: Int, _ times: Times = Times()) -> Timeline {
        let orders = (0..<p).map { rank in
            let warmUp = min(p - 1 - rank, m)
            var steps = (0..<warmUp).map { Step(kind: .forward, stage: rank, microBatch: $0) }
            for k in 0..<m - warmUp {
                steps.append(Step(kind: .forward, stage: rank, microBatch: warmUp + k))
                steps.append(Step(kind: .backward, stage: rank, microBatch: k))
            }
            for k in m - warmUp..<m { steps.append(Step(kind: .backward, stage: rank, microBatch: k)) }
            return steps
        }
        return run("1f1b, p = \(p), m = \(m)", orders, chunks: 1, times)
    }

    /// ZB-H1: one chunk a rank, the weight gradients fill the bubble at the end.
    static func zeroBubble(_ p: Int, _ m: Int, _ times: Times = Times()) -> Timeline {
        let orders = (0..<p).map { rank in
            var steps = (0..<min(p - 1 - rank, m)).map { Step(kind: .forward, stage: rank, microBatch: $0) }
            var forwards = steps.count
            var weights = 0
            for k in 0..<m {
                if forwards < m {
                    steps.append(Step(kind: .forward, stage: rank, microBatch: forwards))
                    forwards += 1
                }
                steps.append(Step(kind: .backwardInput, stage: rank, microBatch: k))
                if k >= rank {
                    steps.append(Step(kind: .backwardWeight, stage: rank, microBatch: weights))
                    weights += 1
                }
            }
            for k in weights..<m { steps.append(Step(kind: .backwardWeight, stage: rank, microBatch: k)) }
            return steps
        }
        return run("zb-h1, p = \(p), m = \(m)", orders, chunks: 1, times)
    }

    /// Breadth first over two chunks a rank.
    static func loopedBFS(_ p: Int, _ m: Int, _ times: Times = Times()) -> Timeline {
        let orders = (0..<p).map { rank in
            [rank, rank + p].flatMap { stage in (0..<m).map { Step(kind: .forward, stage: stage, microBatch: $0) } }
                + [rank + p, rank].flatMap { stage in (0..<m).reversed().map { Step(kind: .backward, stage: stage, microBatch: $0) } }
        }
        return run("looped-bfs, p = \(p), m = \(m), v = 2", orders, chunks: 2, times)
    }

    private static func run(_ title: String, _ orders: [[Step]], chunks: Int, _ times: Times) -> Timeline {
        let p = orders.count
        let stages = p * chunks
        let m = orders.flatMap { $0 }.map(\.microBatch).max().map { $0 + 1 } ?? 0
        var spans: [Timeline.Span] = []
        var memory = [[Timeline.MemoryPoint]](repeating: [Timeline.MemoryPoint(time: 0, amount: 0)], count: p)
        var next = [Int](repeating: 0, count: p)
        var last = [Int](repeating: -1, count: p)
        /// Index of the operation, or of the transfer after it, that makes the input of (stage, micro-batch) available; −1 until it has run.
        var ready = [[Int]](repeating: [Int](repeating: -1, count: stages * m), count: 2)
        var done = [Int](repeating: -1, count: stages * m)

        func append(_ span: Timeline.Span, after waits: [Int]) -> Int {
            var span = span
            let cause = waits.filter { $0 >= 0 }.max { spans[$0].end < spans[$1].end }
            let length = span.end - span.start
            span.start = cause.map { spans[$0].end } ?? 0
            span.end = span.start + length
            span.waitsFor = Int32(cause ?? -1)
            spans.append(span)
            return spans.count - 1
        }

        var progressed = true
        while progressed {
            progressed = false
            for rank in 0..<p {
                while next[rank] < orders[rank].count {
                    let step = orders[rank][next[rank]]
                    let cell = step.stage * m + step.microBatch
                    let isForward = step.kind == .forward
                    let isWeight = step.kind == .backwardWeight
                    let neighbour = isForward ? step.stage - 1 : step.stage + 1
                    let needsInput = !isWeight && neighbour >= 0 && neighbour < stages
                    let input = needsInput ? ready[isForward ? 0 : 1][cell] : -1
                    if needsInput && input < 0 || !isForward && done[cell] < 0 { break }
                    let scale = 1 / Double(chunks)
                    let length: Double =
                        switch step.kind {
                        case .forward: times.forward
                        case .backwardInput: times.backwardInput
                        case .backwardWeight: times.backwardWeight
                        default: times.backwardInput + times.backwardWeight
                        }
                    let span = Timeline.Span(
                        kind: step.kind, rank: Int32(rank), stage: Int32(step.stage), microBatch: Int32(step.microBatch), start: 0,
                        end: length * scale)
                    let index = append(span, after: [last[rank], input])
                    last[rank] = index
                    done[cell] = index
                    next[rank] += 1
                    progressed = true
                    if isForward || step.kind != .backwardInput {
                        let amount = memory[rank][memory[rank].count - 1].amount
                        let time = isForward ? spans[index].start : spans[index].end
                        memory[rank].append(Timeline.MemoryPoint(time: time, amount: amount + (isForward ? 1 : -1)))
                    }
                    let consumer = isForward ? step.stage + 1 : step.stage - 1
                    guard !isWeight, consumer >= 0, consumer < stages else { continue }
                    var arrival = index
                    if consumer % p != rank, times.latency > 0 {
                        var send = Timeline.Span(
                            kind: .send, rank: Int32(rank), stage: Int32(step.stage), microBatch: Int32(step.microBatch), start: 0,
                            end: times.latency)
                        send.peer = Int32(consumer % p)
                        arrival = append(send, after: [index])
                    }
                    ready[isForward ? 0 : 1][consumer * m + step.microBatch] = arrival
                }
            }
        }
        for rank in 0..<p where times.optimizer > 0 {
            let reduce = append(
                Timeline.Span(kind: .gradientReduce, rank: Int32(rank), stage: -1, microBatch: -1, start: 0, end: times.reduce),
                after: [last[rank]])
            _ = append(
                Timeline.Span(kind: .optimizer, rank: Int32(rank), stage: -1, microBatch: -1, start: 0, end: times.optimizer),
                after: [reduce])
        }
        var critical = spans.indices.max { spans[$0].end < spans[$1].end } ?? -1
        let makespan = critical < 0 ? 0 : spans[critical].end
        while critical >= 0 {
            spans[critical].isCritical = true
            critical = Int(spans[critical].waitsFor)
        }
        return Timeline(
            title: title, rankCount: p, chunksPerRank: chunks, spans: spans, memory: memory, memoryUnit: .chunks, makespan: makespan)
    }
}
